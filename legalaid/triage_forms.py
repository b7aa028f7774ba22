"""The forms of triage: taking an appeal in for somebody, and the one decision about it."""

import uuid

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from legalaid import casework, letters, register
from legalaid.models import (
    Case,
    Consent,
    ConsentText,
    Employer,
    Intake,
    LetterTemplate,
    UrgencyRule,
)
from legalaid.models.triage import OWN_RULE_NAMES
from resources.models import Topic
from sanasezim.shared.admin import tick_boxes
from sanasezim.shared.languages import CODES, LANGUAGES
from sanasezim.shared.models import Partner

PUT_IN = "put_in"  # the button that puts the letter into the message


def by_name(field):
    """The field with topics or offices as people call them, not by their codes."""
    field.queryset = field.queryset.prefetch_related("texts")
    field.label_from_instance = lambda row: row.text.name if row.text else row.code
    return field


class StepForm(forms.Form):
    """A step about one intake. `user` is who takes it."""

    def __init__(self, *args, intake, user, **kwargs):
        self.intake, self.user = intake, user
        super().__init__(*args, **kwargs)

    @property
    def given(self):
        """What the step's function takes."""
        return self.cleaned_data


class LawyerChoice(forms.ModelChoiceField):
    """A lawyer, with how many open cases they lead."""

    def __init__(self, **kwargs):
        led = Case.objects.open().filter(lawyer=OuterRef("pk")).order_by().values("lawyer")
        number = Subquery(led.annotate(number=Count("pk")).values("number"))
        lawyers = casework.lawyers().annotate(number=Coalesce(number, 0))
        super().__init__(lawyers.order_by("last_name", "username"), **kwargs)

    def label_from_instance(self, lawyer):
        cases = ngettext("%(number)d open case", "%(number)d open cases", lawyer.number)
        return f"{casework.name_of(lawyer)} · {cases % {'number': lawyer.number}}"


