"""The pack of a case: what happened, what was done and claimed, and numbered exhibits, for somebody outside.

A preset says who reads it. What a pack holds is built from what the preset allows, so what it does not
allow is never fetched: no note, no remark, no task stands in any of them.
"""

import datetime
import hashlib
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from legalaid import evidence, papers
from legalaid.arriving import Spool
from legalaid.casework import name_of
from legalaid.models import (
    CasePerson,
    Document,
    Identity,
    Message,
    Outcome,
    PackRequest,
    Referral,
)
from legalaid.timeline import money
from sanasezim.shared import masks
from sanasezim.shared.languages import best

# Of more people than this, somebody else has to agree that it is told who they are.
MOST_ALONE = 50
REQUEST_HOLDS = datetime.timedelta(hours=24)
MOST_EXHIBITS = 300
MOST_BYTES = 300 * 1024 * 1024
PIECE = 64 * 1024

# Of an identity, what a court or a consulate reads; and how a page shows it before it leaves
IDENTITY = {
    "name": masks.initials,
    "other_names": masks.initials,
    "phones": masks.last_two,
    "address": masks.hidden,
    "documents": masks.last_two,
}
# What a consulate does not get to know: what is asked of an employer
AGAINST_EMPLOYER_SERVICES = {"complaint", "court"}
AGAINST_EMPLOYER_OUTCOMES = {
    Outcome.Kind.CLAIM_FILED,
    Outcome.Kind.WAGES_PAID,
    Outcome.Kind.CRIMINAL_CASE,
}
AGES = [(18, "0–17"), (30, "18–29"), (45, "30–44"), (60, "45–59"), (200, "60+")]


@dataclass(frozen=True)
class Preset:
    """Who reads the pack, and what it may therefore hold."""

    code: str
    label: str
    words: str
    has_identity: bool = True  # who the clients are; without it they are only counted
    has_exhibits: bool = True
    has_own_words: bool = False  # the story and the messages, if they are chosen
    has_originals: bool = False
    has_claims: bool = True
    has_employer: bool = False
    of_one_person: bool = False


PRESETS = {
    preset.code: preset
    for preset in [
        Preset(
            "court",
            gettext_lazy("for a court"),
            gettext_lazy(
                "Who the clients are, in full. The employer, claims, services and exhibits. No notes,"
                " no remarks, no tasks; witnesses and relatives are left out."
            ),
            has_own_words=True,
            has_originals=True,
            has_employer=True,
        ),
        Preset(
            "consulate",
            gettext_lazy("for a consulate"),
            gettext_lazy(
                "Who one person is, in full, and what was done for them. No employer, no claims, no"
                " story, and nobody else."
            ),
            has_claims=False,
            of_one_person=True,
        ),
        Preset(
            "donor",
            gettext_lazy("for a donor"),
            gettext_lazy(
                "“The client” only: no names, no reference, no days but the month, no place smaller"
                " than a country, no free text and no exhibits."
            ),
            has_identity=False,
            has_exhibits=False,
        ),
    ]
}


@dataclass
class Order:
    """What somebody wants in a pack."""

    preset: Preset
    language: str = "ru"
    person: object = None  # a Person; None where all clients are meant
    exhibits: list = field(default_factory=list)  # Documents, in their order
    with_story: bool = False
    with_messages: bool = False
    with_originals: bool = False

    def __post_init__(self):
        self.with_story &= self.preset.has_own_words
        self.with_messages &= self.preset.has_own_words
        self.with_originals &= self.preset.has_originals


@dataclass
class Event:
    day: datetime.date
    what: str
    words: str = ""  # somebody's own, as they were written
    exhibit: int | None = None
    shown_day: str = ""


@dataclass
class Exhibit:
    number: int
    document: Document
    title: str
    name: str = ""  # of the file in the archive
    sha256: str = ""
    size: int = 0


@dataclass
class Pack:
    """The words of a pack, ready for its page."""

    order: Order
    facts: list
    people: list
    events: list
    services: list
    claims: list
    sums: list
    outcomes: list
    exhibits: list
    made_on: datetime.date
    is_masked: bool = False

    @property
    def preset(self):
        return self.order.preset

    @property
    def number_of_people(self):
        return len(self.people) if self.preset.has_identity else 0


# What is chosen


def clients_of(case):
    """The clients of a case. Witnesses and relatives are nobody's business outside."""
    rows = case.case_people.filter(part=CasePerson.Part.CLIENT).select_related("person__identity")
    return [row.person for row in rows.order_by("pk")]


