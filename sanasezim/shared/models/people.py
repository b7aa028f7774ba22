"""Staff accounts. Migrants have none."""

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from sanasezim.shared.languages import OWN_NAMES, STAFF_LANGUAGES


class User(AbstractUser):
    """A member of staff. What they may do comes from their role, a group made from roles.py."""

    language = models.CharField(
        _("language of the staff pages"),
        max_length=10,
        choices=[(code, OWN_NAMES[code]) for code in STAFF_LANGUAGES],
        default="ru",
    )

    class Meta:
        verbose_name = _("staff member")
        verbose_name_plural = _("staff members")

    def has_perm(self, perm, obj=None):
        # A superuser runs the house. What people told us opens to a role, and to nothing else.
        if self._runs_the_house(perm.partition(".")[0]):
            return True
        return self.is_active and obj is None and perm in self.role_permissions

    def has_module_perms(self, app_label):
        if self._runs_the_house(app_label):
            return True
        return self.is_active and any(
            name.startswith(f"{app_label}.") for name in self.role_permissions
        )

    def _runs_the_house(self, app_label):
        return self.is_active and self.is_superuser and app_label not in settings.APPS_ABOUT_PEOPLE

    @cached_property
    def role_permissions(self):
        """What the person's roles give, as "app.action_model"."""
        return {f"{app}.{code}" for _role, app, code in self._given_by_roles if code}

    @cached_property
    def role_codes(self):
        """The roles of roles.py this person has, in a fixed order."""
        return sorted({role for role, _app, _code in self._given_by_roles})

    @cached_property
    def _given_by_roles(self):
        """(role, app, action_model): asked once for all that a page wants to know."""
        code = "permissions__codename"
        return list(self.groups.values_list("name", "permissions__content_type__app_label", code))


def staff_who_may(permission):
    """Active staff whose role gives this permission, as "app.action_model"."""
    app, code = permission.split(".")
    return User.objects.filter(
        is_active=True,
        is_staff=True,
        groups__permissions__content_type__app_label=app,
        groups__permissions__codename=code,
    ).distinct()
