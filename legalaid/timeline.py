"""Everything that happened in a case, in one row: what was told, written, done and decided.

Each source is asked once and for its newest rows only, so the cost does not grow with the case. A text
is opened (decrypted) when the page shows it.
"""

import datetime
from collections import namedtuple
from dataclasses import dataclass, field

from django.db import models
from django.db.models import Count, F, Q, Value, When, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from legalaid.models import Case, CaseMember, CaseTopic, Document, Message, Note

SHOWN_FIRST = 40
MOST_SHOWN = 2000

# What the filter offers: code → name
KINDS = {
    "talk": gettext_lazy("messages"),
    "notes": gettext_lazy("notes"),
    "work": gettext_lazy("work and results"),
    "changes": gettext_lazy("changes"),
}
NOON = datetime.time(12)


@dataclass
class Entry:
    """One thing that happened. `look` is how the page draws it; `row` and `text_of` give its words."""

    at: datetime.datetime
    look: str
    title: str
    who: object = None  # a User; None where the person or the portal itself acted
    row: object = None
    text_of: str = ""
    lines: list = field(default_factory=list)
    language: str = ""
    is_day: bool = False  # the hour is not known
    is_unread: bool = False
    copies: int = 1

    @property
    def text(self):
        return self.row.shown(self.text_of) if self.text_of else ""


@dataclass
class Timeline:
    entries: list
    has_earlier: bool


@dataclass
class Rows:
    """What the page shows beside the timeline, too: fetched once for both, the newest last."""

    intakes: list
    tasks: list
    services: list
    outcomes: list
    claims: list
    referrals: list


def fetch(case):
    """The Rows of a case."""
    intakes = case.intakes.select_related("consent").defer(
        *["search_keys", "code_salt", "code_digest"]
    )
    return Rows(
        intakes=list(intakes),
        tasks=list(case.tasks.select_related("rule")),
        services=_last(case.services.all()),
        outcomes=_last(case.outcomes.all()),
        claims=_last(case.claims.all()),
        referrals=_last(case.referrals.with_links()),
    )


def _last(rows):
    return list(rows.reverse()[:MOST_SHOWN])[::-1]


def of(case, user, rows, names, kind="", everything=False):
    """The newest entries of a case that this person sees, the newest last.

    `names` gives the names of what is not fetched with the rows: names.staff(pk), names.of_staff(pk),
    names.service(pk), names.partner(pk).
    """
    most = MOST_SHOWN if everything else SHOWN_FIRST
    sources = {
        "talk": [
            lambda: _stories(rows.intakes, names),
            lambda: _messages(case, rows.intakes, names, most),
        ],
        "notes": [lambda: _notes(case, user, names, most)],
        "work": [
            lambda: _services(rows.services, names),
            lambda: _tasks_done(rows.tasks, names),
            lambda: _outcomes(rows.outcomes),
            lambda: _claims(rows.claims),
            lambda: _referrals(rows.referrals, names),
            lambda: _documents(case, names, most),
        ],
        "changes": [lambda: _changes(case, names)],
    }
    asked = [kind] if kind in KINDS else list(KINDS)
    entries = [entry for each in asked for source in sources[each] for entry in source()]
    entries.sort(key=lambda entry: entry.at)
    return Timeline(entries[-most:], len(entries) > most)


def _newest(rows, order, most):
    """One more than are shown, so that the page knows of earlier ones."""
    return rows.order_by(*(f"-{name}" for name in order))[: most + 1]


def _day(day):
    return timezone.make_aware(datetime.datetime.combine(day, NOON))


# What was said


def _stories(intakes, names):
    for intake in intakes:
        yield Entry(
            intake.received_at,
            "story",
            _("Appeal %(reference)s: %(channel)s")
            % {"reference": intake.reference, "channel": intake.get_channel_display()},
            who=names.staff(intake.entered_by_id),
            row=intake,
            text_of="story",
            language=intake.language,
        )


