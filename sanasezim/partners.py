"""Partners with their logos. The house has this page: a logo is looked at as a photo of an event is."""

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from events import pictures
from sanasezim.shared.admin import PartnerAdmin
from sanasezim.shared.models import Partner
from sanasezim.shared.uploads import takes_files

MOST_UPLOADED = settings.UPLOAD_MAX_BYTES + settings.DATA_UPLOAD_MAX_MEMORY_SIZE

admin.site.unregister(Partner)


class PartnerForm(forms.ModelForm):
    link = forms.URLField(label=_("Web address"), required=False, assume_scheme="https")
    new_logo = pictures.PictureField(
        label=_("Put in a logo"),
        sizes=[pictures.LOGO],
        required=False,
        help_text=_("JPEG or PNG. A white or transparent ground looks best."),
    )
    remove_logo = forms.BooleanField(label=_("Go on without a logo"), required=False)

    class Meta:
        model = Partner
        fields = ["code", "link", "order", "is_public", "takes_referrals"]

    def _post_clean(self):
        super()._post_clean()
        # A browser does not choose a file a second time by itself: say so beside the field.
        if self.errors and self.files.get("new_logo") and "new_logo" not in self.errors:
            self.add_error(
                "new_logo", _("Choose this file again: it is not kept while something is wrong.")
            )


@admin.register(Partner)
class PartnerWithLogoAdmin(PartnerAdmin):
    form = PartnerForm
    readonly_fields = ["logo_shown"]
    fields = [
        *["code", "link", "order", "is_public", "takes_referrals"],
        *["logo_shown", "new_logo", "remove_logo"],
    ]

    @admin.display(description=_("logo"))
    def logo_shown(self, partner):
        if not partner.logo:
            return "–"
        return format_html(
            '<img src="{}" alt="" width="{}" height="{}">',
            partner.logo_url,
            partner.logo_width,
            partner.logo_height,
        )

    def get_fields(self, request, obj=None):
        if self.has_change_permission(request, obj):
            return self.fields
        return [name for name in self.fields if name not in ("new_logo", "remove_logo")]

    @transaction.atomic
    def save_model(self, request, partner, form, change):
        checked = form.cleaned_data.get("new_logo")
        gone = partner.logo.name if checked or form.cleaned_data.get("remove_logo") else ""
        if gone:
            partner.logo, partner.logo_width, partner.logo_height = "", None, None
        with pictures.written() as stored:
            if checked:
                partner.logo = stored.write(
                    "events", "webp", ContentFile(checked.facts["pictures"][0])
                )
                partner.logo_width, partner.logo_height = pictures.size_within(
                    checked, pictures.LOGO[0]
                )
            super().save_model(request, partner, form, change)
        if gone:
            storage = Partner._meta.get_field("logo").storage
            transaction.on_commit(lambda: storage.delete(gone))

    @takes_files(MOST_UPLOADED, staff_only=True)
    def add_view(self, request, form_url="", extra_context=None):
        return super().add_view(request, form_url, extra_context)

    @takes_files(MOST_UPLOADED, staff_only=True)
    def change_view(self, request, object_id, form_url="", extra_context=None):
        return super().change_view(request, object_id, form_url, extra_context)
