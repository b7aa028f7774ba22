"""The staff pages of what belongs to the whole house."""

import datetime

from django import forms
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import models
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from sanasezim.shared.languages import LANGUAGES
from sanasezim.shared.models import (
    Line,
    LineHours,
    LineText,
    Office,
    OfficeText,
    Outreach,
    Page,
    PageText,
    Partner,
    PartnerText,
    PreviewLink,
    Project,
    ProjectTarget,
)
from sanasezim.shared.text import check_facts
from sanasezim.shared.uzbek import to_cyrillic

WRITTEN_LANGUAGES = [(code, name) for code, name in LANGUAGES if code != "uz-cyrl"]


class TextInline(admin.StackedInline):
    """The languages of something. Uzbek in Cyrillic is made from Latin, so it is not shown."""

    extra = 0
    max_num = len(WRITTEN_LANGUAGES)

    def get_queryset(self, request):
        return super().get_queryset(request).exclude(language="uz-cyrl")

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "body":
            kwargs["validators"] = [check_facts]
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        if db_field.name == "language":
            kwargs["choices"] = WRITTEN_LANGUAGES
        return super().formfield_for_choice_field(db_field, request, **kwargs)


class TextsAdmin(admin.ModelAdmin):
    """Something whose words are `texts`, one row per language."""

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        write_cyrillic(form.instance)


def write_cyrillic(owner):
    """Make the Uzbek Cyrillic text of something from its Latin text, in the other script."""
    latin = owner.texts.filter(language="uz").first()
    owner.texts.filter(language="uz-cyrl").delete()
    if latin:
        latin.pk, latin.language = None, "uz-cyrl"
        for field in latin._meta.concrete_fields:
            value = getattr(latin, field.attname)
            if isinstance(value, str) and field.name != "language":
                setattr(latin, field.attname, to_cyrillic(value))
        latin.save(force_insert=True)


class PreviewedAdmin(admin.ModelAdmin):
    """Something that may be looked at as its page will be, before it is public."""

    def may_preview(self, request):
        return self.has_change_permission(request) and request.user.has_perm(
            "shared.add_previewlink"
        )

    def get_urls(self):
        return [
            path(
                "<int:pk>/preview/",
                self.admin_site.admin_view(require_POST(self.preview)),
                name=f"{self.opts.app_label}_{self.opts.model_name}_preview",
            ),
            *super().get_urls(),
        ]

    def preview(self, request, pk):
        """Open the preview: by a link that is there, or by a new one for a day."""
        if not self.may_preview(request):
            raise PermissionDenied
        target = get_object_or_404(self.get_queryset(request), pk=pk)
        link = self.preview_links(request, target).first()
        return redirect(link or self.make_preview_link(request, target, days=1))

    def preview_links(self, request, target):
        if not self.may_preview(request):
            return PreviewLink.objects.none()
        return PreviewLink.objects.open().filter(**_named(target))

    def make_preview_link(self, request, target, *, days):
        return PreviewLink.objects.create(
            **_named(target),
            made_by=request.user,
            expires_at=timezone.now() + datetime.timedelta(days=days),
        )


def _named(target):
    return {"target_type": ContentType.objects.get_for_model(target), "target_id": target.pk}


def tick_boxes(choices, *, label, help_text="", coerce=str, required=False):
    """Several of a few choices, as boxes to tick rather than words between commas."""
    return forms.TypedMultipleChoiceField(
        choices=choices,
        label=label,
        help_text=help_text,
        coerce=coerce,
        widget=forms.CheckboxSelectMultiple,
        required=required,
    )


class OfficeTextInline(TextInline):
    model = OfficeText


@admin.register(Office)
class OfficeAdmin(TextsAdmin):
    list_display = ["code", "kind", "is_public"]
    list_filter = ["kind", "is_public"]
    search_fields = ["code", "texts__name"]
    inlines = [OfficeTextInline]


class ProjectTargetInline(admin.TabularInline):
    model = ProjectTarget
    extra = 0


@admin.register(Project)
class ProjectAdmin(admin.ModelAdmin):
    list_display = ["name", "donor", "starts_on", "ends_on"]
    search_fields = ["code", "name", "donor"]
    inlines = [ProjectTargetInline]


@admin.register(Outreach)
class OutreachAdmin(admin.ModelAdmin):
    list_display = ["done_on", "kind", "times", "where", "people", "copies", "project"]
    list_filter = ["kind", "done_on"]
    list_select_related = ["office", "project"]
    fields = ["kind", "done_on", "office", "place", "project", "times", "people", "copies"]

    @admin.display(description=_("where"))
    def where(self, outreach):
        return outreach.place or outreach.office

    def save_model(self, request, obj, form, change):
        if not change:
            obj.recorded_by = request.user
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request, obj=None):
        return False


class PartnerTextInline(TextInline):
    model = PartnerText


@admin.register(Partner)
class PartnerAdmin(TextsAdmin):
    list_display = ["code", "link", "order", "is_public", "takes_referrals"]
    list_filter = ["is_public", "takes_referrals"]
    search_fields = ["code", "texts__name"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    inlines = [PartnerTextInline]


class LineForm(forms.ModelForm):
    languages = tick_boxes(LANGUAGES, label=_("Languages spoken"))

    class Meta:
        model = Line
        fields = ["phone", "is_main", "is_free", "is_placeholder", "languages", "order"]


class LineHoursForm(forms.ModelForm):
    weekdays = tick_boxes(
        LineHours.Weekday.choices, label=_("Days of the week"), coerce=int, required=True
    )

    class Meta:
        model = LineHours
        fields = ["weekdays", "opens", "closes", "valid_from", "valid_to"]


class LineTextInline(TextInline):
    model = LineText


class LineHoursInline(admin.StackedInline):
    model = LineHours
    form = LineHoursForm
    extra = 0


@admin.register(Line)
class LineAdmin(TextsAdmin):
    form = LineForm
    list_display = ["phone", "is_main", "is_free", "is_placeholder", "order"]
    inlines = [LineHoursInline, LineTextInline]


class PageTextInline(TextInline):
    model = PageText


@admin.register(Page)
class PageAdmin(TextsAdmin):
    list_display = ["slug", "languages"]
    inlines = [PageTextInline]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("texts")

    @admin.display(description=_("languages"))
    def languages(self, page):
        return ", ".join(text.language for text in page.texts.all())

    def has_add_permission(self, request):
        # The portal links to exactly these pages.
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_readonly_fields(self, request, obj=None):
        return ["slug"]


@admin.register(PreviewLink)
class PreviewLinkAdmin(admin.ModelAdmin):
    list_display = ["target", "made_by", "made_at", "expires_at", "is_open_now"]
    list_select_related = ["made_by", "target_type"]
    view_on_site = False
    actions = ["revoke"]

    @admin.display(description=_("works"), boolean=True)
    def is_open_now(self, link):
        return link.is_open

    @admin.action(description=_("Revoke: the link stops working at once"), permissions=["change"])
    def revoke(self, request, queryset):
        number = queryset.filter(revoked_at=None).update(revoked_at=timezone.now())
        self.message_user(
            request, gettext("Links that no longer work: %(number)d.") % {"number": number}
        )

    def has_add_permission(self, request):
        # A link is made on the page of what it shows.
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_readonly_fields(self, request, obj=None):
        return ["target", "made_by", "made_at", "expires_at", "revoked_at"]

    def get_fields(self, request, obj=None):
        return self.get_readonly_fields(request, obj)
