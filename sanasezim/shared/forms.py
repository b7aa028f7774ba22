"""Pieces of forms that several apps ask with."""

from django import forms
from django.utils.translation import gettext_lazy as _


class PreviewDaysForm(forms.Form):
    """For how long a preview link is made."""

    days = forms.TypedChoiceField(
        label=_("How long the link works"),
        coerce=int,
        choices=[(1, _("1 day")), (7, _("7 days")), (30, _("30 days"))],
        initial=7,
    )
