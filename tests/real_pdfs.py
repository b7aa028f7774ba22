"""Real PDFs from Debian's packages, for the tests of uploading. They are never part of the portal.

Looked for in var/test-pdfs; what is missing is fetched there with apt, without installing anything.
"""

import gzip
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "var" / "test-pdfs"

# name: (Debian package, file in it, pages, a word its first pages have)
REAL_PDFS = {
    "sample": ("auto-multiple-choice-doc-pdf", "sample-plain.pdf", 30, ""),
    "faq_ru": ("debian-faq-ru", "debian-faq.ru.pdf", 75, "Debian"),
    "guide_ru": ("maint-guide-ru", "maint-guide.ru.pdf", 69, "Руководство"),
    "installation_ru": ("installation-guide-amd64", "install.ru.pdf", 128, "установк"),
    "debmake_ru": ("debmake-doc", "debmake-doc.ru.pdf", 146, "пакет"),
    "debmake_en": ("debmake-doc", "debmake-doc.en.pdf", 143, "package"),
    "reference_en": ("debian-reference-en", "debian-reference.en.pdf", 261, "Debian"),
    "octave": ("octave-doc", "octave.pdf", 1158, "Octave"),
    "r": ("r-doc-pdf", "fullrefman.pdf", 2415, "Package"),
    "music_snippets": ("lilypond-doc-pdf", "snippets.pdf", 648, "LilyPond"),
    "music_notation": ("lilypond-doc-pdf", "notation.pdf", 930, "LilyPond"),
}


def find(name):
    """The path of a real PDF, or None if it is neither here nor to be had."""
    package, file_name, _pages, _word = REAL_PDFS[name]
    path = FOLDER / file_name
    if not path.exists():
        _fetch(package)
    return path if path.exists() else None


def _fetch(package):
    FOLDER.mkdir(parents=True, exist_ok=True)
    tried = FOLDER / f"{package}.tried"
    if tried.exists():
        return
    with tempfile.TemporaryDirectory(dir=FOLDER) as work:
        os.chmod(work, 0o755)  # apt fetches as its own account
        try:
            subprocess.run(
                ["apt-get", "download", "-q", package],
                cwd=work,
                check=True,
                timeout=120,
                capture_output=True,
            )
            (archive,) = Path(work).glob("*.deb")
            subprocess.run(["dpkg", "-x", archive, f"{work}/tree"], check=True, timeout=120)
        except (OSError, ValueError, subprocess.SubprocessError):
            tried.touch()  # asked once; delete the mark to ask again
            return
        wanted = {file_name for name, file_name, _p, _w in REAL_PDFS.values() if name == package}
        for found in Path(work, "tree").rglob("*.pdf*"):
            _keep(found, wanted)


def _keep(found, wanted):
    name = found.name.removesuffix(".gz")
    if name not in wanted or found.is_symlink():
        return
    # Under another name first, so that two tests at once never read half a file.
    half = FOLDER / f".{name}.{os.getpid()}"
    opener = gzip.open if found.suffix == ".gz" else open
    with opener(found, "rb") as source, open(half, "wb") as target:
        shutil.copyfileobj(source, target)
    half.replace(FOLDER / name)