class AcceptForm(StepForm):
    lawyer = LawyerChoice(label=_("Who leads the case"))
    as_new_person = forms.BooleanField(
        label=_("Make a new record of the person from this request"),
        help_text=_("Do this if none of the people the portal found is the same."),
        required=False,
    )
    looked_for_conflict = forms.BooleanField(
        label=_("I have looked at it: there is no conflict, or it is settled"),
        error_messages={"required": _("Look at the check for conflicts, then tick this.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.fields["lawyer"].queryset.filter(pk=self.user.pk).exists():
            self.fields["lawyer"].initial = self.user.pk
        if self.intake.person_id:
            del self.fields["as_new_person"]
        else:
            self.fields["as_new_person"].initial = not self.intake.is_anonymous


class CaseReference(forms.CharField):
    """A case that one works on, by its reference."""

    def __init__(self, **kwargs):
        super().__init__(max_length=20, **kwargs)
        self.widget.attrs |= {"list": "cases", "autocapitalize": "characters", "placeholder": "C-…"}


class JoinForm(StepForm):
    case = CaseReference(
        label=_("Reference of the case"),
        help_text=_("An open case that you work on. Those of the same person are offered."),
    )

    def clean_case(self):
        reference = self.cleaned_data["case"].strip().upper()
        case = Case.objects.visible_to(self.user).filter(reference=reference).first()
        if case is None:
            raise ValidationError(_("You see no case with this reference."))
        return case


class LetterChoice(forms.ModelChoiceField):
    def __init__(self):
        super().__init__(
            LetterTemplate.objects.prefetch_related("texts"),
            label=_("Letter to begin with"),
            required=False,
        )


class MessageForm(StepForm):
    """A message to the person, perhaps from a letter. Not in a language they cannot read, unless meant so."""

    is_needed = True

    letter = LetterChoice()
    text = forms.CharField(
        label=_("Message to the person"),
        widget=forms.Textarea({"rows": 9}),
        max_length=10_000,
        required=False,
        help_text=_("They read it on the portal with their secret code."),
    )
    language = forms.ChoiceField(label=_("Language of the message"), choices=LANGUAGES)
    in_another_language = forms.BooleanField(
        label=_("Send it in this language all the same"), required=False
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        language = self.intake.language
        self.fields["language"].initial = language if language in CODES else "ru"
        self.fields["text"].required = self.is_needed
        if PUT_IN in self.data:
            self._put_letter_in()
        if not LetterTemplate.objects.exists():
            del self.fields["letter"]
        if "in_another_language" not in self.data and not self._is_foreign():
            del self.fields["in_another_language"]

    def _put_letter_in(self):
        """Begin the message anew with the letter that was chosen, in the person's language."""
        number = self.data.get("letter", "")
        letter = LetterTemplate.objects.filter(pk=number if number.isdecimal() else 0).first()
        self.data = self.data.copy()
        if letter:
            text, language = letters.text_of(
                letter, self.intake.language, by=self.user, office=self.intake.office
            )
            self.data["text"], self.data["language"] = text, language or self.data.get("language")

    def _is_foreign(self):
        said = letters.language_of(self.data.get("text", ""))
        return not letters.reads(self.intake.language, said or self.data.get("language", ""))

    def clean_text(self):
        text = letters.for_person(self.cleaned_data["text"], self.intake)
        if open_places := letters.unfilled(text):
            raise ValidationError(
                _("Fill in what still stands in braces: %(places)s"),
                params={"places": ", ".join(open_places)},
            )
        return text

    def clean(self):
        cleaned = super().clean()
        text = cleaned.get("text")
        said = letters.language_of(text or "")
        if text and said and not letters.reads(cleaned.get("language", ""), said):
            self.add_error(
                "language",
                _("The message looks like %(language)s.") % {"language": dict(LANGUAGES)[said]},
            )
        if text and self._is_foreign() and not cleaned.get("in_another_language"):
            self.add_error(
                None,
                _(
                    "The person reads %(language)s. Write in it, or tick that you send it all the same."
                )
                % {"language": self.intake.get_language_display()},
            )
        return cleaned

    @property
    def given(self):
        return {"text": self.cleaned_data["text"], "language": self.cleaned_data["language"]}


class AnswerForm(MessageForm):
    pass


class PartnerChoice(forms.ModelChoiceField):
    def __init__(self):
        super().__init__(
            Partner.objects.filter(takes_referrals=True).prefetch_related("texts"),
            label=_("Partner"),
            required=False,
            help_text=_("Put in its name and address, to write on from there."),
        )

    def label_from_instance(self, partner):
        return partner.text.name if partner.text else partner.code


class ReferForm(MessageForm):
    partner = PartnerChoice()
    field_order = ["partner", "letter", "text", "language"]

    def _put_letter_in(self):
        super()._put_letter_in()
        number = self.data.get("partner", "")
        partner = Partner.objects.filter(pk=number if number.isdecimal() else 0).first()
        if partner:
            name = self.fields["partner"].label_from_instance(partner)
            lines = [self.data.get("text", "").rstrip(), name, partner.link]
            self.data["text"] = "\n".join(line for line in lines if line)


class DeclineForm(MessageForm):
    is_needed = False

    reason = forms.ChoiceField(
        label=_("Why it is declined"),
        choices=[("", _("Choose a reason")), *Intake.Reason.choices],
        help_text=_("Counted in the reports; the person reads the message only."),
    )
    field_order = ["reason", "letter", "text", "language"]

    @property
    def given(self):
        return {"reason": self.cleaned_data["reason"]} | super().given


class DuplicateForm(StepForm):
    of = forms.CharField(
        label=_("Reference of the request that came before"),
        max_length=20,
        widget=forms.TextInput(
            {"list": "intakes", "autocapitalize": "characters", "placeholder": "R-…"}
        ),
    )

    def clean_of(self):
        reference = self.cleaned_data["of"].strip().upper()
        of = Intake.objects.visible_to(self.user).filter(reference=reference).first()
        if of is None:
            raise ValidationError(_("You see no request with this reference."))
        return of


class MoveForm(StepForm):
    case = CaseReference(label=_("Reference of the right case"))
    clean_case = JoinForm.clean_case


# Whom it is about


class EmployerForm(forms.ModelForm):
    """A row of the register. A second row of one employer is made only by somebody who saw the first."""

    is_another = forms.BooleanField(
        label=_("It is another one: add it all the same"), required=False
    )

    class Meta:
        model = Employer
        fields = ["name", "other_names", "number", "phones", "place", "sector"]
        widgets = {name: forms.Textarea({"rows": 2}) for name in ["other_names", "phones", "place"]}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.near = []
        self.fields["is_another"].widget = forms.HiddenInput()
        self.fields["sector"].widget.attrs["list"] = "sectors"

    def clean(self):
        cleaned = super().clean()
        self.near = register.like(
            **{
                name: cleaned.get(name) or ""
                for name in ["name", "other_names", "number", "phones"]
            },
            exclude=self.instance.pk,
        )
        if self.near and not self.instance.pk:
            self.fields["is_another"].widget = forms.CheckboxInput()
        if self.near and not self.instance.pk and not cleaned.get("is_another"):
            raise ValidationError(
                _("The register may have it already. Look at the rows below first.")
            )
        return cleaned


# Taking in


class EntryForm(forms.ModelForm):
    """An appeal that staff write down for somebody. The consent comes first: without it, no name."""

    CHANNELS = ["visit", "outreach", "district_centre", "partner"]
    AGREED = [
        (Consent.How.SPOKEN, _("The text was read out, and they agree")),
        (Consent.How.SIGNED, _("They signed it on paper")),
        ("anonymous", _("They do not agree: without name and contact")),
    ]

    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    channel = forms.ChoiceField(label=_("Where they came from"))
    language = forms.ChoiceField(
        label=_("Their language"),
        choices=[*LANGUAGES, ("other", _("another language"))],
        widget=forms.RadioSelect,
        initial="ru",
    )
    agreed = forms.ChoiceField(label=_("Do they agree?"), choices=AGREED, widget=forms.RadioSelect)
    topics = tick_boxes([], label=_("topics"), coerce=int)

    class Meta:
        model = Intake
        fields = [
            *("channel", "office", "project", "language", "relation", "speaker_name"),
            *("topics", "story", "country", "place", "in_danger", "minor"),
            *("contact_by", "contact", "contact_when", "may_say_who", "others_answer"),
        ]
        widgets = {
            "story": forms.Textarea({"rows": 10}),
            **{
                name: forms.RadioSelect
                for name in ["in_danger", "minor", "may_say_who", "others_answer"]
            },
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["channel"].choices = [
            choice for choice in Intake.Channel.choices if choice[0] in self.CHANNELS
        ]
        topics = Topic.objects.prefetch_related("texts")
        self.fields["topics"].choices = [(t.pk, t.text.name if t.text else t.code) for t in topics]
        for name in ["in_danger", "minor", "may_say_who", "others_answer"]:
            self.fields[name].choices = [("", _("not stated")), ("yes", _("yes")), ("no", _("no"))]
        by_name(self.fields["office"])
        self.fields["story"].required = True
        self.fields["country"].initial = "KZ"

    # The parts of the page

    def _fields(self, *names):
        return [self[name] for name in names]

    @property
    def before_consent(self):
        return self._fields("channel", "office", "project", "language")

    @property
    def consent(self):
        return self._fields("agreed")

    @property
    def about(self):
        return self._fields("topics", "story", "country", "place", "in_danger", "minor")

    @property
    def reach(self):
        return self._fields(
            *("relation", "speaker_name", "contact_by", "contact", "contact_when"),
            *("may_say_who", "others_answer"),
        )

    def validate_constraints(self):
        """Reference and consent come with taking in, which keeps what the constraints say."""

    def wording(self):
        """The current wording of the consent for their language, else in the one they read best."""
        language = self.cleaned_data["language"]
        for code in dict.fromkeys([language, "ru", *CODES]):
            if text := ConsentText.objects.current(code):
                return text
        return None

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("agreed") == "anonymous":
            for name in ["speaker_name", "contact", "contact_when"]:
                cleaned[name] = ""
        elif cleaned.get("agreed") and cleaned.get("language") and not self.wording():
            self.add_error(
                "agreed",
                _("There is no wording of the consent yet: only an anonymous one can be kept."),
            )
        contact_by, contact = cleaned.get("contact_by"), cleaned.get("contact")
        if cleaned.get("agreed") != "anonymous":
            if contact_by and contact_by != Intake.Contact.NONE and not contact:
                self.add_error("contact", _("Write the number or name there."))
            if contact and not contact_by:
                self.add_error("contact_by", _("Say how to reach them there."))
        return cleaned


class UrgencyRuleForm(forms.ModelForm):
    words = forms.CharField(
        label=_("one of these words in the story"),
        widget=forms.Textarea({"rows": 10}),
        required=False,
        help_text=UrgencyRule._meta.get_field("words").help_text,
    )

    class Meta:
        model = UrgencyRule
        fields = ["code", "name", "weight", "is_used", "in_danger", "minor", "topics", "words"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["words"] = "\n".join(self.instance.words)

    def clean_words(self):
        lines = self.cleaned_data["words"].replace(",", "\n").splitlines()
        words = list(dict.fromkeys(line.strip() for line in lines if line.strip()))
        if too_long := [word for word in words if len(word) > 60]:
            raise ValidationError(
                _("Longer than 60 letters: %(words)s"), params={"words": ", ".join(too_long)}
            )
        return words

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("name") and cleaned.get("code") not in OWN_RULE_NAMES:
            self.add_error("name", _("Give the rule a name for the queue."))
        if not any(cleaned.get(name) for name in ["in_danger", "minor", "topics", "words"]):
            raise ValidationError(
                _("Choose at least one condition: a topic, words, or one of the two.")
            )
        return cleaned
