import base64
import hashlib
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.utils import translation
from PIL import Image

from sanasezim.shared.languages import CODES, fallback_chain, html_lang

pytestmark = pytest.mark.django_db

PAGES = ["", "library/", "library/they-did-not-pay-me/", "library/they-did-not-pay-me/print/", "library/feed/",
         "library/?q=zzzz", "help/", "hotline/", "migrants-day/", "migrants-day/2021/", "about/", "partners/",
         "privacy/", "accessibility/", "offline/", "figures/"]  # fmt: skip


def test_every_public_page_opens_in_each_language(client, demo):
    for language, _name in settings.LANGUAGES:
        for page in PAGES:
            answer = client.get(f"/{language}/{page}")

            assert answer.status_code == 200, (language, page)
            assert not answer.cookies, (language, page)
            if "html" in answer.headers["Content-Type"] and not page.endswith("print/"):
                assert f'<html lang="{html_lang(language)}"' in answer.content.decode()


def test_every_page_has_the_hotline_and_the_way_out(client, demo):
    for page in PAGES:
        if "feed" in page or "print" in page:
            continue
        text = client.get(f"/tg/{page}").content.decode()

        assert 'href="tel:+70000000000"' in text
        assert 'href="/exit/"' in text


def test_the_root_leads_to_the_language_of_the_reader_and_else_to_russian(client):
    for accepted, expected in [
        ("uz-Cyrl-UZ,ru;q=0.5", "uz-cyrl"),
        ("uz-Latn-UZ", "uz"),
        ("tg", "tg"),
        ("fr", "ru"),
        ("", "ru"),
    ]:
        assert (
            client.get("/", headers={"accept-language": accepted}).headers["Location"]
            == f"/{expected}/"
        )


def test_a_language_link_keeps_the_page_and_the_query(client, demo):
    page = client.get("/ru/library/", {"q": "виза", "topic": "documents"}).content.decode()

    assert 'href="/kk/library/?q=%D0%B2%D0%B8%D0%B7%D0%B0&amp;topic=documents"' in page


def test_no_address_gives_a_500(client, demo):
    for address in ["/ru/library/%00/", "/k/%00", "/files/library/..%2f..%2fetc", "/files/covers/x.webp",
                    "/preview/x/", "/ru/migrants-day/999999/", "/ru/library/?q=%ff%fe", "/xx/", "/ru/library/?page=١"]:  # fmt: skip
        assert client.get(address).status_code in (200, 302, 400, 404), address


@pytest.mark.parametrize("status", [400, 403, 404, 413, 429, 500, 503])
def test_every_error_is_told_in_each_language_with_a_number_to_call(rf, status):
    from sanasezim.errors import error_page

    for language in CODES:
        answer = error_page(rf.get(f"/{language}/x"), status)

        assert answer.status_code == status
        assert f'lang="{html_lang(language)}"' in answer.content.decode()
        assert "tel:111" in answer.content.decode()
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_page_says_the_same_policy_everywhere(client, demo):
    for address in ["/ru/", "/ru/nope/", "/staff/login/", "/sw.js"]:
        policy = client.get(address).headers["Content-Security-Policy"]

        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy and "http" not in policy


def test_the_script_of_a_page_is_named_with_its_hash(client):
    page = client.get("/ru/").content.decode()
    address, said = re.search(
        r'<script src="/static/([^"]+)" integrity="sha256-([^"]+)"', page
    ).groups()

    served = (settings.STATIC_ROOT / address).read_bytes()
    assert base64.b64decode(said) == hashlib.sha256(served).digest()


def test_leaving_wipes_what_the_browser_kept(client):
    answer = client.get("/exit/")

    assert answer.status_code == 303
    assert '"storage"' in answer.headers["Clear-Site-Data"]
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_the_manifest_names_pictures_of_the_sizes_it_says_and_the_colours_of_the_pages(client):
    manifest = client.get("/manifest.webmanifest").json()

    sizes = {}
    for icon in manifest["icons"]:
        path = finders.find(re.sub(r"^/static/|(?<=\.)[0-9a-f]{12}\.", "", icon["src"]))
        if icon["type"] == "image/png":
            with Image.open(path) as picture:
                width, height = picture.size
            assert icon["sizes"] == f"{width}x{height}"
            sizes.setdefault(icon["purpose"], set()).add(width)
    assert sizes == {"any": {192, 512}, "maskable": {512}}
    css = Path(finders.find("css/portal.css")).read_text()
    assert f"--deep: {manifest['theme_color']};" in css
    assert f"--paper: {manifest['background_color']};" in css


