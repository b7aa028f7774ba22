"""The forms of the house: how staff sign in, and what they change of their own account."""

from django import forms
from django.contrib.auth import password_validation
from django.contrib.auth.forms import UsernameField
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from sanasezim.shared import second_factor
from sanasezim.shared.models import User

LONGEST_PASSWORD = 1000
LONGEST_CODE = 40


def user_name(**attributes):
    # No longest length of its own: a name that is too long is one nobody has.
    return UsernameField(
        label=_("User name"),
        max_length=LONGEST_PASSWORD,
        widget=forms.TextInput(
            {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
            | attributes
        ),
    )


def password(label, autocomplete="current-password"):
    return forms.CharField(
        label=label,
        strip=False,
        max_length=LONGEST_PASSWORD,
        widget=forms.PasswordInput({"autocomplete": autocomplete}),
    )


def code(label, **attributes):
    return forms.CharField(
        label=label,
        max_length=LONGEST_CODE,
        widget=forms.TextInput(
            {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
            | attributes
        ),
    )


class SignInForm(forms.Form):
    """The first step."""

    username = user_name(autofocus=True)
    password = password(_("Password"))


class CodeForm(forms.Form):
    """The second step: six digits of the app, or the twenty of a recovery code."""

    code = code(_("Code from your app, or a recovery code"), autofocus=True)


class AppCodeForm(forms.Form):
    """The first code of an app that is being set up."""

    code = code(_("The six digits that the app shows now"))


class SavedForm(forms.Form):
    saved = forms.BooleanField(label=_("I have saved them where I find them without my phone."))


class NewPasswordForm(forms.Form):
    """A new password, typed twice."""

    new_password = password(_("New password"), "new-password")
    repeated = password(_("The new password once more"), "new-password")

    def __init__(self, *args, account=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.account = account
        self.fields["new_password"].help_text = " ".join(
            str(text) for text in password_validation.password_validators_help_texts()
        )

    def clean(self):
        typed = super().clean()
        if "new_password" in typed and "repeated" in typed:
            if typed["new_password"] != typed["repeated"]:
                self.add_error("repeated", _("The two are not the same."))
            elif self.account:
                self.is_strong_for(self.account)
        return typed

    def is_strong_for(self, account):
        try:
            password_validation.validate_password(self.cleaned_data["new_password"], account)
        except ValidationError as refusal:
            self.add_error("new_password", refusal)
        return not self.errors


class PasswordChangeForm(NewPasswordForm):
    """One's own password: the old one, a code where there is a second factor, and the new one."""

    old_password = password(_("Password until now"))
    code = code(_("Code from your app, or a recovery code"))

    field_order = ["old_password", "code", "new_password", "repeated"]

    def __init__(self, *args, account, **kwargs):
        super().__init__(*args, account=account, **kwargs)
        self.fields["old_password"].widget.attrs["autofocus"] = True
        if second_factor.of(account) is None:
            del self.fields["code"]


class StartForm(NewPasswordForm):
    """The start code of a new or forgotten account, and the password that its owner chooses."""

    username = user_name()
    code = code(_("Start code, 20 digits"), autocomplete="off", autofocus=True)

    field_order = ["code", "username", "new_password", "repeated"]


class LanguageForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["language"]


class NewAccountForm(forms.ModelForm):
    """An account without a password: its owner sets one with a start code."""

    class Meta:
        model = User
        fields = ["username", "first_name", "last_name", "email", "language", "is_staff", "groups"]
        field_classes = {"username": UsernameField}

    def save(self, commit=True):
        self.instance.set_unusable_password()
        return super().save(commit)