def may_be_exhibits(case, preset, person):
    """The files of a case that this pack may hold: none that another person sent."""
    if not preset.has_exhibits:
        return Document.objects.none()
    files = Document.objects.of_case(case)
    if person is not None:
        files = files.filter(Q(intake=None) | Q(intake__person=person))
    return files


def check(case, order):
    """ValidationError where the preset does not allow what was chosen."""
    preset = order.preset
    if preset.of_one_person and order.person is None:
        raise ValidationError({"person": _("Choose whom this pack is about.")})
    clients = {person.pk for person in clients_of(case)}
    if order.person is not None and order.person.pk not in clients:
        raise ValidationError({"person": _("This person is not a client of the case.")})
    chosen = {document.pk for document in order.exhibits}
    allowed = may_be_exhibits(case, preset, order.person).filter(pk__in=chosen)
    if len(allowed) != len(chosen):
        raise ValidationError(_("A file that was chosen may not be in this pack."))
    if len(chosen) > MOST_EXHIBITS:
        raise ValidationError(
            _("More than %(number)d exhibits. Make two packs.") % {"number": MOST_EXHIBITS}
        )
    size = sum(
        document.original_size if order.with_originals else document.copy_size
        for document in order.exhibits
    )
    if size > MOST_BYTES:
        raise ValidationError(
            _("The exhibits have more than %(size)d MB together. Make two packs.")
            % {"size": MOST_BYTES // 1024**2}
        )


# A second person


def needs_second_person(case, order):
    """How many people's identity would leave, if that is more than one colleague may decide alone; or 0."""
    if not order.preset.has_identity or order.person is not None:
        return 0
    number = len(clients_of(case))
    return number if number > MOST_ALONE else 0


def ask_for(case, order, *, by, why):
    """Ask that somebody else allows it. Asking twice is asking once."""
    number = needs_second_person(case, order)
    waiting = PackRequest.objects.waiting().filter(
        case=case, preset=order.preset.code, asked_by=by, number_of_people=number
    )
    return waiting.first() or PackRequest.objects.create(
        case=case, preset=order.preset.code, number_of_people=number, why=why, asked_by=by
    )


@transaction.atomic
def decide(request, *, by, is_approved):
    """Somebody else says yes or no."""
    request = PackRequest.objects.select_for_update().get(pk=request.pk)
    if request.decided_at:
        raise ValidationError(_("This is decided already."))
    request.decided_by, request.decided_at = by, timezone.now()
    request.is_approved = is_approved
    request.full_clean()
    request.save(update_fields=["decided_by", "decided_at", "is_approved"])
    return request


def allowing(case, order, *, by):
    """The requests of this colleague that were allowed for so many people, and not used yet."""
    return PackRequest.objects.filter(
        case=case,
        preset=order.preset.code,
        asked_by=by,
        number_of_people__gte=needs_second_person(case, order),
        is_approved=True,
        used_at=None,
        decided_at__gt=timezone.now() - REQUEST_HOLDS,
    )


@transaction.atomic
def use_up(case, order, *, by):
    """Whether somebody else has allowed it. It counts for one pack."""
    request = allowing(case, order, by=by).select_for_update().first()
    if request is None:
        return False
    request.used_at = timezone.now()
    request.save(update_fields=["used_at"])
    return True


# What it says


def build(case, order, *, masked=False):
    """The Pack, in its own language. `masked`: who it is stands there as initials only."""
    with translation.override(order.language):
        return _Builder(case, order, masked).pack()


class _Builder:
    def __init__(self, case, order, masked):
        self.case, self.order, self.preset, self.masked = case, order, order.preset, masked
        self.clients = clients_of(case)
        self.people = [order.person] if order.person else self.clients
        self.numbers = {person.pk: number for number, person in enumerate(self.people, 1)}

    def pack(self):
        chosen = self.order.exhibits if self.preset.has_exhibits else []
        self.exhibits = [
            Exhibit(number, document, document.title or str(document.get_kind_display()))
            for number, document in enumerate(chosen, 1)
        ]
        services, outcomes = self.services(), self.outcomes()
        claims = self.claims() if self.preset.has_claims else []
        return Pack(
            order=self.order,
            facts=[(label, value) for label, value in self.facts() if value],
            people=self.identities() if self.preset.has_identity else self.counts(),
            events=self.in_order(self.events(services, claims, outcomes)),
            services=self.counted(services),
            claims=self.claim_rows(claims),
            sums=_sums(claims),
            outcomes=self.outcome_words(outcomes),
            exhibits=self.exhibits,
            made_on=timezone.localdate(),
            is_masked=self.masked,
        )

    def of_people(self, rows):
        """Rows about the people of this pack, or about everybody in the case."""
        return rows.filter(Q(person=None) | Q(person__in=self.people))

    def intakes(self):
        rows = self.case.intakes.filter(erased_at=None)
        if self.order.person:
            return rows.filter(person=self.order.person)
        return rows.filter(Q(person=None) | Q(person__in=self.clients))

    # Facts

    def facts(self):
        case = self.case
        if self.preset.has_identity:
            yield _("Case"), case.reference
            yield _("Led by"), name_of(case.lawyer)
        yield _("Opened"), self.day(case.opened_on)
        yield _("Closed"), self.day(case.closed_on) if case.closed_on else ""
        if self.preset.has_employer and case.employer:
            yield _("Against"), self.employer()
        if self.preset.has_claims:
            topics = [best(topic.texts.all()) for topic in case.topics.prefetch_related("texts")]
            yield _("What it is about"), ", ".join(text.name for text in topics if text)
        if not self.preset.has_identity:
            yield _("Project"), case.project.name if case.project else ""
            yield _("Exploitation"), case.get_exploitation_display()
            yield _("Where"), ", ".join(self.countries())
            yield _("Files"), ", ".join(self.files_counted())

    def employer(self):
        employer = self.case.employer
        return ", ".join(filter(None, [employer.shown("name"), employer.shown("number")]))

    def countries(self):
        codes = self.intakes().exclude(country="").order_by("country").distinct("country")
        return [str(intake.get_country_display()) for intake in codes.only("country")]

    def files_counted(self):
        kinds = Document.objects.of_case(self.case).order_by().values_list("kind", flat=True)
        labels = dict(Document.Kind.choices)
        return [f"{labels[kind]}: {number}" for kind, number in sorted(Counter(kinds).items())]

    def day(self, day):
        """The day, or its month where a day would tell too much."""
        how = "DATE_FORMAT" if self.preset.has_identity else "YEAR_MONTH_FORMAT"
        return formats.date_format(day, how)

    # Who

    def identities(self):
        """One row for each person: [(label, value)]."""
        return [self.identity(person) for person in self.people]

    def identity(self, person):
        held = getattr(person, "identity", None)
        fields = [Identity._meta.get_field(name) for name in IDENTITY]
        shown = [
            (str(each.verbose_name), self.shown(held, each.name))
            for each in fields
            if held is not None
        ]
        shown += [
            (_("year of birth"), str(person.birth_year or "")),
            (_("citizenship"), person.get_citizenship_display()),
            (_("sex"), person.get_sex_display()),
        ]
        return [(label, value) for label, value in shown if value]

    def shown(self, identity, name):
        if self.masked:
            return identity.shown(name, IDENTITY[name])
        return ", ".join(filter(None, str(identity.shown(name)).splitlines()))

    def counts(self):
        """What can be said of people whom nobody may recognise: [(label, value)] of each kind."""
        today = timezone.localdate()
        number = len(self.people)
        facts = [
            (_("clients"), [(_("in all"), number)]),
            (_("sex"), Counter(str(person.get_sex_display() or "–") for person in self.people)),
            (_("age"), Counter(_age_group(person, today) for person in self.people)),
            (
                _("citizenship"),
                Counter(str(person.get_citizenship_display() or "–") for person in self.people),
            ),
        ]
        return [
            [(label, ", ".join(f"{value}: {n}" for value, n in _pairs(values)))]
            for label, values in facts
        ]

    # What happened

    def in_order(self, events):
        events = sorted(events, key=lambda event: event.day)
        for event in events:
            event.shown_day = self.day(event.day)
        return events

    def coarse(self, day):
        """The day as far as it may be told."""
        return day if self.preset.has_identity else day.replace(day=1)

    def day_of(self, moment):
        return self.coarse(timezone.localdate(moment))

    def events(self, services, claims, outcomes):
        case = self.case
        yield Event(self.coarse(case.opened_on), _("The case was opened"))
        if case.closed_on:
            yield Event(self.coarse(case.closed_on), _("The case was closed"))
        yield from self.appeals()
        if self.order.with_messages:
            yield from self.messages()
        for exhibit in self.exhibits:
            yield Event(
                self.day_of(exhibit.document.added_at),
                _("Received: %(what)s") % {"what": exhibit.title},
                exhibit=exhibit.number,
            )
        for (day, name), number in Counter(
            (self.coarse(service.given_on), self.service_name(service)) for service in services
        ).items():
            yield Event(day, _times(_("Service: %(what)s") % {"what": name}, number))
        yield from self.claim_events(claims)
        for (day, kind), number in Counter(
            (self.coarse(outcome.reached_on), outcome.get_kind_display()) for outcome in outcomes
        ).items():
            yield Event(day, _times(_("Outcome: %(what)s") % {"what": kind}, number))
        if not self.preset.has_identity:
            yield from self.referrals()

    def appeals(self):
        intakes = list(self.intakes().order_by("received_at", "pk"))
        if self.order.with_story:
            for intake in intakes:
                yield Event(
                    self.day_of(intake.received_at), self.asked(intake), intake.shown("story")
                )
            return
        for (day, words), number in Counter(
            (self.day_of(intake.received_at), self.asked(intake)) for intake in intakes
        ).items():
            yield Event(day, _times(words, number))

    def asked(self, intake):
        if not self.preset.has_identity:
            return _("The client asked for help")
        return _("Asked for help: %(channel)s") % {"channel": intake.get_channel_display()}

    def messages(self):
        rows = Message.objects.filter(intake__in=self.intakes()).order_by("written_at", "pk")
        for message in rows:
            words = _("We wrote") if message.is_ours else _("The person wrote")
            yield Event(self.day_of(message.written_at), words, message.shown("text"))

    def referrals(self):
        for referral in self.of_people(self.case.referrals.all()):
            yield Event(self.day_of(referral.sent_at), _("The client was referred to a partner"))
            if referral.answered_at:
                answer = Referral.Answer(referral.answer).label
                yield Event(
                    self.day_of(referral.answered_at),
                    _("The partner answered: %(answer)s") % {"answer": answer},
                )

    # Services, claims, outcomes

    def services(self):
        rows = self.of_people(self.case.services.select_related("kind"))
        rows = list(rows.prefetch_related("kind__texts").order_by("given_on", "pk"))
        if not self.preset.has_claims:
            rows = [row for row in rows if row.kind.code not in AGAINST_EMPLOYER_SERVICES]
        return rows

    def service_name(self, service):
        text = best(service.kind.texts.all())
        return text.name if text else service.kind.code

    def counted(self, services):
        """(what, how often, first and last day) of each kind."""
        kinds = {}
        for service in services:
            kinds.setdefault(self.service_name(service), []).append(service.given_on)
        return [
            (name, len(days), self.day(days[0]), self.day(days[-1])) for name, days in kinds.items()
        ]

    def claims(self):
        return list(self.of_people(self.case.claims.all()).order_by("claimed_on", "pk"))

    def claim_rows(self, claims):
        """(whose, what for, since when, owed, recovered, when) of each claim, or of all of a kind."""
        if self.preset.has_identity:
            return [
                (
                    self.numbers.get(claim.person_id, ""),
                    claim.get_kind_display(),
                    self.day(claim.claimed_on),
                    money(claim.owed, claim.currency),
                    money(claim.recovered, claim.currency),
                    self.day(claim.recovered_on) if claim.recovered_on else "",
                )
                for claim in claims
            ]
        kinds = {}
        for claim in claims:
            kinds.setdefault((claim.get_kind_display(), claim.currency), []).append(claim)
        return [
            (
                len(rows),
                kind,
                "",
                money(sum((row.owed for row in rows), Decimal()), currency),
                money(sum((row.recovered for row in rows), Decimal()), currency),
                "",
            )
            for (kind, currency), rows in kinds.items()
        ]

    def claim_events(self, claims):
        for (day, kind, currency), owed, number in _by_day(
            claims,
            lambda row: (self.coarse(row.claimed_on), row.get_kind_display(), row.currency),
            "owed",
        ):
            words = _("Claim: %(kind)s, %(amount)s") % {
                "kind": kind,
                "amount": money(owed, currency),
            }
            yield Event(day, _times(words, number))
        back = [claim for claim in claims if claim.recovered_on]
        for (day, currency), recovered, number in _by_day(
            back, lambda row: (self.coarse(row.recovered_on), row.currency), "recovered"
        ):
            words = _("Recovered: %(amount)s") % {"amount": money(recovered, currency)}
            yield Event(day, _times(words, number))

    def outcomes(self):
        rows = list(self.of_people(self.case.outcomes.all()).order_by("reached_on", "pk"))
        if not self.preset.has_claims:
            rows = [row for row in rows if row.kind not in AGAINST_EMPLOYER_OUTCOMES]
        return rows

    def outcome_words(self, outcomes):
        counted = Counter(str(outcome.get_kind_display()) for outcome in outcomes)
        return [_times(kind, number) for kind, number in counted.items()]


def _pairs(values):
    return values.most_common() if isinstance(values, Counter) else values


def _age_group(person, today):
    if (age := person.age_at(today)) is None:
        return "0–17" if person.minor == "yes" else "–"
    return next(group for end, group in AGES if age < end)


def _times(words, number):
    if number == 1:
        return words
    return ngettext("%(words)s (%(number)d time)", "%(words)s (%(number)d times)", number) % {
        "words": words,
        "number": number,
    }


def _by_day(rows, key, amount):
    """(key, the sum, how many) of rows that were on one day and of one kind."""
    found = {}
    for row in rows:
        found.setdefault(key(row), []).append(getattr(row, amount))
    return [(each, sum(amounts, Decimal()), len(amounts)) for each, amounts in found.items()]


def _sums(claims):
    """(owed, recovered) in each currency."""
    currencies = dict.fromkeys(claim.currency for claim in claims)
    return [
        tuple(
            money(
                sum(
                    (getattr(claim, name) for claim in claims if claim.currency == each), Decimal()
                ),
                each,
            )
            for name in ("owed", "recovered")
        )
        for each in currencies
    ]


# The archive


@dataclass
class Archive:
    """A ZIP that waits, encrypted and without a name, to be sent."""

    spool: Spool
    name: str
    size: int
    sha256: str

    def __iter__(self):
        return self.spool.pieces()

    def close(self):
        """The answer that carries it calls this, however far it was sent."""
        self.spool.close()


class _Sink:
    """What a ZIP is written into: encrypted piece by piece, hashed, and never read back."""

    def __init__(self):
        self.spool, self.digest = Spool(), hashlib.sha256()
        self.size, self.waiting = 0, bytearray()

    def write(self, some):
        self.digest.update(some)
        self.size += len(some)
        self.waiting += some
        if len(self.waiting) >= PIECE:
            self.flush()
        return len(some)

    def flush(self):
        if self.waiting:
            self.spool.add(self.waiting)
            self.waiting = bytearray()


def archive(case, order):
    """(the Archive, its Pack): one page that stands alone, and the exhibits beside it."""
    pack, folder = build(case, order), _folder(case, order)
    made_at, sink = timezone.localtime(), _Sink()
    try:
        with zipfile.ZipFile(sink, "w") as packed:
            for exhibit in pack.exhibits:
                _put_in(packed, folder, exhibit, order.with_originals, made_at)
            page = zipfile.ZipInfo(f"{folder}/chronology.html", made_at.timetuple()[:6])
            page.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(page, page_of(pack))
        sink.flush()
    except OSError:  # the disk is full
        sink.spool.close()
        raise ValidationError(
            _("There is no room to make the pack now. Tell the administrator.")
        ) from None
    except BaseException:
        sink.spool.close()
        raise
    return Archive(sink.spool, f"{folder}.zip", sink.size, sink.digest.hexdigest()), pack


def _folder(case, order):
    """No name of anybody: the reference of the case, which a donor does not learn."""
    if not order.preset.has_identity:
        return f"case-{order.preset.code}-{timezone.localdate():%Y-%m-%d}"
    return f"{case.reference}-{order.preset.code}"


def _put_in(packed, folder, exhibit, original, made_at):
    document = exhibit.document
    start, pieces = evidence.opened(document.original if original else document.copy)
    exhibit.name = f"exhibit-{exhibit.number:03}.{papers.ending(start)}"
    digest = hashlib.sha256()
    entry = zipfile.ZipInfo(f"{folder}/{exhibit.name}", made_at.timetuple()[:6])
    with packed.open(entry, "w") as file:
        for piece in pieces:
            digest.update(piece)
            file.write(piece)
            exhibit.size += len(piece)
    exhibit.sha256 = digest.hexdigest()


def page_of(pack):
    """The pack as one page that needs nothing beside it but the exhibits."""
    with translation.override(pack.order.language):
        return render_to_string(
            "admin/legalaid/pack_file.html", {"pack": pack, "css": style(), "demo": settings.DEMO}
        )


def style():
    with staticfiles_storage.open("css/pack.css") as css:
        return css.read().decode()