def test_only_reading_is_answered(client, demo):
    for address in [
        "/ru/",
        "/ru/library/",
        "/ru/library/they-did-not-pay-me/",
        "/files/library/a-ru-v1.pdf",
    ]:
        assert client.delete(address).status_code == 405
        assert client.put(address).status_code == 405


def test_a_finished_page_is_given_out_again_and_told_to_be_the_same(
    client, demo, django_assert_num_queries
):
    first = client.get("/ru/about/", headers={"accept-encoding": "gzip"})
    with django_assert_num_queries(1):  # only whether anything has changed
        again = client.get("/ru/about/", headers={"accept-encoding": "gzip"})

    assert again.content == first.content
    assert again.headers["Content-Encoding"] == "gzip"
    known = client.get(
        "/ru/about/",
        headers={"accept-encoding": "gzip", "if-none-match": first.headers["ETag"]},
    )
    assert (known.status_code, known.content) == (304, b"")


def test_a_kept_page_is_right_at_once_when_staff_change_it(client, demo):
    from sanasezim.shared.models import PageText

    assert "Совсем новые слова" not in client.get("/ru/about/").content.decode()
    text = PageText.objects.get(page__slug="about", language="ru")
    text.body = "Совсем новые слова"
    text.save()

    assert "Совсем новые слова" in client.get("/ru/about/").content.decode()


def test_a_reader_who_saves_data_gets_no_pictures_and_no_script(client, demo):
    page = client.get("/ru/library/", headers={"save-data": "on"})

    assert "<img" not in page.content.decode() and "<script" not in page.content.decode()
    assert "Save-Data" in page.headers["Vary"]


def test_everybody_falls_back_to_what_they_can_most_likely_read():
    assert fallback_chain("uz-cyrl")[:3] == ["uz-cyrl", "uz", "ru"]
    assert [fallback_chain(code)[1] for code in ["kk", "ru", "ky", "tg", "en"]] == [
        "ru",
        "kk",
        "ru",
        "ru",
        "ru",
    ]
    assert all(sorted(fallback_chain(code)) == sorted(CODES) for code in CODES)


def test_text_from_staff_cannot_carry_a_script():
    from sanasezim.shared.text import render

    html, _contents, _minutes = render(
        "<script>alert(1)</script> [a](javascript:alert(1)) [b](//evil.example) [c](JaVaScRiPt:x) ![x](data:text/html,1)"
        ' <a href="x" onclick="y">z</a> [ok](https://example.kz/)'
    )

    assert not re.search(
        r"<script|href=\"(javascript|//|data)|<a[^>]*onclick|<img", html, re.IGNORECASE
    )
    assert 'href="https://example.kz/"' in html


def test_headings_get_anchors_and_a_table_of_contents():
    from sanasezim.shared.text import render

    html, contents, minutes = render("# Раз\n\nтекст\n\n### Два *важно*\n")

    assert contents == [[2, "s1", "Раз"], [3, "s2", "Два важно"]]
    assert '<h2 id="s1">Раз</h2>' in html and '<h3 id="s2">' in html
    assert minutes == 1


def test_catalogs_are_complete_for_readers_and_uzbek_cyrillic_has_not_drifted():
    import polib

    from sanasezim import catalogs

    for path in catalogs.LOCALE.glob("*/LC_MESSAGES/django.po"):
        po = polib.pofile(str(path))
        assert not po.untranslated_entries(), path
        assert not po.fuzzy_entries(), path
    assert catalogs._write_cyrillic() is None, "run ./portal manage catalogs"


def test_form_errors_are_said_in_every_language():
    from django import forms

    class Form(forms.Form):
        needed = forms.CharField()
        email = forms.EmailField()
        number = forms.IntegerField()
        choice = forms.ChoiceField(choices=[("a", "a")])
        short = forms.CharField(max_length=3)

    given = {"email": "x", "number": "x", "choice": "b", "short": "12345"}
    with translation.override("en"):
        english = Form(given).errors.as_data()
        english = {name: errors[0].messages for name, errors in english.items()}
    for language in [code for code in CODES if code != "en"]:
        with translation.override(language):
            for name, errors in Form(given).errors.as_data().items():
                assert errors[0].messages != english[name], (language, name)


def test_almaty_is_five_hours_ahead():
    import datetime
    from zoneinfo import ZoneInfo

    assert datetime.datetime(
        2026, 7, 1, tzinfo=ZoneInfo("Asia/Almaty")
    ).utcoffset() == datetime.timedelta(hours=5)
