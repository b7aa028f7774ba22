"""What the portal runs on, read from the lock file, from what it says each package is for, and from
what is installed. No clock and no random number: the same tree gives the same bill."""

import importlib.metadata
import re
import uuid

from django.conf import settings

# Classifiers name licences in their own words; SPDX has one for each.
SPDX_OF = {
    "The Unlicense (Unlicense)": "Unlicense",
    "MIT License": "MIT",
    "BSD License": "BSD-3-Clause",
    "Apache Software License": "Apache-2.0",
}
# What a package says in words of its own.
SPDX_OF_PACKAGE = {
    "phonenumberslite": "Apache-2.0",
    "psycopg2-binary": "LGPL-3.0-or-later",  # with leave to link it with anything
    "pypdfium2": "Apache-2.0 AND BSD-3-Clause",
}
LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+) \\\n((?:    --hash=sha256:\w+(?: \\)?\n)+)", re.M)
ASKED_FOR = re.compile(r"^([A-Za-z0-9._-]+)[~=]=\S+(?:\s+#\s*(.+))?$", re.M)


def packages():
    """A dict for each package of requirements.txt, in its order."""
    purposes = {_plain(name): why for name, why in ASKED_FOR.findall(_read("requirements.in"))}
    found = []
    for name, version, hashes in LOCKED.findall(_read("requirements.txt")):
        name = _plain(name)
        facts = importlib.metadata.metadata(name)
        found.append(
            {
                "name": name,
                "version": version,
                "installed": facts["Version"],
                "licence": _licence(name, facts),
                "purpose": purposes.get(name),
                "needs": _needs(name),
                "hashes": re.findall(r"sha256:(\w+)", hashes),
            }
        )
    locked = {package["name"] for package in found}
    for package in found:
        package["needs"] = [name for name in package["needs"] if name in locked]
    return found


def bill():
    """CycloneDX 1.6, which tools that look for known weaknesses read."""
    found = packages()
    wanted = [_url(package) for package in found if package["purpose"] is not None]
    urls = {package["name"]: _url(package) for package in found}
    content = {
        "metadata": {"component": {"type": "application", "bom-ref": "portal", "name": "portal"}},
        "components": [
            {
                "type": "library",
                "bom-ref": _url(package),
                "name": package["name"],
                "version": package["version"],
                "purl": _url(package),
                "licenses": [{"expression": package["licence"]}],
                # One for each file of the package; the machine decides which is used.
                "hashes": [{"alg": "SHA-256", "content": known} for known in package["hashes"]],
            }
            for package in found
        ],
        "dependencies": [
            {"ref": "portal", "dependsOn": wanted},
            *(
                {"ref": _url(package), "dependsOn": [urls[name] for name in package["needs"]]}
                for package in found
            ),
        ],
    }
    number = uuid.uuid5(uuid.NAMESPACE_URL, "\n".join(urls.values()))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": number.urn,
        "version": 1,
        **content,
    }


def table():
    """For docs/supply.md, less the month of the release, which only the package index knows."""
    found = packages()
    lines = []
    for package in found:
        purpose = package["purpose"] or _wanted_by(package["name"], found)
        lines.append(
            f"| {package['name']} | {package['version']} | {package['licence']} | {purpose} |"
        )
    return "\n".join(
        ["| package | version | licence | what for |", "| --- | --- | --- | --- |", *lines]
    )


def _wanted_by(name, found):
    wanting = [package["name"] for package in found if name in package["needs"]]
    return f"needed by {', '.join(wanting)}"


def _needs(name):
    """Each once: a package may name another anew for every version of Python."""
    lines = importlib.metadata.requires(name) or []
    named = [re.match(r"[A-Za-z0-9._-]+", line)[0] for line in lines if "extra ==" not in line]
    return list(dict.fromkeys(map(_plain, named)))


def _licence(name, facts):
    if said := SPDX_OF_PACKAGE.get(name) or facts["License-Expression"]:
        return said
    for classifier in facts.get_all("Classifier") or []:
        words = classifier.split(" :: ")[-1]
        if classifier.startswith("License :: ") and words in SPDX_OF:
            return SPDX_OF[words]
    return facts["License"] or "unknown"


def _url(package):
    return f"pkg:pypi/{package['name']}@{package['version']}"


def _plain(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def _read(name):
    return (settings.BASE_DIR / name).read_text(encoding="utf-8")