def _messages(case, intakes, names, most):
    """What went to several people at once is one entry."""
    # Two people who wrote at the same instant did not write the same.
    own = models.Case(When(written_by=None, then=F("pk")), default=Value(0))
    together = [F("written_by"), F("written_at"), F("language"), own]
    rows = Message.objects.filter(intake__case=case).annotate(
        copies=Window(Count("pk"), partition_by=together),
        place=Window(RowNumber(), partition_by=together, order_by="pk"),
    )
    references = {intake.pk: intake.reference for intake in intakes}
    for message in _newest(rows.filter(place=1), ["written_at", "pk"], most):
        yield Entry(
            message.written_at,
            "ours" if message.is_ours else "theirs",
            _message_title(message, references),
            who=names.staff(message.written_by_id),
            row=message,
            text_of="text",
            language=message.language,
            is_unread=not message.is_ours and message.read_at is None,
            copies=message.copies,
            lines=_seen(message),
        )


def _seen(message):
    """When the person had our message before them."""
    if not message.is_ours or message.copies > 1 or message.read_at is None:
        return []
    moment = date_format(timezone.localtime(message.read_at), "SHORT_DATETIME_FORMAT")
    return [_("The person read it on %(moment)s.") % {"moment": moment}]


def _message_title(message, references):
    if message.copies > 1:
        return ngettext("To %(number)d person", "To %(number)d people", message.copies) % {
            "number": message.copies
        }
    reference = references.get(message.intake_id, "")
    if len(references) == 1:
        return _("To the person") if message.is_ours else _("From the person")
    if message.is_ours:
        return _("To %(reference)s") % {"reference": reference}
    return _("From %(reference)s") % {"reference": reference}


def _notes(case, user, names, most):
    rows = Note.objects.visible_to(user).filter(case=case)
    for note in _newest(rows, ["written_at", "pk"], most):
        yield Entry(
            note.written_at,
            "note-private" if note.is_private else "note",
            _("Note, only for me") if note.is_private else _("Note"),
            who=names.staff(note.written_by_id),
            row=note,
            text_of="text",
        )


# What was done


def _whom(row):
    return [_("Person no. %(number)s") % {"number": row.person_id}] if row.person_id else []


def _services(services, names):
    for service in services:
        yield Entry(
            _day(service.given_on),
            "service",
            capfirst(names.service(service.kind_id)),
            who=names.staff(service.given_by_id),
            row=service,
            text_of="remark",
            lines=_whom(service),
            is_day=True,
        )


def _tasks_done(tasks, names):
    for task in tasks:
        if not task.done_at:
            continue
        lines = []
        if task.rule_id:
            lines = [_("Term of the law, last day %(day)s") % {"day": f"{task.due_on:%d.%m.%Y}"}]
        yield Entry(
            task.done_at,
            "task",
            _("Done"),
            who=names.staff(task.done_by_id),
            row=task,
            text_of="what",
            lines=lines,
        )


def _outcomes(outcomes):
    for outcome in outcomes:
        yield Entry(
            _day(outcome.reached_on),
            "outcome",
            _("Outcome: %(what)s") % {"what": outcome.get_kind_display()},
            row=outcome,
            lines=_whom(outcome),
            is_day=True,
        )


def money(amount, currency):
    """An amount as people write it: 250 000 KZT. Tenths only where there are any."""
    places = 0 if amount == amount.to_integral_value() else 2
    return f"{number_format(amount, places, force_grouping=True)} {currency}"


def _claims(claims):
    for claim in claims:
        yield Entry(
            _day(claim.claimed_on),
            "money",
            _("Claim: %(kind)s, %(amount)s")
            % {"kind": claim.get_kind_display(), "amount": money(claim.owed, claim.currency)},
            row=claim,
            lines=_whom(claim),
            is_day=True,
        )
        if claim.recovered_on:
            yield Entry(
                _day(claim.recovered_on),
                "money",
                _("Recovered: %(amount)s") % {"amount": money(claim.recovered, claim.currency)},
                row=claim,
                lines=_whom(claim),
                is_day=True,
            )


def _referrals(referrals, names):
    for referral in referrals:
        partner = names.partner(referral.partner_id)
        yield Entry(
            referral.sent_at,
            "referral",
            _("Referred to %(partner)s") % {"partner": partner},
            who=names.staff(referral.sent_by_id),
            row=referral,
            text_of="what_for",
            lines=_whom(referral),
        )
        if referral.answered_at:
            yield Entry(
                referral.answered_at,
                "referral",
                f"{partner}: {referral.get_answer_display()}",
                row=referral,
            )
        if referral.reported_at:
            yield Entry(
                referral.reported_at,
                "referral",
                _("%(partner)s: what came of it") % {"partner": partner},
                row=referral,
                text_of="result",
            )


