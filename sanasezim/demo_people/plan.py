"""What happened in two years, as data: the same for the same seed and hour."""

import datetime
import random
from dataclasses import dataclass, field

from django.utils import timezone

from sanasezim.demo_people.crowd import (
    PEOPLE,
    STORIES,
    Crowd,
    Somebody,
    deck,
    noted,
    pick,
    said,
)
from sanasezim.shared.uzbek import to_cyrillic

CALLS = 400
DAYS = 730
DAY = datetime.timedelta(days=1)
OPENS, CLOSES = 9, 18


def story_of(plot):
    story = STORIES["plots"][plot]
    return STORIES["plots"][story["like"]] | story if "like" in story else story


@dataclass
class Appeal:
    """One request for help: who asks, for whom, how, and the steps that followed."""

    plot: str
    person: Somebody
    speaker: Somebody
    relation: str
    channel: str
    language: str
    place: str
    contact_by: str
    when: str
    lawyer: str
    colleagues: list  # people of a group case, beside the person
    is_anonymous: bool = False
    in_danger: str = ""
    minor: str = ""
    held_because: str = ""
    employer: str = ""
    of: int | None = None  # the appeal it repeats, or whose case it joins
    steps: list = field(default_factory=list)

    @property
    def story(self):
        return story_of(self.plot)


@dataclass(order=True)
class Step:
    at: datetime.datetime
    appeal: int
    place: int  # among the steps of its appeal
    verb: str = field(compare=False)
    words: list = field(compare=False)


@dataclass
class Plan:
    appeals: list
    calls: list  # of dicts

    @property
    def steps(self):
        """Those of all stories, as time went."""
        return sorted(step for appeal in self.appeals for step in appeal.steps)


def plan(seed=0, now=None):
    """What happened in two years up to this moment."""
    return _Planner(random.Random(f"people {seed}"), now or timezone.now()).plan()  # noqa: S311


# What people and partners do; everything else is done by staff, in their hours.
OF_THEM = {"take_in", "hear", "partner_answers", "partner_reports", "wish"}


