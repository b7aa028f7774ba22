"""The kinds of services the NGO gives, and their names."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from legalaid.models import ServiceKind, ServiceKindText
from sanasezim.shared.admin import TextInline, TextsAdmin


class ServiceKindTextInline(TextInline):
    model = ServiceKindText


@admin.register(ServiceKind)
class ServiceKindAdmin(TextsAdmin):
    list_display = ["name", "code", "order"]
    list_editable = ["order"]
    ordering = ["order", "code"]
    inlines = [ServiceKindTextInline]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("texts")

    @admin.display(description=gettext_lazy("name"))
    def name(self, kind):
        return str(kind)
