"""How people write days, ages, sums and codes in a spreadsheet: Russian, Kazakh, English, or what a
program made of it. A reader takes the text of a cell and gives its value, or says why it cannot.
"""

import datetime
import decimal
import difflib
import functools
import re

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from sanasezim.shared.languages import STAFF_LANGUAGES

OLDEST = datetime.date(1990, 1, 1)  # before the NGO was thought of: a slip of the pen
OLDEST_PERSON = 120
EXCEL_BEGINS = datetime.datetime(1899, 12, 30)  # noqa: DTZ001 (a day on paper has no zone)

DATE_IN_DIGITS = re.compile(
    r"(?P<day>\d{1,2})[./\-\s](?P<month>\d{1,2})[./\-\s](?P<year>\d{4}|\d{2})(?:\s*(?:г\.?|ж\.?))?"
)
DATE_ISO = re.compile(r"(?P<year>\d{4})[-./](?P<month>\d{1,2})[-./](?P<day>\d{1,2})")
DATE_IN_WORDS = re.compile(
    r"(?:(?P<year_first>\d{4})\s*(?:ж\.?|жылғы|жылы)?\s+)?(?P<day>\d{1,2})\s*(?P<month>[^\W\d_]{3,})\.?"
    r"(?:,?\s*(?P<year>\d{4})(?:\s*(?:г\.?|года|ж\.?|жыл))?)?"
)
TIME = re.compile(
    r"[T\s,]+(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:\.\d+)?)?"
    r"\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?$"
)
SERIAL = re.compile(r"\d{5}(?:\.\d+)?")  # a day as spreadsheets count them
AGE = re.compile(r"(?P<age>\d{1,3})(?:\s*(?:-|–|—|до)\s*(?P<to>\d{1,3}))?")
ABOUT = re.compile(r"[~≈?]|около|примерно|шамамен|жуық|about|approx|circa|\bок\.", re.IGNORECASE)

# By their first letters, in Russian, Kazakh and English; each month once for each language.
MONTHS = [
    ("янв", "қаң", "кан", "jan"),
    ("фев", "ақп", "акп", "feb"),
    ("мар", "нау", "mar"),
    ("апр", "сәу", "сау", "apr"),
    ("май", "мая", "мам", "may"),
    ("июн", "мау", "jun"),
    ("июл", "шіл", "шил", "jul"),
    ("авг", "там", "aug"),
    ("сен", "қыр", "кыр", "sep"),
    ("окт", "қаз", "каз", "oct"),
    ("ноя", "қар", "кар", "nov"),
    ("дек", "жел", "dec"),
]

SEXES = {
    "male": "m м муж муж. мужчина мужской мужчины man er ер еркек ер адам эр",
    "female": "f ж жен жен. женщина женский женщины woman ayel әйел айел е.а. қыз",
    "other": "x др другой другое трансгендер transgender басқа t",
}
YES_NO = {
    "yes": "y да д true 1 + есть иә ия бар",
    "no": "n нет н false 0 жоқ жок",
}
NOTHING = {
    "",
    "-",
    "–",
    "—",
    "?",
    "н/д",
    "нет данных",
    "не указано",
    "не указан",
    "белгісіз",
    "not stated",
}
CURRENCIES = {
    "KZT": "тг тг. тенге теңге ₸ tenge",
    "UZS": "сум сўм soʻm so'm sum",
    "KGS": "сом som",
    "TJS": "сомони сомонӣ somoni",
    "RUB": "руб руб. рубль рубли рублей ₽",
    "USD": "доллар доллары долларов $ usd.",
}


class Unreadable(ValueError):
    """A cell that says nothing the column can hold: the reason, and what may have been meant."""

    def __init__(self, reason, suggestion=""):
        super().__init__(reason)
        self.reason, self.suggestion = reason, suggestion


def key(text):
    """One word for the ways it is typed: case, spaces, ё and a dot at the end do not count."""
    return " ".join(text.casefold().replace("ё", "е").split()).rstrip(".:")


def is_nothing(text):
    """Whether a cell says that nothing is known."""
    return text.casefold() in NOTHING


# Days


def day(text):
    return _day_and_time(text)[0]


def moment(text):
    """A moment in Almaty time. A day alone is its noon: it stays that day wherever it is read."""
    found, time, zone = _day_and_time(text)
    naive = datetime.datetime.combine(found, time or datetime.time(12))
    return naive.replace(tzinfo=zone or timezone.get_default_timezone())


@functools.lru_cache(maxsize=10_000)
def _day_and_time(text):
    text = text.strip()
    if SERIAL.fullmatch(text):
        found = EXCEL_BEGINS + datetime.timedelta(days=float(text))
        time = found.time().replace(microsecond=0) if "." in text else None
        return _likely(found.date()), time, None
    written = TIME.search(text)
    if not written:
        return _likely(_date(text)), None, None
    hour, minute, second = (int(written[part] or 0) for part in ("hour", "minute", "second"))
    try:
        time = datetime.time(hour, minute, second)
    except ValueError:
        raise Unreadable(_("There is no such time of day.")) from None
    try:
        zone = written["zone"] and datetime.datetime.strptime(written["zone"], "%z").tzinfo
    except ValueError:
        raise Unreadable(_("There is no such time of day.")) from None
    return _likely(_date(text[: written.start()].strip())), time, zone


