"""What people do with a request of theirs afterwards: find it, read, write, change, take back.

Finding it costs the same whatever is wrong: the reference, the code, or that it was erased. So the
answer says nothing, neither by its words nor by its time.
"""

import datetime
import hmac
import time
import uuid
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from legalaid import casework, deadlines, erasure, holding, papers, taking_in
from legalaid.models import Consent, Document, Intake, Message
from sanasezim.shared import codes, keys, limits, references
from sanasezim.shared.models import AccessEntry

# A code nobody has: what is compared where there is nothing to compare with.
NO_SALT, NO_DIGEST = bytes(codes.SALT_BYTES), bytes(codes.DIGEST_BYTES)
DAY = 24 * 3600

OF_REFERENCE, OF_OWNER, OF_ADDRESS = "status: reference", "status: owner", "status: address"
KNOWN_HERE = "status: found here"
SLOW_FROM, SLOWER_BY, SLOWEST = 4, 0.1, 1.0  # tries, seconds, seconds

# Letters of a Cyrillic keyboard that look like those of a reference.
_LOOKS = str.maketrans("АВЕКМНОРСТУХЗавекмнорстухз", "ABEKMHOPCTYX3ABEKMHOPCTYX3")


def typed_reference(text):
    """A reference as somebody typed it, in the form it is stored in; "" where it is none.

    >>> typed_reference("r a7k 3fm"), typed_reference("А7К-3FM"), typed_reference("12")
    ('R-A7K-3FM', 'R-A7K-3FM', '')
    """
    letters = "".join(sign for sign in text.translate(_LOOKS).upper() if sign.isalnum())
    if len(letters) == 7 and letters[0] in "RP":  # Р of Cyrillic is meant for an R
        letters = letters[1:]
    if len(letters) != 6 or not set(letters) <= set(references.LETTERS):
        return ""
    return f"R-{letters[:3]}-{letters[3:]}"


def find(request, reference, code):
    """The intake of this reference and code, or None, for whatever reason. Counts the try.

    Three things slow guessing: an address has so many tries, a reference too, from wherever they
    come. They come back one by one and within a quarter of an hour, so that nobody can lock the owner out
    for long; and from where a reference was opened before, there is one try that strangers
    cannot use up.
    """
    address = holding.place_of(request)
    if not limits.spend(OF_ADDRESS, address, *settings.STATUS_TRIES_OF_ADDRESS):
        return None  # the same for every reference, so nothing is said about any
    intake = _held_under(reference)
    may_open = _may_try(reference, address)
    salt, digest = NO_SALT, NO_DIGEST
    if intake is not None and may_open:
        salt, digest = bytes(intake.code_salt), bytes(intake.code_digest)
    given = codes.digest(taking_in.CODE_PURPOSE, code, salt)
    # An intake without a code has an empty digest, which equals nothing.
    if hmac.compare_digest(given, digest):
        limits.give_back(OF_ADDRESS, address, settings.STATUS_TRIES_OF_ADDRESS[1])
        limits.give_back(*may_open)
        limits.forget("status: wrong", address)
        limits.count(KNOWN_HERE, f"{reference} {address}", DAY)
        return intake
    wrong = limits.count("status: wrong", address, 3600)
    time.sleep(min(max(wrong - SLOW_FROM, 0) * SLOWER_BY, SLOWEST))
    return None


def _held_under(reference):
    # A query in every case; the empty reference finds nothing.
    return (
        Intake.objects.filter(reference=reference, erased_at=None)
        .only("reference", "code_salt", "code_digest", "code_was_spoken", "seal")
        .first()
    )


def _may_try(reference, address):
    """What was spent for a try, as give_back() takes it; None where there is none left.

    It asks the same, in the same order, whether there is one left or not.
    """
    is_known = limits.count_of(KNOWN_HERE, f"{reference} {address}")
    most, every = settings.STATUS_TRIES_OF_REFERENCE
    if limits.spend(OF_REFERENCE, reference, most, every):
        return OF_REFERENCE, reference, every
    most, every = settings.STATUS_TRIES_OF_OWNER
    if is_known and limits.spend(OF_OWNER, reference, most, every):
        return OF_OWNER, reference, every
    return None


