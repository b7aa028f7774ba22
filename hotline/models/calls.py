"""The call log: who called, about whom, what for, what was done."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from legalaid.models import Intake, Person, ServiceKind
from legalaid.models.consents import Consent
from legalaid.models.intakes import Relation
from legalaid.models.people import MOST_YEARS, YesNo
from resources.models import Publication, Topic
from sanasezim.shared.countries import CITIZENSHIPS, COUNTRIES
from sanasezim.shared.history import tracked
from sanasezim.shared.languages import LANGUAGES
from sanasezim.shared.models import Line, Office, Partner, Project
from sanasezim.shared.protected import ProtectedRow, ProtectedTextField
from sanasezim.shared.search_keys import FindablePeople, SearchKeysField


def several(label, choices, **options):
    """A field with any number of these codes; none is "not stated"."""
    code = models.CharField(max_length=30, choices=choices)
    return ArrayField(code, verbose_name=label, default=list, blank=True, **options)


class CallQuerySet(FindablePeople):
    def visible_to(self, user):
        """The log belongs to those who answer the line."""
        return self if user.has_perm("hotline.view_call") else self.none()


@tracked(exclude=["search_keys", "form_token"])
class Call(ProtectedRow):
    """One call, or one visit noted at the same desk.

    Sex, age and the like are of the person concerned, as they were told in this call; who calls may
    be somebody else. What we know of the person beyond one call stands in Person, where there is one.
    """

    class Kind(models.TextChoices):
        DATA = "data", _("a call about something")
        SILENT = "silent", _("nobody spoke")
        WRONG = "wrong", _("wrong number")
        JOKE = "joke", _("a joke or abuse")
        TEST = "test", _("a test of the line")

    class Group(models.TextChoices):
        PREPARING = "preparing_to_leave", _("preparing to leave Kazakhstan")
        HERE = "in_kazakhstan", _("in Kazakhstan")
        RETURNED = "returned", _("came back")
        RELATIVE = "relative_abroad", _("has a relative abroad")
        OTHER = "other", _("other")

    class Outcome(models.TextChoices):
        INFORMED = "informed", _("information given")
        PASSED_ON = "passed_on", _("passed on to a colleague")
        INTAKE = "intake", _("asked for legal aid")
        REFERRED = "referred", _("referred elsewhere")
        CUT_OFF = "cut_off", _("the line broke off")
        CALL_BACK = "call_back", _("a call back was promised")
        HELPED = "helped", _("helped at once")
        SHELTERED = "sheltered", _("placed in the shelter")
        RETURNED_HOME = "returned_home", _("went home with our help")

    class Direction(models.TextChoices):
        LEAVING = "going_abroad", _("from Kazakhstan to another country")
        HERE = "in_kazakhstan", _("a foreigner in Kazakhstan")
        INSIDE = "inside_own_country", _("inside their own country")
        BACK = "returned", _("came back from abroad")

    class Exploitation(models.TextChoices):
        FORCED_LABOUR = "forced_labour", _("forced labour")
        SEXUAL = "sexual", _("sexual exploitation")
        DEBT_BONDAGE = "debt_bondage", _("debt bondage")
        MIXED = "mixed", _("labour and sexual exploitation")
        BEGGING = "begging", _("forced begging")
        FORCED_CRIME = "forced_crime", _("forced crime")
        NONE = "none", _("no exploitation")

    class Colleague(models.TextChoices):
        """To whom inside the NGO a call is passed on."""

        LAWYER = "lawyer", _("lawyer")
        PSYCHOLOGIST = "psychologist", _("psychologist")
        SOCIAL_WORKER = "social_worker", _("social worker")
        SHELTER = "shelter", _("shelter")
        MAIN_OFFICE = "main_office", _("main office")

    class SentBy(models.TextChoices):
        """Who told them to call us."""

        POLICE = "police", _("police")
        EMBASSY = "embassy", _("embassy or consulate")
        NGO = "ngo", _("another organisation (NGO)")
        INTERNATIONAL = "international_organisation", _("international organisation")
        SELF = "self", _("nobody, they came themselves")
        HOTLINE = "hotline", _("another hotline")
        STATE_SERVICE = "state_service", _("state service")
        OTHER = "other", _("somebody else")

    class SentTo(models.TextChoices):
        """Where outside we sent them."""

        TRAFFICKING_POLICE = "anti_trafficking_police", _("police against trafficking")
        MIGRATION_POLICE = "migration_police", _("migration police")
        POLICE = "police", _("police")
        EMBASSY = "embassy", _("embassy or consulate")
        NGO = "ngo", _("another organisation (NGO)")
        INTERNATIONAL = "international_organisation", _("international organisation")
        LABOUR_INSPECTORATE = "labour_inspectorate", _("labour inspectorate")
        HEALTH = "health_service", _("clinic or ambulance")
        STATE_SERVICE = "state_service", _("state service")
        OTHER = "other", _("somewhere else")

    class Heard(models.TextChoices):
        """How they learned about us: asked in every call, with one key."""

        RELATIVES = "relatives", _("relatives or friends")
        INTERNET = "internet", _("internet or social network")
        BOOKLET = "booklet", _("a booklet of ours")
        STAND = "stand", _("a stand at the border")
        PARTNER = "partner", _("a partner organisation")
        NEWSPAPER = "newspaper", _("newspaper")
        BROADCAST = "broadcast", _("radio or television")
        OFFICIALS = "officials", _("police, consulate or another office")
        CALLED_BEFORE = "called_before", _("called us before")
        OTHER = "other", _("in another way")

    class Sector(models.TextChoices):
        CONSTRUCTION = "construction", _("construction")
        AGRICULTURE = "agriculture", _("fields and gardens")
        HERDING = "herding", _("herding")
        BRICKS = "bricks", _("brick works")
        BAKERY = "bakery", _("bakery")
        CATERING = "catering", _("café or kitchen")
        SEWING = "sewing", _("sewing")
        TRADE = "trade", _("trade or market")
        DOMESTIC = "domestic", _("work in a household")
        TRANSPORT = "transport", _("transport")
        BEGGING = "begging", _("begging")
        OTHER = "other", _("other work")

    form_token = models.UUIDField(null=True, unique=True, editable=False)
    started_at = models.DateTimeField(_("started at"), default=timezone.now)
    seconds = models.PositiveIntegerField(
        _("how long it took, in seconds"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("From the first key to saving."),
    )
    channel = models.CharField(
        _("channel"), max_length=20, choices=Intake.Channel, default=Intake.Channel.PHONE
    )
    kind = models.CharField(_("kind of call"), max_length=10, choices=Kind, default=Kind.DATA)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="calls",
        editable=False,
        verbose_name=_("answered by"),
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("entered by"),
        help_text=_("Who typed it in later, from paper or for a colleague."),
    )
    entered_at = models.DateTimeField(_("entered at"), default=timezone.now, editable=False)
    line = models.ForeignKey(
        Line, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("line")
    )
    office = models.ForeignKey(
        Office, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("office")
    )
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("project")
    )
    relation = models.CharField(_("who calls"), max_length=20, choices=Relation, blank=True)
    group = models.CharField(_("group"), max_length=20, choices=Group, blank=True)
    person = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="calls",
        verbose_name=_("about whom"),
    )
    earlier = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="later",
        verbose_name=_("goes on from the call"),
    )

    sex = models.CharField(_("sex"), max_length=10, choices=Person.Sex, blank=True)
    age = models.PositiveSmallIntegerField(
        _("age"), null=True, blank=True, validators=[MaxValueValidator(MOST_YEARS)]
    )
    age_is_about = models.BooleanField(_("the age is approximate"), default=False)
    minor = models.CharField(_("under 18"), max_length=3, choices=YesNo, blank=True)
    citizenship = models.CharField(
        _("citizenship"), max_length=12, choices=CITIZENSHIPS, blank=True
    )
    home_region = models.CharField(_("home region"), max_length=80, blank=True)
    direction = models.CharField(
        _("where from and where to"), max_length=20, choices=Direction, blank=True
    )
    destination = models.CharField(
        _("country they go to or work in"), max_length=2, choices=COUNTRIES, blank=True
    )
    sector = models.CharField(_("kind of work"), max_length=20, choices=Sector, blank=True)
    exploitation = models.CharField(
        _("exploitation"), max_length=20, choices=Exploitation, blank=True
    )

    in_danger = models.CharField(_("in danger now"), max_length=3, choices=YesNo, blank=True)
    is_held = models.CharField(
        _("cannot leave, or papers were taken"), max_length=3, choices=YesNo, blank=True
    )
    can_speak = models.CharField(_("can speak freely"), max_length=3, choices=YesNo, blank=True)
    may_say_who = models.CharField(
        _("may we say who we are"), max_length=3, choices=YesNo, blank=True
    )
    others_answer = models.CharField(
        _("somebody else may answer this phone"), max_length=3, choices=YesNo, blank=True
    )

    topics = models.ManyToManyField(
        Topic, related_name="calls", blank=True, verbose_name=_("topics")
    )
    booklets = models.ManyToManyField(
        Publication, related_name="calls", blank=True, verbose_name=_("booklets recommended")
    )
    forwarded_to = several(_("passed on inside to"), Colleague)
    referred_in = several(_("sent to us by"), SentBy)
    referred_out = several(_("sent on to"), SentTo)
    caller_name = ProtectedTextField(_("name of the caller"), max_length=200)
    phone = ProtectedTextField(_("number to call back"), max_length=200)
    when_safe = ProtectedTextField(_("when it is safe to call"), max_length=200)
    notes = ProtectedTextField(_("what was said"), max_length=10_000)
    language = models.CharField(
        _("language"),
        max_length=10,
        choices=[*LANGUAGES, ("other", _("another language"))],
        blank=True,
    )
    heard_from = models.CharField(
        _("how they heard of us"), max_length=40, choices=Heard, blank=True
    )
    outcome = models.CharField(_("what came of it"), max_length=20, choices=Outcome, blank=True)
    intake = models.OneToOneField(
        Intake,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="call",
        verbose_name=_("intake"),
    )
    search_keys = SearchKeysField(names=["caller_name"], phones=["phone"], words=["notes"])

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ["-started_at", "-pk"]
        indexes = [
            models.Index(fields=["-started_at", "-id"], name="call_newest_first"),
            GinIndex(fields=["search_keys"], name="call_search_keys"),
            # For what the list is narrowed to: a seldom answer must not be looked for in every row.
            models.Index(fields=["kind"], name="call_kind", condition=~Q(kind="data")),
            models.Index(fields=["in_danger"], name="call_danger", condition=Q(in_danger="yes")),
            models.Index(fields=["language"], name="call_language"),
            models.Index(fields=["relation"], name="call_relation"),
            models.Index(fields=["outcome"], name="call_outcome"),
        ]
        constraints = [
            models.CheckConstraint(
                name="call_with_an_intake_says_so",
                condition=Q(intake=None) | Q(outcome="intake"),
                violation_error_message=_("A call that became an intake has that as its outcome."),
            )
        ]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"


class HandOverQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(accepted_at=None)

    def visible_to(self, user):
        """To those of the line all; to a colleague what waits for them, and what they took."""
        if not user.has_perm("hotline.view_handover"):
            return self.none()
        if user.has_perm("hotline.view_call"):
            return self
        for_them = Q(to=user) | Q(to=None, colleague__in=colleagues_in(user.role_codes))
        return self.filter(Q(accepted_by=user) | Q(accepted_by=None) & for_them)


# Who answers to which of these, by role
ROLES_OF = {
    "lawyer": [Call.Colleague.LAWYER],
    "specialist": [Call.Colleague.PSYCHOLOGIST, Call.Colleague.SOCIAL_WORKER],
    "director": list(Call.Colleague),
}


def colleagues_in(roles):
    return [colleague for role in roles for colleague in ROLES_OF.get(role, [])]


@tracked()
class HandOver(models.Model):
    """A call given to a colleague inside, who takes it on. What it is about stands in the call."""

    call = models.ForeignKey(
        Call, models.CASCADE, related_name="hand_overs", verbose_name=_("call")
    )
    colleague = models.CharField(_("to which colleague"), max_length=20, choices=Call.Colleague)
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("to whom"),
        help_text=_("Nobody chosen: whoever takes it first."),
    )
    is_urgent = models.BooleanField(_("urgent"), default=False)
    given_at = models.DateTimeField(_("given at"), default=timezone.now)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("handed over by")
    )
    accepted_at = models.DateTimeField(_("taken at"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("taken by"),
    )

    objects = HandOverQuerySet.as_manager()

    class Meta:
        verbose_name = _("hand-over of a call")
        verbose_name_plural = _("hand-overs of calls")
        ordering = ["-is_urgent", "given_at", "pk"]
        indexes = [
            models.Index(
                fields=["-is_urgent", "given_at"],
                condition=Q(accepted_at=None),
                name="hand_over_waiting",
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="hand_over_taken_by_somebody",
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["call", "colleague"],
                condition=Q(accepted_at=None),
                name="hand_over_waits_once",
            ),
        ]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"


@tracked()
class CallReferral(models.Model):
    """A caller was told of a partner, or we wrote to it: with the consent that was given for it."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="referrals")
    partner = models.ForeignKey(
        Partner, models.PROTECT, related_name="+", verbose_name=_("partner")
    )
    service = models.ForeignKey(
        ServiceKind,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("for what"),
    )
    we_tell_them = models.BooleanField(
        _("we tell the partner about them"),
        default=False,
        help_text=_("Otherwise they go there themselves, and the partner learns nothing from us."),
    )
    consent_how = models.CharField(
        _("how they agreed"), max_length=10, choices=Consent.How, blank=True
    )
    referred_at = models.DateTimeField(_("referred at"), default=timezone.now)
    referred_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("referred by")
    )

    class Meta:
        verbose_name = _("referral of a caller")
        verbose_name_plural = _("referrals of callers")
        ordering = ["referred_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="call_referral_with_consent",
                condition=Q(we_tell_them=False) | ~Q(consent_how=""),
                violation_error_message=_("The partner may be told only what they agreed to."),
            ),
            models.UniqueConstraint(
                fields=["call", "partner"],
                name="call_referred_once_to_a_partner",
                violation_error_message=_("They were already sent to this partner."),
            ),
        ]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"
