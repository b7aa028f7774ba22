"""The NGO itself: its offices, its phone lines, the donor projects it works in, its partners."""

import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sanasezim.shared.languages import LANGUAGES, best
from sanasezim.shared.models.content import Text, code_validator, text_once_per_language


class Office(models.Model):
    """A place where people are received: the main office, a district centre, a border post."""

    class Kind(models.TextChoices):
        MAIN = "main", _("main office")
        DISTRICT = "district", _("district centre")
        BORDER = "border", _("border post")
        OUTREACH = "outreach", _("outreach place")

    code = models.CharField(_("code"), max_length=40, unique=True, validators=[code_validator])
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    is_public = models.BooleanField(_("shown on the portal"), default=True)

    class Meta:
        verbose_name = _("office")
        verbose_name_plural = _("offices")
        ordering = ["code"]

    def __str__(self):
        return self.code

    @property
    def text(self):
        return best(self.texts.all())


class OfficeText(Text):
    office = models.ForeignKey(
        Office, models.CASCADE, related_name="texts", verbose_name=_("office")
    )
    name = models.CharField(_("name"), max_length=120)
    address = models.CharField(_("address"), max_length=250, blank=True)
    hours = models.CharField(_("opening hours"), max_length=250, blank=True)

    class Meta:
        verbose_name = _("office text")
        verbose_name_plural = _("office texts")
        constraints = [text_once_per_language("office")]


class Project(models.Model):
    """A donor's project: every figure the NGO reports belongs to one and to its period."""

    code = models.CharField(_("code"), max_length=40, unique=True, validators=[code_validator])
    name = models.CharField(_("name"), max_length=200)
    donor = models.CharField(_("donor"), max_length=200, blank=True)
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"), null=True, blank=True)

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(
                name="project_ends_after_it_starts",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("A project cannot end before it starts."),
            )
        ]

    def __str__(self):
        return self.name


class ProjectTarget(models.Model):
    """What a project promised to its donor: so many of something, by its end."""

    class Measure(models.TextChoices):
        CALLS = "calls", _("calls")
        APPEALS = "appeals", _("appeals")
        PERSONS = "persons", _("persons helped")
        CASES = "cases", _("cases opened")
        SERVICES = "services", _("services given")
        COPIES = "copies", _("paper copies handed out")
        DOWNLOADS = "downloads", _("downloads from the library")
        MOBILE_CONSULTATIONS = "mobile_consultations", _("mobile consultations")
        INFORMATION_ACTIONS = "information_actions", _("information actions")
        PRESS = "press", _("appearances in the press")

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="targets", verbose_name=_("project")
    )
    measure = models.CharField(_("of what"), max_length=30, choices=Measure)
    number = models.PositiveIntegerField(
        _("how many were promised"), validators=[MinValueValidator(1)]
    )

    class Meta:
        verbose_name = _("target of a project")
        verbose_name_plural = _("targets of a project")
        ordering = ["project", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "measure"],
                name="project_target_once_per_measure",
                violation_error_message=_("This project has a target for that already."),
            ),
            models.CheckConstraint(
                name="project_target_is_more_than_nothing", condition=Q(number__gte=1)
            ),
        ]

    def __str__(self):
        return f"{self.get_measure_display()}: {self.number}"


