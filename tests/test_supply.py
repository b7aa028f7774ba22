"""The bill of what the portal runs on is whole, and nothing comes in unseen."""

import json
import re

from django.conf import settings
from django.core.management import call_command

from sanasezim import supply

FREE = {"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "MIT", "MIT-0", "MIT-CMU", "Unlicense"}
# A library of its own that the portal calls: its licence does not spread to what calls it.
LGPL = {"psycopg2-binary": "LGPL-3.0-or-later"}


def test_the_bill_names_every_locked_package_with_licence_hashes_and_what_needs_it(capsys):
    call_command("sbom")
    bill = json.loads(capsys.readouterr().out)
    locked = re.findall(
        r"^([\w.-]+)==([\w.]+) ", (settings.BASE_DIR / "requirements.txt").read_text(), re.M
    )
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert [(part["name"], part["version"]) for part in bill["components"]] == locked
    assert all(part["hashes"] for part in bill["components"])
    reached, waiting = set(), ["portal"]
    edges = {edge["ref"]: edge["dependsOn"] for edge in bill["dependencies"]}
    while waiting:
        reference = waiting.pop()
        reached.add(reference)
        waiting += [other for other in edges[reference] if other not in reached]
    assert all(len(others) == len(set(others)) for others in edges.values())
    assert reached == {"portal", *(part["bom-ref"] for part in bill["components"])}


def test_two_bills_of_the_same_tree_are_equal():
    assert supply.bill() == supply.bill()


def test_every_licence_lets_the_portal_be_given_away_under_any_licence():
    for package in supply.packages():
        if package["licence"] == LGPL.get(package["name"]):
            continue
        words = re.split(r" (?:AND|OR) ", package["licence"].strip("()"))
        assert set(words) <= FREE, package["name"]


def test_what_is_asked_for_says_what_it_is_for_and_is_installed_as_locked():
    asked = supply.ASKED_FOR.findall((settings.BASE_DIR / "requirements.in").read_text())
    assert len(asked) > 10
    assert [name for name, why in asked if not why] == []
    for package in supply.packages():
        assert package["installed"] == package["version"], package["name"]


def test_the_document_has_the_table_of_today():
    document = (settings.BASE_DIR / "docs" / "supply.md").read_text()
    told = {}
    for line in document.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and len(cells) == 5:
            name, version, licence, month, purpose = cells
            told[name] = (version, licence, purpose)
            assert name == "package" or re.fullmatch(r"20\d\d-\d\d|—|-+", month), name
    for line in supply.table().splitlines()[2:]:
        name, version, licence, purpose = (cell.strip() for cell in line.strip("|").split("|"))
        assert told.get(name) == (version, licence, purpose), name