# Where it stands


class Step:
    """What the page says about a request: plain words, not those of the staff."""

    RECEIVED, READING, TAKEN, ANSWERED = "received", "reading", "taken", "answered"
    PARTNER, ENDED, ERASING = "partner", "ended", "erasing"


STEPS = {
    Step.RECEIVED: _("We have received it"),
    Step.READING: _("A lawyer is reading it"),
    Step.TAKEN: _("We have taken it on"),
    Step.ANSWERED: _("We have answered"),
    Step.PARTNER: _("A partner of ours helps you"),
    Step.ENDED: _("It is ended"),
    Step.ERASING: _("It is being deleted"),
}


# The roles of the staff, as people call them. Whoever has two is counted under both.
ROLES = {
    "lawyer": _("lawyer"),
    "specialist": _("psychologist or social worker"),
    "operator": _("hotline operator"),
    "director": _("director"),
    "coordinator": _("coordinator"),
    "administrator": _("administrator"),
}


@dataclass
class Standing:
    """The step, whose turn it is ("ours", "yours" or "others"), and the day by which there is news."""

    step: str
    turn: str = "ours"
    by: datetime.date | None = None

    @property
    def label(self):
        return STEPS[self.step]

    @property
    def is_late(self):
        return self.by is not None and self.by < timezone.localdate()


def standing_of(intake):
    """Where a request stands."""
    if intake.erasure_wished_at:
        return Standing(Step.ERASING, by=_days_after(intake.erasure_wished_at, settings.ERASE_DAYS))
    case = intake.case
    if case is not None:
        return _standing_of_case(case)
    decision = intake.decision
    if decision == Intake.Decision.REFERRED:
        by = _days_after(intake.decided_at, settings.NEWS_DAYS)
        return Standing(Step.PARTNER, "others", by)
    if decision in (Intake.Decision.DECLINED, Intake.Decision.JUNK):
        return Standing(Step.ENDED)
    if decision == Intake.Decision.DUPLICATE:
        return standing_of(intake.same_as)  # how far we are, and nothing else of it
    if decision == Intake.Decision.ANSWERED or (
        intake.unanswered_since is None and answers(intake).exists()
    ):
        return Standing(Step.ANSWERED, "yours")
    since = intake.unanswered_since or intake.received_at
    by = deadlines.kazakhstan().after_working_days(
        timezone.localdate(since), settings.FIRST_ANSWER_WORKING_DAYS
    )
    return Standing(Step.READING if staff_looks(intake).exists() else Step.RECEIVED, by=by)


def _standing_of_case(case):
    if not case.is_open:
        return Standing(Step.ENDED)
    if case.turn == case.Turn.CLIENT:
        return Standing(Step.TAKEN, "yours")
    turn = "ours" if case.turn == case.Turn.OURS else "others"
    return Standing(Step.TAKEN, turn, _days_after(case.turn_since, settings.NEWS_DAYS))


def _days_after(moment, days):
    return timezone.localdate(moment) + datetime.timedelta(days=days)


# What stands on the page


def answers(intake):
    """What we wrote, the newest first."""
    return intake.messages.exclude(written_by=None).order_by("-written_at", "-pk")


def own_days(intake):
    """When the person wrote. Not what: a found receipt should not tell the whole story again."""
    return list(
        intake.messages.from_applicant()
        .order_by("-written_at")
        .values_list("written_at", flat=True)
    )


def papers_for(intake):
    """What staff have put there for this person to open: of a case, only while it has no other person."""
    for_person = Q(intake=intake)
    if intake.case_id and not Intake.objects.filter(case=intake.case_id).exclude(pk=intake.pk):
        for_person |= Q(case=intake.case_id, intake=None)
    return Document.objects.filter(for_person, is_for_applicant=True)


