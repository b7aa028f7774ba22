"""Intakes: one appeal for help, from any channel, and what was decided about it."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from legalaid.models.cases import Case
from legalaid.models.people import Person, YesNo
from resources.models import Topic
from sanasezim.shared.countries import COUNTRIES
from sanasezim.shared.history import tracked
from sanasezim.shared.languages import LANGUAGES
from sanasezim.shared.models import Office, Project
from sanasezim.shared.protected import ProtectedRow, ProtectedTextField
from sanasezim.shared.references import reference_validator
from sanasezim.shared.search_keys import FindablePeople, SearchKeysField


class Relation(models.TextChoices):
    """Who speaks, seen from the person it is about."""

    SELF = "self", _("the person themselves")
    RELATIVE = "relative", _("a relative")
    FRIEND = "friend", _("a friend")
    EMPLOYER = "employer", _("an employer")
    LAW_ENFORCEMENT = "law_enforcement", _("police or another authority")
    PARTNER_NGO = "partner_ngo", _("a partner organisation")
    OTHER = "other", _("somebody else")


class IntakeQuerySet(FindablePeople):
    def waiting(self):
        """The triage queue: what nobody has decided yet."""
        return self.filter(decided_at=None)

    def visible_to(self, user):
        """The queue to everybody who works it; what was decided, to those it went to."""
        if not user.has_perm("legalaid.view_intake"):
            return self.none()
        if user.has_perm("legalaid.view_every_case"):
            return self
        return self.filter(
            Q(decided_at=None)
            | Q(case__in=Case.objects.visible_to(user))
            | Q(decided_by=user, case=None)
        )


@tracked(exclude=["search_keys"])
class Intake(ProtectedRow):
    """One appeal for help. Nobody is asked for a passport or a status."""

    class Channel(models.TextChoices):
        PHONE = "phone", _("hotline")
        VISIT = "visit", _("visit to the office")
        DISTRICT_CENTRE = "district_centre", _("district centre")
        OUTREACH = "outreach", _("outreach")
        ONLINE = "online", _("portal")
        PARTNER = "partner", _("partner")

    class Contact(models.TextChoices):
        PHONE = "phone", _("phone")
        WHATSAPP = "whatsapp", "WhatsApp"
        TELEGRAM = "telegram", "Telegram"
        NONE = "none", _("nothing: they come back with the code")

    class Decision(models.TextChoices):
        ACCEPTED = "accepted", _("accepted as a case")
        ANSWERED = "answered", _("answered")
        REFERRED = "referred", _("referred to a partner")
        DECLINED = "declined", _("declined")
        DUPLICATE = "duplicate", _("came twice")
        JUNK = "junk", _("junk")

    reference = models.CharField(
        _("reference"), max_length=20, unique=True, validators=[reference_validator]
    )
    received_at = models.DateTimeField(_("received at"), default=timezone.now)
    channel = models.CharField(_("channel"), max_length=20, choices=Channel)
    office = models.ForeignKey(
        Office, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("office")
    )
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("project")
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("entered by"),
    )

    relation = models.CharField(_("who speaks"), max_length=20, choices=Relation, blank=True)
    person = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="intakes",
        verbose_name=_("person"),
    )
    topics = models.ManyToManyField(
        Topic, related_name="intakes", blank=True, verbose_name=_("topics")
    )
    story = ProtectedTextField(_("what happened"), max_length=20_000)
    country = models.CharField(_("country"), max_length=2, choices=COUNTRIES, blank=True)
    place = ProtectedTextField(_("where it is"), max_length=400)
    language = models.CharField(
        _("language"),
        max_length=10,
        choices=[*LANGUAGES, ("other", _("another language"))],
        blank=True,
    )

    speaker_name = ProtectedTextField(_("name of who speaks"), max_length=200)
    contact_by = models.CharField(_("reach them by"), max_length=10, choices=Contact, blank=True)
    contact = ProtectedTextField(_("number or name there"), max_length=200)
    contact_when = ProtectedTextField(_("when it is safe"), max_length=200)
    may_say_who = models.CharField(
        _("may we say who we are"), max_length=3, choices=YesNo, blank=True
    )
    others_answer = models.CharField(
        _("somebody else may answer this phone"), max_length=3, choices=YesNo, blank=True
    )
    in_danger = models.CharField(_("in danger now"), max_length=3, choices=YesNo, blank=True)
    search_keys = SearchKeysField(names=["speaker_name"], phones=["contact"])

    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decision = models.CharField(
        _("decision"), max_length=20, choices=Decision, blank=True, editable=False
    )
    case = models.ForeignKey(
        Case,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="intakes",
        verbose_name=_("case"),
    )

    objects = IntakeQuerySet.as_manager()

    class Meta:
        verbose_name = _("intake")
        verbose_name_plural = _("intakes")
        ordering = ["received_at", "pk"]
        indexes = [
            models.Index(fields=["received_at"], condition=Q(decided_at=None), name="intake_queue"),
            GinIndex(fields=["search_keys"], name="intake_search_keys"),
        ]
        constraints = [
            models.CheckConstraint(
                name="intake_decided_by_somebody",
                condition=Q(decided_at=None, decided_by=None, decision="")
                | Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(decision=""),
                violation_error_message=_("A decision needs its moment and its person."),
            ),
            models.CheckConstraint(
                name="intake_accepted_has_a_case",
                condition=Q(decision="accepted", case__isnull=False)
                | ~Q(decision="accepted") & Q(case=None),
                violation_error_message=_("An accepted intake has a case, and no other has one."),
            ),
        ]

    def __str__(self):
        return self.reference
