"""What people type who ask to be called back."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from hotline import slots
from hotline.models import Callback
from legalaid.forms import YES_NO, Words, clean_text, one_of
from sanasezim.shared import phones
from sanasezim.shared.languages import LANGUAGES
from sanasezim.shared.models import LineHours

# Parts of the day, as people say it; what is kept are the hours.
PARTS = {
    "morning": range(7, 12),
    "afternoon": range(12, 17),
    "evening": range(17, 22),
    "night": [22, 23, 0, 1, 2, 3, 4, 5, 6],
}
PART_NAMES = [
    ("morning", _("Morning, 7:00 to 12:00")),
    ("afternoon", _("Afternoon, 12:00 to 17:00")),
    ("evening", _("Evening, 17:00 to 22:00")),
    ("night", _("Night, 22:00 to 7:00")),
]


class Several(forms.MultipleChoiceField):
    """Any number of choices; one that we do not know is left out: nothing of it can be mended."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value):
        known = {str(code) for code, _name in self.choices}
        return [code for code in self.to_python(value) if code in known]


class CallbackForm(forms.Form):
    """Only a number is needed."""

    phone = Words(
        max_length=40,
        label=_("Your phone number"),
        help_text=_("With the code of its country: +7, +998, +996, +992."),
    )
    language = forms.ChoiceField(
        label=_("In which language shall we speak?"),
        choices=[*LANGUAGES, ("other", _("another language"))],
        required=False,
    )
    parts = Several(
        label=_("When is it safe to call you?"),
        help_text=_("Almaty time. Choose several. If you choose none, any time is good."),
        choices=PART_NAMES,
        required=False,
    )
    days = Several(
        label=_("On which days?"),
        help_text=_("If you choose none, any day is good."),
        choices=LineHours.Weekday.choices,
        required=False,
    )
    may_say_who = one_of(
        YES_NO,
        label=_("If somebody else answers: may we say who we are?"),
        help_text=_("If not, we say nothing about us and ring again later."),
    )
    # No person sees it; a program that fills in everything does.
    website = forms.CharField(required=False, label=_("Leave this field empty"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["phone"].widget = forms.TextInput(
            {"autocomplete": "off", "inputmode": "tel", "maxlength": 40}
        )
        self.fields["website"].widget.attrs |= {"autocomplete": "off", "tabindex": "-1"}
        self.fields["language"].initial = get_language()

    @classmethod
    def typed(cls, post):
        """What was typed, mistakes and all, as the initial values of another form."""
        kept = {
            name: clean_text(post[name])
            for name in ("phone", "language", "may_say_who", "website")
            if name in post
        }
        return kept | {"parts": post.getlist("parts"), "days": post.getlist("days")}

    def clean_phone(self):
        typed = self.cleaned_data["phone"]
        if not typed:
            raise ValidationError(_("Write the number that we shall call."))
        if number := phones.as_e164(typed):
            return number
        if len(phones.ways_to_read(typed)) > 1:
            raise ValidationError(
                _("Several countries have this number. Write + and the code of the country first.")
            )
        raise ValidationError(_("This is no phone number. Look whether a digit is missing."))

    def clean(self):
        cleaned = super().clean()
        if "phone" in cleaned and not slots.fits_any(self._callback(cleaned)):
            self.add_error(
                "parts", _("At these hours nobody of us can call. Choose more hours or days.")
            )
        return cleaned

    def callback(self):
        """The callback of what was typed, unsaved."""
        return self._callback(self.cleaned_data)

    def _callback(self, cleaned):
        return Callback(
            source=Callback.Source.WEB,
            phone=cleaned["phone"],
            language=cleaned.get("language", ""),
            safe_hours=hours_of(cleaned.get("parts", [])),
            safe_days=sorted(int(day) for day in cleaned.get("days", [])),
            may_say_who=cleaned.get("may_say_who") or "no",
        )


def hours_of(parts):
    """The hours of some parts of the day; none where all are chosen, which is any time."""
    hours = {hour for part in parts for hour in PARTS[part]}
    return sorted(hours) if len(hours) < 24 else []