class _Planner:
    def __init__(self, chance, now):
        self.chance = chance
        self.now = now.replace(second=0, microsecond=0)
        self.crowd = Crowd(chance, timezone.localdate(now).year)
        self.appeals = []

    def plan(self):
        rows = STORIES["cases"]
        people = self.people_of([row[0] for row in rows])
        for (plot, received, ends, script, *employer), person in zip(rows, people, strict=True):
            appeal = self.appeal(plot, person, *employer)
            lines = list(self.script(appeal, script))
            for line in lines:
                if line.startswith("workers "):
                    appeal.colleagues = self.colleagues(int(line.split()[1]))
            self.tell(appeal, received, ends, ["accept", *lines])
        for plot, of, received, employer in STORIES["joined"]:
            first = self.appeals[of]
            appeal = self.appeal(plot, first.person, employer)
            appeal.lawyer, appeal.of = first.lawyer, of
            self.tell(appeal, received, received - 1, ["join"])
        rows = STORIES["waiting"]
        for row, person in zip(rows, self.people_of([row["plot"] for row in rows]), strict=True):
            self.wait(person, **row)
        rows = STORIES["decided"]
        for row, person in zip(rows, self.people_of([row[0] for row in rows]), strict=True):
            self.decide(person, *row)
        return Plan(self.appeals, self.calls())

    # People

    def people_of(self, plots):
        """Somebody for each plot: the proportions hold for all of them together."""
        stories = [story_of(plot) for plot in plots]
        number = len(stories)
        countries = self.fit(
            deck(self.chance, PEOPLE["citizenships"], number),
            [
                lambda country, story=story: (
                    country == story["citizenship"]
                    if "citizenship" in story
                    else country not in ("KZ", "stateless") or not story.get("foreigners")
                )
                for story in stories
            ],
        )
        sexes = self.fit(
            deck(self.chance, PEOPLE["sexes"], number),
            [lambda sex, story=story: sex == story.get("sex", sex) for story in stories],
        )
        ages = deck(self.chance, PEOPLE["ages"], number)
        return [
            self.crowd.somebody(*facts, minor=story.get("minor", False))
            for story, *facts in zip(stories, countries, sexes, ages, strict=True)
        ]

    def fit(self, cards, wishes):
        """The cards in an order in which each wish gets one that it takes; the choosiest first."""
        cards = list(cards)
        order = sorted(range(len(wishes)), key=lambda n: sum(map(wishes[n], set(cards))))
        given = {}
        for number in order:
            place = next((n for n, card in enumerate(cards) if wishes[number](card)), 0)
            given[number] = cards.pop(place)
        return [given[number] for number in range(len(wishes))]

    def colleagues(self, number):
        countries = deck(self.chance, {"UZ": 85, "TJ": 12, "KG": 3}, number)
        sexes = deck(self.chance, {"male": 85, "female": 15}, number)
        ages = deck(self.chance, PEOPLE["ages"], number)
        return [self.crowd.somebody(*facts) for facts in zip(countries, sexes, ages, strict=True)]

    # Stories

    def appeal(self, plot, person, employer="", **more):
        number = len(self.appeals)
        appeal = Appeal(plot, person, person, "", "", "", "", "", "", "", [], **more)
        story, chance = appeal.story, self.chance
        appeal.employer = employer
        appeal.lawyer = ["lawyer", "lawyer2"][number % 2]
        appeal.relation = story.get("relation", "self")
        if appeal.relation != "self":
            appeal.speaker = self.speaker_for(appeal)
        appeal.language = appeal.speaker.language
        if appeal.language.removesuffix("-cyrl") not in story["texts"]:
            appeal.language = "ru"
        if appeal.relation == "partner_ngo":
            appeal.channel = "partner"
        else:
            appeal.channel = pick(
                chance,
                {"online": 42, "phone": 25, "visit": 15, "district_centre": 11, "outreach": 7},
            )
        appeal.contact_by = pick(chance, {"phone": 45, "whatsapp": 25, "telegram": 20, "none": 10})
        if appeal.channel == "phone":
            appeal.contact_by = "phone"
        language = "uz" if appeal.language == "uz-cyrl" else appeal.language
        place = chance.choice(PEOPLE["places"].get(appeal.language, PEOPLE["places"][""]))
        appeal.place = said({"ru": place}, "ru") if language != "uz" else said({"uz": place}, "uz")
        hours = chance.randrange(len(PEOPLE["safe_hours"]["ru"]))
        appeal.when = PEOPLE["safe_hours"][language][hours]
        if appeal.language == "uz-cyrl":
            appeal.when = to_cyrillic(appeal.when)
        if story.get("minor"):
            appeal.minor = "yes"
        self.appeals.append(appeal)
        return appeal

    def speaker_for(self, appeal):
        is_of_here = appeal.relation in ("employer", "law_enforcement", "partner_ngo", "other")
        if appeal.relation == "employer":
            return appeal.person
        citizenship = "KZ" if is_of_here else appeal.person.citizenship
        sex = "female" if appeal.plot in ("detained", "missing") else "male"
        language = None if is_of_here else appeal.person.language
        appeal.person.phone = ""  # nobody may ring them
        return self.crowd.somebody(citizenship, sex, "35-44", language=language)

    def script(self, appeal, name):
        lines = STORIES["scripts"][name]
        facts = ["facts"] if appeal.story.get("exploitation") else []
        for line in facts + lines:
            if line.startswith("refer "):
                _verb, partner, answer = line.split()
                yield f"refer {partner}"
                if answer in ("accepted", "declined", "reported"):
                    yield f"partner_answers {'declined' if answer == 'declined' else 'accepted'}"
                if answer == "reported":
                    yield "partner_reports"
            else:
                yield line

    def tell(self, appeal, begins, ends, lines):
        """Give the steps of a story their moments: from `begins` to `ends` days ago, as people work."""
        number = self.appeals.index(appeal)
        moments = [self.at(begins, by_staff=appeal.channel != "online")]
        first = begins - min(1.5, (begins - ends) * 0.3) * self.chance.uniform(0.3, 1)
        for place, line in enumerate(lines):
            share = place / max(1, len(lines) - 1)
            if 0 < share < 1:
                share += self.chance.uniform(-0.3, 0.3) / len(lines)
            verb = line.split()[0]
            # Much happens at first, and less the longer it takes.
            days = first + (ends - first) * share**2 if len(lines) > 1 else ends
            moments.append(self.at(max(days, 0), by_staff=verb not in OF_THEM))
        latest = self.now
        for place in reversed(range(len(moments))):
            # Nothing before what it answers; minutes apart where there is no more room.
            latest = moments[place] = min(
                moments[place], latest - datetime.timedelta(minutes=self.chance.randint(3, 9))
            )
        for place, (moment, line) in enumerate(zip(moments, ["take_in", *lines], strict=True)):
            verb, *words = line.split()
            appeal.steps.append(Step(moment, number, place, verb, words))

    def at(self, days, by_staff):
        """So many days ago: within the hours of work for staff; what is of today as it is said."""
        local = timezone.localtime(self.now - days * DAY).replace(second=0, microsecond=0)
        if days >= 1:
            hours = (OPENS, CLOSES - 1) if by_staff else (7, 22)
            local = local.replace(
                hour=self.chance.randint(*hours), minute=self.chance.randint(0, 59)
            )
        if by_staff:
            if local.hour < OPENS:
                local -= DAY
            if not OPENS <= local.hour < CLOSES:
                local = local.replace(hour=CLOSES - 1)
            local -= max(0, local.weekday() - 4) * DAY
        return local.astimezone(datetime.UTC)

    def wait(self, person, plot, hours, again=0, employer="", **facts):
        """Nobody has decided about it. `again`: the same person wrote so many hours earlier, too."""
        appeal = self.appeal(plot, person, employer)
        for name, value in facts.items():
            setattr(appeal, name, value)
        if facts or again or hours < 24:
            appeal.channel = "online"
        self.tell(appeal, hours / 24, hours / 24, [])
        if again:
            self.wait(person, plot, hours + again, employer=employer)

    def decide(self, person, plot, received, decision, *more):
        first = self.appeals[more[0]] if decision == "duplicate" else None
        appeal = self.appeal(plot, first.person if first else person)
        if first:
            appeal.of, appeal.speaker = more[0], first.speaker
            appeal.language, appeal.channel = first.language, "online"
        if decision == "junk" or plot == "asks":
            appeal.is_anonymous, appeal.channel = True, "online"
        if decision == "junk":
            appeal.held_because = "trap"
        lines = [f"{decision} {more[0]}" if decision == "declined" else decision]
        lines += {"news": ["hear news"], "wish": ["wish"]}.get(more[0] if more else "", [])
        self.tell(appeal, received, max(received - 2, 0), lines)

    # Calls

    def calls(self):
        """The log: the calls that became requests, and all the others."""
        linked = [
            (number, appeal)
            for number, appeal in enumerate(self.appeals)
            if appeal.channel == "phone"
        ]
        kinds = deck(self.chance, PEOPLE["calls"]["kind"], CALLS)
        # A call that became a request was about something.
        others = list(kinds)
        for _pair in linked:
            others.remove("data")
        moments = self.moments_of_calls(len(others))
        rows = [self.call_before(number, appeal) for number, appeal in linked]
        about = [moment for moment, kind in zip(moments, others, strict=True) if kind == "data"]
        rows += self.calls_about_something(about)
        rows += [
            self.call(moment, kind=kind)
            for moment, kind in zip(moments, others, strict=True)
            if kind != "data"
        ]
        return sorted(rows, key=lambda row: row["at"])

    def call(self, at, **more):
        return {
            **{"at": at, "kind": "data", "appeal": None, "person": None, "topics": []},
            **dict.fromkeys(["name", "phone", "notes", "relation", "group"], ""),
            **dict.fromkeys(["language", "heard_from", "outcome", "office"], ""),
        } | more

    def call_before(self, number, appeal):
        at = appeal.steps[0].at - datetime.timedelta(minutes=self.chance.randint(4, 12))
        return self.call(
            at,
            appeal=number,
            topics=appeal.story["topics"],
            name=appeal.speaker.name,
            phone=appeal.speaker.phone,
            notes=said(appeal.story["texts"], "ru"),
            relation=appeal.relation,
            group="in_kazakhstan" if appeal.relation == "self" else "relative_abroad",
            language=appeal.language,
            heard_from=pick(self.chance, PEOPLE["calls"]["heard_from"]),
            outcome="intake",
            office="shymkent",
        )

    def calls_about_something(self, moments):
        facts, number = PEOPLE["calls"], len(moments)
        decks = {
            name: deck(self.chance, facts[name], number)
            for name in ["relation", "group", "sex", "outcome", "heard_from", "office"]
        }
        ages = deck(self.chance, PEOPLE["ages"], number)
        foreign = decks["group"].count("in_kazakhstan")
        abroad = {c: n for c, n in PEOPLE["citizenships"].items() if c != "KZ"}
        countries = iter(deck(self.chance, abroad, foreign))
        again = self.callers_again()
        rows = []
        for place, moment in enumerate(moments):
            row = {name: cards[place] for name, cards in decks.items()}
            group, sex = row["group"], row.pop("sex")
            citizenship = next(countries) if group == "in_kazakhstan" else "KZ"
            if known := self.again(again, place):
                caller, row["name"], row["phone"] = known
            else:
                caller = self.crowd.somebody(citizenship, sex, ages[place])
                row["name"] = caller.name if self.chance.random() < 0.55 else ""
                row["phone"] = caller.phone if self.chance.random() < 0.7 else ""
            topics = facts["topics"] if group == "in_kazakhstan" else facts["topics_of_leaving"]
            if group in ("returned", "relative_abroad", "other"):
                topics = facts["topics"] if self.chance.random() < 0.6 else topics
            row["topics"] = [pick(self.chance, topics)]
            if (
                self.chance.random() < 0.25
                and (second := pick(self.chance, topics)) != row["topics"][0]
            ):
                row["topics"].append(second)
            row["notes"] = noted(self.chance.choice(facts["notes"][row["topics"][0]]))
            # One in ten hangs up before anything is known of them.
            is_stated = known or self.chance.random() < 0.9
            row |= {"language": caller.language, "person": caller if is_stated else None}
            rows.append(self.call(moment, **row))
        return rows

    def callers_again(self):
        """People who call two to four times: some of them under another spelling and number."""
        known = []
        for row in PEOPLE["called_again"]:
            caller = self.crowd.somebody(row["citizenship"], row["sex"], "35-44")
            caller.name, caller.phone = row["names"][0], row["phones"][0]
            known += [(caller, *pair) for pair in zip(row["names"], row["phones"], strict=True)]
        for _number in range(10):
            caller = self.crowd.somebody("UZ", self.chance.choice(["male", "female", "female"]))
            known += [(caller, caller.name, caller.phone)] * self.chance.randint(2, 4)
        self.chance.shuffle(known)
        return known

    def again(self, known, place):
        # Spread over the two years.
        return known.pop() if known and place % 7 == 3 else None

    def moments_of_calls(self, number):
        """More in the season and in the weeks before 18 December; within the hours of the line."""
        first = timezone.localdate(self.now) - (DAYS - 1) * DAY
        days = [first + n * DAY for n in range(DAYS - 1)]
        facts = PEOPLE["calls"]
        weights = [
            0 if day.weekday() > 4 and not is_campaign(day) else facts["months"][day.month - 1]
            for day in days
        ]
        moments = []
        today = min(6, number)
        for day in self.chance.choices(days, weights, k=number - today):
            hours = facts["campaign_hours" if is_campaign(day) else "hours"]
            moment = datetime.datetime.combine(
                day,
                datetime.time(int(pick(self.chance, hours)), self.chance.randint(0, 59)),
                timezone.get_default_timezone(),
            )
            moments.append(moment.astimezone(datetime.UTC))
        moments += [
            self.now - datetime.timedelta(minutes=35 * n + self.chance.randint(5, 30))
            for n in range(today)
        ]
        return sorted(moments)


def is_campaign(day):
    """The weeks in which the line is open longer."""
    return datetime.date(day.year, 11, 25) <= day <= datetime.date(day.year, 12, 18)
