"""Whom an intake resembles: people we know, requests that came before, employers, and a conflict of interest.

Everything here is a hint for a person who decides; nothing is merged. A hint names a record only to
somebody who may see that record. Of the others it says how many there are: a conflict of interest
has to be found in cases that one may not open, too.
"""

import re
from dataclasses import dataclass, field

from django.apps import apps
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from legalaid.models import Case, CasePerson, Employer, Identity, Intake, Person
from sanasezim.shared import masks, search_keys
from sanasezim.shared.name_forms import NameWord, name_words
from sanasezim.shared.protected import Damaged
from sanasezim.shared.search_keys import FindablePeople, keys_for_query, search_keys_field

MOST_SHOWN = 8
MOST_LOOKED_AT = 300
MOST_WORDS_OF_STORY = 400
# One word of a firm's name is looked for in a story only if it is as long as this.
SHORTEST_NAME = 4

SAME_NUMBER, SAME_DOCUMENT, NEAR_NAME = _("same number"), _("same document"), _("similar name")

# What every second firm is called; folded as name_forms.py folds.
LEGAL_FORMS = {
    word.strict
    for word in name_words(
        "ТОО ИП АО ОАО ЗАО ООО ЧП КХ ПК КФХ ПТ ЖШС ЖК ШҚ АҚ МЧЖ ХК ФХ LLP LLC OOO TOO IP JSC"
        " товарищество компания фирма хозяйство крестьянское фермерское индивидуальный"
        " предприниматель жеке кәсіпкер серіктестігі шаруа қожалығы xoʻjaligi firma kompaniya"
        " завод ферма стройка кафе магазин рынок базар бригада бригадир хозяин начальник"
    )
}


@dataclass
class Asked:
    """What is looked for, as search keys: no word of it is kept here."""

    phones: set = field(default_factory=set)
    documents: set = field(default_factory=set)
    names: list = field(default_factory=list)  # each a list of sets, one for each word

    def add_name(self, text):
        words = [set(word.keys) for word in keys_for_query(re.sub(r"\d", " ", text))]
        if words and words not in self.names:
            self.names.append(words)

    def add(self, *, names="", phones="", documents=""):
        for name in names.splitlines():
            self.add_name(name)
        self.phones |= search_keys.keys_of_phones(phones)
        self.documents |= search_keys.keys_of_documents(documents)
        return self

    def condition(self, name):
        """Rows with one of the numbers, or with two words of one of the names."""
        found = Q()
        if numbers := self.phones | self.documents:
            found |= Q(**{f"{name}__overlap": sorted(numbers)})
        for words in self.names:
            for place, one in enumerate(words[:-1], start=1):
                others = set().union(*words[place:])
                found |= Q(**{f"{name}__overlap": sorted(one)}) & Q(
                    **{f"{name}__overlap": sorted(others)}
                )
        return found

    def why(self, held):
        """In which ways a row that holds these keys is like what is looked for, the surest first."""
        held = set(held)
        ways = []
        if held & self.documents:
            ways.append(SAME_DOCUMENT)
        if held & self.phones:
            ways.append(SAME_NUMBER)
        if any(sum(bool(word & held) for word in words) > 1 for words in self.names):
            ways.append(NEAR_NAME)
        return ways


@dataclass
class Hit:
    """One record that resembles, as it may be shown to who asks."""

    row: object
    why: list
    shown: list = field(default_factory=list)  # who it is, masked
    cases: list = field(default_factory=list)  # of a person: their parts in cases one may see
    address: str = ""

    @property
    def person_id(self):
        """Whose record it is, where it is linked to a person."""
        return getattr(self.row, "person_id", None)

    @property
    def name(self):
        if isinstance(self.row, Identity):
            return " · ".join(self.shown) or str(self.row.person)
        return str(self.row)

    @property
    def about(self):
        if isinstance(self.row, Identity):
            person = self.row.person
            facts = [person.get_citizenship_display(), person.birth_year]
        elif isinstance(self.row, Intake):
            day = date_format(timezone.localdate(self.row.received_at), "SHORT_DATE_FORMAT")
            facts = [*self.shown, day, self.row.get_decision_display() or _("waits for a decision")]
        else:
            facts = self.shown
        return " · ".join(str(fact) for fact in facts if fact)


@dataclass
class Hits:
    """Records of one kind. `hidden` says how many there are that this member of staff may not open."""

    kind: str
    found: list
    hidden: int = 0
    more: bool = False

    def __bool__(self):
        return bool(self.found or self.hidden)


