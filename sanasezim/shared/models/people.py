"""Staff accounts. Migrants have none."""

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

    @cached_property
    def role_codes(self):
        """The roles of roles.py this person has, in a fixed order."""
        return sorted(group.name for group in self.groups.all())
