"""Asking for help on the portal: nothing is lost, nothing is doubled, nothing is left lying about."""

import gzip
import io
import logging
import os
import re
import struct
import uuid
import zipfile
import zlib
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test import Client
from django.utils import timezone
from PIL import Image

from legalaid import asking, papers, slips, taking_in, visits
from legalaid.models import Consent, ConsentText, Document, Intake
from sanasezim import starting_content
from sanasezim.shared import references
from sanasezim.shared.languages import CODES
from sanasezim.shared.models import Counter
from tests import make, real_pdfs

CANARY = "Канарейка-7301"
STORY = f"{CANARY} не заплатил за два месяца"


@pytest.fixture(scope="module", autouse=True)
def house(django_db_setup, django_db_blocker):
    """Topics, pages and the wordings of the consent."""
    with django_db_blocker.unblock(), transaction.atomic():
        starting_content.load()
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def unhurried(settings):
    settings.INTAKE_FASTEST_SECONDS = 0


pytestmark = pytest.mark.django_db


def slip_on(page):
    return re.search(r'name="slip" value="([^"]+)"', page.content.decode())[1]


def open_form(client, language="ru"):
    return slip_on(client.get(f"/{language}/help/"))


def send(client, at="ru", *, files=(), **typed):
    typed.setdefault("slip", None)
    typed["slip"] = typed["slip"] or open_form(client, at)
    answers = {"story": STORY, "consent": "anonymous"} | typed
    return client.post(f"/{at}/help/sent/", answers | {"files": list(files)})


def shown(page):
    """(reference, code) as the page shows them, or None."""
    found = re.findall(r'<dd class="secret">([^<]+)</dd>', page.content.decode())
    return tuple(found) or None


def text_of(page):
    return page.content.decode()


def photo(name="фото.jpg", form="JPEG", size=(80, 60), **more):
    written = io.BytesIO()
    Image.new("RGB", size, "orange").save(written, form, **more)
    return SimpleUploadedFile(name, written.getvalue())


def voice(frames=60, tail=b""):
    return SimpleUploadedFile("voice.amr", b"#!AMR\n" + (b"\x3c" + bytes(31)) * frames + tail)


# The page


@pytest.mark.parametrize("language", CODES)
def test_the_form_is_light_private_and_leaves_nothing(client, language):
    page = client.get(f"/{language}/help/", headers={"accept-encoding": "gzip"})

    assert page.status_code == 200 and not page.cookies
    assert page.headers["Cache-Control"] == "no-store"
    assert len(page.content) <= 10_000
    html = gzip.decompress(page.content).decode()
    consent = ConsentText.objects.get(language=language)
    assert consent.body.split("\n")[0] in html
    assert 'href="tel:111"' in html and 'id="id_story"' in html


def test_every_form_has_a_slip_of_its_own(client):
    assert open_form(client) != open_form(client)


def test_the_empty_form_is_made_once(client, settings, django_assert_num_queries):
    settings.CONTENT_STAMP_SECONDS = 60
    client.get("/ru/help/")

    with django_assert_num_queries(1):  # which wording of the consent
        client.get("/ru/help/")


def test_a_new_wording_is_on_the_form_at_once(client):
    client.get("/ru/help/")
    ConsentText.objects.create(version=2, language="ru", body="Совсем новые слова согласия")

    assert "Совсем новые слова согласия" in text_of(client.get("/ru/help/"))


def test_without_any_wording_one_can_ask_without_a_name(client):
    ConsentText.objects.all().delete()
    page = text_of(client.get("/ru/help/"))

    assert 'value="anonymous"' in page and 'value="agreed"' not in page
    assert shown(send(client))


# Sending


def test_only_the_story_and_one_decision_are_needed(client):
    reference, code = shown(send(client, consent="agreed"))

    intake = Intake.objects.get()
    assert intake.reference == reference
    assert taking_in.is_code_of(intake, code.replace(" ", ""))
    assert (intake.channel, intake.story, intake.language) == ("online", STORY, "")
    assert intake.consent.text == ConsentText.objects.get(language="ru")
    assert intake.consent.how == Consent.How.TICKED
    assert intake.unanswered_since and not intake.held_because and not intake.is_anonymous