def _documents(case, names, most):
    rows = Document.objects.filter(Q(case=case) | Q(intake__case=case))
    for document in _newest(rows, ["added_at", "pk"], most):
        yield Entry(
            document.added_at,
            "document",
            capfirst(document.get_kind_display()),
            who=names.staff(document.added_by_id),
            row=document,
            text_of="title",
            lines=[] if document.added_by_id else [_("Sent by the person")],
        )


# What changed, from the history that the database keeps

_WATCHED = [
    *["lawyer_id", "transfer_to_id", "turn", "closed_on"],
    *["opened_on", "employer_id", "office_id", "project_id"],
    *["exploitation", "place_of_exploitation", "referred_in"],
]


def _changes(case, names):
    events = _events(Case.pgh_event_model.objects.filter(pgh_obj_id=case.pk), *_WATCHED)
    yield from _changes_of_case(events, names)
    yield from _changes_of_team(case, names)
    opened = events[0].moment if events else None
    yield from _changes_of_topics(case, names, opened)


_Event = namedtuple("_Event", "moment who values")


def _events(rows, *fields):
    """Events in their order. What happened at one moment in one step has one `moment`."""
    found = rows.order_by("pgh_id").values_list(
        "pgh_created_at", "pgh_context", "pgh_context__metadata__user", *fields
    )
    return [_Event((at, step), who, values) for at, step, who, *values in found]


def _changes_of_case(events, names):
    before = None
    for (at, _step), who, values in events:
        now = dict(zip(_WATCHED, values, strict=True))
        if before is None:
            lines = [_("Case opened")]
        else:
            changed = [name for name in _WATCHED if before[name] != now[name]]
            lines = list(_in_words(before, now, changed, who, names))
        before = now
        if lines:
            yield Entry(at, "change", lines[0], who=names.staff(who), lines=lines[1:])


def _in_words(before, now, changed, who, names):
    if "lawyer_id" in changed:
        yield _("%(new)s leads the case now. Before: %(old)s") % {
            "new": names.of_staff(now["lawyer_id"]),
            "old": names.of_staff(before["lawyer_id"]),
        }
    elif "transfer_to_id" in changed:
        yield _offer_in_words(before["transfer_to_id"], now["transfer_to_id"], who, names)
    if "closed_on" in changed:
        yield _("Case closed") if now["closed_on"] else _("Case reopened")
    if "turn" in changed:
        yield _("Whose turn it is: %(turn)s") % {"turn": Case.Turn(now["turn"]).label}
    facts = [
        str(Case._meta.get_field(name.removesuffix("_id")).verbose_name)
        for name in _WATCHED[4:]
        if name in changed
    ]
    if facts:
        yield _("Facts changed: %(which)s") % {"which": ", ".join(facts)}


def _offer_in_words(before, now, who, names):
    if now:
        return _("The case is offered to %(who)s") % {"who": names.of_staff(now)}
    if who == before:
        return _("%(who)s does not take the case over") % {"who": names.of_staff(before)}
    return _("It is no longer offered to %(who)s") % {"who": names.of_staff(before)}


def _changes_of_team(case, names):
    rows = CaseMember.pgh_event_model.objects.filter(case_id=case.pk)
    for (at, _step), who, (label, user) in _events(rows, "pgh_label", "user_id"):
        words = (
            _("On the team: %(who)s") if label == "insert" else _("No longer on the team: %(who)s")
        )
        yield Entry(at, "change", words % {"who": names.of_staff(user)}, who=names.staff(who))


def _changes_of_topics(case, names, opened):
    """What was put on and taken off in one step is one entry. What it was opened with is none."""
    steps = {}
    rows = CaseTopic.pgh_event_model.objects.filter(case_id=case.pk)
    for moment, who, (label, topic) in _events(rows, "pgh_label", "topic_id"):
        if moment != opened:
            topics = steps.setdefault((moment, who), {})
            topics.setdefault(label, []).append(names.topic(topic))
    words = {"insert": _("Topics now, too: %(which)s"), "delete": _("No longer: %(which)s")}
    for ((at, _step), who), topics in steps.items():
        lines = [
            words[label] % {"which": ", ".join(topics[label])} for label in words if label in topics
        ]
        yield Entry(at, "change", lines[0], who=names.staff(who), lines=lines[1:])
