"""What is done in a case: services, tasks with deadlines, money, referrals, outcomes."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from legalaid.models.cases import Case
from legalaid.models.intakes import Intake
from legalaid.models.people import Person
from resources.models import Topic
from sanasezim.shared.history import tracked
from sanasezim.shared.languages import LANGUAGES, best
from sanasezim.shared.models import Partner
from sanasezim.shared.models.content import Text, code_validator, text_once_per_language
from sanasezim.shared.protected import ProtectedRow, ProtectedTextField


class OfCase(models.QuerySet):
    """Rows that belong to a case and follow it."""

    def visible_to(self, user):
        return self.filter(case__in=Case.objects.visible_to(user))


class ServiceKind(models.Model):
    """A service the NGO gives: consultation, complaint, court, shelter, ticket home."""

    code = models.CharField(_("code"), max_length=40, unique=True, validators=[code_validator])
    order = models.PositiveSmallIntegerField(_("order"), default=100)

    class Meta:
        verbose_name = _("kind of service")
        verbose_name_plural = _("kinds of services")
        ordering = ["order", "code"]

    def __str__(self):
        text = best(self.texts.all())
        return text.name if text else self.code


class ServiceKindText(Text):
    kind = models.ForeignKey(ServiceKind, models.CASCADE, related_name="texts")
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("name of a service")
        verbose_name_plural = _("names of a service")
        constraints = [text_once_per_language("kind")]


@tracked()
class Service(ProtectedRow):
    """One service given to the people of a case, on a day."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="services")
    person = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="services",
        verbose_name=_("to whom"),
        help_text=_("Nobody chosen means everybody in the case."),
    )
    kind = models.ForeignKey(ServiceKind, models.PROTECT, related_name="+", verbose_name=_("what"))
    given_on = models.DateField(_("given on"), default=timezone.localdate)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("given by")
    )
    remark = ProtectedTextField(_("remark"), max_length=1000)

    objects = OfCase.as_manager()

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ["given_on", "pk"]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"