def test_everything_that_is_asked_is_kept(client):
    answers = {
        "in_danger": "yes", "topics": ["wages", "documents"], "relation": "relative",
        "country": "KZ", "place": "Сарыағаш", "minor": "no", "contact_by": "whatsapp",
        "contact": "+998 90 123 45 67", "contact_when": "после 20:00", "others_answer": "yes",
        "may_say_who": "no", "speaker_name": "Гуля", "language": "uz", "consent": "agreed",
    }  # fmt: skip
    send(client, **answers)

    intake = Intake.objects.get()
    for name, value in answers.items():
        if name not in ("topics", "consent"):
            assert getattr(intake, name) == value, name
    assert {topic.code for topic in intake.topics.all()} == {"wages", "documents"}


def test_a_consent_or_nothing_about_the_person(client):
    send(client, contact_by="none")

    intake = Intake.objects.get()
    assert intake.is_anonymous and intake.consent is None and intake.contact_by == "none"
    with pytest.raises(IntegrityError), transaction.atomic():
        Intake.objects.filter(pk=intake.pk).update(is_anonymous=False)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"story": ""}, "id_story"),
        ({"story": " \n\x00 "}, "id_story"),
        ({"consent": ""}, "id_consent_0"),
        ({"consent": "agreed", "contact_by": "phone"}, "id_contact"),
        ({"consent": "agreed", "contact_by": "none", "contact": "+7701"}, "id_contact"),
        ({"contact": "+77011234567"}, "id_contact"),
        ({"speaker_name": "Гуля"}, "id_speaker_name"),
        ({"story": "щ" * 20_001}, "id_story"),
        ({"country": "XX"}, "id_country"),
    ],
)
def test_a_mistake_is_said_where_it_is_and_everything_typed_stays(client, typed, field):
    page = send(client, **{"place": "Базар «Самал»", "topics": ["wages"]} | typed)

    html = text_of(page)
    assert page.status_code == 200 and not Intake.objects.exists()
    assert f'<a href="#{field}">' in html and f'id="{field}"' in html
    assert "Базар «Самал»" in html
    assert re.search(r'value="wages"[^>]* checked', html)


@pytest.mark.parametrize("language", CODES)
def test_mistakes_are_said_in_every_language(client, language):
    english = re.findall(
        r'<li><a href="#\w+">([^<]+)</a>', text_of(send(client, "en", story="", consent=""))
    )
    said = re.findall(
        r'<li><a href="#\w+">([^<]+)</a>', text_of(send(client, language, story="", consent=""))
    )

    assert len(said) == len(english) == 2
    assert language == "en" or not set(said) & set(english)


def test_signs_that_cannot_be_stored_are_left_out(client):
    written = "до\x00 \ud83d после\u202e\u200f конец\r\nстрока"
    slip = open_form(client)
    body = f"slip={slip}&consent=anonymous&story=a%00b%ED%A0%BDc%E2%80%AEd"
    client.post("/ru/help/sent/", body, content_type="application/x-www-form-urlencoded")
    client.post("/ru/help/", {"slip": slip, "story": written.encode("utf-8", "replace").decode()})

    assert Intake.objects.get().story == "ab\ufffd\ufffd\ufffdcd"


def test_a_text_of_a_megabyte_is_refused_with_a_page(client):
    page = client.post(
        "/ru/help/sent/",
        f"slip={open_form(client)}&story={'a' * 1_100_000}",
        content_type="application/x-www-form-urlencoded",
    )

    assert page.status_code == 413 and "tel:111" in text_of(page)


# Once


def test_the_same_form_sent_again_is_the_same_request(client):
    slip = open_form(client)
    first = shown(send(client, slip=slip, files=[photo()]))

    for _again in range(3):
        assert shown(send(client, slip=slip, files=[photo()])) == first
    assert Intake.objects.count() == Document.objects.count() == 1
    # Another browser window, without the cookie: the answer was lost, the form comes again.
    assert shown(send(Client(), slip=slip, files=[photo()])) == first


