"""Many people in one case: a list pasted from a sheet, one person a line, read, checked and kept.

    name; phone; citizenship; year of birth; amount owed

Nothing that was typed is lost: a line that cannot be read comes back with its number and the reason.
Whom we know already is proposed instead of being made twice; a person decides.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from legalaid import casework, likeness
from legalaid.models import Case, CasePerson, Claim, Identity, Person
from legalaid.models.work import Currency
from sanasezim.shared import folding, limits, masks
from sanasezim.shared.countries import CITIZENSHIPS
from sanasezim.shared.languages import CODES
from sanasezim.shared.phones import bare_digits, ways_to_read

MOST_PEOPLE = 600
TOKEN_HOLDS = 24 * 60 * 60
MOST_PROPOSED = 3
MOST_OF_A_LINE = 60  # people that one line is held against
LOOKED_UP_AT_ONCE = 100
NEW, LEFT_OUT = "new", "out"

COLUMNS = ["name", "phone", "citizenship", "birth_year", "owed"]
# How the head of a sheet calls them; folded beginnings.
HEADS = {
    "name": "имя фио фамилия аты есім исм ism name ному ф",
    "phone": "тел phone номер рақам raqam нөмір",
    "citizenship": "граждан страна азаматтық fuqaro жаран шаҳрванд citizen country",
    "birth_year": "год рожд туған туулган tugʻil соли таваллуд year birth",
    "owed": "сумм долг задолж зарплат берешек қарыз qarz summa маблағ amount owed debt",
}
HEADS = {column: tuple(folding.words(words)) for column, words in HEADS.items()}

# What people write in the column of citizenship; folded beginnings.
PEOPLES = {
    "ozb": "UZ", "kirg": "KG", "taj": "TJ", "toj": "TJ", "torkm": "TM", "kaz": "KZ", "ros": "RU",
    "rf": "RU", "afg": "AF",
}  # fmt: skip
MONEY = [
    (re.compile(r"₸|тг\b|теңге|тенге|kzt|tenge", re.IGNORECASE), Currency.KZT),
    (re.compile(r"сомон[иӣ]|tjs", re.IGNORECASE), Currency.TJS),
    (re.compile(r"сум|сўм|so['ʻ’‘`]?m\b|uzs", re.IGNORECASE), Currency.UZS),
    (re.compile(r"сом|kgs", re.IGNORECASE), Currency.KGS),
    (re.compile(r"₽|руб|rub", re.IGNORECASE), Currency.RUB),
    (re.compile(r"\$|долл|usd", re.IGNORECASE), Currency.USD),
]
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
AMOUNT = re.compile(r"\d+(?:[.,]\d{1,2})?")
LARGEST = Decimal(10) ** 12


@dataclass
class Line:
    """One person as typed: `number` counts the lines of the box from 1."""

    number: int
    text: str
    name: str = ""
    phone: str = ""
    citizenship: str = ""
    birth_year: int | None = None
    owed: Decimal | None = None
    currency: str = ""
    errors: list = field(default_factory=list)
    proposed: list = field(default_factory=list)
    choice: str = NEW

    @property
    def is_right(self):
        return not self.errors

    @property
    def citizenship_name(self):
        return dict(CITIZENSHIPS).get(self.citizenship, "")


@dataclass
class Proposal:
    """Somebody we know who may be meant."""

    person: Person
    shown: str
    why: list
    is_in_case: bool

    @property
    def is_likely(self):
        return likeness.SAME_NUMBER in self.why and likeness.NEAR_NAME in self.why


# Reading


def read(text):
    """Every line that says something, as Lines; those that cannot be read have errors."""
    lines, order = [], COLUMNS
    for number, typed in enumerate(text.splitlines(), start=1):
        cells = _cells(typed)
        if not any(cells):
            continue
        if not lines and (head := _head(cells)):
            order = head
            continue
        lines.append(_line(number, typed, cells, order))
    _find_repeated(lines)
    return lines


def _cells(typed):
    separator = "\t" if "\t" in typed else ";"
    return [" ".join(cell.split()).strip('"') for cell in typed.split(separator)]


def _head(cells):
    """The columns in the order of the sheet, if this line names them; "" for one we do not keep."""
    order = []
    for cell in cells:
        words = folding.words(cell)
        order.append(next((c for c, heads in HEADS.items() if _begins(words, heads)), ""))
    return order if "name" in order and len(set(order) - {""}) > 1 else None


def _begins(words, heads):
    return any(word.startswith(head) for word in words for head in heads if len(head) > 1)


def _line(number, typed, cells, order):
    line = Line(number, typed)
    while cells and not cells[-1]:
        cells.pop()
    if len(cells) > len(order):
        line.errors.append(
            _("There are %(number)d columns, and %(most)d are expected.")
            % {"number": len(cells), "most": len(order)}
        )
        return line
    for column, cell in zip(order, cells, strict=False):
        if column and cell:
            try:
                READERS[column](line, cell)
            except ValidationError as refusal:
                line.errors += refusal.messages
    if not line.name:
        line.errors.append(_("The name is missing."))
    return line


def _read_name(line, cell):
    if not any(letter.isalpha() for letter in cell):
        raise ValidationError(_("“%(cell)s” is no name."), params={"cell": cell})
    if len(cell) > 200:
        raise ValidationError(_("The name is longer than 200 letters."))
    line.name = cell


def _read_phone(line, cell):
    if not ways_to_read(cell) and not 5 <= len(bare_digits(cell)) <= 15:
        raise ValidationError(_("“%(cell)s” is no phone number."), params={"cell": cell})
    line.phone = cell


def _read_citizenship(line, cell):
    code = citizenship_of(cell)
    if not code:
        raise ValidationError(_("“%(cell)s” is no citizenship we know."), params={"cell": cell})
    line.citizenship = code


def citizenship_of(text):
    """The code of a citizenship in any of our languages, "" for none: УЗБЕКИСТАН, узб., UZ, Oʻzbekiston."""
    if text.strip(" .").upper() in dict(CITIZENSHIPS):
        return text.strip(" .").upper()
    folded = folding.fold(text)
    if not folded:
        return ""
    for beginning, code in PEOPLES.items():
        if folded.startswith(beginning):
            return code
    for name, code in _names_of_citizenships():
        if name == folded or len(folded) > 4 and name.startswith(folded):
            return code
    return ""


@lru_cache(maxsize=1)
def _names_of_citizenships():
    names = []
    for language in CODES:
        with translation.override(language):
            names += [(folding.fold(str(name)), code) for code, name in CITIZENSHIPS]
    return names


def _read_birth_year(line, cell):
    found = YEAR.findall(cell)
    if len(found) != 1 or not 1900 <= int(found[0]) <= timezone.localdate().year:
        raise ValidationError(
            _("“%(cell)s” is no year of birth: four digits."), params={"cell": cell}
        )
    line.birth_year = int(found[0])


def _read_owed(line, cell):
    text = cell
    for pattern, currency in MONEY:
        if pattern.search(text):
            line.currency, text = currency, pattern.sub("", text)
            break
    line.owed = _amount(text, cell)


def _amount(text, cell):
    """150 000; 150.000; 150000,50; 1'200."""
    bare = re.sub(r"[\s'’\u00a0]|(?<=\d)[.,](?=\d{3}(?!\d))", "", text).rstrip(".,-–")
    try:
        if not AMOUNT.fullmatch(bare):
            raise InvalidOperation
        amount = Decimal(bare.replace(",", "."))
    except InvalidOperation:
        amount = LARGEST
    if amount >= LARGEST:
        raise ValidationError(_("“%(cell)s” is no amount of money."), params={"cell": cell})
    return amount


