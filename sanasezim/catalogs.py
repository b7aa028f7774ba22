"""The interface's catalogs: Uzbek Cyrillic made from Uzbek Latin, and all of them compiled.

Django reads .mo files. They are made from the .po files with polib, so that a machine without
gettext can run the portal; only `makemessages` needs gettext.
"""

from pathlib import Path

import django
import polib
from django.conf import settings

from sanasezim.shared.uzbek import to_cyrillic

LOCALE = Path(settings.LOCALE_PATHS[0])
DJANGO_UZBEK = Path(django.__file__).parent / "conf" / "locale" / "uz" / "LC_MESSAGES" / "django.po"


def build():
    """Bring every catalog up to date. Returns the paths that were written."""
    cyrillic = _write_cyrillic()
    compiled = [_compile(source) for source in sorted(LOCALE.glob("*/LC_MESSAGES/*.po"))]
    return [path for path in [cyrillic, *compiled] if path]


def _write_cyrillic():
    latin = LOCALE / "uz" / "LC_MESSAGES" / "django.po"
    cyrillic = LOCALE / "uz_Cyrl" / "LC_MESSAGES" / "django.po"
    if not latin.exists():
        return None
    text = str(in_cyrillic(polib.pofile(str(latin), wrapwidth=0))) + "\n"
    if cyrillic.exists() and cyrillic.read_text(encoding="utf-8") == text:
        return None
    cyrillic.parent.mkdir(parents=True, exist_ok=True)
    cyrillic.write_text(text, encoding="utf-8")
    return cyrillic


def in_cyrillic(catalog):
    """The same catalog, and Django's own of Uzbek, with every translation in the other script."""
    catalog.metadata["Language"] = "uz_Cyrl"
    catalog.header = "Uzbek in Cyrillic, made from uz by `manage catalogs`: change it there."
    for theirs in polib.pofile(str(DJANGO_UZBEK)):
        if theirs.translated() and not theirs.obsolete and not catalog.find(theirs.msgid):
            theirs.occurrences = []
            catalog.append(theirs)
    for entry in catalog:
        entry.msgstr = to_cyrillic(entry.msgstr)
        entry.msgstr_plural = {n: to_cyrillic(text) for n, text in entry.msgstr_plural.items()}
    return catalog


def _compile(source):
    compiled = source.with_suffix(".mo")
    if compiled.exists() and compiled.stat().st_mtime > source.stat().st_mtime:
        return None
    polib.pofile(str(source)).save_as_mofile(str(compiled))
    return compiled
