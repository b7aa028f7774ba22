"""Staff accounts and their roles."""

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sanasezim import figures, looks, partners  # noqa: F401 (each registers itself)
from sanasezim.forms import NewAccountForm
from sanasezim.importing import admin as importing_admin  # noqa: F401
from sanasezim.roles import ROLES
from sanasezim.shared import access_log, confirmed, resets, second_factor
from sanasezim.shared.access_log import Action
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
    add_form = NewAccountForm
    add_form_template = None
    change_form_template = "admin/account.html"
    list_display = ["username", "first_name", "last_name", "roles", "is_active", "last_login"]
    list_filter = ["is_active"]
    fieldsets = [
        (None, {"fields": ["username"]}),
        (_("Person"), {"fields": ["first_name", "last_name", "email", "language"]}),
        (_("Role"), {"fields": ["is_active", "is_staff", "groups"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username"]}),
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

    def get_urls(self):
        # Nobody sets another's password: two people give a new start (shared/resets.py).
        return [
            found
            for found in super().get_urls()
            if getattr(found, "name", "") != "auth_user_password_change"
        ]

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        account = self.get_object(request, object_id) if object_id else None
        may = self.has_change_permission(request, account)
        if may and not account:
            may = self.has_add_permission(request)
        if request.method == "POST" and may and (answer := confirmed.ask(request)):
            return answer
        context = (extra_context or {}) | self.ways_in(request, account)
        return super().changeform_view(request, object_id, form_url, context)

    def ways_in(self, request, account):
        """How this colleague comes in, and who may open a new way."""
        if account is None:
            return {}
        return {
            "account": account,
            "has_password": account.has_usable_password(),
            "app": second_factor.of(account),
            "new_starts": account.reset_requests.open(),
            "may_ask": account != request.user and self.has_change_permission(request, account),
        }

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        access_log.record(Action.ACCOUNT, by=request.user, request=request, what=form.instance)
        if not change:
            resets.ask(form.instance, resets.What.PASSWORD, by=request.user, request=request)
            messages.info(
                request,
                gettext(
                    "The account has no password yet. When another person has confirmed the "
                    "new start, they get a code to hand over."
                ),
            )

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