READERS = {
    "name": _read_name,
    "phone": _read_phone,
    "citizenship": _read_citizenship,
    "birth_year": _read_birth_year,
    "owed": _read_owed,
}


def _find_repeated(lines):
    seen = {}
    for line in lines:
        if not line.is_right:
            continue
        phone = tuple(ways_to_read(line.phone)) or bare_digits(line.phone)
        key = (folding.fold(line.name), phone, line.birth_year)
        if key in seen:
            line.errors.append(_("The same as line %(number)d.") % {"number": seen[key]})
        else:
            seen[key] = line.number


# Whom we know


def propose(lines, *, case, user):
    """Give each line that is right whom we know with this number or a similar name, of those one may see."""
    inside = set(case.case_people.values_list("person_id", flat=True))
    lines = [line for line in lines if line.is_right]
    asked = [likeness.Asked().add(names=line.name, phones=line.phone) for line in lines]
    found = _looked_up({keys for each in asked for keys in _parts(each)})
    candidates = [_candidates(each, found) for each in asked]
    numbers = set().union(*candidates)
    visible = Identity.objects.visible_to(user).filter(pk__in=numbers).select_related("person")
    rows = {row.pk: row for row in visible} if numbers else {}
    for line, each, those in zip(lines, asked, candidates, strict=True):
        line.proposed = _proposals(each, [rows[pk] for pk in those if pk in rows], inside)
        if line.proposed and _is_meant(line, line.proposed[0]):
            line.choice = str(line.proposed[0].person.pk)


