"""The people we help. What statistics need stands in Person; who it is stands apart, in Identity."""

import datetime

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from sanasezim.shared.countries import CITIZENSHIPS
from sanasezim.shared.history import tracked
from sanasezim.shared.languages import LANGUAGES
from sanasezim.shared.protected import ProtectedRow, ProtectedTextField
from sanasezim.shared.search_keys import FindablePeople, SearchKeysField

# The ages that can be said in earnest
MOST_YEARS = 110


class YesNo(models.TextChoices):
    """An answer that may also be missing: empty is "not stated"."""

    YES = "yes", _("yes")
    NO = "no", _("no")


class PersonQuerySet(models.QuerySet):
    def visible_to(self, user):
        """People of the cases and intakes this member of staff works on, and callers to an operator."""
        from legalaid.models.cases import CasePerson
        from legalaid.models.intakes import Intake

        if user.has_perm("legalaid.view_every_case"):
            return self
        in_cases = CasePerson.objects.filter(person=OuterRef("pk"))
        seen = Q(pk__in=[])
        if user.has_perm("legalaid.view_case"):
            seen |= Exists(in_cases.filter(case__in=_cases(user)))
            # Whom I have just added, until they are in somebody's case.
            seen |= Q(added_by=user) & ~Exists(in_cases)
        if user.has_perm("legalaid.view_intake"):
            waiting = Intake.objects.visible_to(user).filter(person=OuterRef("pk"))
            seen |= Exists(waiting)
        if user.has_perm("hotline.view_call"):
            seen |= Q(is_caller=True)
        return self.filter(seen)


def _cases(user):
    from legalaid.models.cases import Case

    return Case.objects.visible_to(user)


@tracked()
class Person(models.Model):
    """Somebody we help or helped: the facts that count, without who it is."""

    class Sex(models.TextChoices):
        MALE = "male", _("man")
        FEMALE = "female", _("woman")
        OTHER = "other", _("other")

    sex = models.CharField(_("sex"), max_length=10, choices=Sex, blank=True)
    birth_year = models.PositiveSmallIntegerField(
        _("year of birth"), null=True, blank=True, validators=[MinValueValidator(1900)]
    )
    age = models.PositiveSmallIntegerField(
        _("age"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(MOST_YEARS)],
        help_text=_("As it was said. Leave empty if you know the year of birth."),
    )
    age_on = models.DateField(_("age was said on"), null=True, blank=True)
    age_is_about = models.BooleanField(_("the age is approximate"), default=False)
    minor = models.CharField(_("under 18"), max_length=3, choices=YesNo, blank=True)
    citizenship = models.CharField(
        _("citizenship"), max_length=12, choices=CITIZENSHIPS, blank=True
    )
    home_region = models.CharField(_("home region"), max_length=80, blank=True)
    language = models.CharField(
        _("language"),
        max_length=10,
        choices=[*LANGUAGES, ("other", _("another language"))],
        blank=True,
    )
    is_caller = models.BooleanField(
        _("has called the hotline"),
        default=False,
        editable=False,
        help_text=_("Operators find callers, and nobody else."),
    )
    added_at = models.DateTimeField(_("added at"), auto_now_add=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("added by"),
    )

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(
                name="person_age_once",
                condition=Q(birth_year=None) | Q(age=None),
                violation_error_message=_("Give the year of birth or the age, not both."),
            ),
            models.CheckConstraint(
                name="person_age_with_its_day",
                condition=Q(age=None, age_on=None) | Q(age__isnull=False, age_on__isnull=False),
                violation_error_message=_("An age needs the day on which it was said."),
            ),
        ]

    def __str__(self):
        # No name: Django and mail copy this text to places that outlive the record.
        return f"{self._meta.verbose_name} {self.pk}"

    def age_at(self, day):
        """Full years on a day, as far as they are known; None where nothing was stated."""
        if self.birth_year:
            return day.year - self.birth_year
        if self.age is not None:
            return self.age + (day - self.age_on) // datetime.timedelta(days=365)
        return None


class IdentityQuerySet(FindablePeople):
    def visible_to(self, user):
        if not user.has_perm("legalaid.view_identity"):
            return self.none()
        return self.filter(person__in=Person.objects.visible_to(user))


@tracked(exclude=["search_keys"])
class Identity(ProtectedRow):
    """Who a person is. Encrypted, shown masked, revealed for a reason that is written down."""

    person = models.OneToOneField(
        Person, models.CASCADE, related_name="identity", verbose_name=_("person")
    )
    name = ProtectedTextField(_("full name"), max_length=200)
    other_names = ProtectedTextField(
        _("other names and spellings"), max_length=400, help_text=_("One a line.")
    )
    phones = ProtectedTextField(_("phone numbers"), max_length=400, help_text=_("One a line."))
    messengers = ProtectedTextField(_("messengers"), max_length=400)
    address = ProtectedTextField(_("address"), max_length=400)
    documents = ProtectedTextField(
        _("document numbers"),
        max_length=400,
        help_text=_("Only if a step needs them. One a line."),
    )
    search_keys = SearchKeysField(
        names=["name", "other_names"], phones=["phones"], documents=["documents"]
    )

    objects = IdentityQuerySet.as_manager()

    class Meta:
        verbose_name = _("identity")
        verbose_name_plural = _("identities")
        indexes = [GinIndex(fields=["search_keys"], name="identity_search_keys")]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"


class PersonKey(models.Model):
    """By which key old records name a person: kept as its HMAC, for it may be anything."""

    key = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, models.CASCADE, related_name="keys")

    class Meta:
        verbose_name = "key of a person"
        verbose_name_plural = "keys of people"
        default_permissions = ()

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"
