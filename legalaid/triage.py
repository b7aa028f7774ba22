"""The first look at an intake: how urgent it is, and the one decision about it, each step in one place.

Whom and what it resembles stands in likeness.py; a case is opened by casework.accept.
"""

import unicodedata
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from legalaid import casework
from legalaid.models import Case, CasePerson, Identity, Intake, Message, Person, UrgencyRule
from sanasezim.shared import folding
from sanasezim.shared.uzbek import to_cyrillic

Decision = Intake.Decision

# Words of one condition stand so near each other, in any order.
NEAR = 6
# A skeleton (folding.py) shorter than this is that of too many words: бьют has the one of бетон.
SHORTEST_SKELETON = 5
AT_ONCE = 2000  # rows that one statement changes


# How urgent it is


@dataclass
class Condition:
    """A rule of urgency, its words folded, so that many intakes are held against it quickly."""

    rule: UrgencyRule
    topics: set
    words: list  # of (as the rule has it, its beginnings)

    def met_by(self, intake, topics, words):
        """In which ways: "in_danger", "minor", "topics", or the words as the rule has them."""
        found = []
        if self.rule.in_danger and intake.in_danger == "yes":
            found.append("in_danger")
        if self.rule.minor and intake.minor == "yes":
            found.append("minor")
        if self.topics & topics:
            found.append("topics")
        return found + [as_typed for as_typed, beginnings in self.words if _say(words, beginnings)]


def condition(rule, topics=None):
    """The rule as a Condition; `topics` are those chosen in a form that is not saved."""
    chosen = rule.topics.all() if topics is None else topics
    words = [(entry, [_beginning(word) for word in _typed(entry)]) for entry in rule.words]
    return Condition(rule, {topic.pk for topic in chosen}, [pair for pair in words if pair[1]])


def words_of(text):
    """The words of a text, each as (skeleton, small letters)."""
    return [(folding.fold_word(word), _letters(word)) for word in _typed(text)]


def _typed(text):
    return [match.group() for match in folding.WORD.finditer(folding.safe(text))]


def _letters(word):
    """Small letters without apostrophes, which everybody types differently."""
    word = unicodedata.normalize("NFC", word).casefold()
    return "".join(
        letter for letter in word if letter.isalnum() and unicodedata.category(letter) != "Lm"
    )


def _beginning(word):
    """(which of the two of words_of to look at, what it may begin with)."""
    skeleton = folding.fold_word(word)
    if len(skeleton) >= SHORTEST_SKELETON:
        return 0, (skeleton,)
    return 1, (_letters(word), _letters(to_cyrillic(word)))


def conditions():
    return [
        condition(rule)
        for rule in UrgencyRule.objects.filter(is_used=True).prefetch_related("topics")
    ]


def _say(words, beginnings):
    """Whether a text says these beginnings near each other."""
    (which, first), *others = beginnings
    for place, word in enumerate(words):
        if word[which].startswith(first):
            around = words[max(place - NEAR, 0) : place + NEAR + 1]
            if all(any(near[side].startswith(start) for near in around) for side, start in others):
                return True
    return False


def flag(intake):
    """Write down which rules of urgency apply, and the sum of their weights."""
    _flag(intake, conditions())


def _flag(intake, rules):
    topics, words = {topic.pk for topic in intake.topics.all()}, words_of(intake.story)
    applying = [each.rule for each in rules if each.met_by(intake, topics, words)]
    flags, urgency = [rule.code for rule in applying], sum(rule.weight for rule in applying)
    if (flags, urgency) != (intake.flags, intake.urgency):
        intake.flags, intake.urgency = flags, urgency
        Intake.objects.filter(pk=intake.pk).update(flags=flags, urgency=urgency)
        return True
    return False


def flag_again(intakes):
    """Hold these intakes against the rules as they are now. Returns how many changed."""
    rules = conditions()
    rows = intakes.only("seal", "story", "in_danger", "minor", "flags", "urgency")
    return sum(_flag(row, rules) for row in rows.prefetch_related("topics").iterator(500))


# Whom it is about


@transaction.atomic
def link_person(intake, *, person):
    """Say that it is about this person, whom we know; None takes it back. Nothing is merged."""
    intake = _undecided(intake)
    intake.person = person
    intake.save(update_fields=["person"])


