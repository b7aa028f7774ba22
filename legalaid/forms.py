"""What people type who ask for help or come back to their request."""

import re
import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from legalaid.coming_back import typed_reference
from legalaid.models import Intake
from legalaid.taking_in import CODE_DIGITS
from resources import library
from sanasezim.shared import codes
from sanasezim.shared.countries import COUNTRIES
from sanasezim.shared.folding import safe
from sanasezim.shared.languages import LANGUAGES

YES_NO = [("yes", _("Yes")), ("no", _("No"))]
# As the person says it who fills in the form; the model has the words of the staff.
RELATIONS = [
    ("self", _("For myself")),
    ("relative", _("For a relative")),
    ("friend", _("For a friend")),
    ("other", _("For somebody else")),
    ("employer", _("I am an employer")),
    ("law_enforcement", _("I am from the police or another authority")),
    ("partner_ngo", _("I am from another organisation")),
]
CONTACTS = [
    ("phone", _("By a call")),
    ("whatsapp", _("WhatsApp")),
    ("telegram", _("Telegram")),
    ("none", _("Not at all. I will come back with my code")),
]
NONE = Intake.Contact.NONE

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def clean_text(value):
    """A text as it may be stored: without half characters and signs that nobody typed."""
    value = unicodedata.normalize("NFC", safe(str(value)).replace("\r\n", "\n").replace("\r", "\n"))
    return _CONTROLS.sub("", value).strip()


class Words(forms.CharField):
    """A text in somebody's own words. Nothing in it is refused but its length.

    Its box does not stay in the browser's memory: the next who holds this phone would be offered it.
    """

    def __init__(self, *, rows=1, **options):
        attributes = {"rows": rows} if rows > 1 else {}
        widget = forms.Textarea(attributes) if rows > 1 else forms.TextInput()
        widget.attrs["autocomplete"] = "off"
        super().__init__(required=False, strip=False, widget=widget, **options)

    def to_python(self, value):
        return clean_text(value) if value else ""


def one_of(choices, **options):
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, required=False, **options)


def list_of(choices, **options):
    return forms.ChoiceField(choices=[("", "–"), *choices], required=False, **options)


class ContactFields(forms.Form):
    """How to reach somebody without harm."""

    contact_by = one_of(CONTACTS, label=_("How can we answer you?"))
    contact = Words(
        max_length=200,
        label=_("Number, or name in Telegram"),
        help_text=_("It may be the number of somebody you trust."),
    )
    contact_when = Words(
        max_length=200,
        label=_("When is it safe?"),
        help_text=_("For example: after 20:00, or only on Sunday."),
    )
    others_answer = one_of(YES_NO, label=_("May somebody else answer or read there?"))
    may_say_who = one_of(
        YES_NO,
        label=_("May we tell them who we are?"),
        help_text=_("If not, we say nothing about us and ring again later."),
    )
    speaker_name = Words(
        max_length=200,
        label=_("What shall we call you?"),
        help_text=_("Any name, or none."),
    )

    has_number = False  # whether we have one already

    def clean(self):
        cleaned = super().clean()
        by = cleaned.get("contact_by", "")
        if cleaned.get("contact") and not by:
            cleaned["contact_by"] = Intake.Contact.PHONE
        elif cleaned.get("contact") and by == NONE:
            self.add_error(
                "contact", _("You chose not to be reached. Delete this, or choose another way.")
            )
        elif by not in ("", NONE) and not (cleaned.get("contact") or self.has_number):
            self.add_error(
                "contact", _("Write the number or the name. Or choose that you will come back.")
            )
        return cleaned

    def refuse_contact_of_anonymous(self, cleaned):
        for name in ("contact", "contact_when", "speaker_name"):
            if cleaned.get(name):
                self.add_error(
                    name,
                    _("You stay anonymous: we may not keep this. Delete it, or choose to agree."),
                )


AGREED, ANONYMOUS = "agreed", "anonymous"
CONSENTS = [
    (AGREED, _("I have read this and I agree")),
    (ANONYMOUS, _("I stay anonymous: I give no name and no number")),
]