def staff_looks(intake):
    looks = AccessEntry.objects.about(intake)
    if intake.case_id:
        looks |= AccessEntry.objects.about(intake.case)
    return looks.exclude(who=None)


def who_opened(intake):
    """How many colleagues have opened this request or its case, by role: [(its name, number)]."""
    people = {}
    for who, roles in staff_looks(intake).values_list("who", "roles").distinct().order_by():
        people.setdefault(who, set()).update(roles.split())
    return [
        (word, number)
        for role, word in ROLES.items()
        if (number := sum(role in roles for roles in people.values()))
    ]


# The steps


def mark_read(intake):
    """The person has our answers before them."""
    intake.messages.exclude(written_by=None).filter(read_at=None).update(read_at=timezone.now())


def may_write(intake):
    """Whether one more message is taken now. Counts it."""
    return limits.count("messages", str(intake.pk), 3600) <= settings.MESSAGES_PER_HOUR


@transaction.atomic
def write(intake, text, language, form):
    """A message of the person. The same text out of the same form (its number) is one message."""
    seal = uuid.UUID(bytes=keys.code_of(keys.PEPPER, "message", f"{form}\n{text}")[:16])
    sent = Message.objects.filter(seal=seal, intake=intake)
    if message := sent.first():
        return message
    casework.heard_from(intake)  # of two that come at once, the second waits here
    if message := sent.first():
        return message
    message = Message(intake=intake, text=text, language=language, seal=seal)
    message.save(force_insert=True)
    return message


def add_papers(request, intake, uploads):
    """Keep these files. Returns [(name, why not)] of those that cannot be."""
    refused = papers.keep_each(
        request, uploads, lambda upload: papers.take_in_file(upload, intake=intake)
    )
    if len(refused) < len(uploads):
        with transaction.atomic():
            casework.heard_from(intake)
    return refused


@transaction.atomic
def change_contact(intake, changes, consent_text=None):
    """Another way to reach the person. Whoever was anonymous agrees to a wording first."""
    intake = Intake.objects.select_for_update().get(pk=intake.pk)
    if intake.is_anonymous and consent_text is not None:
        intake.consent = Consent.objects.create(text=consent_text, how=Consent.How.TICKED)
        intake.is_anonymous = False
    if intake.is_anonymous:
        changes = {name: value for name, value in changes.items() if name not in taking_in.PERSONAL}
    for name, value in changes.items():
        setattr(intake, name, value)
    intake.save(update_fields=[*changes, "consent", "is_anonymous"])


@transaction.atomic
def withdraw_consent(intake):
    """Name and number go at once. What was told stays, without a name, until it is erased."""
    casework.heard_from(intake)
    intake = Intake.objects.select_related("consent").get(pk=intake.pk)
    if intake.consent is None or intake.consent.withdrawn_at:
        return
    intake.consent.withdrawn_at = timezone.now()
    intake.consent.save(update_fields=["withdrawn_at"])
    for name in taking_in.PERSONAL:
        setattr(intake, name, "")
    intake.contact_by = Intake.Contact.NONE
    intake.is_anonymous = True
    intake.save(update_fields=[*taking_in.PERSONAL, "contact_by", "is_anonymous"])


@transaction.atomic
def wish_erasure(intake):
    """Everything shall go. The nightly disposal takes it up, and two colleagues look that it is the
    right one."""
    withdraw_consent(intake)
    erasure.wish(intake)


def take_new_code(intake, code):
    """From now on this code opens it; the one before, which somebody may have heard, does not."""
    intake.code_salt = codes.new_salt()
    intake.code_digest = codes.digest(taking_in.CODE_PURPOSE, code, intake.code_salt)
    intake.code_was_spoken = False
    intake.save(update_fields=["code_salt", "code_digest", "code_was_spoken"])