@transaction.atomic
def link_employer(intake, *, employer):
    """Say whom it is against; None takes it back."""
    intake = _undecided(intake)
    intake.employer = employer
    intake.save(update_fields=["employer"])


@casework.step
def new_person(intake, *, by):
    """A new person of what the intake says, and linked to it: who speaks for somebody is not they."""
    intake = _undecided(intake)
    if intake.person_id:
        raise ValidationError(_("It is linked to a person already."))
    person = Person.objects.create(language=intake.language, added_by=by)
    identity = Identity(person=person)
    if intake.relation in ("", "self"):
        identity.name = intake.speaker_name
        if intake.contact_by == Intake.Contact.TELEGRAM:
            identity.messengers = intake.contact
        else:
            identity.phones = intake.contact
    identity.save()
    intake.person = person
    intake.save(update_fields=["person"])
    return person


# The decision


@casework.step
def accept(intake, *, by, lawyer, looked_for_conflict, as_new_person=False):
    """Open a case. Who accepts says that they have looked at the conflict check."""
    if not looked_for_conflict:
        raise ValidationError(_("Look at the check for conflicts first."))
    intake = _undecided(intake)
    if as_new_person and not intake.person_id:
        new_person(intake, by=by)
    return casework.accept(intake, lawyer=lawyer, by=by)


@casework.step
def join(intake, *, by, case):
    """Add it to a case that is open: whoever wrote asks for more of the same help."""
    intake = _undecided(intake)
    case = _open_case(case)
    if intake.person_id:
        CasePerson.objects.get_or_create(case=case, person_id=intake.person_id)
    case.turn, case.turn_since, case.touched_at = Case.Turn.OURS, timezone.now(), timezone.now()
    case.save(update_fields=["turn", "turn_since", "touched_at"])
    _decide(intake, Decision.ACCEPTED, by=by, case=case)
    return case


@casework.step
def move(intake, *, by, case):
    """It was joined to the wrong case: it goes over to another, with its messages and papers."""
    intake = Intake.objects.select_for_update().get(pk=intake.pk)
    if intake.decision != Decision.ACCEPTED:
        raise ValidationError(_("It is in no case."))
    case = _open_case(case)
    if intake.person_id:
        CasePerson.objects.get_or_create(case=case, person_id=intake.person_id)
    intake.case = case
    intake.save(update_fields=["case"])


@casework.step
def answer(intake, *, by, text, language):
    """A question that one message answers."""
    intake = _undecided(intake)
    if not text.strip():
        raise ValidationError(_("Write the answer."))
    _say_to_applicant(intake, by, text, language)
    _decide(intake, Decision.ANSWERED, by=by)


@casework.step
def refer(intake, *, by, text, language):
    """Somebody else helps: the message says who, and how to reach them. They learn nothing from us."""
    intake = _undecided(intake)
    if not text.strip():
        raise ValidationError(_("Write who helps and how to reach them."))
    _say_to_applicant(intake, by, text, language)
    _decide(intake, Decision.REFERRED, by=by)


@casework.step
def decline(intake, *, by, reason, text="", language=""):
    """We do not take it on, for a reason that is counted; the message is in words for people."""
    intake = _undecided(intake)
    if reason not in Intake.Reason.values:
        raise ValidationError(_("Say why it is declined."))
    if text.strip():
        _say_to_applicant(intake, by, text, language)
    _decide(intake, Decision.DECLINED, by=by, decline_reason=reason)


@casework.step
def mark_duplicate(intake, *, by, of):
    """The same request came before. Of a chain of repeats each points at the first."""
    first = of.same_as or of
    if first.pk == intake.pk:
        raise ValidationError(_("It cannot repeat itself."))
    # In one order, so that two who mark each other's wait and do not block each other.
    rows = Intake.objects.select_for_update().filter(pk__in=[intake.pk, first.pk]).order_by("pk")
    held = {row.pk: row for row in rows}
    intake, first = _refuse_decided(held[intake.pk]), held[first.pk]
    if first.same_as_id:
        raise ValidationError(_("That one is marked as a repeat itself."))
    if intake.repeats.exists():
        raise ValidationError(_("Others are marked as repeats of this one. Keep it."))
    _decide(intake, Decision.DUPLICATE, by=by, same_as=first)


