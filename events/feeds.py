"""The editions of 18 December as an Atom feed in the reader's language."""

from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from events.models import Event

MOST = 20


class Editions(Feed):
    """Newest first, each in the best language the reader has. An entry keeps its id for ever."""

    feed_type = Atom1Feed

    def title(self):
        return _("Sana Sezim: International Migrants Day")

    def subtitle(self):
        return _("The pages of 18 December, year by year.")

    def link(self):
        return reverse("events:current")

    def feed_url(self):
        return reverse("events:feed")

    def items(self):
        events = Event.objects.published().with_public_texts().order_by("-publish_at")
        return [event for event in events[:MOST] if event.text]

    def item_title(self, event):
        return event.text.title

    def item_description(self, event):
        return event.text.summary or event.text.theme

    def item_pubdate(self, event):
        return event.text.publish_at

    def item_updateddate(self, event):
        return max(text.publish_at for text in event.texts.all())

    def item_guid(self, event):
        return f"urn:sanasezim:event:{event.pk}:{get_language()}"

    item_guid_is_permalink = False