def test_another_story_in_the_same_form_is_another_request(client):
    """A tablet of a consulate: Back shows the form of who was there before."""
    slip = open_form(client)
    first = shown(send(client, slip=slip))
    second = shown(send(client, slip=slip, story="Совсем другой человек"))

    assert first != second and Intake.objects.count() == 2


@pytest.mark.parametrize("length", [2])
def test_a_reference_that_is_taken_is_drawn_again(client, monkeypatch, length):
    monkeypatch.setattr(references, "LETTERS", "AC")
    taken = {f"R-{n:06b}".replace("0", "A").replace("1", "C") for n in range(64)}
    free = "R-CAC-ACA"
    for reference in taken:
        if (reference := f"{reference[:5]}-{reference[5:]}") != free:
            make.intake(reference=reference)

    assert shown(send(client))[0] == free


# Another language half way


def test_another_language_keeps_what_was_typed(client):
    slip = open_form(client)
    typed = {"slip": slip, "story": STORY, "contact_by": "phone", "contact": "+77011234567",
             "topics": ["wages", "children"], "consent": "agreed", "in_danger": "yes"}  # fmt: skip
    page = client.post("/kk/help/", typed | {"files": [photo()]})

    html = text_of(page)
    assert page.status_code == 200 and not Intake.objects.exists()
    assert '<html lang="kk"' in html and "error-summary" not in html
    assert STORY in html and 'value="+77011234567"' in html
    for chosen in ["wages", "children", "agreed"]:
        assert re.search(rf'value="{chosen}"[^>]* checked', html), chosen
    assert ConsentText.objects.get(language="kk").body.split("\n")[0] in html

    sent = client.post(
        "/kk/help/sent/",
        typed | {"slip": slip_on(page), "keep": re.findall(r'name="keep" value="([^"]+)"', html)},
    )
    intake = Intake.objects.get()
    assert shown(sent)[0] == intake.reference
    assert intake.consent.text.language == "kk"
    assert intake.documents.get().title == "фото.jpg"


def test_the_buttons_at_the_top_carry_the_form_along(client):
    html = text_of(client.get("/tg/help/"))

    for code in CODES:
        assert f'<button form="ask" formaction="/{code}/help/"' in html
    # Enter in a field presses the first button of a form: that must not be a language.
    assert html.index('class="quiet" form="ask"') < html.index("formaction")


# Files


def test_a_file_is_kept_sealed_and_its_copy_has_lost_where_it_was_made(client):
    exif = Image.Exif()
    exif[0x010F] = "CanaryCamera"
    exif.get_ifd(0x8825)[1] = "N"
    made = photo("../../etc/пас\u202eпорт\n.jpg", exif=exif)
    content = made.read()
    made.seek(0)
    send(client, files=[made])

    document = Document.objects.get()
    assert document.title == "паспорт.jpg" and document.kind == "photo"
    assert b"".join(document.original.chunks()) == content
    copy = b"".join(document.copy.chunks())
    assert b"CanaryCamera" in content and b"CanaryCamera" not in copy
    assert papers.content_type(copy) == "image/jpeg" and len(copy) == document.copy_size
    kept = [path.read_bytes() for path in Path(project.SEALED_ROOT).iterdir()]
    assert len(kept) == 2 and not any(b"CanaryCamera" in one or b"JFIF" in one for one in kept)


def test_author_and_history_stay_out_of_the_copy_of_a_pdf():
    written = io.BytesIO()
    Image.new("RGB", (60, 60)).save(written, "PDF", title="CanaryTitle", author="CanaryAuthor")
    document = papers.set_down(SimpleUploadedFile("a.pdf", written.getvalue()))

    copy = b"".join(document.copy.chunks())
    assert document.pages == 1 and copy.startswith(b"%PDF-")
    for canary in (b"CanaryTitle", b"CanaryAuthor", "CanaryAuthor".encode("utf-16-be")):
        assert canary not in copy


