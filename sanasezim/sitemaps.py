"""The addresses search engines may know: each only in the languages it really exists in."""

from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from events.models import Event
from resources.models import EditionVersion, Publication
from sanasezim.shared.languages import CODES


class _InLanguages(Sitemap):
    i18n = True
    alternates = True
    x_default = False
    protocol = None


class PublicationSitemap(_InLanguages):
    def items(self):
        live = EditionVersion.objects.live().values_list(
            "edition__publication", "language", "publish_at"
        )
        self.live = {}
        for publication, language, publish_at in live:
            self.live.setdefault(publication, {})[language] = publish_at
        return Publication.objects.listed().order_by("pk")

    def get_languages_for_item(self, item):
        return [code for code in CODES if code in self.live.get(item.pk, ())]

    def lastmod(self, item):
        return max(self.live[item.pk].values())

    def location(self, item):
        return item.get_absolute_url()


class EventSitemap(_InLanguages):
    def items(self):
        return Event.objects.published().with_public_texts()

    def get_languages_for_item(self, item):
        written = {text.language for text in item.texts.all()}
        return [code for code in CODES if code in written]


class StandingPages(_InLanguages):
    def items(self):
        return ["home", "resources:list", "legalaid:help", "hotline:hotline", "events:current",
                "figures", "about", "partners", "privacy", "accessibility"]  # fmt: skip

    def location(self, item):
        return reverse(item) if ":" in item or item in ("home", "figures") else reverse("page", args=[item])


SITEMAPS = {
    "pages": StandingPages,
    "publications": PublicationSitemap,
    "events": EventSitemap,
}