class Outreach(models.Model):
    """Work outside of our rooms on a day: consultations on the road, information, press."""

    class Kind(models.TextChoices):
        MOBILE_CONSULTATION = "mobile_consultation", _("mobile consultation")
        INFORMATION_ACTION = "information_action", _("information action")
        PRESS = "press", _("appearance in the press")

    kind = models.CharField(_("what it was"), max_length=20, choices=Kind)
    done_on = models.DateField(_("day"), default=timezone.localdate)
    office = models.ForeignKey(
        Office, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("office")
    )
    place = models.CharField(_("place"), max_length=120, blank=True)
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("project")
    )
    times = models.PositiveIntegerField(
        _("how often on that day"), default=1, validators=[MinValueValidator(1)]
    )
    people = models.PositiveIntegerField(_("people reached"), null=True, blank=True)
    copies = models.PositiveIntegerField(
        _("copies given out or printed"),
        null=True,
        blank=True,
        help_text=_("Booklets from the library are noted as handouts, not here."),
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        editable=False,
        verbose_name=_("recorded by"),
    )

    class Meta:
        verbose_name = _("outreach")
        verbose_name_plural = _("outreach")
        ordering = ["-done_on", "-pk"]
        constraints = [
            models.CheckConstraint(name="outreach_once_or_more", condition=Q(times__gte=1)),
            models.CheckConstraint(
                name="outreach_has_office_or_place",
                condition=Q(office__isnull=False) | ~Q(place=""),
                violation_error_message=_("Say where: choose an office or write a place."),
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}, {self.done_on}"


class PartnerQuerySet(models.QuerySet):
    def public(self):
        return self.filter(is_public=True)


class Partner(models.Model):
    """An organisation we work with. Some are shown to visitors, some take the people we refer."""

    code = models.CharField(_("code"), max_length=40, unique=True, validators=[code_validator])
    link = models.URLField(_("web address"), blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    is_public = models.BooleanField(_("shown on the portal"), default=False)
    takes_referrals = models.BooleanField(_("takes referrals"), default=False)
    logo = models.FileField(_("logo"), upload_to="events/", blank=True, editable=False)
    logo_width = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    logo_height = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)

    objects = PartnerQuerySet.as_manager()

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = ["order", "code"]

    def __str__(self):
        return self.code

    @property
    def logo_url(self):
        """Where the logo is, a WebP of at most 8 KB; "" if there is none."""
        if not self.logo:
            return ""
        return reverse("event_file", args=[self.logo.name.rpartition("/")[2]])

    @property
    def text(self):
        return best(self.texts.all())


class PartnerText(Text):
    partner = models.ForeignKey(
        Partner, models.CASCADE, related_name="texts", verbose_name=_("partner")
    )
    name = models.CharField(_("name"), max_length=200)
    what_for = models.CharField(_("what we do together"), max_length=250, blank=True)

    class Meta:
        verbose_name = _("partner text")
        verbose_name_plural = _("partner texts")
        constraints = [text_once_per_language("partner")]


class Line(models.Model):
    """A phone number that people may ring, with its hours."""

    phone = models.CharField(
        _("phone number"),
        max_length=20,
        validators=[
            RegexValidator(
                r"^\+?[0-9]{3,15}\Z", _("Write digits only, with + in front of a country code.")
            )
        ],
    )
    is_main = models.BooleanField(
        _("on every page"), default=False, help_text=_("The number on the button of every page.")
    )
    is_free = models.BooleanField(_("free to call"), default=False)
    is_placeholder = models.BooleanField(
        _("placeholder"), default=False, help_text=_("Not a real number yet: the portal says so.")
    )
    languages = ArrayField(
        models.CharField(max_length=10, choices=LANGUAGES),
        verbose_name=_("languages spoken"),
        default=list,
        blank=True,
    )
    order = models.PositiveSmallIntegerField(_("order"), default=100)

    class Meta:
        verbose_name = _("phone line")
        verbose_name_plural = _("phone lines")
        ordering = ["order", "phone"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_main"],
                condition=Q(is_main=True),
                name="line_main_is_one",
                violation_error_message=_("Another number is already on every page."),
            )
        ]

    def __str__(self):
        return self.phone

    @property
    def text(self):
        return best(self.texts.all())

    def hours_on(self, day):
        """The hours that hold on `day`: (opens, closes), or None when the line is closed all day."""
        for hours in self.hours.all():
            if hours.valid_from <= day and (hours.valid_to is None or day <= hours.valid_to):
                if day.weekday() in hours.weekdays:
                    return hours.opens, hours.closes
        return None

    def is_open_at(self, moment):
        return any(opens <= moment < closes for opens, closes in self._windows(moment, days=1))

    def next_opening(self, moment):
        """When the line opens next after `moment`, or None within two weeks."""
        return next(
            (opens for opens, _closes in self._windows(moment, days=14) if opens > moment), None
        )

    def closes_after(self, moment):
        return next(
            (closes for opens, closes in self._windows(moment, days=1) if opens <= moment < closes),
            None,
        )

    def _windows(self, moment, days):
        # Yesterday too: a line that is open from 20:00 to 08:00 is open at night.
        local = timezone.localtime(moment)
        for offset in range(-1, days + 1):
            day = local.date() + datetime.timedelta(days=offset)
            if hours := self.hours_on(day):
                opens, closes = hours
                end = day if closes > opens else day + datetime.timedelta(days=1)
                zone = local.tzinfo
                yield (
                    datetime.datetime.combine(day, opens, zone),
                    datetime.datetime.combine(end, closes, zone),
                )


class LineText(Text):
    line = models.ForeignKey(Line, models.CASCADE, related_name="texts", verbose_name=_("line"))
    name = models.CharField(_("what it is for"), max_length=120)
    cost = models.CharField(_("what a call costs"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("line text")
        verbose_name_plural = _("line texts")
        constraints = [text_once_per_language("line")]


class LineHours(models.Model):
    """When a line is answered, from one day to another. 00:00 to 00:00 is round the clock."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    line = models.ForeignKey(Line, models.CASCADE, related_name="hours", verbose_name=_("line"))
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(choices=Weekday), verbose_name=_("days of the week")
    )
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        # The newest rule first: campaign weeks come before the ordinary hours they replace.
        ordering = ["-valid_from", "pk"]
        constraints = [
            models.CheckConstraint(
                name="line_hours_valid_to_after_from",
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                violation_error_message=_("The last day cannot be before the first."),
            )
        ]

    def __str__(self):
        return f"{self.opens:%H:%M}–{self.closes:%H:%M}"

    def clean(self):
        if not self.weekdays:
            raise ValidationError({"weekdays": _("Choose at least one day.")})