def asked_by(intake):
    """What an intake says of the person: of who speaks, and of whom it was linked to."""
    asked = Asked().add(
        names=_text(intake, "speaker_name"),
        phones=_text(intake, "contact"),
        documents=_text(intake, "story"),
    )
    identity = identity_of(intake.person) if intake.person_id else None
    return asked.add(**_said_by(identity)) if identity else asked


def identity_of(person):
    return Identity.objects.filter(person=person).first()


def _said_by(row):
    """The names, phones and documents of a row with search keys, each as one text."""
    sources = search_keys_field(type(row)).sources
    return {
        kind: "\n".join(_text(row, name) for name in sources[kind])
        for kind in ("names", "phones", "documents")
    }


def _text(row, name):
    try:
        return getattr(row, name)
    except Damaged:
        return ""


# Do we know them?


def known(intake, user):
    """Records of every kind that have the same number, document or a similar name: a list of Hits."""
    asked = asked_by(intake)
    people = Identity.objects.exclude(person=intake.person_id).select_related("person")
    intakes = Intake.objects.exclude(pk=intake.pk).exclude(decision=Intake.Decision.JUNK)
    found = [_hits(people, asked, user), _hits(intakes.order_by("-pk"), asked, user)]
    for model in _other_kinds():
        found.append(_hits(_not_of(model.objects.all(), intake), asked, user))
    _add_cases(found[0], user)
    return [hits for hits in found if hits]


def _other_kinds():
    """The records of people that other apps keep, as the hotline its calls: a service knows no door."""
    return [
        model
        for model in apps.get_models()
        if isinstance(model._default_manager.all(), FindablePeople)
        and model not in (Identity, Intake, Employer)
    ]


def _not_of(rows, intake):
    names = {of.name for of in rows.model._meta.fields}
    return rows.exclude(intake=intake.pk) if "intake" in names else rows


def _hits(rows, asked, user):
    """Those of the rows that are like what is asked for, the surest first."""
    kind = (
        Person._meta.verbose_name_plural
        if rows.model is Identity
        else rows.model._meta.verbose_name_plural
    )
    name = search_keys_field(rows.model).name
    condition = asked.condition(name)
    if not condition:
        return Hits(kind, [])
    numbers = set(rows.filter(condition).order_by().values_list("pk", flat=True)[:MOST_LOOKED_AT])
    if not numbers:
        return Hits(kind, [])
    visible = list(rows.visible_to(user).filter(pk__in=numbers))
    hits = [Hit(row, asked.why(getattr(row, name)), masked(row)) for row in visible]
    hits.sort(key=lambda hit: (hit.why == [NEAR_NAME], -len(hit.why)))
    return Hits(kind, hits[:MOST_SHOWN], len(numbers) - len(visible), len(hits) > MOST_SHOWN)


def masked(row):
    """Who it is, masked: initials and the last digits."""
    sources = search_keys_field(type(row)).sources
    shown = [row.shown(name, masks.initials) for name in sources["names"][:1]]
    shown += [row.shown(name, masks.last_two) for name in sources["phones"][:1]]
    return [text for text in shown if text]


def _add_cases(hits, user):
    people = [hit.row.person_id for hit in hits.found]
    parts = CasePerson.objects.filter(
        person__in=people, case__in=Case.objects.visible_to(user)
    ).select_related("case")
    by_person = {}
    for part in parts:
        by_person.setdefault(part.person_id, []).append(part)
    for hit in hits.found:
        hit.cases = by_person.get(hit.row.person_id, [])


# Employers


@dataclass(frozen=True)
class Name:
    """The words of one name of a firm or person, without what every second one is called."""

    words: tuple

    @classmethod
    def all_of(cls, text):
        names = (cls(tuple(significant(line))) for line in text.splitlines())
        return [name for name in names if name.words]

    def is_in(self, words):
        """Whether each of its words is among these, however spelled."""
        return all(any(alike(own, other) for other in words) for own in self.words)

    @property
    def tells_somebody(self):
        """Two words or a family name; half the country has one of ten first names."""
        return len(self.words) > 1 or any("family" in form for form in self.words[0].loose)


def significant(text):
    return [word for word in name_words(text) if word.strict not in LEGAL_FORMS]


def alike(one, other):
    return one.strict == other.strict or bool(one.loose & other.loose)


