"""The words for calls, one text per language."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy

from hotline.models import CallScript, CallScriptText
from sanasezim.shared.admin import TextInline, TextsAdmin
from sanasezim.shared.languages import CODES


class CallScriptTextInline(TextInline):
    model = CallScriptText

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "body":
            kwargs["widget"] = forms.Textarea({"rows": 6})
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(CallScript)
class CallScriptAdmin(TextsAdmin):
    list_display = ["__str__", "when", "languages", "order"]
    list_editable = ["order"]
    inlines = [CallScriptTextInline]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("texts")

    @admin.display(description=gettext_lazy("languages"))
    def languages(self, script):
        written = {text.language for text in script.texts.all()}
        return ", ".join(code for code in CODES if code in written)
