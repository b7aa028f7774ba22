"""What staff type about an event."""

import hashlib
import json

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events import publishing, versions
from events.models import (
    Comment,
    Event,
    EventText,
    Number,
    Photo,
    PhotoText,
    PressItem,
    ProgrammeItem,
    ProgrammeText,
    Story,
    StoryText,
    Video,
    VideoText,
)
from events.pictures import PictureField, PicturesField
from resources.models import Handout, Publication
from sanasezim.shared.admin import tick_boxes
from sanasezim.shared.forms import PreviewDaysForm
from sanasezim.shared.languages import LANGUAGES, OWN_NAMES
from sanasezim.shared.models import Office, Partner
from sanasezim.shared.text import check_facts

FROM_NOW = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M"]


def day_input():
    # The browser's own calendar understands a day in this form only.
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def time_input():
    return forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


def long_text(rows, **attrs):
    return forms.Textarea(attrs={"rows": rows, **attrs})


def named(row):
    return row.text.name if row.text else str(row)


class SeenForm(forms.ModelForm):
    """Two people may have the page open. Whoever saves second sees what the first wrote, keeps their
    own words in the form, and decides: nothing is overwritten unseen.

    `seen` is a hash of what stood in the row when the form was made; the box that allows to overwrite
    carries the hash of what was compared with, so that a third person is not overwritten either.
    """

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    overwrite = forms.BooleanField(
        label=_("I have compared both. Save what I wrote."), required=False
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.conflict = []
        self.initial["seen"] = self.fingerprint()
        if not self.is_bound:
            del self.fields["overwrite"]

    def values(self):
        """What stands in the row now, by field."""
        names = [name for name in self._meta.fields if name in self.fields]
        found = forms.model_to_dict(self.instance, fields=names)
        return {name: self._plain(value) for name, value in found.items()}

    @staticmethod
    def _plain(value):
        if isinstance(value, list):
            return sorted(str(getattr(one, "pk", one)) for one in value)
        return str("" if value is None else value)

    def fingerprint(self):
        if not self.instance.pk:
            return ""
        return hashlib.sha256(json.dumps(self.values(), sort_keys=True).encode()).hexdigest()[:32]

    def clean(self):
        cleaned = super().clean()
        # The form is made from the row as it stands now; what was typed is put on it only later.
        now, overwrite = self.initial["seen"], self.add_prefix("overwrite")
        if now in (cleaned.get("seen"), self.data.get(overwrite)):
            return cleaned
        self.conflict = self.difference()
        self.fields["overwrite"].widget.attrs["value"] = now
        self.data = self.data.copy()
        self.data.pop(overwrite, None)
        raise ValidationError(
            _(
                "Somebody saved this while you were writing. Nothing of yours is lost: it stands "
                "in the fields below. Compare, correct, tick the box and save."
            ),
            code="conflict",
        )

    def _post_clean(self):
        super()._post_clean()
        if not self.conflict:
            self.fields.pop("overwrite", None)

    def difference(self):
        """[(field, what is saved now, what was typed)] of what differs, marked."""
        rows = []
        for name, now in self.values().items():
            typed = self._plain(self.fields[name].prepare_value(self.cleaned_data.get(name)))
            if name in self.cleaned_data and typed != now:
                rows.append((self.fields[name].label, *versions.marked(now, typed)))
        return rows


# Words


class WordsForm(SeenForm):
    """Something in one language. `source` is what it is translated from, or None."""

    source_seen = forms.CharField(widget=forms.HiddenInput, required=False)
    matches_source = forms.BooleanField(
        label=_("It says what the source says now."), required=False
    )

    def __init__(self, *args, source=None, is_new=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.source = source
        self.is_stale = bool(self.instance.pk) and self.instance.is_stale(source)
        if source:
            # The words that stood beside the field, should they change meanwhile.
            self.initial["source_seen"] = source.words_hash
        else:
            del self.fields["source_seen"]
        if not self.is_stale:
            del self.fields["matches_source"]
        for name in self._meta.fields:
            self.fields[name].source = getattr(source, name, "")
        if "body" in self.fields:
            self.fields["body"].validators.append(check_facts)

    @property
    def is_empty(self):
        return not any(str(self[name].value() or "").strip() for name in self._meta.fields)

    def save(self, commit=True):
        seen = self.cleaned_data.get("source_seen", "")
        if self.source and (not self.instance.pk or self.cleaned_data.get("matches_source")):
            self.instance.source_hash = seen
        return super().save(commit)


def words_form(model, **widgets):
    return forms.modelform_factory(model, form=WordsForm, fields=model.FIELDS, widgets=widgets)


def markdown(rows):
    return long_text(rows, **{"data-markdown": "", "class": "writing"})


WORDS = {
    EventText: words_form(EventText, summary=long_text(2), body=markdown(24)),
    ProgrammeText: words_form(ProgrammeText, about=long_text(3)),
    StoryText: words_form(StoryText, body=markdown(12)),
    PhotoText: words_form(PhotoText, alt=long_text(2), caption=long_text(2)),
    VideoText: words_form(VideoText, transcript=markdown(8)),
}


# Parts of the page


class ProgrammeForm(SeenForm):
    subjects = tick_boxes(ProgrammeItem.Subject.choices, label=_("About"))
    languages = tick_boxes(LANGUAGES, label=_("Languages spoken"))

    class Meta:
        model = ProgrammeItem
        fields = [
            "kind",
            "subjects",
            "day",
            "starts",
            "ends",
            "office",
            "languages",
            "capacity",
        ]
        widgets = {"day": day_input(), "starts": time_input(), "ends": time_input()}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["office"].queryset = Office.objects.prefetch_related("texts")
        self.fields["office"].label_from_instance = named

    def clean(self):
        cleaned = super().clean()
        day, event = cleaned.get("day"), self.instance.event
        if day and not event.starts_on <= day <= event.ends_on:
            self.add_error(
                "day",
                ValidationError(
                    _("The page is about %(first)s to %(last)s. Choose one of these days."),
                    params={
                        "first": f"{event.starts_on:%d.%m.%Y}",
                        "last": f"{event.ends_on:%d.%m.%Y}",
                    },
                ),
            )
        return cleaned


class StoryForm(SeenForm):
    class Meta:
        model = Story
        fields = ["consent_on", "consent_how", "name_changed", "order"]
        widgets = {"consent_on": day_input()}

    def clean_consent_on(self):
        day = self.cleaned_data["consent_on"]
        if day and day > timezone.localdate():
            raise ValidationError(_("This day has not come yet."))
        return day


class PhotoForm(SeenForm):
    class Meta:
        model = Photo
        fields = ["consent", "credit", "order"]


class NewPhotosForm(forms.Form):
    """Photos to put in. What can be seen on each is asked on the next page, beside the picture."""

    file = PicturesField(
        label=_("Photos"),
        sizes=Photo.SIZES.values(),
        help_text=_(
            "JPEG or PNG, several at once. Where and with what they were taken is removed."
        ),
    )
    credit = forms.CharField(label=_("Made by"), max_length=120, required=False)


class DescribedPhotoForm(SeenForm):
    class Meta:
        model = Photo
        fields = ["consent", "credit"]


class VideoForm(SeenForm):
    class Meta:
        model = Video
        fields = ["consent", "credit", "order"]


class NewVideoForm(forms.Form):
    file = PictureField(
        label=_("Film"),
        film=True,
        required=False,
        help_text=_("MP4. Where and with what it was made is removed from the file."),
    )
    link = forms.URLField(
        label=_("or a link to it"),
        required=False,
        assume_scheme="https",
        help_text=_("Readers follow it themselves. Nothing of another site stands in our page."),
    )
    consent = forms.ChoiceField(
        label=_("People on it"),
        choices=[("", _("not asked yet")), *Photo.Consent.choices],
        required=False,
        help_text=_("Until this is answered, readers do not see it. For a child, a parent agrees."),
    )
    credit = forms.CharField(label=_("Made by"), max_length=120, required=False)

    def clean(self):
        cleaned = super().clean()
        if not self.errors and bool(cleaned.get("file")) == bool(cleaned.get("link")):
            raise ValidationError(_("Choose a file or write a link, one of the two."))
        return cleaned


class PressForm(SeenForm):
    link = forms.URLField(label=_("Link"), required=False, assume_scheme="https")

    class Meta:
        model = PressItem
        fields = ["title", "paper", "issue", "published_on", "author", "link", "language"]
        widgets = {"published_on": day_input()}


class DaysForm(SeenForm):
    """When it is, its address, and in which language it is written first."""

    class Meta:
        model = Event
        fields = ["starts_on", "ends_on", "slug", "source_language"]
        widgets = {"starts_on": day_input(), "ends_on": day_input()}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.kind == Event.Kind.MAIN:
            del self.fields["slug"]
        self.fields["source_language"].choices = [
            (code, OWN_NAMES[code]) for code in versions.WRITTEN
        ]

    def clean_starts_on(self):
        day = self.cleaned_data["starts_on"]
        if day.year != self.instance.year:
            raise ValidationError(_("The first day must be in the year of the page."))
        return day


class AroundForm(SeenForm):
    """Partners, booklets and the paper copies handed out on the day."""

    class Meta:
        model = Event
        fields = ["partners", "materials", "handouts"]
        widgets = dict.fromkeys(fields, forms.CheckboxSelectMultiple)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        event = self.instance
        partners = Partner.objects.prefetch_related("texts")
        self.fields["partners"].queryset = partners
        self.fields["partners"].label_from_instance = named
        materials = Publication.objects.listed() | Publication.objects.filter(
            pk__in=event.materials.values("pk")
        )
        self.fields["materials"].queryset = materials.distinct().prefetch_related("editions")
        self.fields["materials"].label_from_instance = title_of
        # Those of the days of the event, and whatever was ticked before.
        days = Handout.objects.filter(handed_on__range=(event.starts_on, event.ends_on))
        handouts = days | Handout.objects.filter(pk__in=event.handouts.values("pk"))
        self.fields["handouts"].queryset = handouts.distinct().select_related(
            "publication", "office"
        )
        self.fields["handouts"].label_from_instance = handout_in_words
        for name in self.Meta.fields:
            self.fields[name].required = False


def title_of(publication):
    titles = {edition.language: edition.title for edition in publication.editions.all()}
    return f"{publication.code} {titles.get(publication.source_language, publication.slug)}"


def handout_in_words(handout):
    where = handout.place or (named(handout.office) if handout.office else "")
    return (
        f"{handout.handed_on:%d.%m.%Y} · {handout.publication.code} "
        f"{handout.get_language_display()} × {handout.copies} · {where}"
    )


class NewHandoutForm(forms.ModelForm):
    """Paper copies of the day: written down once, here or in the library."""

    class Meta:
        model = Handout
        fields = ["publication", "language", "copies", "handed_on", "place"]
        widgets = {"handed_on": day_input()}

    def __init__(self, *args, event, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["publication"].queryset = Publication.objects.listed().prefetch_related(
            "editions"
        )
        self.fields["publication"].label_from_instance = title_of
        self.fields["place"].required = True
        self.initial.setdefault("handed_on", event.starts_on)


class NumberForm(SeenForm):
    class Meta:
        model = Number
        fields = ["value", "source"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["value"].required = False

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("value") is not None and "value" in self.changed_data:
            if not cleaned.get("source"):
                self.add_error("source", _("Say where the figure comes from."))
        return cleaned


# Steps


class BeginForm(forms.Form):
    """This year's page: from an earlier one, or empty."""

    title = forms.CharField(
        label=_("Title"),
        max_length=120,
        help_text=_("In the language the page is written in first, mostly Russian."),
    )
    starts_on = forms.DateField(label=_("First day"), widget=day_input())
    ends_on = forms.DateField(
        label=_("Last day"),
        widget=day_input(),
        required=False,
        help_text=_("Leave it empty if it is one day."),
    )
    slug = forms.SlugField(
        label=_("Address of a side event"),
        max_length=60,
        required=False,
        help_text=_(
            "Only for an event beside the 18 December: small Latin letters, such as press-cafe."
        ),
    )
    earlier = forms.ModelChoiceField(
        Event.objects.none(), label=_("Begin from"), required=False, empty_label=_("an empty page")
    )
    keep = tick_boxes(
        [
            ("text", _("the text and the theme, in all languages")),
            ("programme", _("the programme, its days moved")),
            ("partners", _("the partners")),
            ("materials", _("the booklets")),
            ("stories", _("the stories; each needs consent again")),
        ],
        label=_("What to take over from it"),
        help_text=_("Photos, films, press and figures stay with their year."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["earlier"].queryset = Event.objects.prefetch_related("texts")
        self.fields["earlier"].label_from_instance = lambda event: (
            f"{event} · {event.text.title}" if event.text else str(event)
        )

    def clean_slug(self):
        slug = self.cleaned_data["slug"].lower()
        if slug and slug.replace("-", "").isdecimal():
            raise ValidationError(_("The address needs at least one letter."))
        return slug

    def clean(self):
        cleaned = super().clean()
        starts_on = cleaned.get("starts_on")
        if starts_on:
            cleaned["ends_on"] = cleaned.get("ends_on") or starts_on
            if cleaned["ends_on"] < starts_on:
                self.add_error("ends_on", _("The last day cannot be before the first."))
            known = Event.objects.filter(year=starts_on.year, slug=cleaned.get("slug", ""))
            if known.exists():
                self.add_error(
                    "starts_on",
                    _("There is a page of this year already. Write an address for a side event."),
                )
        return cleaned


class StepForm(forms.Form):
    """What a step asks before it is taken. Most ask nothing."""

    def __init__(self, *args, event, **kwargs):
        super().__init__(*args, **kwargs)
        self.event = event


class NoteForm(StepForm):
    note = forms.CharField(label=_("A word to your colleague"), max_length=250, required=False)


class LanguagesForm(StepForm):
    """The languages that readers will see."""

    languages = forms.MultipleChoiceField(
        label=_("In these languages"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        texts = {text.language: text for text in self.event.texts.all()}
        written = [code for code in versions.WRITTEN if code in texts and texts[code].body.strip()]
        self.fields["languages"].choices = [(code, OWN_NAMES[code]) for code in written]
        public = [code for code in written if texts[code].publish_at]
        source = texts.get(self.event.source_language)
        self.initial["languages"] = public or [
            code
            for code in written
            if code == self.event.source_language or not texts[code].is_stale(source)
        ]


class PublishForm(LanguagesForm):
    """Now, or at a moment of Almaty time."""

    at = forms.DateTimeField(
        label=_("Public from, Almaty time (UTC+5)"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=FROM_NOW,
        help_text=_("Leave it empty to publish now."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        moment = self.event.publish_at or publishing.suggested_moment(self.event)
        if moment > timezone.now():
            self.initial["at"] = moment

    def clean_at(self):
        at = self.cleaned_data["at"]
        if at and at <= timezone.now():
            raise ValidationError(_("This moment has passed. Leave it empty to publish now."))
        return at


class WithdrawForm(StepForm):
    reason = forms.CharField(
        label=_("Why it is withdrawn"),
        max_length=250,
        help_text=_("Readers see this sentence on the page."),
    )


class PreviewLinkForm(StepForm, PreviewDaysForm):
    pass


class CommentForm(forms.ModelForm):
    class Meta:
        model = Comment
        fields = ["part", "language", "quote", "text"]
        widgets = {
            "part": forms.HiddenInput,
            "language": forms.HiddenInput,
            "text": long_text(3),
        }
