"""What is shipped for a server fits together. tests/faults runs it."""

import re
import shutil
import subprocess

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from sanasezim.shared.languages import html_lang

DEPLOY = settings.BASE_DIR / "deploy"


def test_a_place_of_nginx_that_sets_a_header_names_the_host_too():
    """nginx forgets all headers of the server where a location sets one, the name asked for too."""
    told = re.sub(r"#.*", "", (DEPLOY / "nginx.conf").read_text())
    places = re.findall(r"location [^{]+\{[^}]*\}", told)
    assert len(places) > 4
    for place in places:
        if "proxy_set_header" in place:
            for header in ("Host", "X-Forwarded-Proto", "X-Forwarded-For"):
                assert f"proxy_set_header {header} " in place, place


def test_every_link_of_the_documents_leads_to_something():
    documents = [settings.BASE_DIR / "README.md", *(settings.BASE_DIR / "docs").rglob("*.md")]
    for document in documents:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text()):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_every_test_that_a_document_names_is_there():
    tests = "".join(path.read_text() for path in (settings.BASE_DIR / "tests").rglob("test_*.py"))
    for document in (settings.BASE_DIR / "docs").rglob("*.md"):
        for name in re.findall(r"`(test_\w+)`", document.read_text()):
            assert f"def {name}(" in tests, f"{document.name}: {name}"


def test_docker_and_systemd_run_the_same_commands_with_the_same_secrets():
    """The process that serves never sees the owner's password; the worker and the set-up do."""
    compose = (DEPLOY / "compose.yaml").read_text()
    for service, command in {"web": "gunicorn", "work": "work", "set-up": "set_up"}.items():
        unit = (DEPLOY / f"portal-{service}.service").read_text()
        part = re.search(rf"^  {service}:\n((?:    .*\n|\n)+)", compose, re.M)[1]
        assert command in unit
        assert command in (part if "command:" in part else (DEPLOY / "Dockerfile").read_text())
        assert ("owner.env" in part) == ("owner.env" in unit) == (service != "web")


WHAT_NGINX_SAYS = {
    "rests": [
        "The portal is resting for a short time",
        "Wait a few minutes, then reload the page.",
    ],
    "refused": [
        "We could not read this request",
        "Something in the address or in the form was not right. Nothing was saved.",
    ],
}


def outside_page(name):
    """What nginx shows when it cannot ask the portal, or will not: in all languages at once."""
    parts = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            what, explain = map(gettext, WHAT_NGINX_SAYS[name])
            call = gettext("111, free, day and night")
        parts.append(
            f'<section lang="{html_lang(language)}">\n<h2>{what}</h2>\n<p>{explain}</p>\n'
            f'<p><a href="tel:111">{call}</a></p>\n</section>\n'
        )
    return (
        '<!DOCTYPE html>\n<html lang="ru">\n<meta charset="utf-8">\n<title>Sana Sezim</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<h1>Sana Sezim</h1>\n{''.join(parts)}</html>\n"
    )


def test_nginx_says_by_itself_what_is_wrong_in_each_language_with_a_number_to_call():
    """The pages lie written in deploy/pages: whoever changes their words writes them anew."""
    told = (DEPLOY / "nginx.conf").read_text()
    for name in WHAT_NGINX_SAYS:
        assert (DEPLOY / "pages" / f"{name}.html").read_text() == outside_page(name)
        assert f"/portal-says/{name}.html;" in told


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_no_service_may_do_more_than_it_needs(tmp_path):
    """systemd's own measure: 10 is open, 2 is what a hardened service reaches."""
    units = sorted(DEPLOY.glob("portal-*.service"))
    for unit in units:
        shutil.copy(unit, tmp_path)
        (tmp_path / f"{unit.name}.d").mkdir()
        shutil.copy(DEPLOY / "hardening.conf", tmp_path / f"{unit.name}.d")
        looked = subprocess.run(
            [
                "systemd-analyze",
                "security",
                "--offline=yes",
                "--threshold=20",
                tmp_path / unit.name,
            ],
            capture_output=True,
            text=True,
        )
        assert looked.returncode == 0, looked.stdout[-300:] + looked.stderr
    assert len(units) == 4
