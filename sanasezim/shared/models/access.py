"""Who looked at whose data, when and why; and what proves that no row of it was taken away."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class AccessEntryQuerySet(models.QuerySet):
    def about(self, thing):
        """What was done with this record, or with anything inside it."""
        label, number = thing._meta.label_lower, thing.pk
        return self.filter(Q(what=label, what_id=number) | Q(within=label, within_id=number))


class AccessEntry(models.Model):
    """One look, search, reveal, download, export, change or sign-in. Never what was seen."""

    class Action(models.TextChoices):
        VIEW = "view", _("looked at")
        SEARCH = "search", _("searched")
        REVEAL = "reveal", _("revealed an identity")
        DOWNLOAD = "download", _("downloaded")
        PRINT = "print", _("printed")
        EXPORT = "export", _("exported")
        ADD = "add", _("added")
        CHANGE = "change", _("changed")
        ERASE = "erase", _("erased")
        SIGN_IN = "sign_in", _("signed in")
        SIGN_IN_REFUSED = "sign_in_refused", _("was refused at sign-in")
        SIGN_OUT = "sign_out", _("signed out")
        PASSWORD = "password", _("changed a password")  # noqa: S105 (no password)
        FACTOR = "factor", _("changed a second factor")
        ACCOUNT = "account", _("changed an account or a role")

    class Reason(models.TextChoices):
        CONTACT = "contact", _("to reach the person")
        DOCUMENT = "document", _("to write a document")
        REFERRAL = "referral", _("to refer to a partner")
        SAME_PERSON = "same_person", _("to see whether it is the same person")
        SAFETY = "safety", _("to protect the person now")
        SUPERVISION = "supervision", _("to check the work")
        REQUEST = "request", _("the person asked for it")

    at = models.DateTimeField(_("when"), db_default=Now(), editable=False)
    who = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("who"),
    )
    roles = models.CharField(_("in which role"), max_length=120)
    action = models.CharField(_("did what"), max_length=20, choices=Action)
    what = models.CharField(_("kind of record"), max_length=60, blank=True)
    what_id = models.BigIntegerField(_("its number"), null=True)
    within = models.CharField(_("inside which kind of record"), max_length=60, blank=True)
    within_id = models.BigIntegerField(_("the number of that"), null=True)
    why = models.CharField(_("why"), max_length=20, choices=Reason, blank=True)
    rows = models.IntegerField(_("how many records"), null=True)
    digest = models.CharField(_("SHA-256 of what left"), max_length=64, blank=True)
    network = models.CharField(_("code of the network, for that day"), max_length=16, blank=True)

    objects = AccessEntryQuerySet.as_manager()

    append_only = True

    class Meta:
        verbose_name = _("record of a look")
        verbose_name_plural = _("record of looks")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["what", "what_id", "-id"], name="access_by_what"),
            models.Index(fields=["within", "within_id", "-id"], name="access_by_within"),
            models.Index(fields=["who", "-id"], name="access_by_who"),
            models.Index(fields=["at"], name="access_by_day"),
        ]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"


class AccessLink(models.Model):
    """One link of a day's chain: the database makes it as the entry is committed.

    `digest` is SHA-256 over the link before it and the whole entry, so a row that was changed or
    removed breaks every link after it. `number` counts from 1 each day without a gap.
    """

    entry_id = models.BigIntegerField(primary_key=True)
    day = models.DateField()
    number = models.IntegerField()
    digest = models.CharField(max_length=64)

    append_only = True

    class Meta:
        verbose_name = "link of the chain"
        verbose_name_plural = "links of the chain"
        constraints = [models.UniqueConstraint(fields=["day", "number"], name="access_link_order")]

    def __str__(self):
        return f"{self.day} {self.number}"