def test_while_a_file_arrives_the_disk_sees_no_byte_of_it(client, settings, tmp_path, monkeypatch):
    """What the spool holds is cipher text, and it has no name."""
    from legalaid import arriving

    seen = []
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    close = arriving.EncryptedUploads.file_complete

    def look(self, size):
        seen.append(os.pread(self.spool.file.fileno(), 10**7, 0))
        seen.append(list(tmp_path.rglob("*.*")))
        return close(self, size)

    monkeypatch.setattr(arriving.EncryptedUploads, "file_complete", look)
    content = os.urandom(1000) + CANARY.encode() * 50_000
    send(client, files=[SimpleUploadedFile("a.jpg", b"\xff\xd8\xff" + content)])

    assert CANARY.encode() not in seen[0] and len(seen[0]) > len(content)
    assert not [path for path in seen[1] if path.is_file()]


def test_a_form_comes_back_with_its_files(client):
    page = send(client, story="", consent="", files=[photo(), voice()])
    html = text_of(page)
    waiting = re.findall(r'name="keep" value="([^"]+)"', html)

    assert len(waiting) == 2 and not Document.objects.exists()
    assert CANARY not in html
    send(client, slip=slip_on(page), story="", keep=waiting[1:])
    assert Intake.objects.get().documents.get().kind == Document.Kind.SOUND


def test_a_voice_message_may_say_it_all(client):
    slip = open_form(client)
    first = shown(send(client, slip=slip, story="", files=[voice()]))

    assert first and Intake.objects.get().documents.get().title == "voice.amr"
    assert shown(send(client, slip=slip, story="", files=[voice()])) == first
    assert shown(send(client, slip=slip, story="", files=[voice(61)])) != first


def test_without_a_story_a_bad_file_says_nothing(client):
    page = send(client, story="", files=[SimpleUploadedFile("a.jpg", b"<html>")])

    assert not Intake.objects.exists()
    assert "a.jpg" in text_of(page) and 'href="#id_story"' in text_of(page)


def test_a_request_is_kept_without_the_file_that_cannot_be(client):
    page = send(client, files=[photo(), SimpleUploadedFile("вирус.exe", b"MZ" + bytes(100))])

    assert shown(page) and "вирус.exe" in text_of(page)
    assert Intake.objects.get().documents.count() == 1


def test_a_full_disk_costs_the_file_and_not_the_request(client, settings, tmp_path):
    (tmp_path / "sealed").write_text("no folder")
    page = send(client, files=[photo()])

    assert shown(page) and "фото.jpg" in text_of(page)
    assert Intake.objects.get().documents.count() == 0


def test_at_most_five_at_once_and_ten_megabytes_each(client, settings):
    settings.PAPER_MAX_BYTES = 200_000
    large = SimpleUploadedFile("большое.jpg", b"\xff\xd8\xff" + bytes(300_000))
    many = [photo(f"{n}.jpg", size=(80 + n, 60)) for n in range(5)]
    page = send(client, files=[large, *many])

    html = text_of(page)
    assert Intake.objects.get().documents.count() == 4
    assert "большое.jpg" in html and "4.jpg" in html
    assert len(list(Path(project.SEALED_ROOT).iterdir())) == 8


def box(name, body):
    return struct.pack(">I4s", len(body) + 8, name) + body


def m4a(kind=b"soun", sound=b"mp4a", sizes=(500,) * 40, hidden=b"", note=b"CanaryPhone", after=b""):
    """A recording as telephones write them, with nothing in it."""
    table = struct.pack(f">III{len(sizes)}I", 0, 0, len(sizes), *sizes)
    described = box(b"stsd", struct.pack(">II", 0, 1) + box(sound, bytes(28)))
    stbl = box(b"stbl", described + box(b"stsz", table))
    handler = box(b"hdlr", bytes(8) + kind + bytes(12) + note)
    media = box(b"mdia", box(b"mdhd", bytes(24)) + handler + box(b"minf", stbl))
    moov = box(b"moov", box(b"mvhd", bytes(100)) + box(b"trak", media) + box(b"udta", note))
    data = box(b"mdat", os.urandom(sum(sizes)) + hidden)
    return box(b"ftyp", b"M4A \0\0\0\0mp42") + data + moov + after


