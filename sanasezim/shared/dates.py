"""Days as each of the seven languages writes them."""

from django.utils.translation import get_language

NBSP = "\u00a0"

# Django lacks the Kazakh, Kyrgyz, Tajik and Cyrillic Uzbek ways, so all seven stand here.
_MONTHS = {
    "kk": "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "uz": "yanvar fevral mart aprel may iyun iyul avgust sentabr oktabr noyabr dekabr",
    "uz-cyrl": "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
    "ky": "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
    "tg": "январи феврали марти апрели майи июни июли августи сентябри октябри ноябри декабри",
    "en": "January February March April May June July August September October November December",
}
_DAYS = {
    "kk": "{year} ж. {day} {month}",
    "ru": "{day} {month} {year} г.",
    "uz": "{year}-yil {day}-{month}",
    "uz-cyrl": "{year} йил {day} {month}",
    "ky": "{year}-ж. {day}-{month}",
    "tg": "{day} {month} соли {year}",
    "en": "{day} {month} {year}",
}


def day(value):
    """A date in the long form of the reader's language."""
    if not value:
        return ""
    language = get_language() if get_language() in _DAYS else "en"
    written = _DAYS[language].format(day=value.day, month=month(value), year=value.year)
    return written.replace(" ", NBSP)


def month(value):
    """The name of a date's month as it stands in a date: December, декабря."""
    return _MONTHS.get(get_language(), _MONTHS["en"]).split()[value.month - 1]