def _parts(asked):
    """Sets of search keys that are looked up each by itself: the numbers, and every word of a name."""
    parts = [frozenset(asked.phones)] if asked.phones else []
    return parts + [frozenset(word) for words in asked.names for word in words]


# Every set of keys is looked up once, however many lines have it: half a list may have one first name.
LOOK_UP = """
SELECT asked.place, found.id
FROM (VALUES {values}) AS asked (place, keys)
JOIN legalaid_identity AS found ON found.search_keys && asked.keys
"""


def _looked_up(parts):
    """Set of keys → the numbers of the identities that hold one of them."""
    parts, found = list(parts), {keys: set() for keys in parts}
    with connection.cursor() as cursor:
        for start in range(0, len(parts), LOOKED_UP_AT_ONCE):
            some = parts[start : start + LOOKED_UP_AT_ONCE]
            values = ", ".join(["(%s, %s::uuid[])"] * len(some))
            given = [value for place, keys in enumerate(some) for value in (place, sorted(keys))]
            cursor.execute(LOOK_UP.format(values=values), given)
            for place, number in cursor:
                found[some[place]].add(number)
    return found


def _candidates(asked, found):
    """Whom a line may mean: the same number, or two words of the name."""
    by_number = set(found[frozenset(asked.phones)]) if asked.phones else set()
    by_name = set()
    for words in asked.names:
        held = Counter(number for word in words for number in found[frozenset(word)])
        by_name |= {number for number, times in held.items() if times > 1}
    surest = sorted(by_number & by_name) + sorted(by_number ^ by_name, reverse=True)
    return surest[:MOST_OF_A_LINE]


def _proposals(asked, rows, inside):
    found = []
    for row in rows:
        if why := asked.why(row.search_keys):
            shown = " · ".join(likeness.masked(row)) or str(row.person)
            found.append(Proposal(row.person, shown, why, row.person_id in inside))
    return sorted(found, key=lambda each: (not each.is_likely, not each.is_in_case))[:MOST_PROPOSED]


def _is_meant(line, proposal):
    """One phone serves a whole brigade, and half a village has one name: both together are one person."""
    years = {line.birth_year, proposal.person.birth_year} - {None}
    if len(years) > 1:
        return False
    same_year = line.birth_year and line.birth_year == proposal.person.birth_year
    near = likeness.NEAR_NAME in proposal.why
    return proposal.is_likely or (near and (same_year or proposal.is_in_case))


# Keeping


@dataclass
class Kept:
    """What one list brought."""

    new: int = 0
    known: int = 0
    claims: int = 0