def test_a_recording_of_a_telephone_loses_who_made_it():
    document = papers.set_down(SimpleUploadedFile("a.m4a", m4a()))
    copy = b"".join(document.copy.chunks())

    assert document.kind == Document.Kind.SOUND and papers.content_type(copy) == "audio/mp4"
    assert b"CanaryPhone" not in copy and len(copy) == len(m4a())


def png(width, height):
    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    packer = zlib.compressobj(9)
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    rows = packer.compress(bytes((width // 8 + 1) * min(height, 2000))) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def zipped():
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("a.txt", "x")
    return written.getvalue()


def jpeg():
    return photo().read()


def bad_files():
    html = b"<html><script>alert(1)</script></html>"
    pdf = real_pdfs.plain() if hasattr(real_pdfs, "plain") else b""
    plain = io.BytesIO()
    Image.new("RGB", (60, 60)).save(plain, "PDF")
    pdf = pdf or plain.getvalue()
    gif = io.BytesIO()
    Image.new("P", (9, 9)).save(gif, "GIF")
    for name in ("a.html", "a.jpg", "a.pdf", "a.mp3", "a.svg"):
        yield f"html as {name}", name, html
    for name in ("a.svg", "a.png"):
        yield f"svg as {name}", name, b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>'
    for kind, content in {
        "xml": b"<?xml version='1.0'?><a/>", "js": b"alert(1)", "exe": b"MZ" + bytes(500),
        "elf": b"\x7fELF" + bytes(500), "sh": b"#!/bin/sh\nrm x", "zip": zipped(),
        "docm": zipped(), "gif": gif.getvalue(), "heic": b"\0\0\0\x18ftypheic" + bytes(200),
        "mp4 with film": m4a(kind=b"vide", sound=b"avc1"), "wav": b"RIFF\0\0\0\0WAVEfmt ",
        "text": "просто текст".encode(), "php": b"<?php system('x');", "nothing": b"",
    }.items():  # fmt: skip
        yield kind, f"a.{kind}", content
        if content:
            yield f"{kind} as jpg", "a.jpg", content
    yield "jpeg with html behind", "a.jpg", jpeg() + html
    yield "jpeg with a script in a comment", "a.jpg", photo(comment=html).read()
    yield "jpeg with php inside", "a.jpg", photo(comment=b"<?php system('x'); ?>").read()
    yield "jpeg with zip behind", "a.jpg", jpeg() + zipped()
    yield "png with php behind", "a.png", photo(form="PNG").read() + b"<?php x"
    yield "jpeg cut off", "a.jpg", jpeg()[:300]
    yield "only the beginning of a jpeg", "a.jpg", b"\xff\xd8\xff\xe0" + bytes(50)
    yield "png of 900 million pixels", "a.png", png(30_000, 30_000)
    yield "jpeg 65,000 wide", "a.jpg", jpeg().replace(b"\x00\x3c\x00\x50", b"\x00\x3c\xfd\xe8")
    yield "pdf behind html", "a.pdf", html + pdf
    yield "pdf with html in front", "a.pdf", b"%PDF-1.4\n" + html + pdf
    yield "pdf with zip behind", "a.pdf", pdf + zipped()
    yield "pdf cut off", "a.pdf", pdf[: len(pdf) // 2]
    yield "only the name of a pdf", "a.pdf", b"%PDF-1.7\n%%EOF"
    for what in (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia", b"/SubmitForm"):
        active = pdf.replace(
            b"/Type /Catalog", b"/Type /Catalog /OpenAction << /S " + what + b" >>"
        )
        if active == pdf:
            active = re.sub(
                rb"/Type\s*/Catalog", b"/Type /Catalog /OpenAction << /S " + what + b" >>", pdf
            )
        yield f"pdf with {what.decode()}", "a.pdf", active
    yield "amr with something behind", "a.amr", voice(tail=b"PK\x03\x04 hello").read()
    yield "amr that is none", "a.amr", b"#!AMR\n" + os.urandom(2000)
    yield "mp3 that is none", "a.mp3", b"ID3\x03\0\0\0\0\0\0" + os.urandom(2000)
    yield "ogg that is none", "a.ogg", b"OggS" + bytes(24) + b"OpusHead" + bytes(400)
    yield "m4a with something hidden", "a.m4a", m4a(hidden=os.urandom(60_000))
    yield "m4a with something behind", "a.m4a", m4a(after=b"behind!")
    yield "m4a with html inside", "a.m4a", m4a(hidden=html)
    yield "m4a with other boxes", "a.m4a", m4a(after=box(b"evil", b"x"))
    yield "m4a deeper than deep", "a.m4a", box(b"ftyp", b"M4A ") + box(b"moov", _deep(40))
    yield "webp that is none", "a.webp", b"RIFF\x20\0\0\0WEBPVP8 " + bytes(40)


def _deep(levels):
    inner = b""
    for _level in range(levels):
        inner = box(b"trak", inner)
    return inner


BAD = list(bad_files())


def test_there_are_sixty_bad_files():
    assert len(BAD) >= 60


@pytest.mark.parametrize(("name", "content"), [pytest.param(n, c, id=i) for i, n, c in BAD])
def test_a_bad_file_is_refused_in_words_and_nothing_of_it_stays(name, content):
    with pytest.raises(ValidationError) as refusal:
        papers.take_in_file(SimpleUploadedFile(name, content), intake=make.intake())

    assert refusal.value.messages[0] and "%(" not in refusal.value.messages[0]
    assert not Document.objects.exists()
    root = Path(project.SEALED_ROOT)
    assert not root.exists() or not list(root.iterdir())


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_pictures_of_telephones_are_taken(form):
    document = papers.take_in_file(photo(form=form), intake=make.intake())

    with Image.open(io.BytesIO(b"".join(document.copy.chunks()))) as copy:
        assert copy.size == (80, 60)


def test_the_same_file_of_a_request_is_kept_once():
    intake = make.intake()
    first = papers.take_in_file(photo(), intake=intake)

    assert papers.take_in_file(photo("другое имя.jpg"), intake=intake) == first
    assert papers.take_in_file(photo(), intake=make.intake()) != first
    assert len(list(Path(project.SEALED_ROOT).iterdir())) == 4


# Held, never refused


@pytest.mark.parametrize(("typed", "why"), [({"website": "http://x"}, Intake.Held.TRAP), ({}, "")])
def test_who_fills_in_what_nobody_sees_is_held(client, typed, why):
    assert shown(send(client, **typed))
    assert Intake.objects.get().held_because == why


def test_who_is_faster_than_a_person_is_held(client, settings):
    settings.INTAKE_FASTEST_SECONDS = 4

    assert shown(send(client))
    assert Intake.objects.get().held_because == Intake.Held.TOO_FAST


def test_many_of_one_address_are_held_and_each_has_a_number(client, settings):
    settings.INTAKES_PER_HOUR = 2
    pages = [send(client, story=f"{STORY} {n}") for n in range(4)]

    assert len({shown(page) for page in pages}) == 4
    assert [i.held_because for i in Intake.objects.order_by("pk")] == [
        "",
        "",
        "too_many",
        "too_many",
    ]
    # The same form again is no new one.
    assert send(Client(REMOTE_ADDR="127.0.0.9"), story="другой адрес") and not (
        Intake.objects.latest("pk").held_because
    )


def test_in_a_flood_the_first_of_an_address_is_believed(client, settings):
    settings.INTAKES_PER_HOUR_OF_ALL = 1
    for address in ["10.0.0.1", "10.0.0.1", "10.0.0.2"]:
        send(Client(REMOTE_ADDR=address), story=f"{STORY} {uuid.uuid4()}")

    assert [i.held_because for i in Intake.objects.order_by("pk")] == ["", "too_many", ""]


def test_a_household_of_ipv6_is_one_address(client, settings):
    settings.INTAKES_PER_HOUR = 1
    for address in ["2001:db8::1", "2001:db8::2:3", "2001:db8:0:1::1"]:
        send(Client(REMOTE_ADDR=address), story=f"{STORY} {address}")

    assert [i.held_because for i in Intake.objects.order_by("pk")] == ["", "too_many", ""]


def test_a_named_sender_changes_nothing(client, settings):
    settings.INTAKES_PER_HOUR = 1
    for n in range(3):
        send(Client(headers={"x-forwarded-for": f"10.1.1.{n}"}), story=f"{STORY} {n}")

    assert Intake.objects.filter(held_because="too_many").count() == 2


def test_after_too_many_the_files_are_not_looked_at(client, settings):
    settings.INTAKES_PER_HOUR_MOST = 1
    send(client, story="один")
    page = send(client, story="два", files=[photo()])

    assert shown(page) and not Document.objects.exists() and "фото.jpg" in text_of(page)


# Forms that are not ours


@pytest.mark.parametrize("slip", ["", "x", "A" * 200, "forged"])
def test_a_form_that_is_not_ours_saves_nothing_and_loses_nothing(client, slip):
    if slip == "forged":
        slip = open_form(client)
        slip = slip[:40] + ("A" if slip[40] != "A" else "B") + slip[41:]
    page = client.post(
        "/ru/help/sent/", {"slip": slip, "story": STORY, "consent": "anonymous", "place": "Базар"}
    )

    assert page.status_code == 403 and not Intake.objects.exists()
    assert STORY in text_of(page) and "Базар" in text_of(page)
    assert shown(send(client, slip=slip_on(page)))


def test_a_slip_is_good_for_its_own_form_only(client):
    door = slip_on(client.get("/ru/help/status/"))

    assert send(client, slip=door).status_code == 403
    assert client.post("/ru/help/status/", {"slip": open_form(client)}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"referer": "https://evil.example/ru/help/"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": "http://testserver"},
    ],
)
def test_a_form_from_another_site_is_refused(client, headers):
    slip = open_form(client)
    for address in ["sent/", "", "status/", "status/write/", "status/leave/"]:
        answer = client.post(f"/ru/help/{address}", {"slip": slip, "story": STORY}, headers=headers)
        assert answer.status_code == 403, address
    assert not Intake.objects.exists()


def test_our_own_pages_are_no_strangers(client):
    client = Client(headers={"origin": "http://testserver", "sec-fetch-site": "same-origin"})

    assert shown(send(client))


def test_a_file_where_none_is_taken_is_refused(client):
    slip = slip_on(client.get("/ru/help/status/"))

    assert client.post("/ru/help/status/", {"slip": slip, "f": photo()}).status_code == 400


# Shown once


def test_the_code_is_shown_again_until_it_is_saved(client):
    page = send(client)
    both = shown(page)

    assert shown(client.get("/uz/help/sent/")) == both
    assert shown(Client().get("/uz/help/sent/")) is None
    after = client.post("/ru/help/status/saved/", {"slip": slip_on(page)})
    assert after.status_code == 303 and after.headers["Location"] == "/ru/help/status/"
    assert shown(client.get("/uz/help/sent/")) is None
    assert client.get("/ru/help/status/").status_code == 200


def test_after_leaving_neither_back_nor_sending_again_shows_it(client):
    slip = open_form(client)
    send(client, slip=slip)
    left = client.get("/exit/")

    assert left.cookies[visits.COOKIE].value == "" and "Clear-Site-Data" in left.headers
    again = send(client, slip=slip)
    assert again.status_code == 303 and again.headers["Location"] == "/ru/help/"
    assert not again.cookies and Intake.objects.count() == 1
    assert "Ваша страница" in text_of(client.get("/ru/help/status/"))


def test_after_leaving_a_form_with_mistakes_shows_nothing_typed(client):
    """Back, and yes to the browser's question whether to send it once more."""
    slip = open_form(client)
    page = send(client, slip=slip, consent="")
    client.post("/kk/help/", {"slip": slip_on(page), "story": STORY})
    client.get("/exit/")

    for address, again in [("sent/", slip), ("sent/", slip_on(page)), ("", slip_on(page))]:
        answer = client.post(f"/ru/help/{address}", {"slip": again, "story": STORY})
        assert answer.status_code == 303 and CANARY not in text_of(answer)


def test_long_after_the_same_form_tells_no_code(client):
    slip = open_form(client)
    send(client, slip=slip)
    Intake.objects.update(received_at=timezone.now() - timedelta(hours=25))

    assert shown(send(Client(), slip=slip)) is None and Intake.objects.count() == 1


def test_the_sent_page_is_private(client):
    page = send(client)

    assert page.headers["Cache-Control"] == "no-store"
    assert "noindex" in page.headers["X-Robots-Tag"]
    title = re.search("<title>(.*?)</title>", text_of(page))[1]
    assert shown(page)[0] not in title and title.startswith("Ваша страница")
    assert STORY not in text_of(page)
    gzipped = gzip.compress(page.content)
    assert len(gzipped) <= 10_000


def test_what_people_told_lies_nowhere_in_clear(client, caplog):
    caplog.set_level(logging.DEBUG)
    page = send(client, consent="agreed", contact_by="phone", contact=CANARY, place=CANARY,
                speaker_name=CANARY, files=[SimpleUploadedFile(f"{CANARY}.exe", b"MZ")])  # fmt: skip
    reference, code = shown(page)
    bad = send(client, consent="")

    secrets = [CANARY, code, code.replace(" ", "")]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')  # noqa: S608
            rows = "\n".join(row[0] for row in cursor.fetchall())
            for secret in secrets:
                assert secret not in rows, table
                assert secret.encode().hex() not in rows, table
    for secret in [*secrets, reference]:
        assert secret not in caplog.text
        for answer in (page, bad):
            assert secret not in str(answer.headers) and secret not in str(answer.cookies)
    assert reference not in page.request["PATH_INFO"]
    assert not Counter.objects.filter(code__contains=reference).exists()


def test_a_request_costs_few_queries(client, django_assert_max_num_queries):
    slip = open_form(client)

    with django_assert_max_num_queries(40):
        assert shown(send(client, slip=slip, consent="agreed", topics=["wages"]))


def test_a_draft_that_waited_for_too_long_has_lost_its_files(client, monkeypatch):
    page = send(client, consent="", files=[photo()])
    kept = re.findall(r'name="keep" value="([^"]+)"', text_of(page))
    monkeypatch.setattr(asking, "PAPERS_WAIT", -1)

    assert shown(send(client, slip=slip_on(page), keep=kept))
    assert not Document.objects.exists()


def test_a_slip_says_nothing_to_whoever_holds_it():
    slip = slips.seal("ask", text=CANARY)

    assert CANARY not in slip and slips.opened("enter", slip) is None
    assert slips.opened("ask", slip)["text"] == CANARY
    assert slips.opened("ask", slip, -1) is None


# A database that rests


def test_what_was_typed_is_carried_by_the_page_that_says_the_portal_rests(client):
    slip = open_form(client)
    client.raise_request_exception = False

    def rests(*_asked):
        raise OperationalError

    with connection.execute_wrapper(rests):
        told = send(client, slip=slip, story="Не платят <три> месяца")
        door = client.post("/ru/help/status/", {"reference": "R-AAA-AAA", "code": "123412341234"})
    carried = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', text_of(told))
    again = client.post("/ru/help/sent/", {name: unescape(value) for name, value in carried})

    assert told.status_code == 503 and shown(told) is None
    assert shown(again)
    assert Intake.objects.get().story == "Не платят <три> месяца"
    assert "123412341234" not in text_of(door)
