import io
import os
import struct
import threading
import zipfile
import zlib
from datetime import timedelta

import pikepdf
import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import (
    InMemoryUploadedFile,
    SimpleUploadedFile,
    TemporaryUploadedFile,
)
from django.db import connection, transaction
from django.utils import timezone, translation
from PIL import Image, ImageCms

from resources import file_child, files
from resources.models import LibraryFile
from tests import real_pdfs

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folders(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "temporary"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    with translation.override("en"):
        yield tmp_path


def upload(content, name="file.bin"):
    return SimpleUploadedFile(name, content)


def refused(content, code, **options):
    """The refusal's words, after looking that nothing was left of the file."""
    with pytest.raises(ValidationError) as refusal:
        files.take_in(upload(content), **options)
    assert refusal.value.code == code, refusal.value.messages
    assert not LibraryFile.objects.exists()
    return " ".join(refusal.value.messages)


def files_in(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def pdf(pages=1, change=None, **options):
    """A small PDF, changed by a function before it is saved."""
    with pikepdf.new() as document:
        for _number in range(pages):
            document.add_blank_page(page_size=(300, 400))
        if change:
            change(document)
        written = io.BytesIO()
        document.save(written, **options)
    return written.getvalue()


def jpeg(size=(600, 800), **options):
    picture = Image.effect_noise(size, 40).convert("RGB")
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=80, **options)
    return written.getvalue()


def png(size=(600, 800), mode="RGB", **options):
    written = io.BytesIO()
    Image.new(mode, size, "teal").save(written, "PNG", **options)
    return written.getvalue()


def mp3(frames=100):
    # MPEG-1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes and 1,152 samples each. Zeros are silence.
    return (b"\xff\xfb\x90\x00" + bytes(413)) * frames


def opus(packets=150, tags=b"OpusTags" + bytes(8), serial=7):
    """Silence: 20 ms a packet, 50 packets a page."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 312, 48_000, 0, 0)
    lacing = bytes([255] * (len(tags) // 255) + [len(tags) % 255])
    pages = [
        file_child.ogg_page(2, 0, serial, 0, bytes([len(head)]), head),
        file_child.ogg_page(0, 0, serial, 1, lacing, tags),
    ]
    for sent in range(50, packets + 1, 50):
        flags = 4 if sent + 50 > packets else 0
        page = file_child.ogg_page(
            flags, sent * 960, serial, len(pages), b"\x03" * 50, b"\xf8\xff\xfe" * 50
        )
        pages.append(page)
    return b"".join(pages)


# What comes in


def test_a_pdf_is_kept_as_it_came_with_pages_cover_and_a_name_of_ours(own_folders):
    content = pdf(pages=3)

    row = files.take_in(upload(content, "../../etc/Паспорт Иванова.exe"))

    assert (row.kind, row.pages, row.size) == ("pdf", 3, len(content))
    assert row.content.read() == content
    assert row.content.name.startswith("library/") and row.content.name.endswith(".pdf")
    assert len(row.content.name) == len("library/.pdf") + 32
    assert os.stat(row.content.path).st_mode & 0o777 == 0o640
    assert (row.cover_width, row.cover_height) == (480, 640)
    with Image.open(row.thumbnail.path) as thumbnail:
        assert thumbnail.format == "WEBP" and thumbnail.size == (128, 171)
    assert len(files_in(own_folders)) == 3
    row.content.close()


@pytest.mark.parametrize("name", real_pdfs.REAL_PDFS)
def test_a_real_pdf_gives_its_pages_its_text_and_a_light_cover(name):
    path = real_pdfs.find(name)
    if not path:
        pytest.skip("The real PDFs are not in var/test-pdfs, and apt could not fetch them.")
    _package, _file_name, pages, word = real_pdfs.REAL_PDFS[name]

    with open(path, "rb") as file:
        row = files.take_in(InMemoryUploadedFile(file, "file", "x", "x", path.stat().st_size, None))

    assert row.pages == pages
    assert word in row.text and 10_000 < len(row.text) <= file_child.TEXT_CHARACTERS
    assert not {"\x00", "\x02", "\ufffe", "\r"} & set(row.text)
    assert 500 < row.cover.size <= 40_000
    assert 100 < row.thumbnail.size <= 6_000


def test_a_large_upload_leaves_no_temporary_file(own_folders):
    content = pdf()
    large = TemporaryUploadedFile("a.pdf", "application/pdf", len(content), None)
    large.write(content)

    files.take_in(large)
    large.close()

    assert not files_in(own_folders / "temporary")


def test_a_photo_loses_place_camera_comment_and_profile_and_is_turned_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # lying on its side
    exif[0x010F] = "CANARY camera"
    exif.get_ifd(0x8825).update({1: "N", 2: (42.0, 19.0, 0.0)})
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    content = jpeg(exif=exif, comment=b"CANARY comment", icc_profile=profile)

    row = files.take_in(upload(content))

    with Image.open(row.content.path) as stored:
        assert stored.size == (800, 600)
        assert not dict(stored.getexif()) and not stored.info.get("icc_profile")
        assert not stored.info.get("comment")
    assert b"CANARY" not in row.content.read()
    assert row.size < len(content) * 1.1
    assert row.cover.size <= 40_000 and row.thumbnail.size <= 6_000
    row.content.close()


def test_a_picture_keeps_its_transparency_but_not_its_words():
    from PIL.PngImagePlugin import PngInfo

    words = PngInfo()
    words.add_text("Author", "CANARY", zip=False)

    row = files.take_in(upload(png(mode="RGBA", pnginfo=words)))

    with Image.open(row.content.path) as stored:
        assert stored.mode == "RGBA" and "Author" not in stored.info
    assert b"CANARY" not in row.content.read()
    row.content.close()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16", "RGB"])
def test_a_picture_of_any_depth_gets_a_cover(mode):
    picture = Image.new("L", (300, 200), 200).convert(mode if mode != "I;16" else "L")
    written = io.BytesIO()
    picture.convert(mode).save(written, "PNG")

    row = files.take_in(upload(written.getvalue()))

    assert (row.cover_width, row.cover_height) == (300, 200)


def test_a_cmyk_jpeg_from_a_print_shop_is_stored_for_screens():
    written = io.BytesIO()
    Image.new("CMYK", (300, 200), "teal").save(written, "JPEG")

    row = files.take_in(upload(written.getvalue()))

    with Image.open(row.content.path) as stored:
        assert stored.mode == "RGB"


def test_an_mp3_loses_its_tags_and_pictures_and_knows_its_length():
    sound = mp3(frames=383)  # 383 × 1,152 samples of 44,100 a second
    picture = b"APIC" + struct.pack(">IH", 40, 0) + b"CANARY picture".ljust(40, b"\x00")
    tag = b"ID3\x03\x00\x00" + bytes([0, 0, 0, len(picture)]) + picture
    old_tag = b"TAG" + b"CANARY title".ljust(125, b"\x00")

    row = files.take_in(upload(tag + sound + old_tag))

    assert row.content.read() == sound
    assert (row.kind, row.seconds, row.pages, row.cover.name) == ("mp3", 10, None, "")
    row.content.close()


def test_an_opus_recording_loses_its_comments_and_knows_its_length():
    tags = b"OpusTags" + struct.pack("<I", 0) + struct.pack("<I", 1)
    tags += struct.pack("<I", 700) + b"METADATA_BLOCK_PICTURE=" + b"CANARY".ljust(677, b"A")

    row = files.take_in(upload(opus(packets=250, tags=tags)))

    assert row.content.read() == opus(packets=250)
    assert (row.kind, row.seconds) == ("opus", 5)
    row.content.close()


def test_the_same_file_twice_is_one_row(own_folders):
    content = pdf()

    first = files.take_in(upload(content))
    second = files.take_in(upload(content, "other.pdf"))

    assert first == second
    assert len(files_in(own_folders)) == 3


def test_a_file_whose_copy_was_lost_is_stored_again():
    first = files.take_in(upload(png()))
    os.remove(first.content.path)

    second = files.take_in(upload(png()))

    assert second != first
    assert os.path.exists(second.content.path)


# What is refused


@pytest.mark.parametrize(
    "content",
    [
        b"<!doctype html><script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"MZ" + bytes(500),
        b"\x7fELF" + bytes(500),
        b"PK\x03\x04" + bytes(500),
        b"GIF89a/*" + bytes(200) + b"*/=1;alert(1)",
        b"RIFF\x00\x00\x00\x00WEBPVP8 ",
        b"\xff",
        b"hello",
        bytes(5000),
    ],
)
def test_another_kind_of_file_is_refused_whatever_its_name(content):
    with pytest.raises(ValidationError, match="not a PDF, JPEG, PNG, MP3 or Opus file"):
        files.take_in(upload(content, "booklet.pdf"))

    assert not LibraryFile.objects.exists()


def test_a_field_for_recordings_takes_no_pdf():
    assert "not a MP3 or Opus file" in refused(pdf(), "wrong_kind", kinds=files.RECORDINGS)


def test_a_file_over_the_limit_is_refused_before_it_is_read(settings):
    settings.UPLOAD_MAX_BYTES = 1024 * 1024

    words = refused(bytes(1024 * 1024 + 1), "too_large")

    assert "At most 1.0" in words


def test_an_empty_file_is_refused():
    refused(b"", "empty")


@pytest.mark.parametrize("content", [pdf(20)[:-900], b"%PDF-1.7\n" + bytes(3000) + b"%%EOF"])
def test_a_broken_pdf_is_refused(content):
    refused(content, "broken")


@pytest.mark.parametrize(
    "whole", [jpeg(), png(), mp3(3), opus()], ids=["jpg", "png", "mp3", "opus"]
)
def test_a_file_cut_off_in_the_middle_is_refused(whole):
    refused(whole[: len(whole) // 2 + 7], "broken")


def test_a_changed_byte_in_an_opus_recording_is_noticed():
    content = bytearray(opus())
    content[400] ^= 1

    refused(bytes(content), "broken")


@pytest.mark.parametrize("who", [{"user": "secret"}, {"user": "", "owner": "secret"}])
def test_a_protected_pdf_is_refused(who):
    who = {"owner": "secret", **who}
    refused(pdf(encryption=pikepdf.Encryption(**who)), "protected")


def with_open_action(**action):
    def change(document):
        document.Root.OpenAction = document.make_indirect(pikepdf.Dictionary(**action))

    return change


def attach(document):
    document.attachments["payroll.exe"] = b"MZ" + bytes(100)


def attach_by_annotation(document):
    specification = pikepdf.Dictionary(
        Type=pikepdf.Name.Filespec, F="a.exe", EF={"/F": document.make_stream(b"MZ")}
    )
    document.pages[0].Annots = pikepdf.Array(
        [
            document.make_indirect(
                pikepdf.Dictionary(Subtype=pikepdf.Name.Text, Rect=[0, 0, 9, 9], FS=specification)
            )
        ]
    )


SCRIPT = with_open_action(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (SCRIPT, "program"),
        (with_open_action(S=pikepdf.Name.Launch, F="cmd.exe"), "program"),
        (with_open_action(S=pikepdf.Name.SubmitForm, F="http://x.example/"), "program"),
        (attach, "attachment"),
        (attach_by_annotation, "attachment"),
    ],
    ids=["script", "launch", "form", "attachment", "annotation"],
)
@pytest.mark.parametrize("packed", [True, False], ids=["packed", "plain"])
def test_a_pdf_that_does_something_is_refused(change, code, packed):
    mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable

    refused(pdf(change=change, object_stream_mode=mode), code)


@pytest.mark.parametrize(
    ("plain", "written"),
    [
        (b"/S /JavaScript", b"/S/#4aavaScript"),
        (b"/S /JavaScript", b"/#53/Java#53cript"),
        (b"/S /JavaScript", b"/S%/URI\n/JavaScript"),
    ],
)
def test_a_script_written_in_a_roundabout_way_is_found(plain, written):
    content = pdf(change=SCRIPT, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    assert plain in content

    refused(content.replace(plain, written), "program")


def test_an_object_stream_packed_in_an_unusual_way_is_refused():
    content = pdf(change=SCRIPT, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert b"/Filter /FlateDecode" in content

    refused(content.replace(b"/Filter /FlateDecode", b"/Filter /Fl"), "unusual")


def test_a_link_to_a_page_about_javascript_is_no_script():
    row = files.take_in(
        upload(
            pdf(
                change=with_open_action(
                    S=pikepdf.Name.URI, URI="https://en.wikipedia.org/wiki/JavaScript"
                )
            )
        )
    )

    assert row.pages == 1


def zip_of(name, content):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr(name, content)
    return written.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (pdf(pages=20) + zip_of("a.html", "<script>"), "something_behind"),
        (pdf(pages=20) + b"<script>alert(1)</script>", "something_behind"),
        (pdf() + zip_of("a.html", "x") + b"\n%%EOF\n", "something_inside"),
        (b"<html><script>alert(1)</script>" + pdf(), "something_before"),
        (pdf().replace(b"\n", b"\n%<html><script>alert(1)</script>\n", 1), "something_inside"),
        (mp3() + b"<script>alert(1)</script>", "something_behind"),
        (opus() + b"<script>alert(1)</script>", "something_behind"),
        (opus() + opus(serial=8), "broken"),
    ],
    ids=["zip", "tail", "zip-inside", "html-first", "html-inside", "mp3", "opus", "chained"],
)
def test_a_file_that_is_two_files_is_refused(content, code):
    refused(content, code)


@pytest.mark.parametrize("content", [jpeg(), png()], ids=["jpg", "png"])
def test_a_picture_loses_what_stands_behind_its_end(content):
    row = files.take_in(upload(content + b"<html><script>CANARY</script><?php CANARY"))

    assert b"CANARY" not in row.content.read()
    row.content.close()


# Bombs


def png_of_zeros(width, height):
    def chunk(kind, body):
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    packer = zlib.compressobj(9)
    row = bytes(1 + width // 8 + 1)
    body = b"".join(packer.compress(row * 100) for _rows in range(height // 100))
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", body + packer.flush())
        + chunk(b"IEND", b"")
    )


def jpeg_that_claims(width, height):
    content = bytearray(jpeg((16, 16)))
    at = content.index(b"\xff\xc0")
    struct.pack_into(">HH", content, at + 5, height, width)
    return bytes(content)


def pdf_with_content_of(size):
    def change(document):
        packed = zlib.compress(zlib.compress(b"q 1 0 0 1 0 0 cm " * (size // 17), 9), 9)
        stream = pikepdf.Stream(document, packed)
        stream.Filter = pikepdf.Array([pikepdf.Name.FlateDecode, pikepdf.Name.FlateDecode])
        document.pages[0].Contents = document.make_indirect(stream)

    return pdf(change=change, compress_streams=False)


@pytest.fixture
def slow_limits(settings):
    settings.UPLOAD_CHECK_SECONDS = 3


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded():
    content = png_of_zeros(30_000, 30_000)
    assert len(content) < 200_000
    started = timezone.now()

    words = refused(content, "too_many_pixels")

    assert "40 million pixels" in words
    assert timezone.now() - started < timedelta(seconds=3)


def test_a_jpeg_that_claims_a_side_of_65_000_pixels_is_refused():
    refused(jpeg_that_claims(65_000, 65_000), "too_many_pixels")
    refused(jpeg_that_claims(65_000, 100), "too_many_pixels")


def test_a_pdf_of_ten_thousand_pages_is_refused():
    words = refused(pdf(pages=10_000), "too_many_pages")

    assert "10000 pages" in words and "3000" in words


def test_a_small_pdf_that_swells_in_memory_is_refused(slow_limits):
    content = pdf_with_content_of(600_000_000)
    assert len(content) < 1_500_000
    started = timezone.now()

    refused(content, "too_heavy")

    assert timezone.now() - started < timedelta(seconds=5)


def test_an_object_stream_that_swells_is_refused(slow_limits):
    content = pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate)
    bomb = zlib.compress(bytes(300_000_000), 9)
    stranger = b"99 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n" % len(
        bomb
    )
    content = content.replace(b"%%EOF", stranger + bomb + b"\nendstream endobj\n%%EOF")

    refused(content, "too_heavy")


def test_a_file_that_takes_too_long_is_given_up(settings):
    settings.UPLOAD_CHECK_SECONDS = 0.01

    refused(pdf(), "too_heavy")


# Nothing is kept of what failed


def test_after_a_refusal_nothing_is_left(own_folders):
    for content in [b"nothing", pdf(change=SCRIPT), jpeg()[:3000], mp3()[:900]]:
        with pytest.raises(ValidationError):
            files.take_in(upload(content))

    assert not files_in(own_folders)


@pytest.mark.django_db(transaction=True)
def test_when_the_row_cannot_be_saved_its_files_go(own_folders, django_user_model):
    nobody = django_user_model(pk=999_999)

    with pytest.raises(Exception, match="violates foreign key"):
        files.take_in(upload(png()), by=nobody)

    assert not files_in(own_folders)
    assert not LibraryFile.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_when_the_transaction_around_it_fails_the_files_go(own_folders):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        files.take_in(upload(png()))
        assert len(files_in(own_folders)) == 3
        raise ZeroDivisionError

    assert not files_in(own_folders)
    assert not LibraryFile.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_when_the_transaction_around_it_succeeds_the_files_stay(own_folders):
    with transaction.atomic():
        files.take_in(upload(png()))

    assert len(files_in(own_folders)) == 3


@pytest.mark.django_db(transaction=True)
def test_uploads_at_the_same_time_do_not_disturb_each_other(own_folders):
    contents = [pdf(pages=n) for n in (1, 2, 3)] + [png((n, n)) for n in (50, 60, 70)]
    rows = []

    def send(content):
        try:
            rows.append(files.take_in(upload(content)))
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=[content]) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(row.pages for row in rows if row.pages) == [1, 2, 3]
    assert len({row.content.name for row in rows}) == 6
    assert len(files_in(own_folders)) == 18


def test_files_no_row_knows_are_swept_when_they_are_old(own_folders):
    row = files.take_in(upload(png()))
    stray = own_folders / "media" / "library" / "stray.pdf"
    stray.write_bytes(b"half")

    assert files.remove_strays(timezone.now() - timedelta(days=1)) == 0
    assert files.remove_strays(timezone.now() + timedelta(minutes=1)) == 1
    assert not stray.exists() and os.path.exists(row.content.path)


# In a form


class BookletForm(forms.Form):
    title = forms.CharField(max_length=10)
    booklet = files.LibraryFileField(required=False)
    recording = files.LibraryFileField(required=False, kinds=files.RECORDINGS)


def test_a_form_keeps_what_was_typed_and_says_why_the_file_was_refused():
    form = BookletForm({"title": "Wages"}, {"booklet": upload(b"hello", "a.pdf")})

    assert not form.is_valid()
    assert list(form.errors) == ["booklet"]
    assert 'value="Wages"' in form.as_p()


def test_a_form_hands_over_what_it_checked_and_keeps_nothing_itself(own_folders):
    form = BookletForm({"title": "Wages"}, {"booklet": upload(pdf(), "a.pdf")})

    assert form.is_valid(), form.errors
    assert form.cleaned_data["recording"] is None
    assert not files_in(own_folders)
    assert files.keep(form.cleaned_data["booklet"]).pages == 1


def test_the_file_chooser_offers_the_right_files_and_knows_the_limit():
    html = BookletForm()["recording"].as_widget()

    assert 'accept=".mp3,audio/mpeg,.opus,.ogg,.oga,audio/ogg"' in html
    assert 'data-max-bytes="41943040"' in html
    assert "larger than 40 MB" in html
