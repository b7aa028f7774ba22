"""Invented people and what they say: every name is obviously made up, every number belongs to nobody."""

import json
from dataclasses import dataclass
from pathlib import Path

from sanasezim.shared.uzbek import to_cyrillic

DEMO = Path(__file__).parent.parent / "demo"
# What stands above is reserved: people who call again, employers.
NUMBERS_OF_A_COUNTRY = 900

PEOPLE = json.loads((DEMO / "people.json").read_text(encoding="utf-8"))
STORIES = json.loads((DEMO / "cases.json").read_text(encoding="utf-8"))


@dataclass
class Somebody:
    """A person as the plan knows them. `phone` is "" where they have none of their own with us."""

    name: str
    sex: str
    citizenship: str
    language: str
    region: str
    phone: str = ""
    birth_year: int | None = None
    age: int | None = None  # as it was said, about
    minor: str = "no"


class Crowd:
    """Gives invented people, one after the other, in the proportions of people.json."""

    def __init__(self, chance, year):
        self.chance, self.year = chance, year
        self.numbers = {}
        for country in PEOPLE["phones"]:
            numbers = list(range(NUMBERS_OF_A_COUNTRY))
            chance.shuffle(numbers)
            self.numbers[country] = iter(numbers)

    def somebody(self, citizenship, sex, ages="25-34", language=None, minor=False):
        languages = PEOPLE["languages"].get(citizenship, {"ru": 1})
        language = language or pick(self.chance, languages)
        found = Somebody(
            name=self.name(citizenship, sex, language),
            sex=sex,
            citizenship=citizenship,
            language=language,
            region=self.chance.choice(PEOPLE["regions"].get(citizenship, [""])),
            phone=self.phone(citizenship),
        )
        years = self.chance.randint(*map(int, ages.split("-")))
        if minor:
            found.age, found.minor = self.chance.randint(9, 17), "yes"
        elif self.chance.random() < 0.25:
            found.age = years
        else:
            found.birth_year = self.year - years
        return found

    def name(self, citizenship, sex, language):
        """Family name first, in the letters of the language it is said in."""
        people = PEOPLE["named_like"].get(citizenship, citizenship)
        family = self.chance.choice(PEOPLE["families"][people])[sex == "female"]
        name = f"{family} {self.chance.choice(PEOPLE['given'][people][sex])}"
        return to_cyrillic(name) if people == "UZ" and language != "uz" else name

    def phone(self, citizenship):
        country = citizenship if citizenship in PEOPLE["phones"] else "KZ"
        # Kazakhstan and Russia share the +7.
        number = next(self.numbers["KZ" if country == "RU" else country])
        return PEOPLE["phones"][country].format(*divmod(number, 100))


def families():
    """Every family name there is, in every form and both alphabets of Uzbek."""
    forms = {form for rows in PEOPLE["families"].values() for pair in rows for form in pair}
    forms |= {row_name.split()[0] for row in PEOPLE["called_again"] for row_name in row["names"]}
    return forms | {to_cyrillic(form) for form in forms}


def pick(chance, weights):
    """One of the keys, as often as its weight says."""
    return chance.choices(list(weights), list(weights.values()))[0]


def deck(chance, weights, number):
    """`number` keys in a mixed order, each as many times as its weight asks, to the nearest whole."""
    total = sum(weights.values())
    shares = {key: number * weight / total for key, weight in weights.items()}
    cards = {key: int(share) for key, share in shares.items()}
    by_rest = sorted(shares, key=lambda key: cards[key] - shares[key])
    for key in by_rest[: number - sum(cards.values())]:
        cards[key] += 1
    mixed = [key for key, times in cards.items() for _time in range(times)]
    chance.shuffle(mixed)
    return mixed


def in_language(texts, language, *values):
    """A text of cases.json in this language; Uzbek in Cyrillic is made of that in Latin."""
    text = texts.get("uz" if language == "uz-cyrl" else language) or texts["ru"]
    return (to_cyrillic(text) if language == "uz-cyrl" else text).format(*values)


def said(texts, language, *values):
    """The same, and that it is a demonstration."""
    mark = in_language(STORIES["marks"], language)
    return f"{in_language(texts, language, *values)} {mark}"


def noted(text):
    """What staff write among themselves."""
    return f"{text} {STORIES['marks']['ru']}"