@casework.step
def add(case, *, by, lines, part=CasePerson.Part.CLIENT, kind=Claim.Kind.WAGES, currency, token):
    """Take the people of these lines into the case, each with their own claim. Returns what was Kept.

    A line's `choice` is NEW, LEFT_OUT, or the number of a person one may see. The same `token` twice
    is one list sent twice: the second is refused.
    """
    case = Case.objects.select_for_update().get(pk=case.pk)
    casework.refuse_erased(case)
    if not casework.works_on(case, by):
        raise ValidationError(_("This case is no longer with you."))
    if not case.is_open:
        raise ValidationError(
            _("The case %(case)s is closed. Open it again first.") % {"case": case}
        )
    lines = [line for line in lines if line.is_right and line.choice != LEFT_OUT]
    inside = set(case.case_people.values_list("person_id", flat=True))
    people = _people(lines, inside, by)
    together = inside | {person.pk for person in people if person.pk}
    number = len(together) + sum(person.pk is None for person in people)
    if number > MOST_PEOPLE:
        raise ValidationError(
            _("A case has room for %(most)d people; with these it would have %(number)d."),
            params={"most": MOST_PEOPLE, "number": number},
        )
    if limits.count("group list", str(token), TOKEN_HOLDS) > 1:
        raise ValidationError(_("This list was saved already."))
    kept = Kept(new=sum(person.pk is None for person in people))
    kept.known = len(people) - kept.new
    _make(lines, people, by)
    CasePerson.objects.bulk_create(
        CasePerson(case=case, person=person, part=part)
        for person in dict.fromkeys(people)
        if person.pk not in inside
    )
    kept.claims = len(_claims(case, lines, people, kind, currency))
    case.touched_at = timezone.now()
    case.save(update_fields=["touched_at"])
    return kept


def _people(lines, inside, by):
    """The Person of each line, those that are new without a number yet."""
    chosen = {int(line.choice) for line in lines if line.choice != NEW}
    visible = Person.objects.visible_to(by).in_bulk(chosen)
    if chosen - visible.keys():
        raise ValidationError(
            _("Somebody you chose is not to be seen any more. Check the list again.")
        )
    return [
        visible[int(line.choice)]
        if line.choice != NEW
        else Person(citizenship=line.citizenship, birth_year=line.birth_year, added_by=by)
        for line in lines
    ]


def _make(lines, people, by):
    new = [(line, person) for line, person in zip(lines, people, strict=True) if person.pk is None]
    Person.objects.bulk_create(person for _line, person in new)
    Identity.objects.bulk_create(
        Identity(person=person, name=line.name, phones=line.phone) for line, person in new
    )


def _claims(case, lines, people, kind, currency):
    held = set(case.claims.filter(kind=kind).values_list("person_id", "owed", "currency"))
    claims = [
        Claim(
            case=case, person=person, kind=kind, owed=line.owed, currency=line.currency or currency
        )
        for line, person in zip(lines, people, strict=True)
        if line.owed
    ]
    return Claim.objects.bulk_create(
        claim for claim in claims if (claim.person_id, claim.owed, claim.currency) not in held
    )


def as_line(cells):
    """A row of the grid as a line of the box."""
    return "; ".join(cell.replace(";", ",").strip() for cell in cells).rstrip("; ")


# Looking


@dataclass
class Member:
    """One person of the case, as the table shows them."""

    part: CasePerson
    shown: str
    owed: list  # of (currency, owed, recovered)


def members(case):
    """The people of a case with what each is owed: three queries, however many they are."""
    parts = list(case.case_people.select_related("person__identity").order_by("pk"))
    owed = {}
    for claim in case.claims.exclude(person=None):
        sums = owed.setdefault(claim.person_id, {}).setdefault(claim.currency, [0, 0])
        sums[0] += claim.owed
        sums[1] += claim.recovered
    return [
        Member(
            part,
            _shown(part.person),
            [(currency, *sums) for currency, sums in owed.get(part.person_id, {}).items()],
        )
        for part in parts
    ]


def _shown(person):
    identity = getattr(person, "identity", None)
    name = identity.shown("name", masks.initials) if identity else ""
    return name or str(person)


def sums(found):
    """(currency, owed, recovered) of all of them together."""
    total = {}
    for member in found:
        for currency, owed, recovered in member.owed:
            held = total.setdefault(currency, [0, 0])
            held[0] += owed
            held[1] += recovered
    return [(currency, *pair) for currency, pair in total.items()]
