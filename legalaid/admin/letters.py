"""Letters that are written often, one text per language."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from legalaid.letters import PLACEHOLDER, REFERENCE, language_of, reads
from legalaid.models import LetterTemplate, LetterTemplateText
from sanasezim.shared.admin import TextInline, TextsAdmin
from sanasezim.shared.languages import CODES, OWN_NAMES

# What the portal itself puts in
FILLED = [REFERENCE, "{lawyer}", "{office}", "{phone}", "{today}"]


class LetterTextForm(forms.ModelForm):
    class Meta:
        model = LetterTemplateText
        fields = ["language", "title", "body"]
        widgets = {"body": forms.Textarea({"rows": 10})}
        help_texts = {
            "body": gettext_lazy(
                "The portal fills {reference}, {lawyer}, {office}, {phone} and {today}. Anything else in"
                " braces, as {date}, is filled by whoever sends the letter."
            )
        }

    def clean(self):
        typed = super().clean()
        body, language = typed.get("body") or "", typed.get("language") or ""
        if body.count("{") != body.count("}") or _braces_left(body):
            self.add_error("body", _("A brace is open: write {like this}, in one line."))
        written = language_of(body)
        if language and not reads(language, written):
            raise ValidationError(
                _("This looks like %(written)s, not %(language)s.")
                % {"written": OWN_NAMES[written], "language": OWN_NAMES[language]}
            )
        return typed


def _braces_left(body):
    rest = PLACEHOLDER.sub("", body)
    return "{" in rest or "}" in rest


class LetterTextInline(TextInline):
    model = LetterTemplateText
    form = LetterTextForm


@admin.register(LetterTemplate)
class LetterTemplateAdmin(TextsAdmin):
    list_display = ["title", "code", "languages", "order"]
    list_editable = ["order"]
    ordering = ["order", "code"]
    inlines = [LetterTextInline]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("texts")

    @admin.display(description=gettext_lazy("title"))
    def title(self, letter):
        return str(letter)

    @admin.display(description=gettext_lazy("languages"))
    def languages(self, letter):
        written = {text.language for text in letter.texts.all()}
        return ", ".join(code for code in CODES if code in written)
