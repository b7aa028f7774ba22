"""What staff type about the library."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from resources.files import RECORDINGS, LibraryFileField
from resources.models import Edition, Handout, Publication
from sanasezim.shared.admin import tick_boxes
from sanasezim.shared.forms import PreviewDaysForm
from sanasezim.shared.text import check_facts


def name_of(row):
    """What people call a topic or an office, in the language of the page."""
    return row.text.name if row.text else str(row)


class PublicationForm(forms.ModelForm):
    citizenships = tick_boxes(
        Publication.Citizenship.choices,
        label=_("For citizens of"),
        help_text=_("Nothing chosen means everybody."),
    )
    stages = tick_boxes(
        Publication.Stage.choices,
        label=_("Stage"),
        help_text=_("Nothing chosen means every stage."),
    )
    audiences = tick_boxes(Publication.Audience.choices, label=_("Audience"))

    class Meta:
        model = Publication
        fields = [
            "code",
            "slug",
            "kind",
            "topics",
            "citizenships",
            "stages",
            "audiences",
            "source_language",
            "replaced_by",
        ]
        widgets = {"topics": forms.CheckboxSelectMultiple}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if topics := self.fields.get("topics"):
            topics.queryset = topics.queryset.prefetch_related("texts")
            topics.label_from_instance = name_of

    def clean_replaced_by(self):
        # The constraint compares with the number of the row, which no form has, so Django skips it.
        newer, seen = self.cleaned_data["replaced_by"], set()
        while newer and self.instance.pk and newer.pk not in seen:
            if newer == self.instance:
                raise ValidationError(_("A publication cannot replace itself."))
            seen.add(newer.pk)
            newer = newer.replaced_by
        return self.cleaned_data["replaced_by"]


class EditionForm(forms.ModelForm):
    """The working copy of an edition: its words, its files, the dates of its law."""

    new_file = LibraryFileField(
        label=_("Put in a file"),
        required=False,
        help_text=_("PDF, JPEG or PNG. It replaces the file of the next version."),
    )
    remove_file = forms.BooleanField(label=_("Go on without the file"), required=False)
    new_audio = LibraryFileField(
        label=_("Put in a recording"),
        kinds=RECORDINGS,
        required=False,
        help_text=_("MP3 or Opus, at most 250 KB a minute if you can."),
    )
    remove_audio = forms.BooleanField(label=_("Go on without the recording"), required=False)
    matches_source = forms.BooleanField(
        label=_("The translation says what the source says now"),
        required=False,
        help_text=_("Tick it only after reading both. It takes the mark “out of date” away."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Edition
        fields = [
            "publication",
            "language",
            "title",
            "summary",
            "body",
            "law_as_of",
            "reviewed_on",
            "reviewed_by",
            "review_due",
        ]
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
            "body": forms.Textarea(attrs={"rows": 30, "class": "vLargeTextField"}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and "seen" in self.fields:
            self.fields["seen"].initial = self.instance.changed_at.isoformat()

    def _post_clean(self):
        super()._post_clean()
        # A browser does not choose a file a second time by itself: say so beside the field.
        for name in ["new_file", "new_audio"]:
            if self.errors and self.files.get(self.add_prefix(name)) and name not in self.errors:
                self.add_error(
                    name, _("Choose this file again: it is not kept while something is wrong.")
                )

    def clean_body(self):
        check_facts(self.cleaned_data["body"])
        return self.cleaned_data["body"]

    def clean(self):
        cleaned = super().clean()
        # Two people may have the page open: the second must not wipe out the first's work unseen.
        seen = self.data.get(self.add_prefix("seen"))
        if self.instance.pk and seen:
            now = Edition.objects.values_list("changed_at", flat=True).get(pk=self.instance.pk)
            if now.isoformat() != seen:
                raise ValidationError(
                    _(
                        "Somebody saved this edition while you were writing. "
                        "Your text is still below: open the edition in another window and compare."
                    )
                )
        return cleaned


class StepForm(forms.Form):
    """What a step asks before it is taken. Most ask nothing."""

    def __init__(self, *args, edition, **kwargs):
        super().__init__(*args, **kwargs)
        self.edition = edition
        for field in list(self.fields.values())[:1]:
            field.widget.attrs["autofocus"] = True


class PublishForm(StepForm):
    """Now, or at a moment of Almaty time."""

    change_note = forms.CharField(
        label=_("What changed"),
        max_length=250,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=_("One sentence for readers, in the language of the edition."),
    )
    at = forms.DateTimeField(
        label=_("Publish at, Almaty time (UTC+5)"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M"],
        help_text=_("Leave it empty to publish now."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.edition.versions.exists():
            # Nothing can have changed yet.
            del self.fields["change_note"]

    def clean_at(self):
        at = self.cleaned_data["at"]
        if at and at <= timezone.now():
            raise ValidationError(_("This moment has passed. Leave it empty to publish now."))
        return at


class WithdrawForm(StepForm):
    reason = forms.CharField(
        label=_("Why it is withdrawn"),
        max_length=250,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=_("Readers see this sentence on the page."),
    )


class PreviewLinkForm(StepForm, PreviewDaysForm):
    pass


class HandoutForm(forms.ModelForm):
    class Meta:
        model = Handout
        fields = ["publication", "language", "copies", "handed_on", "office", "place", "project"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if office := self.fields.get("office"):
            office.queryset = office.queryset.prefetch_related("texts")
            office.label_from_instance = name_of

    def clean_handed_on(self):
        day = self.cleaned_data["handed_on"]
        if day > timezone.localdate():
            raise ValidationError(_("This day has not come yet."))
        return day


class PeriodForm(forms.Form):
    """A period with both ends in it."""

    # The browser's own calendar understands a day in this form only.
    start = forms.DateField(
        label=_("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    end = forms.DateField(
        label=_("To"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("start") and cleaned.get("end") and cleaned["end"] < cleaned["start"]:
            raise ValidationError(_("The last day cannot be before the first."))
        return cleaned