def _date(text):
    written = DATE_ISO.fullmatch(text) or DATE_IN_DIGITS.fullmatch(text)
    if written:
        year, month, number = (int(written[part]) for part in ("year", "month", "day"))
    elif written := DATE_IN_WORDS.fullmatch(text.casefold()):
        year = int(written["year"] or written["year_first"] or 0)
        month, number = _month(written["month"]), int(written["day"])
    else:
        raise Unreadable(_("This is not a day. Write it as 31.12.2024 or 2024-12-31."))
    if year < 100:
        year += 2000
    try:
        return datetime.date(year, month, number)
    except ValueError:
        raise Unreadable(_("There is no such day.")) from None


def _month(word):
    for number, beginnings in enumerate(MONTHS, 1):
        if word.startswith(beginnings):
            return number
    raise Unreadable(_("This is not a month."))


def _likely(found):
    if found < OLDEST:
        raise Unreadable(_("This day is too long ago."))
    if found > timezone.localdate():
        raise Unreadable(_("This day has not come yet."))
    return found


# Numbers


def age(text):
    """(years, whether about). A range is its middle."""
    written = AGE.search(text)
    if not written or text.startswith(("-", "−")):
        raise Unreadable(_("This is not an age."))
    years, to = int(written["age"]), written["to"]
    is_about = bool(to or ABOUT.search(text))
    if to:
        years = (years + int(to)) // 2
    if years > OLDEST_PERSON or re.search(r"\d{4}", text):
        raise Unreadable(_("This is not an age. Write full years."))
    return years, is_about


def money(text):
    """A sum: comma or point before its hundredths, anything usual between its thousands."""
    digits = re.sub(r"[\s\u00a0\u202f'’]", "", text)
    digits = re.sub(r"[^\d.,-]+$|^[^\d.,-]+", "", digits)
    if "," in digits and "." in digits:
        thousands = "," if digits.rfind(".") > digits.rfind(",") else "."
        digits = digits.replace(thousands, "")
    elif re.fullmatch(r"\d{1,3}(?:,\d{3}){2,}|\d{1,3}(?:\.\d{3}){2,}", digits):
        digits = re.sub("[.,]", "", digits)
    try:
        found = decimal.Decimal(digits.replace(",", "."))
    except decimal.InvalidOperation:
        raise Unreadable(_("This is not a sum of money.")) from None
    if not 0 <= found < decimal.Decimal(10) ** 12:
        raise Unreadable(_("A sum is from 0 to 999,999,999,999."))
    return found.quantize(decimal.Decimal("0.01"))


# Codes


class Codes:
    """The codes of a column, also read by their names in Russian, Kazakh and English."""

    def __init__(self, choices, also=None):
        self.choices, self.also = list(choices), also or {}

    @functools.cached_property
    def by_word(self):
        found = {}
        for code, label in self.choices:
            found.setdefault(key(code), code)
            found.setdefault(key(code.replace("_", " ")), code)
            for language in STAFF_LANGUAGES:
                with translation.override(language):
                    found.setdefault(key(str(label)), code)
        for code, words in self.also.items():
            for word in (*words.split(), words):
                found.setdefault(key(word), code)
        return found

    def __call__(self, text):
        code = self.by_word.get(key(text))
        if code is None:
            raise Unreadable(_("This word is not known here."), self.near(text))
        return code

    def near(self, text):
        """The code that was probably meant, or nothing."""
        near = difflib.get_close_matches(key(text), self.by_word, n=1, cutoff=0.6)
        return self.by_word[near[0]] if near else ""


def listed(read):
    """A reader of several values with ; between them. None twice."""

    def read_all(text):
        return list(dict.fromkeys(read(part) for part in text.split(";") if part.strip()))

    return read_all


def truth(text):
    return yes_no(text) == "yes"


yes_no = Codes([("yes", "yes"), ("no", "no")], YES_NO)


# Codes of rows that are not there yet

CODE = re.compile(r"[a-z0-9][a-z0-9_-]*")
LATIN = str.maketrans(
    dict(zip("абвгдезийклмнопрстуфхыэіәғқңөұүһ", "abvgdeziiklmnoprstufhyeiagqnouuh", strict=True))
    | {
        "ж": "zh",
        "ц": "ts",
        "ч": "ch",
        "ш": "sh",
        "щ": "sch",
        "ю": "yu",
        "я": "ya",
        "ъ": "",
        "ь": "",
    }
)
LONGEST_CODE = 40


def code_from(text):
    """A code for what a spreadsheet calls by this name: the word itself, if it is one already."""
    word = key(text)
    if not CODE.fullmatch(word):
        word = re.sub(r"[^a-z0-9]+", "-", word.translate(LATIN)).strip("-")
    return word[:LONGEST_CODE].rstrip("-_")
