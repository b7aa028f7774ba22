"""What is shipped for a server fits together. tests/faults runs it."""

import re

from django.conf import settings

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


def test_docker_and_systemd_run_the_same_commands_with_the_same_secrets():
    """The process that serves never sees the owner's password; the worker and the set-up do."""
    compose = (DEPLOY / "compose.yaml").read_text()
    for service, command in {"web": "gunicorn", "work": "work", "set-up": "set_up"}.items():
        unit = (DEPLOY / f"portal-{service}.service").read_text()
        part = re.search(rf"^  {service}:\n((?:    .*\n|\n)+)", compose, re.M)[1]
        assert command in unit
        assert command in (part if "command:" in part else (DEPLOY / "Dockerfile").read_text())
        assert ("owner.env" in part) == ("owner.env" in unit) == (service != "web")
