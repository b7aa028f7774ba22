"""Staff accounts and their roles."""

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from sanasezim import looks  # noqa: F401 (registers the record of looks)
from sanasezim.roles import ROLES
from sanasezim.shared.models import User

# Roles are data (roles.py, `manage sync_roles`): what a group may do is not changed by hand.
admin.site.unregister(Group)


class RolesField(forms.ModelMultipleChoiceField):
    """Roles by their names, as boxes to tick."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, group):
        return ROLES[group.name]["name"] if group.name in ROLES else group.name


@admin.register(User)
class StaffAdmin(UserAdmin):
    list_display = ["username", "first_name", "last_name", "roles", "is_active", "last_login"]
    list_filter = ["is_active"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Person"), {"fields": ["first_name", "last_name", "email", "language"]}),
        (_("Role"), {"fields": ["is_active", "is_staff", "groups"]}),
    ]
    add_fieldsets = [
        (None, {"classes": ["wide"], "fields": ["username", "password1", "password2"]}),
        (_("Person"), {"fields": ["first_name", "last_name", "email", "language"]}),
        (_("Role"), {"fields": ["is_staff", "groups"]}),
    ]
    filter_horizontal = []

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description=_("role"))
    def roles(self, user):
        return ", ".join(
            str(ROLES[group.name]["name"]) for group in user.groups.all() if group.name in ROLES
        )

    def has_change_permission(self, request, obj=None):
        # Whoever may change a superuser's password is one.
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        # Who leaves is made inactive: what they wrote and published stays theirs.
        return False

    def get_readonly_fields(self, request, obj=None):
        if obj == request.user and not request.user.is_superuser:
            # Nobody gives themselves a role, or locks themselves out.
            return ["is_active", "is_staff", "groups"]
        return []

    def get_changeform_initial_data(self, request):
        return {"is_staff": True, "language": "ru"}

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name == "groups":
            return RolesField(Group.objects.order_by("name"), required=False, label=_("role"))
        return super().formfield_for_manytomany(db_field, request, **kwargs)