class AskForm(ContactFields):
    """Asking for help. Only what happened and one decision are needed."""

    in_danger = one_of(YES_NO, label=_("Is somebody in danger now?"))
    topics = forms.MultipleChoiceField(
        label=_("What is it about?"),
        help_text=_("Choose one or several, or none."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    story = Words(
        rows=7,
        max_length=20_000,
        label=_("What happened?"),
        help_text=_("In your own words, in any language: when, where, who."),
    )
    relation = list_of(RELATIONS, label=_("For whom do you write?"))
    minor = one_of(YES_NO, label=_("Is a child under 18 concerned?"))
    place = Words(
        max_length=400,
        label=_("Where is it?"),
        help_text=_("City, district or village. The firm or farm, if you know it."),
    )
    country = list_of(COUNTRIES, label=_("Country"))
    language = forms.ChoiceField(
        label=_("In which language shall we answer?"),
        choices=[*LANGUAGES, ("other", _("another language"))],
        required=False,
    )
    consent = one_of(CONSENTS, label=_("May we keep what you tell us?"))
    # No person sees it; a program that fills in everything does.
    website = forms.CharField(required=False, label=_("Leave this field empty"))

    # As on the page: the list of what is wrong goes from top to bottom.
    field_order = [
        "in_danger", "topics", "story", "relation", "country", "place", "minor",
        *ContactFields.base_fields, "language", "consent",
    ]  # fmt: skip
    ABOUT_IT = ["in_danger", "story", "relation", "minor", "place", "country", "language"]
    REACHING = [
        "contact_by", "contact", "contact_when", "others_answer", "may_say_who", "speaker_name",
    ]  # fmt: skip

    def __init__(self, *args, has_files=False, consent_text=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.has_files, self.consent_text = has_files, consent_text
        self.fields["topics"].choices = [
            (topic.code, _words_of(topic)) for topic in library.topics(get_language())
        ]
        self.fields["website"].widget.attrs |= {"autocomplete": "off", "tabindex": "-1"}
        self.fields["contact"].widget.attrs["inputmode"] = "text"
        if consent_text is None:  # nothing was written that one could agree to
            self.fields["consent"].choices = CONSENTS[1:]
        self.fields["language"].initial = get_language()

    @classmethod
    def typed(cls, post):
        """What was typed, mistakes and all, as the initial values of another form."""
        names = [name for name in cls.base_fields if name != "topics"]
        kept = {name: clean_text(post[name]) for name in names if name in post}
        return kept | {"topics": post.getlist("topics")}

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("story") and not self.has_files and "story" not in self.errors:
            self.add_error("story", _("Say what happened, or add a voice message or a photo."))
        if cleaned.get("consent") == ANONYMOUS:
            self.refuse_contact_of_anonymous(cleaned)
        elif not cleaned.get("consent") and "consent" not in self.errors:
            self.add_error("consent", _("Choose one: you agree, or you stay anonymous."))
        return cleaned

    def intake(self):
        """The intake of what was typed, unsaved."""
        names = [*self.ABOUT_IT, *self.REACHING]
        intake = Intake(
            channel=Intake.Channel.ONLINE, **{name: self.cleaned_data[name] for name in names}
        )
        if self.is_anonymous:
            intake.contact_by = NONE
        return intake

    @property
    def is_anonymous(self):
        return self.cleaned_data["consent"] == ANONYMOUS


def _words_of(topic):
    return topic.shown.question or topic.shown.name if topic.shown else topic.code


class EnterForm(forms.Form):
    """The number of a request and its secret code."""

    reference = Words(
        max_length=40,
        label=_("Number of the request"),
        help_text=_("It looks like R-A7K-3FM."),
    )
    code = Words(
        max_length=40,
        label=_("Secret code"),
        help_text=_("12 digits."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reference"].widget.attrs |= {
            "autocapitalize": "characters",
            "spellcheck": "false",
        }
        self.fields["code"].widget.attrs["inputmode"] = "numeric"

    def clean_reference(self):
        if not self.cleaned_data["reference"]:
            raise ValidationError(_("Write the number of the request."))
        return typed_reference(self.cleaned_data["reference"])

    def clean_code(self):
        code = codes.typed(self.cleaned_data["code"])
        if len(code) != CODE_DIGITS:
            raise ValidationError(_("The secret code has 12 digits. Look whether one is missing."))
        return code


class WriteForm(forms.Form):
    """A message to us, with or without files."""

    text = Words(rows=4, max_length=10_000, label=_("Write to us"))

    def __init__(self, *args, has_files=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.has_files = has_files

    def clean_text(self):
        if not self.cleaned_data["text"] and not self.has_files:
            raise ValidationError(_("Write something, or choose a file."))
        return self.cleaned_data["text"]


class ChangeContactForm(ContactFields):
    """Another way to reach the person. What is left empty stays as it is.

    What we have stands nowhere in it: the page is read on shared phones.
    """

    agree = forms.BooleanField(label=_("I have read this and I agree"), required=False)

    def __init__(self, *args, intake, **kwargs):
        super().__init__(*args, **kwargs)
        self.has_number = bool(intake.contact)
        self.needs_consent = intake.is_anonymous
        if not self.needs_consent:
            del self.fields["agree"]

    def clean(self):
        cleaned = super().clean()
        given = any(cleaned.get(name) for name in ("contact", "contact_when", "speaker_name"))
        if self.needs_consent and given and not cleaned.get("agree"):
            self.add_error("agree", _("To keep a number or a name, we need your consent."))
        if not any(cleaned.values()) and not self.errors:
            raise ValidationError(_("Fill in what shall change."))
        return cleaned

    def changes(self):
        """What is to be saved: {field of the intake: value}."""
        changes = {
            name: value for name, value in self.cleaned_data.items() if value and name != "agree"
        }
        if changes.get("contact_by") == NONE:
            changes |= {"contact": "", "contact_when": ""}
        return changes