def employers_like(asked, names=(), *, is_near, exclude=None):
    """Standing rows of the register with one of the numbers, or with a name that `is_near`.

    A list of (employer, why), the surest first. `names` are NameWords to look for; `is_near` is
    asked of each Name of a row that has one of them.
    """
    keys = asked.phones | asked.documents | keys_of(names)
    if not keys:
        return []
    rows = Employer.objects.standing().filter(search_keys__overlap=sorted(keys)).exclude(pk=exclude)
    found = []
    for employer in rows.order_by("-pk")[:MOST_LOOKED_AT]:
        why = [way for way in asked.why(employer.search_keys) if way is not NEAR_NAME]
        if any(is_near(name) for name in names_of(employer)):
            why.append(NEAR_NAME)
        if why:
            found.append((employer, why))
    return sorted(found, key=lambda pair: (pair[1] == [NEAR_NAME], -len(pair[1])))


def keys_of(words):
    """The search keys of these NameWords, but for what every second firm is called."""
    keys = set()
    for word in words:
        if word.strict not in LEGAL_FORMS:
            keys.add(search_keys.key_of(search_keys.NAME, word.strict))
            keys |= {search_keys.key_of(search_keys.NAME_LOOSELY, form) for form in word.loose}
    return keys


def names_of(employer):
    return Name.all_of(f"{_text(employer, 'name')}\n{_text(employer, 'other_names')}")


def employers_named(intake):
    """Rows of the register that the story names: a list of (employer, why).

    Every word of one of its names stands in the story, spelled alike or in another alphabet.
    """
    story = _text(intake, "story")
    numbers = "\n".join(match.group() for match in search_keys.NUMBER.finditer(story))
    asked = Asked(search_keys.keys_of_phones(numbers), search_keys.keys_of_documents(numbers), [])
    # The words of a story are not names: they must be spelled the same but for the alphabet.
    spoken = {word.strict for word in name_words(story) if len(word.strict) >= SHORTEST_NAME}
    words = [NameWord(strict, frozenset(), "") for strict in sorted(spoken)[:MOST_WORDS_OF_STORY]]
    return employers_like(
        asked, words, is_near=lambda name: name.is_in(words), exclude=intake.employer_id
    )


# A conflict of interest


@dataclass
class Conflict:
    """Somebody of this intake in another role: `who` is an Employer or an Identity."""

    who: object
    role: str
    why: list
    cases: list
    hidden_cases: int = 0
    address: str = ""

    @property
    def name(self):
        if isinstance(self.who, Employer):
            return self.who.shown("name")
        return " · ".join(masked(self.who)) or str(self.who.person)


@dataclass
class Conflicts:
    found: list
    hidden: int = 0  # people whom one may not see

    def __bool__(self):
        return bool(self.found or self.hidden)


def conflicts(intake, user):
    """Whether the person is an employer or opponent elsewhere, or the employer or its people are clients."""
    found = _client_as_employer(intake, user)
    against, hidden = [], 0
    if intake.employer_id:
        against, hidden = _employer_as_client(intake, user)
    return Conflicts(found + against, hidden)


def _client_as_employer(intake, user):
    asked, names = asked_by(intake), _text(intake, "speaker_name")
    if intake.person_id and (identity := identity_of(intake.person)):
        names += "\n" + _said_by(identity)["names"]
    words, found = name_words(names), []
    for employer, why in employers_like(
        asked, words, is_near=lambda name: name.tells_somebody and name.is_in(words)
    ):
        if employer.pk == intake.employer_id:
            role = _("may be the employer it is against")
        else:
            role = _("may be an employer in the register")
        found.append(_conflict(employer, role, why, Case.objects.filter(employer=employer), user))
    return found[:MOST_SHOWN]


def _employer_as_client(intake, user):
    """People of our cases who may be the employer or stand for it."""
    asked = Asked().add(**_said_by(intake.employer))
    condition = asked.condition("search_keys")
    if not condition:
        return [], 0
    people = Identity.objects.exclude(person=intake.person_id).filter(condition)
    numbers = set(people.values_list("pk", flat=True)[:MOST_LOOKED_AT])
    if not numbers:
        return [], 0
    visible = Identity.objects.visible_to(user).filter(pk__in=numbers).select_related("person")
    found = []
    for identity in visible:
        cases = Case.objects.filter(people=identity.person_id)
        why = asked.why(identity.search_keys)
        found.append(_conflict(identity, _("may be the employer, whom we help"), why, cases, user))
    return found[:MOST_SHOWN], len(numbers) - len(visible)


def _conflict(who, role, why, cases, user):
    visible = cases.visible_to(user)
    return Conflict(
        who, role, why, list(visible.order_by("-pk")[:MOST_SHOWN]), cases.count() - visible.count()
    )
