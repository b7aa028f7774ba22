"""What protecting costs, and how well 20,000 people are found: into an empty demonstration.

./portal manage shell < tests/benchmarks/people.py
"""

import os
import random
import statistics
import time
from pathlib import Path

from django.db import connection, transaction

from legalaid.models import Identity, Person
from sanasezim.shared import sealed_files
from sanasezim.shared.protected import open_bytes, seal_bytes
from sanasezim.shared.search_keys import keys_for_query

PEOPLE = 20_000
dice = random.Random(1)  # noqa: S311 (measures, hides nothing)


def microseconds(function, times=20_000):
    begun = time.process_time()
    for _time in range(times):
        function()
    return (time.process_time() - begun) / times * 1e6


def groups():
    """Names of one word, a list of spellings each; surnames are those that end like one."""
    lines = Path("tests/shared/names.tsv").read_text(encoding="utf-8").splitlines()
    found = [line.split("\t") for line in lines if not line.startswith("#")]
    found = [group for group in found if not any(" " in name for name in group)]
    is_surname = lambda group: group[0].endswith(("ов", "ев", "ёв", "зода"))  # noqa: E731
    return [g for g in found if is_surname(g)], [g for g in found if not is_surname(g)]


RESPECT = ("on", "jan", "жан", "он", "bek", "бек", "boy", "бой", "oy", "ой")


def surnames_of(group):
    """Half of the surnames of the region are a father's name with an ending: Karim, Karimov."""
    return [
        name.rstrip("aeiouаеиоуяьй") + ("ov" if name[-1].isascii() else "ов")
        for name in group
        if not name.endswith(RESPECT)
    ]


def zipf(names):
    return dice.choices(names, [1 / (place + 3) for place in range(len(names))])[0]


surnames, given = groups()
surnames += [names for group in given if len(group[0]) > 3 and (names := surnames_of(group))]
dice.shuffle(surnames)
dice.shuffle(given)

people = []
for _number in range(PEOPLE):
    family, own, father = zipf(surnames), zipf(given), zipf(given)
    number = f"+99890{dice.randrange(1_000_000, 9_999_999)}"
    people.append((family, own, father, number))

if Identity.objects.count() < PEOPLE:
    begun = time.process_time()
    rows = [
        Identity(
            person_id=0,
            name=f"{dice.choice(family)} {dice.choice(own)} {dice.choice(father)} oʻgʻli",
            phones=number,
        )
        for family, own, father, number in people
    ]
    with transaction.atomic():
        made = Person.objects.bulk_create([Person() for _row in rows])
        for row, person in zip(rows, made, strict=True):
            row.person = person
        Identity.objects.bulk_create(rows, batch_size=1000)
    print(
        f"made {PEOPLE} identities: {(time.process_time() - begun) / PEOPLE * 1e6:.0f} µs CPU each"
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE legalaid_identity")

place = b"legalaid.identity.name:00000000-0000-0000-0000-000000000001"
name, story = "Ахмедов Карим Рустамович".encode(), os.urandom(5_000)
print(f"seal a name: {microseconds(lambda: seal_bytes(name, place)):.1f} µs")
sealed = seal_bytes(name, place)
print(f"open a name: {microseconds(lambda: open_bytes(sealed, place)):.1f} µs")
print(f"seal 5 KB: {microseconds(lambda: seal_bytes(story, place)):.1f} µs")
print(f"keys of a search: {microseconds(lambda: keys_for_query('Ахмедов Карим'), 2_000):.0f} µs")
paper, begun = os.urandom(10_000_000), time.perf_counter()
kept = sealed_files.write(paper, place)
print(f"seal a file of 10 MB: {(time.perf_counter() - begun) * 1000:.0f} ms", end=", ")
begun = time.perf_counter()
assert b"".join(sealed_files.read(kept, place)) == paper  # noqa: S101
print(f"read it: {(time.perf_counter() - begun) * 1000:.0f} ms")
sealed_files.delete(kept)
row = Identity.objects.first()
print(f"read a field of a row: {microseconds(lambda: row.name):.1f} µs")

with connection.cursor() as cursor:
    cursor.execute(
        "SELECT pg_total_relation_size('legalaid_identity'), pg_relation_size('identity_search_keys')"
    )
    whole, index = cursor.fetchone()
    print(f"table with indexes {whole // 1024} KB, of it the index of keys {index // 1024} KB")

# What is searched for, in a spelling of its own, and how many are found


def trial(what, question):
    """Search 300 times, each name in a spelling of its own, and say what was found."""
    took, sizes, right, missed, first = [], [], [], 0, 0
    for _number in range(300):
        family, own, father, number = dice.choice(people)
        text = question(family, own, father, number)
        begun = time.perf_counter()
        found = list(Identity.objects.matching(text)[:50])
        took.append((time.perf_counter() - begun) * 1000)
        sizes.append(Identity.objects.matching(text).count())
        same = sum(family in whole and (own in whole or what == "surname") for whole in people)
        right.append(min(1, same / max(1, sizes[-1])))
        place = next((place for place, row in enumerate(found) if row.phones == number), None)
        missed += place is None and sizes[-1] <= 50
        first += place is not None and place < 10
    ordered = sorted(sizes)
    print(
        f"{what}: found median {statistics.median(sizes):.0f}, p95 {ordered[285]}; missed {missed} of 300;"
        f" of that name {statistics.mean(right):.0%};"
        f" among the first ten {first}; p50 {statistics.median(took):.1f} ms, p95 {sorted(took)[285]:.1f} ms"
    )


pick = dice.choice
trial("surname", lambda family, own, father, number: pick(family))
trial("surname and name", lambda family, own, father, number: f"{pick(family)} {pick(own)}")
trial("surname, name, father", lambda f, o, p, n: f"{pick(f)} {pick(o)} {pick(p)} ogli")
trial("phone", lambda family, own, father, number: number[4:])
