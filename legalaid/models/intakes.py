"""Intakes: one appeal for help, from any channel, and what was decided about it."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from legalaid.models.cases import Case
from legalaid.models.consents import Consent
from legalaid.models.employers import Employer
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


@tracked(exclude=["search_keys", "code_salt", "code_digest", "form_token"])
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

    class Held(models.TextChoices):
        TOO_FAST = "too_fast", _("sent faster than a person types")
        TOO_MANY = "too_many", _("many from one network")
        TRAP = "trap", _("filled in what people do not see")

    class Reason(models.TextChoices):
        """Why an intake was declined."""

        NOT_OURS = "not_ours", _("not our kind of problem")
        NO_GROUND = "no_ground", _("the law gives no ground")
        CONFLICT = "conflict", _("conflict of interest")
        ELSEWHERE = "elsewhere", _("somebody else already helps")
        NO_CONTACT = "no_contact", _("could not be reached")
        NOT_WISHED = "not_wished", _("no longer wished")

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
    employer = models.ForeignKey(
        Employer,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="intakes",
        verbose_name=_("against whom"),
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
    minor = models.CharField(_("a child is concerned"), max_length=3, choices=YesNo, blank=True)
    flags = ArrayField(
        models.CharField(max_length=40),
        verbose_name=_("urgent because"),
        default=list,
        blank=True,
        editable=False,
        help_text=_("Codes of the rules of urgency that apply."),
    )
    urgency = models.PositiveSmallIntegerField(_("urgency"), default=0, editable=False)
    search_keys = SearchKeysField(names=["speaker_name"], phones=["contact"])

    consent = models.OneToOneField(
        Consent,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="intake",
        verbose_name=_("consent"),
    )
    is_anonymous = models.BooleanField(
        _("anonymous, no personal data"), default=False, editable=False
    )
    # Argon2id over an HMAC of the secret code (shared/codes.py); empty where none was given
    code_salt = models.BinaryField(default=bytes, editable=False)
    code_digest = models.BinaryField(default=bytes, editable=False)
    code_was_spoken = models.BooleanField(
        _("the code was read out"),
        default=False,
        editable=False,
        help_text=_("It must be changed when it is first used."),
    )
    form_token = models.UUIDField(null=True, unique=True, editable=False)
    held_because = models.CharField(
        _("held for a look because"), max_length=20, choices=Held, blank=True, editable=False
    )
    unanswered_since = models.DateTimeField(
        _("waits for our answer since"), null=True, blank=True, editable=False
    )
    erasure_wished_at = models.DateTimeField(
        _("asked us to erase it at"), null=True, blank=True, editable=False
    )
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True, editable=False)

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
    decline_reason = models.CharField(
        _("why declined"), max_length=20, choices=Reason, blank=True, editable=False
    )
    same_as = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="repeats",
        verbose_name=_("came before as"),
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
            models.Index(
                fields=["-urgency", "received_at"],
                condition=Q(decided_at=None),
                name="intake_queue",
            ),
            models.Index(
                fields=["unanswered_since"],
                condition=Q(unanswered_since__isnull=False),
                name="intake_unanswered",
            ),
            models.Index(
                fields=["-decided_at", "-id"],
                condition=Q(decided_at__isnull=False),
                name="intake_decided",
            ),
            GinIndex(fields=["search_keys"], name="intake_search_keys"),
        ]
        triggers = [
            # Whoever decides anew first takes the decision back; a case that was opened stays.
            pgtrigger.Protect(
                name="decide_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__decision="accepted", new__decision__df="accepted")
                | ~pgtrigger.Q(old__decision="")
                & ~pgtrigger.Q(new__decision="")
                & (
                    pgtrigger.Q(old__decision__df=pgtrigger.F("new__decision"))
                    | pgtrigger.Q(old__decided_by__df=pgtrigger.F("new__decided_by"))
                ),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="intake_decided_by_somebody",
                condition=Q(decided_at=None, decided_by=None, decision="")
                | Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(decision=""),
                violation_error_message=_("A decision needs its moment and its person."),
            ),
            models.CheckConstraint(
                name="intake_agreed_or_anonymous",
                condition=Q(consent__isnull=False) | Q(is_anonymous=True),
                violation_error_message=_("An intake needs a consent, or is anonymous."),
            ),
            models.CheckConstraint(
                name="intake_declined_for_a_reason",
                condition=Q(decision="declined") & ~Q(decline_reason="")
                | ~Q(decision="declined") & Q(decline_reason=""),
                violation_error_message=_("Say why it is declined."),
            ),
            models.CheckConstraint(
                name="intake_duplicate_of_another",
                condition=Q(decision="duplicate", same_as__isnull=False)
                | ~Q(decision="duplicate") & Q(same_as=None),
                violation_error_message=_("Say which intake it repeats."),
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
