"""Cases: what we took on, for whom, against whom, and who works on it."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Lookup, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from legalaid.models.employers import Employer
from legalaid.models.people import Person
from resources.models import Topic
from sanasezim.shared.history import tracked
from sanasezim.shared.models import Office, Project
from sanasezim.shared.protected import ProtectedRow, ProtectedTextField
from sanasezim.shared.references import reference_validator


class OneOf(Lookup):
    """`OneOf(F("pk"), ArraySubquery(…))`: beside other conditions it can use an index, as IN cannot."""

    lookup_name = "one_of"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        left, left_values = self.process_lhs(compiler, connection)
        right, right_values = self.process_rhs(compiler, connection)
        return f"{left} = ANY ({right})", (*left_values, *right_values)


class CaseQuerySet(models.QuerySet):
    def open(self):
        return self.filter(closed_on=None)

    def visible_to(self, user):
        """Every case to the director; to a lawyer or specialist those they lead or are on the team of."""
        if not user.has_perm("legalaid.view_case"):
            return self.none()
        if user.has_perm("legalaid.view_every_case"):
            return self
        on_team = ArraySubquery(CaseMember.objects.filter(user=user).values("case"))
        return self.filter(Q(lawyer=user) | Q(transfer_to=user) | Q(OneOf(F("pk"), on_team)))


@tracked()
class Case(ProtectedRow):
    """A legal problem we have taken on, from acceptance to outcome."""

    class Turn(models.TextChoices):
        """Who has to act next. The clock runs only while it is ours."""

        OURS = "ours", _("ours")
        CLIENT = "client", _("the client's")
        OTHERS = "others", _("an authority's or partner's")

    class Exploitation(models.TextChoices):
        FORCED_LABOUR = "forced_labour", _("forced labour")
        SEXUAL = "sexual", _("sexual exploitation")
        DEBT_BONDAGE = "debt_bondage", _("debt bondage")
        MIXED = "mixed", _("labour and sexual")
        BEGGING = "begging", _("begging")
        FORCED_CRIME = "forced_crime", _("forced crime")
        NONE = "none", _("none")

    class PlaceOfExploitation(models.TextChoices):
        HERE = "here", _("a foreigner in Kazakhstan")
        ABROAD = "abroad", _("a citizen abroad")
        INSIDE = "inside_own_country", _("a citizen inside the country")

    class SentBy(models.TextChoices):
        """Who sent these people to us. Several may have."""

        POLICE = "police", _("police")
        EMBASSY = "embassy", _("embassy or consulate")
        NGO = "ngo", _("another organisation (NGO)")
        INTERNATIONAL = "international_organisation", _("international organisation")
        SELF = "self", _("nobody, they came themselves")
        HOTLINE = "hotline", _("hotline")
        STATE_SERVICE = "state_service", _("state service")
        OTHER = "other", _("somebody else")

    reference = models.CharField(
        _("reference"), max_length=20, unique=True, validators=[reference_validator]
    )
    opened_on = models.DateField(_("opened on"), default=timezone.localdate)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    lawyer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="led_cases",
        verbose_name=_("lawyer"),
    )
    people = models.ManyToManyField(
        Person, through="CasePerson", related_name="cases", verbose_name=_("people")
    )
    employer = models.ForeignKey(
        Employer,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("employer"),
    )
    topics = models.ManyToManyField(
        Topic, related_name="cases", blank=True, verbose_name=_("topics")
    )
    office = models.ForeignKey(
        Office, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("office")
    )
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("project")
    )

    exploitation = models.CharField(
        _("exploitation"), max_length=20, choices=Exploitation, blank=True
    )
    place_of_exploitation = models.CharField(
        _("where the exploitation was"), max_length=20, choices=PlaceOfExploitation, blank=True
    )
    referred_in = ArrayField(
        models.CharField(max_length=30, choices=SentBy),
        verbose_name=_("sent to us by"),
        default=list,
        blank=True,
    )
    turn = models.CharField(_("whose turn it is"), max_length=10, choices=Turn, default=Turn.OURS)
    turn_since = models.DateTimeField(_("since"), default=timezone.now)
    touched_at = models.DateTimeField(_("last worked on"), default=timezone.now, editable=False)
    transfer_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="offered_cases",
        verbose_name=_("offered to"),
    )
    is_held = models.BooleanField(
        _("kept beyond its term"),
        default=False,
        help_text=_("The nightly disposal leaves it alone."),
    )
    hold_reason = ProtectedTextField(_("why it is kept"), max_length=400)
    dispose_on = models.DateField(_("may be erased from"), null=True, blank=True)
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True, editable=False)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        ordering = ["-opened_on", "-pk"]
        # The orders of the list, each for the tab that has it
        indexes = [
            models.Index(fields=["-opened_on", "-id"], name="case_newest"),
            models.Index(
                fields=["-opened_on", "-id"], condition=Q(closed_on=None), name="case_open_newest"
            ),
            models.Index(
                fields=["turn", "turn_since", "id"],
                condition=Q(closed_on=None),
                name="case_open_by_turn",
            ),
            models.Index(
                fields=["touched_at", "id"], condition=Q(closed_on=None), name="case_open_untouched"
            ),
            models.Index(
                fields=["-closed_on", "-id"],
                condition=Q(closed_on__isnull=False),
                name="case_closed_newest",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="close_with_an_outcome",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__closed_on=None, new__closed_on__isnull=False),
                func=pgtrigger.Func(
                    "IF NOT EXISTS (SELECT FROM legalaid_outcome WHERE case_id = NEW.id) THEN"
                    " RAISE EXCEPTION 'a case is closed with an outcome' USING ERRCODE = '23514';"
                    " END IF; RETURN NEW;"
                ),
            ),
        ]
        permissions = [("view_every_case", _("Can view every case"))]
        constraints = [
            models.CheckConstraint(
                name="case_closed_after_it_was_opened",
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")),
                violation_error_message=_("A case cannot be closed before it was opened."),
            ),
            models.CheckConstraint(
                name="case_is_not_offered_to_its_lawyer",
                condition=Q(transfer_to=None) | ~Q(transfer_to=F("lawyer")),
                violation_error_message=_("The case is with this colleague already."),
            ),
        ]

    def __str__(self):
        return self.reference

    @property
    def is_open(self):
        return self.closed_on is None


@tracked()
class CaseTopic(Case.topics.through):
    """A topic of a case: so that the history knows what the case was about, and since when."""

    class Meta:
        proxy = True
        default_permissions = ()


@tracked()
class CasePerson(models.Model):
    """A person in a case. One case may have one person or six hundred."""

    class Part(models.TextChoices):
        CLIENT = "client", _("client")
        FAMILY = "family", _("family member")
        WITNESS = "witness", _("witness")

    case = models.ForeignKey(Case, models.CASCADE, related_name="case_people")
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="case_people", verbose_name=_("person")
    )
    part = models.CharField(_("part in the case"), max_length=10, choices=Part, default=Part.CLIENT)

    class Meta:
        verbose_name = _("person in a case")
        verbose_name_plural = _("people in a case")
        constraints = [
            models.UniqueConstraint(
                fields=["case", "person"],
                name="case_has_a_person_once",
                violation_error_message=_("This person is in the case already."),
            )
        ]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"


@tracked()
class CaseMember(models.Model):
    """A colleague on the team of a case, beside the lawyer who leads it."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="members")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="memberships",
        verbose_name=_("staff member"),
    )

    class Meta:
        verbose_name = _("team member")
        verbose_name_plural = _("team members")
        constraints = [
            models.UniqueConstraint(
                fields=["case", "user"],
                name="case_has_a_member_once",
                violation_error_message=_("This colleague is on the team already."),
            )
        ]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"
