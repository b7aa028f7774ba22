"""The columns of the two kinds of old records, their headings, and how a cell of each is read."""

import functools
from dataclasses import dataclass

from hotline.models import Call
from legalaid.models import Case, Intake, Outcome, Person, ServiceKind
from legalaid.models.intakes import Relation
from legalaid.models.work import Currency
from resources.models import Topic
from sanasezim.importing import words
from sanasezim.importing.words import Codes, listed
from sanasezim.shared.countries import CITIZENSHIPS
from sanasezim.shared.languages import LANGUAGES
from sanasezim.shared.models import Office, Project

# ISO 3166-1 alpha-2, all that there are: somebody may come from any of them.
EVERY_COUNTRY = """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ
    BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM
    DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS
    GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN
    KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ
    MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM
    PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV
    SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI
    VN VU WF WS YE YT ZA ZM ZW
""".split()  # noqa: SIM905 (249 quoted strings say no more)
COUNTRY_WORDS = {
    "UZ": "узбекистан узб узбек",
    "KZ": "казахстан рк каз",
    "KG": "кыргызстан киргизия кр",
    "TJ": "таджикистан рт",
    "RU": "россия рф",
    "stateless": "лбг",
}
LANGUAGE_WORDS = {
    "kk": "казахский",
    "ru": "русский",
    "uz": "узбекский",
    "ky": "киргизский кыргызский",
    "tg": "таджикский",
    "en": "английский",
}


@dataclass(frozen=True)
class Column:
    """`read` takes the text of a cell; `names` is a model whose rows it names by code, if any."""

    name: str
    read: object = str
    headings: str = ""  # what else may stand at its head, with | between
    is_required: bool = False
    names: object = None
    is_listed: bool = False
    choices: tuple = ()  # of (code, label)

    def labels(self):
        """The codes with what they are called, for a person to choose from."""
        return [
            (code, label if label == code else f"{label} ({code})") for code, label in self.choices
        ]

    def known_headings(self):
        return {self.name, self.name.replace("_", " "), *self.headings.split("|")} - {""}


def coded(name, choices, headings="", also=None, *, several=False):
    codes = Codes(choices, also)
    read = listed(codes) if several else codes
    return Column(name, read, headings, choices=tuple(choices), is_listed=several)


def naming(name, model, headings="", *, several=False):
    return Column(name, str, headings, names=model, is_listed=several)


SEX = coded("sex", Person.Sex.choices, "пол|жынысы", words.SEXES)
AGE = Column("age", words.age, "возраст|жасы|жас|лет")
MINOR = Column("minor", words.yes_no, "несовершеннолетний|ребенок|дети|кәмелетке толмаған|бала")
CITIZENSHIP = coded(
    "citizenship",
    [*CITIZENSHIPS, *((code, code) for code in EVERY_COUNTRY if code not in dict(CITIZENSHIPS))],
    "гражданство|страна|азаматтығы|азаматтық",
    COUNTRY_WORDS,
)
OFFICE = naming("office", Office, "офис|пункт|место приема|центр|кеңсе|қабылдау орны")
PROJECT = naming("project", Project, "проект|жоба")
TOPICS = naming("topics", Topic, "тема|темы|вопрос|тақырып|тақырыптар", several=True)

CALLS = (
    Column(
        "started_at",
        words.moment,
        "дата|дата и время|дата звонка|время|күні|уақыты|күні мен уақыты",
        is_required=True,
    ),
    OFFICE,
    PROJECT,
    coded("channel", Intake.Channel.choices, "канал|способ обращения|арна"),
    SEX,
    AGE,
    Column("age_is_about", words.truth, "возраст примерный|возраст приблизительно|жасы шамамен"),
    MINOR,
    CITIZENSHIP,
    coded("relation", Relation.choices, "кто звонит|кто обратился|отношение|кім қоңырау шалды"),
    coded("direction", Call.Direction.choices, "направление|бағыты"),
    TOPICS,
    coded(
        "exploitation", Call.Exploitation.choices, "эксплуатация|вид эксплуатации|қанау|қанау түрі"
    ),
    coded(
        "forwarded_to", Call.Colleague.choices, "передано|кому передано|кімге берілді", several=True
    ),
    coded(
        "referred_in", Call.SentBy.choices, "кем направлен|кто направил|кім жіберді", several=True
    ),
    coded(
        "referred_out",
        Call.SentTo.choices,
        "куда направлен|перенаправлен|қайда жіберілді",
        several=True,
    ),
    coded("outcome", Call.Outcome.choices, "результат|итог|нәтиже|нәтижесі"),
    coded(
        "language", [*LANGUAGES, ("other", "other")], "язык|язык звонка|тілі|тіл", LANGUAGE_WORDS
    ),
    coded("heard_from", Call.Heard.choices, "откуда узнал|откуда узнали о нас|қайдан білді"),
    Column("person_key", str, "код человека|код клиента|адамның коды"),
    coded("caller_group", Call.Group.choices, "группа|категория|санаты"),
    Column("caller_name", str, "имя|фио|фио звонившего|аты-жөні"),
    Column("phone", str, "телефон|номер телефона|телефоны"),
    Column("notes", str, "примечание|описание|суть обращения|ескерту|сипаттама"),
)

CASES = (
    Column(
        "opened_on", words.day, "дата|дата открытия|дата обращения|күні|ашылған күні",
        is_required=True,
    ),
    Column("closed_on", words.day, "дата закрытия|закрыто|жабылған күні"),
    OFFICE,
    PROJECT,
    Column(
        "persons", listed(str.strip),
        "person_key|persons(person_key list)"
        "|коды людей|коды клиентов|код клиента|адамдардың кодтары",
        is_listed=True,
    ),
    SEX,
    AGE,
    MINOR,
    CITIZENSHIP,
    coded(
        "place_of_exploitation", Case.PlaceOfExploitation.choices,
        "место эксплуатации|где эксплуатировали|қанау орны",
    ),
    coded(
        "exploitation", Case.Exploitation.choices, "эксплуатация|вид эксплуатации|қанау|қанау түрі"
    ),
    TOPICS,
    naming("services", ServiceKind, "услуги|оказанные услуги|помощь|қызметтер", several=True),
    coded(
        "referred_in", Case.SentBy.choices, "кем направлен|кто направил|кім жіберді", several=True
    ),
    coded(
        "outcomes", Outcome.Kind.choices, "результат|результаты|итог|нәтиже|нәтижелер", several=True
    ),
    Column("claim_owed", words.money, "сумма долга|долг|заявлено|қарыз|қарыз сомасы"),
    Column("claim_recovered", words.money, "взыскано|возвращено|өндірілді|қайтарылды"),
    coded("currency", Currency.choices, "валюта", words.CURRENCIES),
    Column("name", str, "имя|фио|фио клиента|аты-жөні"),
    Column("phones", str, "телефон|номер телефона|телефоны"),
    Column("documents", str, "номер документа|паспорт|құжат нөмірі"),
)  # fmt: skip

COLUMNS = {"calls": CALLS, "cases": CASES}
# In a case of several people these may hold a value for each of them, in the order of their keys.
OF_EACH_PERSON = {"sex", "age", "minor", "citizenship"}


@functools.cache
def by_heading(what):
    """key(heading) → the column's name."""
    return {
        words.key(heading): column.name
        for column in reversed(COLUMNS[what])
        for heading in column.known_headings()
    }