@casework.step
def release(intakes, *, by):
    """They were held for a look and are no junk: into the queue. Returns how many."""
    held = intakes.waiting().exclude(held_because="").order_by("pk")
    numbers = list(held.select_for_update(skip_locked=True).values_list("pk", flat=True))
    return Intake.objects.filter(pk__in=numbers).update(held_because="")


@casework.step
def junk(intakes, *, by):
    """Mark all of these that still wait. Returns (how many, the moment that takes them back)."""
    moment, number = timezone.now(), 0
    waiting = intakes.waiting().order_by("pk").select_for_update(skip_locked=True)
    numbers = list(waiting.values_list("pk", flat=True))
    for start in range(0, len(numbers), AT_ONCE):
        number += Intake.objects.filter(pk__in=numbers[start : start + AT_ONCE]).update(
            decided_at=moment, decided_by=by, decision=Decision.JUNK, unanswered_since=None
        )
    return number, moment


@casework.step
def take_back_junk(*, by, moment):
    """Undo one `junk`: those of them that are still junk wait again. Returns how many."""
    junk_of_then = Intake.objects.filter(decision=Decision.JUNK, decided_at=moment)
    rows = junk_of_then.filter(decided_by=by, erased_at=None)
    numbers = list(rows.order_by("pk").select_for_update().values_list("pk", flat=True))
    for start in range(0, len(numbers), AT_ONCE):
        Intake.objects.filter(pk__in=numbers[start : start + AT_ONCE]).update(
            decided_at=None, decided_by=None, decision="", unanswered_since=F("received_at")
        )
    return len(numbers)


@casework.step
def take_back(intake, *, by):
    """It waits for a decision again. What was written to the person stays written."""
    intake = Intake.objects.select_for_update().get(pk=intake.pk)
    if not intake.decided_at:
        raise ValidationError(_("Nobody has decided about it."))
    if intake.decision == Decision.ACCEPTED:
        raise ValidationError(_("It is part of a case. What ends a case is its outcome."))
    if intake.erased_at:
        raise ValidationError(_("It was erased. Nothing of it is left to decide about."))
    intake.decided_at = intake.decided_by = intake.same_as = None
    intake.decision = intake.decline_reason = ""
    intake.unanswered_since = _unanswered_since(intake)
    intake.save(
        update_fields=[
            *("decided_at", "decided_by", "same_as"),
            *("decision", "decline_reason", "unanswered_since"),
        ]
    )


def _undecided(intake):
    """The intake, locked. Of two who decide at once, the second waits here and is then told."""
    return _refuse_decided(Intake.objects.select_for_update().get(pk=intake.pk))


def _refuse_decided(intake):
    if intake.decided_at:
        raise ValidationError(
            _("This intake is already decided: %(decision)s, by %(who)s, %(when)s.")
            % {
                "decision": intake.get_decision_display(),
                "who": intake.decided_by.get_full_name() or intake.decided_by.get_username(),
                "when": date_format(timezone.localtime(intake.decided_at), "DATETIME_FORMAT"),
            }
        )
    return intake


def _open_case(case):
    case = Case.objects.select_for_update().get(pk=case.pk)
    casework.refuse_erased(case)
    if not case.is_open:
        raise ValidationError(
            _("The case %(case)s is closed. Open it again first.") % {"case": case}
        )
    return case


def _decide(intake, decision, *, by, **more):
    changes = {"decision": decision, "decided_at": timezone.now(), "decided_by": by} | more
    if decision != Decision.ACCEPTED:
        changes["unanswered_since"] = None
    for name, value in changes.items():
        setattr(intake, name, value)
    intake.save(update_fields=list(changes))


def _say_to_applicant(intake, by, text, language):
    Message.objects.create(intake=intake, text=text.strip(), language=language, written_by=by)


def _unanswered_since(intake):
    """Since when the person waits for a word of ours: from the first they wrote after our last."""
    ours = intake.messages.exclude(written_by=None).last()
    if ours is None:
        return intake.received_at
    theirs = intake.messages.from_applicant().filter(written_at__gt=ours.written_at).first()
    return theirs.written_at if theirs else None
