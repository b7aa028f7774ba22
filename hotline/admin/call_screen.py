"""What the screen of a call shows beside its questions: words to say first, booklets, partners."""

import json
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.utils import translation
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from hotline.call_forms import CallForm
from hotline.models import Call, CallScript
from legalaid import referrals
from sanasezim.shared.folding import fold
from sanasezim.shared.languages import CODES, LANGUAGES, best

# Counted, and nothing else: the key in the box of the number → the kind of call
KEYS_OF_KINDS = [
    ("S", Call.Kind.SILENT, _("nobody spoke")),
    ("W", Call.Kind.WRONG, _("wrong number")),
    ("A", Call.Kind.JOKE, _("joke or abuse")),
    ("T", Call.Kind.TEST, _("a test")),
]
# The letter of a question → the question
ON_PAPER = [
    *[("L", "language"), ("G", "group"), ("W", "relation"), ("X", "sex"), ("C", "citizenship")],
    *[("T", "topics"), ("K", "safety"), ("D", "outcome"), ("F", "forwarded_to")],
    ("H", "heard_from"),
]


@dataclass
class Box:
    """One row that can be chosen, with the words by which it is found."""

    widget: object
    words: str
    topics: str = ""
    code: str = ""
    titles: str = ""
    path: str = ""


class Screen:
    kinds = KEYS_OF_KINDS

    def __init__(self, form):
        self.form = form

    def _rows(self, name):
        rows = {str(row.pk): row for row in self.form.fields[name].queryset}
        return [(widget, rows[str(widget.data["value"])]) for widget in self.form[name]]

    @cached_property
    def topics(self):
        """Found by two letters of their name in any language."""
        return [
            Box(widget, "|".join([*(text.name for text in topic.texts.all()), topic.code]))
            for widget, topic in self._rows("topics")
        ]

    @cached_property
    def booklets(self):
        found = []
        for widget, publication in self._rows("booklets"):
            titles = {text.language: text.title for text in publication.editions.all()}
            number = publication.code.removeprefix("K-")
            found.append(
                Box(
                    widget,
                    words="|".join([publication.code, number, *titles.values()]),
                    topics=" ".join(str(topic.pk) for topic in publication.topics.all()),
                    code=publication.code,
                    titles=json.dumps(titles, ensure_ascii=False),
                    path=f"/library/{publication.slug}/",
                )
            )
        return found

    @cached_property
    def on_paper(self):
        """(letter, question) in the order of the screen, for the sheet."""
        return [(letter, self.form[name]) for letter, name in ON_PAPER]

    @cached_property
    def scripts(self):
        """(script, [(language, its own name, text)]), in the order in which they are said."""
        found = []
        for script in CallScript.objects.prefetch_related("texts"):
            texts = {text.language: text for text in script.texts.all()}
            found.append(
                (script, [(code, name, texts[code]) for code, name in LANGUAGES if code in texts])
            )
        return found


def with_answers(answers, user):
    """A form that holds these answers (a QueryDict) and has not judged them yet."""
    blank = CallForm(user=user)
    initial = {
        name: field.widget.value_from_datadict(answers, {}, name)
        for name, field in blank.fields.items()
    }
    if answers.get("may_say_who") == "no":  # from a callback, which asks it by itself
        initial["safety"] = [*initial["safety"], "not_say_who"]
    if not any(initial["started_at"] or []):
        initial["started_at"] = None
    return CallForm(user=user, initial=initial)


# Booklets to send


@dataclass
class ReadyText:
    code: str
    title: str
    text: str
    whatsapp: str
    telegram: str


def ready_texts(call):
    """The booklets of a call, each with a text to send in the caller's language.

    It does not name us: somebody else may hold the phone.
    """
    language = call.language if call.language in CODES else "ru"
    found = []
    for publication in call.booklets.prefetch_related("editions"):
        edition = best(publication.editions.all(), language)
        title = edition.title if edition else publication.slug
        with translation.override(edition.language if edition else language):
            link = settings.SITE_ORIGIN + publication.get_absolute_url()
        found.append(
            ReadyText(
                publication.code,
                title,
                f"{title}\n{link}",
                f"https://wa.me/?{urlencode({'text': f'{title} {link}'})}",
                f"https://t.me/share/url?{urlencode({'url': link, 'text': title})}",
            )
        )
    return found


# Partners


def partners(service, language, place, words):
    """[(name, Partner, its desk or None, whether it fits)], those that fit first.

    Of whose places nothing is said, it serves everywhere. By `words` its name is looked for.
    """
    place, words = fold(place), fold(words)
    found = []
    for partner, desk, fits in referrals.partners(service, language):
        named = fold(" ".join([partner.code, *(text.name for text in partner.texts.all())]))
        if words not in named:
            continue
        places = fold(desk.places) if desk else ""
        fits = fits and (not places or place in places)
        order = not fits, place not in places
        found.append((order, referrals.name_of(partner), partner, desk, fits))
    found.sort(key=lambda row: row[0])
    return [row[1:] for row in found]