class Holiday(models.Model):
    """A day on which offices and courts of Kazakhstan are closed, weekends apart."""

    day = models.DateField(_("day"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    is_working = models.BooleanField(
        _("a Saturday or Sunday that is worked instead"), default=False
    )

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        ordering = ["day"]

    def __str__(self):
        return f"{self.day} {self.name}"


class DeadlineRule(models.Model):
    """What the law gives to do something: from an event, so many days, months or years. Lawyers edit it."""

    class Unit(models.TextChoices):
        DAYS = "days", _("days")
        WORKING_DAYS = "working_days", _("working days")
        MONTHS = "months", _("months")
        YEARS = "years", _("years")

    code = models.CharField(_("code"), max_length=40, unique=True, validators=[code_validator])
    name = models.CharField(_("what has to be done"), max_length=200)
    event = models.CharField(_("counted from"), max_length=200)
    topics = models.ManyToManyField(Topic, blank=True, related_name="+", verbose_name=_("topics"))
    length = models.PositiveSmallIntegerField(_("how long"), validators=[MinValueValidator(1)])
    unit = models.CharField(_("unit"), max_length=15, choices=Unit)
    moves_to_working_day = models.BooleanField(
        _("ends on the next working day, if its last day is a day off"),
        default=True,
        help_text=_("Not for a stay in the country: there a day off counts like any other."),
    )
    days_before = models.PositiveSmallIntegerField(
        _("remind so many days before"), default=7, help_text=_("The pre-deadline.")
    )
    law = models.CharField(_("law"), max_length=200, blank=True)
    checked_on = models.DateField(_("checked by the lawyer on"), null=True, blank=True)
    is_used = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("deadline rule")
        verbose_name_plural = _("deadline rules")
        ordering = ["code"]

    def __str__(self):
        return self.name


class TaskQuerySet(OfCase):
    def open(self):
        return self.filter(done_at=None)

    def due_by(self, day):
        """Open ones whose pre-deadline or deadline has come."""
        return self.open().filter(Q(remind_on__lte=day) | Q(due_on__lte=day))


@tracked()
class Task(ProtectedRow):
    """Something to do in a case by a day. One that comes from a rule of law is ticked off twice."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="tasks")
    what = ProtectedTextField(_("what to do"), max_length=300, blank=False)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    remind_on = models.DateField(_("remind on"), null=True, blank=True)
    rule = models.ForeignKey(
        DeadlineRule,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("rule"),
    )
    event_on = models.DateField(_("day of the event"), null=True, blank=True)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="tasks",
        verbose_name=_("who does it"),
    )
    added_at = models.DateTimeField(_("added at"), auto_now_add=True)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reminded_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = [F("due_on").asc(nulls_last=True), "pk"]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(done_at=None), name="task_open_by_day")
        ]
        constraints = [
            models.CheckConstraint(
                name="task_done_by_somebody",
                condition=Q(done_at=None, done_by=None)
                | Q(done_at__isnull=False, done_by__isnull=False),
            ),
            models.CheckConstraint(
                name="task_of_a_rule_has_its_day",
                condition=Q(rule=None) | Q(event_on__isnull=False, due_on__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"


class Currency(models.TextChoices):
    KZT = "KZT", "KZT"
    UZS = "UZS", "UZS"
    KGS = "KGS", "KGS"
    TJS = "TJS", "TJS"
    RUB = "RUB", "RUB"
    USD = "USD", "USD"


@tracked()
class Claim(models.Model):
    """Money somebody is owed in a case, and what of it came back."""

    class Kind(models.TextChoices):
        WAGES = "wages", _("wages")
        DAMAGE = "damage", _("compensation for harm")
        DEPOSIT = "deposit", _("money or things taken away")
        OTHER = "other", _("other")

    case = models.ForeignKey(Case, models.PROTECT, related_name="claims")
    person = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="claims",
        verbose_name=pgettext_lazy("claim", "whose"),
    )
    kind = models.CharField(_("for what"), max_length=10, choices=Kind, default=Kind.WAGES)
    owed = models.DecimalField(
        _("owed"), max_digits=14, decimal_places=2, validators=[MinValueValidator(0)]
    )
    recovered = models.DecimalField(
        _("recovered"),
        max_digits=14,
        decimal_places=2,
        default=0,
        validators=[MinValueValidator(0)],
    )
    currency = models.CharField(_("currency"), max_length=3, choices=Currency, default=Currency.KZT)
    claimed_on = models.DateField(_("claimed on"), default=timezone.localdate)
    recovered_on = models.DateField(_("recovered on"), null=True, blank=True)

    objects = OfCase.as_manager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="claim_amounts_are_not_negative", condition=Q(owed__gte=0, recovered__gte=0)
            ),
            models.CheckConstraint(
                name="claim_recovered_on_a_day",
                condition=Q(recovered=0) | Q(recovered_on__isnull=False),
                violation_error_message=_("Say on which day the money came."),
            ),
        ]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"


class ReferralDesk(models.Model):
    """What a partner takes people for, where, in which languages, and where we write about them."""

    partner = models.OneToOneField(Partner, models.CASCADE, related_name="desk")
    services = models.ManyToManyField(
        ServiceKind, blank=True, related_name="+", verbose_name=_("takes people for")
    )
    languages = ArrayField(
        models.CharField(max_length=10, choices=LANGUAGES),
        verbose_name=_("languages spoken there"),
        default=list,
        blank=True,
    )
    places = models.CharField(
        _("towns or regions it serves"),
        max_length=250,
        blank=True,
        help_text=_("With commas between them. Empty: everywhere."),
    )
    email = models.EmailField(
        _("mail address"),
        blank=True,
        help_text=_("What is sent there says that something is new. It names nobody."),
    )
    how = models.CharField(
        _("how to reach them"),
        max_length=250,
        blank=True,
        help_text=_("A number, hours, whom to ask for."),
    )

    class Meta:
        verbose_name = _("what a partner takes")
        verbose_name_plural = _("what partners take")

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"


class ReferralQuerySet(OfCase):
    def waiting(self):
        return self.filter(answered_at=None)

    def with_links(self):
        """Each knowing whether its link opens anything: one question for all of them."""
        opening = Referral.objects.with_open_link().filter(pk=OuterRef("pk"))
        return self.annotate(link_is_open=Exists(opening))

    def with_open_link(self):
        """Those whose link opens something: in time, not revoked, and nobody has taken a consent back."""
        unwilling = Intake.objects.filter(
            Q(consent__withdrawn_at__isnull=False) | Q(erasure_wished_at__isnull=False),
            case=OuterRef("case"),
        )
        of_person = unwilling.filter(Q(person=OuterRef("person")) | Q(person=None))
        return self.filter(
            ~Exists(of_person),
            Q(person__isnull=False) | ~Exists(unwilling),
            revoked_at=None,
            consent_withdrawn_at=None,
            expires_at__gt=timezone.now(),
            case__erased_at=None,
        )


@tracked()
class Referral(ProtectedRow):
    """Help asked of a partner: with the person's consent, and what exactly was told.

    The partner answers by a link without an account: yes or no, and later what came of it.
    """

    class Answer(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")

    class Reached(models.TextChoices):
        HELPED = "helped", _("they were helped")
        PARTLY = "partly", _("they were helped in part")
        NOT_COME = "not_come", _("they did not come")
        NOT_POSSIBLE = "not_possible", _("help was not possible")

    case = models.ForeignKey(Case, models.PROTECT, related_name="referrals")
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("who")
    )
    partner = models.ForeignKey(
        Partner, models.PROTECT, related_name="+", verbose_name=_("partner")
    )
    what_for = ProtectedTextField(_("what we ask for"), max_length=1000, blank=False)
    shared = ProtectedTextField(_("what we tell the partner"), max_length=2000)
    consent_on = models.DateField(_("the person agreed on"))
    consent_how = models.CharField(
        _("how they agreed"),
        max_length=10,
        choices=[("spoken", _("said so")), ("signed", _("on paper")), ("message", _("by message"))],
    )
    consent_withdrawn_at = models.DateTimeField(
        _("the person took it back at"), null=True, blank=True
    )
    sent_at = models.DateTimeField(_("sent at"), default=timezone.now)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("sent by")
    )
    language = models.CharField(
        _("the partner reads"), max_length=10, choices=LANGUAGES, default="ru"
    )
    # The link's secret is made of the row and this number (referrals.py): another number, another link.
    link_number = models.PositiveSmallIntegerField(default=1, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField(_("the link works until"))
    revoked_at = models.DateTimeField(_("the link was revoked at"), null=True, blank=True)
    opened_at = models.DateTimeField(_("read by the partner at"), null=True, blank=True)
    mailed_at = models.DateTimeField(_("mail was sent at"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=10, choices=Answer, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answer_words = ProtectedTextField(_("the partner's words"), max_length=1000)
    reached = models.CharField(_("result"), max_length=15, choices=Reached, blank=True)
    result = ProtectedTextField(_("what came of it"), max_length=2000)
    reported_at = models.DateTimeField(_("reported at"), null=True, blank=True)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        ordering = ["sent_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="referral_answer_has_its_moment",
                condition=Q(answer="", answered_at=None)
                | ~Q(answer="") & Q(answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="referral_result_has_its_moment",
                condition=Q(reached="", reported_at=None)
                | Q(answer="accepted", reported_at__isnull=False),
                violation_error_message=_("Only who has accepted can say what came of it."),
            ),
        ]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def turn(self):
        """Whose turn it is in the referral: the partner's, or ours again."""
        waits = not self.answer or self.answer == self.Answer.ACCEPTED and not self.reported_at
        return Case.Turn.OTHERS if waits and self.link_is_open else Case.Turn.OURS

    @property
    def standing(self):
        """How far it is, in words."""
        if self.reported_at:
            return self.get_reached_display()
        if self.answer == self.Answer.DECLINED:
            return self.get_answer_display()
        if self.consent_withdrawn_at:
            return _("the consent was taken back")
        if self.revoked_at:
            return _("the link was revoked")
        if not self.link_is_open:
            return _("the link is over")
        if self.answer:
            return _("accepted, not reported yet")
        return _("read, not answered yet") if self.opened_at else _("sent, not read yet")

    @cached_property
    def link_is_open(self):
        return Referral.objects.with_open_link().filter(pk=self.pk).exists()


@tracked()
class Outcome(models.Model):
    """Something a case reached, for all its people or for one. A case may have several."""

    class Kind(models.TextChoices):
        ADVISED = "advised", _("advice given")
        CLAIM_FILED = "claim_filed", _("claim filed")
        WAGES_PAID = "wages_paid", _("wages paid")
        PAPERS_RESTORED = "papers_restored", _("papers restored")
        STAY_SETTLED = "stay_settled", _("lawful stay settled")
        RETURNED_HOME = "returned_home", _("returned home")
        SHELTERED = "sheltered", _("placed in a shelter or hostel")
        CHILD_DOCUMENTED = "child_documented", _("a child got its documents")
        CRIMINAL_CASE = "criminal_case", _("criminal case opened")
        REFERRED = "referred", _("referred to a partner")
        NOT_CONFIRMED = "not_confirmed", _("not confirmed")
        WITHDRAWN = "withdrawn", _("the person did not want to go on")
        LOST_CONTACT = "lost_contact", _("contact was lost")

    case = models.ForeignKey(Case, models.PROTECT, related_name="outcomes")
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("for whom")
    )
    kind = models.CharField(_("what"), max_length=20, choices=Kind)
    reached_on = models.DateField(_("reached on"), default=timezone.localdate)

    objects = OfCase.as_manager()

    class Meta:
        verbose_name = _("outcome")
        verbose_name_plural = _("outcomes")
        ordering = ["reached_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind", "person"],
                name="outcome_once_per_person",
                violation_error_message=_("This outcome is written down already."),
            ),
            models.UniqueConstraint(
                fields=["case", "kind"],
                condition=Q(person=None),
                name="outcome_once_for_all",
                violation_error_message=_("This outcome is written down already."),
            ),
        ]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"
