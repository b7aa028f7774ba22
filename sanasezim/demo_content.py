"""Demonstration content: what a visitor and a member of staff can try the portal on.

Everything here is invented or says where it is from, and every text says that it is a demonstration.
"""

import datetime
import io
import json
import os
import random
import secrets
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.files import File
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from resources import publishing, search
from resources.files import check, keep
from resources.models import (
    DownloadCount,
    Edition,
    EditionVersion,
    Handout,
    Publication,
    Topic,
)
from sanasezim import demo_events, demo_people, starting_content
from sanasezim.shared.languages import CODES
from sanasezim.shared.models import (
    Line,
    LineHours,
    LineText,
    Office,
    OfficeText,
    Outreach,
    Partner,
    PartnerText,
    Project,
    User,
)
from sanasezim.shared.text import render

DEMO = Path(__file__).parent / "demo"
ACCOUNTS = settings.BASE_DIR / "var" / "demo-accounts.txt"
# reference, secret code, language and state of every request: to see the page of whoever asked
REQUESTS = settings.BASE_DIR / "var" / "demo-requests.txt"
BULK_PART = 200


def is_empty():
    """Whether nobody has begun to use this database."""
    return not (User.objects.exists() or Publication.objects.exists())


def load(with_files=True, seed=0):
    """Load everything into an empty database. Without its files: no PDF and nobody who asked for help,
    but in a tenth of the time."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        _load(_look_at_files(pool) if with_files else {}, seed)


@transaction.atomic
def _load(files, seed):
    call_command("sync_roles", stdout=io.StringIO())
    starting_content.load()
    accounts = _staff()
    house = json.loads((DEMO / "house.json").read_text(encoding="utf-8"))
    _house(house)
    if files:
        # First: meanwhile the files are looked at.
        requests = demo_people.load(seed)
        transaction.on_commit(lambda: _write(REQUESTS, requests))
    coordinator = User.objects.get(username="coordinator")
    _library(coordinator, files)
    _handouts(coordinator)
    _outreach(coordinator)
    demo_events.load(
        coordinator=coordinator, director=User.objects.get(username="director")
    )
    transaction.on_commit(lambda: _write(ACCOUNTS, accounts))


# (role, user name, first name, last name): invented people, more than one where colleagues must not see
# each other's cases
STAFF = [
    ("administrator", "administrator", "Айдос", "Демонстрационный"),
    ("director", "director", "Гульнара", "Демонстрационная"),
    ("coordinator", "coordinator", "Асель", "Демонстрационная"),
    ("lawyer", "lawyer", "Бекзат", "Демонстрационный"),
    ("lawyer", "lawyer2", "Нодира", "Демонстрационная"),
    ("specialist", "psychologist", "Динара", "Демонстрационная"),
    ("specialist", "social_worker", "Мадина", "Демонстрационная"),
    ("operator", "operator", "Фарида", "Демонстрационная"),
]


def _staff():
    """A few people for every role. Returns (role, name, password)."""
    accounts = []
    for role, username, first_name, last_name in STAFF:
        password = secrets.token_urlsafe(12)
        user = User.objects.create_user(
            username=username,
            password=password,
            is_staff=True,
            first_name=first_name,
            last_name=last_name,
        )
        user.groups.add(Group.objects.get(name=role))
        accounts.append((role, username, password))
    return accounts


def _write(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")


def _house(house):
    for row in house["offices"]:
        texts = starting_content.with_cyrillic(row.pop("texts"))
        office = Office.objects.create(**row)
        OfficeText.objects.bulk_create(
            OfficeText(office=office, language=language, **text) for language, text in texts.items()
        )
    for row in house["partners"]:
        texts = starting_content.with_cyrillic(row.pop("texts"))
        partner = Partner.objects.create(**row)
        PartnerText.objects.bulk_create(
            PartnerText(partner=partner, language=language, **text)
            for language, text in texts.items()
        )
    for row in house["lines"]:
        texts = starting_content.with_cyrillic(row.pop("texts"))
        hours = row.pop("hours")
        line = Line.objects.create(**row)
        LineText.objects.bulk_create(
            LineText(line=line, language=language, **text) for language, text in texts.items()
        )
        LineHours.objects.bulk_create(LineHours(line=line, **span) for span in hours)
    for row in house["projects"]:
        targets = row.pop("targets")
        project = Project.objects.create(**row)
        for measure, number in targets.items():
            project.targets.create(measure=measure, number=number)


def _outreach(by):
    """Work outside of our rooms: a market every other week, a talk each month, the press now and then."""
    project, today = Project.objects.get(), timezone.localdate()
    for kind, place, days, most in [
        ("mobile_consultation", "Сарыағаш, базар", 14, 25),
        ("information_action", "Жибек Жолы, граница", 30, 120),
        ("press", "Областная газета", 60, None),
    ]:
        Outreach.objects.bulk_create(
            Outreach(
                kind=kind, place=place, project=project, recorded_by=by,
                done_on=today - datetime.timedelta(days=ago),
                people=most and most - ago % 7, copies=None,
            )
            for ago in range(5, 300, days)
        )  # fmt: skip


def _library(by, files):
    rows = json.loads((DEMO / "publications.json").read_text(encoding="utf-8"))
    topics = {topic.code: topic for topic in Topic.objects.all()}
    made = {}
    now = timezone.now()
    for place, row in enumerate(rows):
        publication = Publication.objects.create(
            **{
                name: row[name]
                for name in ["slug", "code", "kind", "citizenships", "stages", "audiences"]
            },
            added_at=now - datetime.timedelta(days=len(rows) - place, minutes=place),
        )
        publication.topics.set(topics[code] for code in row["topics"])
        made[row["slug"]] = publication
        for language in sorted(row["languages"], key=lambda code: code != "ru"):
            edition = _edition(publication, row, language, files)
            publishing.mark_up_to_date(edition)
            if language == "uz":
                cyrillic = publishing.in_cyrillic(edition)
                cyrillic.file = _file(publication.slug, "uz-cyrl", files)
                cyrillic.save()
            publishing.publish(edition, by=by, at=publication.added_at)
    for row in rows:
        if row.get("replaced_by"):
            old = made[row["slug"]]
            old.replaced_by = made[row["replaced_by"]]
            old.save()


def _edition(publication, row, language, files):
    text = starting_content.read_text(DEMO / "publications" / publication.slug / f"{language}.md")
    in_half_a_year = timezone.localdate() + datetime.timedelta(days=180)
    return Edition.objects.create(
        publication=publication,
        language=language,
        file=_file(publication.slug, language, files),
        law_as_of=row["law_as_of"],
        review_due=row.get("review_due", in_half_a_year),
        **text,
    )


def _look_at_files(pool):
    """(slug, language) → the PDF made for that edition by `manage printdemo`, when it is checked.

    Each is opened in a process of its own, as an upload is, so several at a time.
    """

    def look_at(path):
        with path.open("rb") as pdf:
            return check(File(pdf, name=path.name))

    paths = sorted((DEMO / "publications").glob("*/*.pdf"))
    return {(path.parent.name, path.stem): pool.submit(look_at, path) for path in paths}


def _file(slug, language, files):
    return keep(files[slug, language].result()) if (slug, language) in files else None


def _handouts(by):
    project, office = Project.objects.first(), Office.objects.get(kind=Office.Kind.MAIN)
    today = timezone.localdate()
    for place, publication in enumerate(Publication.objects.filter(replaced_by=None)):
        for months in range(3):
            Handout.objects.create(
                publication=publication,
                language=["uz", "ru", "tg"][months],
                copies=20 + 7 * place + 10 * months,
                handed_on=today - datetime.timedelta(days=30 * months + place),
                office=office,
                project=project,
                recorded_by=by,
            )
        for edition in publication.editions.all():
            DownloadCount.objects.create(
                edition=edition,
                day=today - datetime.timedelta(days=place),
                what=DownloadCount.What.FILE,
                count=3 + place * 2,
            )


def load_bulk(publications, seed=0):
    """Synthetic publications in seven languages for measuring, the same for the same seed.

    Their texts are the paragraphs of the demonstration, shuffled. The database must hold it already.
    """
    chance = random.Random(seed)  # noqa: S311 nothing here is secret
    now = timezone.now()
    topics = list(Topic.objects.all())
    paragraphs = {code: [] for code in CODES}
    for version in EditionVersion.objects.live().exclude(
        edition__publication__slug__startswith="bulk-"
    ):
        paragraphs[version.language] += [
            part for part in version.body.split("\n\n") if len(part) > 60
        ]
    first = Publication.objects.count() + 101
    numbers = range(first, first + publications)
    # In parts: one statement may take ten seconds, and not every machine is quick.
    for start in range(0, publications, BULK_PART):
        made = Publication.objects.bulk_create(
            Publication(
                slug=f"bulk-{number}",
                code=f"K-{number}",
                kind=chance.choice(Publication.Kind.values),
                citizenships=chance.sample(Publication.Citizenship.values, chance.randint(0, 2)),
                stages=chance.sample(Publication.Stage.values, chance.randint(0, 2)),
                added_at=now - datetime.timedelta(days=400, minutes=number),
            )
            for number in numbers[start : start + BULK_PART]
        )
        Publication.topics.through.objects.bulk_create(
            Publication.topics.through(publication=publication, topic=topic)
            for publication in made
            for topic in chance.sample(topics, 2)
        )
        editions = Edition.objects.bulk_create(
            Edition(publication=publication, language=code, title=f"{publication.code} {_title(chance, paragraphs[code])}",
                    summary=_title(chance, paragraphs[code]),
                    body="\n\n".join(chance.sample(paragraphs[code], 12)))
            for publication in made
            for code in CODES
        )  # fmt: skip
        EditionVersion.objects.bulk_create(
            EditionVersion(
                edition=edition, number=1, publish_at=edition.publication.added_at,
                content_hash=publishing.content_hash(edition), html=render(edition.body)[0],
                **{name: getattr(edition, name) for name in publishing.CONTENT_FIELDS},
            )
            for edition in editions
        )  # fmt: skip
    search.reindex()


def _title(chance, paragraphs):
    return " ".join(chance.choice(paragraphs).replace("*", "").split()[:8])[:100]
