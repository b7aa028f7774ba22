"""What a page looked like at each save: kept as data, compared, put back.

In a version stand the words in all written languages, the programme, the stories, the press and the
lists. Of photos and films only the words: a removed one is gone from the disk, too.
"""

import difflib

from django.db.models import Max
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from events import models
from sanasezim.shared.languages import CODES, OWN_NAMES

WRITTEN = [code for code in CODES if code != "uz-cyrl"]

# key in the content → the rows of the event, the fields of a row, the model of its words
PARTS = {
    "programme": (
        models.ProgrammeItem,
        ["kind", "subjects", "day", "starts", "ends", "office_id", "languages", "capacity"],
        models.ProgrammeText,
    ),
    "stories": (
        models.Story,
        ["order", "consent_on", "consent_how", "name_changed"],
        models.StoryText,
    ),
    "photos": (models.Photo, ["order", "consent", "credit"], models.PhotoText),
    "videos": (models.Video, ["order", "consent", "credit"], models.VideoText),
    "press": (
        models.PressItem,
        ["title", "paper", "issue", "published_on", "author", "link", "language"],
        None,
    ),
}
LISTS = ["partners", "materials"]
FILES = {"photo": ["original", "thumbnail", "medium", "large"], "video": ["file"]}
# What has files cannot be made again from a version.
WITH_FILES = {"photos", "videos"}


def content_of(event):
    """The event as data that JSON can hold."""
    content = {
        "event": {name: _plain(getattr(event, name)) for name in ["starts_on", "ends_on"]},
        "texts": _words(event.texts.all()),
        "numbers": {figure.kind: [figure.value, figure.source] for figure in event.figures.all()},
    }
    for name, (_model, fields, texts) in PARTS.items():
        rows = getattr(event, name).all()
        content[name] = {
            str(row.pk): {field: _plain(getattr(row, field)) for field in fields}
            | ({"texts": _words(row.texts.all())} if texts else {})
            for row in (rows.prefetch_related("texts") if texts else rows)
        }
    for name in LISTS:
        content[name] = {str(row.pk): str(row) for row in getattr(event, name).all()}
    return content


def _plain(value):
    return value if isinstance(value, int | str | list | None | bool) else str(value)


def _words(texts):
    return {
        text.language: {name: getattr(text, name) for name in [*text.FIELDS, "source_hash"]}
        for text in texts
        if text.language in WRITTEN
    }


def keep(event, *, by):
    """Keep the page as it is now, unless the newest version says the same. Call it with the event locked."""
    content = content_of(event)
    newest = event.versions.first()
    if newest and newest.content == content:
        return newest
    number = (event.versions.aggregate(most=Max("number"))["most"] or 0) + 1
    return models.Version.objects.create(
        event=event, number=number, saved_by=by, saved_at=timezone.now(), content=content
    )


def put_back(event, content):
    """Write the rows of the event as they were. Languages stay as public as they are."""
    for name, value in content["event"].items():
        setattr(event, name, value)
    event.full_clean(exclude=["begun_from", "submitted_by"])
    event.save(update_fields=list(content["event"]))
    _put_words_back(event, models.EventText, content["texts"], keep_missing=True)
    for name, (model, fields, texts) in PARTS.items():
        kept = content[name]
        rows = getattr(event, name)
        if name not in WITH_FILES:
            rows.exclude(pk__in=kept).delete()
        for number, given in kept.items():
            row = rows.filter(pk=number).first()
            if row is None and name in WITH_FILES:
                continue
            # Consent is a fact of today: an old version does not bring it back.
            old = [field for field in fields if row is None or not field.startswith("consent")]
            row = row or model(pk=number, event=event)
            for field in old:
                setattr(row, field, given[field])
            row.save()
            if texts:
                _put_words_back(row, texts, given["texts"])
    for name in LISTS:
        related = getattr(event, name)
        related.set(related.model.objects.filter(pk__in=content[name]))
    event.figures.all().delete()
    models.Number.objects.bulk_create(
        models.Number(
            event=event,
            kind=kind,
            value=value,
            source=source,
            counted_at=None if source else timezone.now(),
        )
        for kind, (value, source) in content["numbers"].items()
    )


def _put_words_back(owner, model, words, *, keep_missing=False):
    if not keep_missing:
        owner.texts.exclude(language__in=words).delete()
    for language, given in words.items():
        model.objects.update_or_create(**{model.OWNER: owner}, language=language, defaults=given)


def leave_out(event, row):
    """Take a story, photo or film out of every version."""
    name = {models.Story: "stories", models.Photo: "photos", models.Video: "videos"}[type(row)]
    for version in event.versions.all():
        if version.content[name].pop(str(row.pk), None) is not None:
            version.save(update_fields=["content"])


# Comparing


def rows_of(content):
    """A version as {place on the page: words}, in the order of the page."""
    rows = {}
    _add(rows, (), content["event"])
    for name in ["texts", *PARTS, "numbers", *LISTS]:
        _add(rows, (name,), content[name])
    return rows


def _add(rows, path, value):
    if isinstance(value, dict):
        for name, inner in value.items():
            if name != "source_hash":
                _add(rows, (*path, name), inner)
    else:
        rows[path] = ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")


def differences(before, after):
    """[(place, old words with <del>, new words with <ins>)] of what is not the same."""
    old, new = rows_of(before), rows_of(after)
    return [
        (place_name(path), *marked(old.get(path, ""), new.get(path, "")))
        for path in dict.fromkeys([*old, *new])
        if old.get(path, "") != new.get(path, "")
    ]


PLACES = {
    "texts": _("Text"),
    "programme": _("Programme"),
    "stories": _("Stories"),
    "photos": _("Photos"),
    "videos": _("Videos"),
    "press": _("Press"),
    "numbers": _("Figures of the day"),
    "partners": _("Partners"),
    "materials": _("Booklets"),
}


def place_name(path):
    """("programme", "7", "texts", "kk", "title") → "Programme 7 · Қазақша · what happens"."""
    if len(path) == 1:
        return _field_name(models.Event, path[0])
    start = str(PLACES[path[0]])
    if path[0] == "texts":
        return " · ".join([start, OWN_NAMES[path[1]], _field_name(models.EventText, path[2])])
    if path[0] not in PARTS:
        return start
    model, _fields, texts = PARTS[path[0]]
    names = [f"{start} {path[1]}"]
    if path[2] == "texts":
        names += [OWN_NAMES[path[3]], _field_name(texts, path[4])]
    else:
        names.append(_field_name(model, path[2]))
    return " · ".join(names)


def _field_name(model, name):
    return str(model._meta.get_field(name).verbose_name)


def marked(old, new):
    """Two texts as HTML: in the first what was taken away is marked, in the second what was added."""
    a, b = _pieces(old), _pieces(new)
    first, second = [], []
    for what, a1, a2, b1, b2 in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        first.append(("del" if what != "equal" else "", "".join(a[a1:a2])))
        second.append(("ins" if what != "equal" else "", "".join(b[b1:b2])))
    return _html(first), _html(second)


def _pieces(text):
    """Words with the space behind them: what people compare by."""
    pieces, word = [], ""
    for character in text:
        if word and not character.isspace() and word[-1].isspace():
            pieces.append(word)
            word = ""
        word += character
    return [*pieces, word] if word else pieces


def _html(pieces):
    return format_html_join(
        "",
        "{}",
        (
            (format_html(f"<{tag}>{{}}</{tag}>", words) if tag else words,)
            for tag, words in pieces
            if words
        ),
    )
