"""Files of a case: what is kept, what is refused, who opens what, and that each look leaves a row."""

import hashlib
import io
import zipfile

import pikepdf
import pytest
from django.conf import settings as project
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from legalaid import coming_back, evidence
from legalaid.models import Case, Document
from sanasezim.shared import accounts, confirmed
from sanasezim.shared.access_log import Action
from sanasezim.shared.models import AccessEntry, Authenticator
from tests import make

pytestmark = pytest.mark.django_db

TITLE = "Канареечный договор"


@pytest.fixture
def lawyer():
    return make.user("lawyer", language="en", first_name="Айгүл")


@pytest.fixture
def case(lawyer):
    return make.case(lawyer=lawyer)


@pytest.fixture
def signed_in(client, lawyer):
    client.force_login(lawyer)
    return client


def address(name, row):
    return reverse(f"admin:legalaid_document_{name}", args=[row.pk])


def body(response):
    return b"".join(response.streaming_content)


def sealed():
    root = project.SEALED_ROOT
    return [path for path in root.rglob("*") if path.is_file()] if root.exists() else []


def send(client, owner, *files):
    return client.post(address(f"of_{owner._meta.model_name}", owner), {"files": list(files)})


def photo_with_place():
    """A photo that says where, when and with which phone it was taken."""
    exif = Image.Exif()
    exif[0x010F] = "CanaryPhone"
    exif[0x013B] = "Canary Author"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (42.0, 19.0, 12.5)
    return make.photo("teal", exif=exif, comment=b"canary comment")


def pdf_with_author():
    file = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page(page_size=(300, 400))
        with made.open_metadata() as metadata:
            metadata["dc:creator"] = ["Canary Author"]
            metadata["xmp:CreatorTool"] = "CanaryWriter"
        made.docinfo["/Author"] = "Canary Author"
        made.save(file)
    return file.getvalue()


# In


def test_several_files_at_once_are_kept_with_the_case(signed_in, case, lawyer):
    before = Case.objects.get(pk=case.pk).touched_at
    papers = [photo_with_place(), pdf_with_author()]

    answer = send(
        signed_in, case, make.upload(papers[0], "IMG_1.jpg"), make.upload(papers[1], "Письмо.pdf")
    )

    assert answer.status_code == 302
    kept = list(Document.objects.of_case(case))
    assert [(each.kind, each.title, each.added_by) for each in kept] == [
        ("photo", "IMG_1.jpg", lawyer),
        ("pdf", "Письмо.pdf", lawyer),
    ]
    assert Case.objects.get(pk=case.pk).touched_at > before
    added = AccessEntry.objects.filter(action=Action.ADD, what="legalaid.document")
    assert set(added.values_list("who", "within", "within_id")) == {
        (lawyer.pk, "legalaid.case", case.pk)
    }
    assert added.count() == 2


def test_the_original_is_the_same_bytes_and_the_copy_has_lost_where_and_by_whom(case):
    for content, traces in [
        (photo_with_place(), [b"CanaryPhone", b"Canary Author", b"canary comment", b"Exif"]),
        (pdf_with_author(), [b"Canary Author", b"CanaryWriter"]),
    ]:
        document = make.document(case, content=content)
        original, copy = b"".join(document.original), b"".join(document.copy)

        assert original == content
        assert document.original_sha256 == hashlib.sha256(content).hexdigest()
        assert any(trace in original for trace in traces)
        assert not any(trace in copy for trace in traces)
        assert len(copy) == document.copy_size
    assert not any(b"Canary" in path.read_bytes() for path in sealed())


def test_the_same_file_twice_is_one(signed_in, case):
    send(signed_in, case, make.upload())
    again = send(signed_in, case, make.upload())

    assert Document.objects.count() == 1
    assert "was here already" in signed_in.get(again["Location"]).content.decode()
    assert len(sealed()) == 2


def zip_with(name):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr(name, b"x" * 100)
    return file.getvalue()


def huge_png():
    """A picture of 900 million points in a hundred kilobytes."""
    file = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(file, "PNG")
    return file.getvalue()


def pdf_that_runs():
    file = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.Root.OpenAction = pikepdf.Dictionary(
            S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)")
        )
        made.save(file)
    return file.getvalue()


BAD = {
    "empty": (lambda: b"", "empty"),
    "a page named as a photo": (lambda: b"<html><script>alert(1)</script></html>", "possible"),
    "a program": (lambda: b"MZ" + bytes(500), "possible"),
    "an archive": (lambda: zip_with("a.exe"), "possible"),
    "half a photo": (lambda: make.photo()[:300], "damaged"),
    "a photo with a page behind": (lambda: make.photo() + b"<script>alert(1)</script>", "damaged"),
    "a photo with an archive behind": (lambda: make.photo() + zip_with("a.txt"), "damaged"),
    "a bomb": (huge_png, "too large"),
    "a pdf that runs": (pdf_that_runs, "program"),
    "half a pdf": (lambda: pdf_with_author()[:200], "damaged"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_is_refused_with_its_reason_and_nothing_of_it_is_kept(signed_in, case, kind):
    make_content, why = BAD[kind]

    answer = send(signed_in, case, make.upload(make_content(), "Канареева.jpg"))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Канареева.jpg" in page
    assert why in page
    assert not Document.objects.exists()
    assert not sealed()


def test_good_files_are_kept_beside_bad_ones_and_no_name_goes_into_the_session(signed_in, case):
    answer = send(
        signed_in, case, make.upload(), make.upload(b"MZ", "Иванов.exe"), make.upload(name="x.jpg")
    )

    assert answer.status_code == 422
    assert "Иванов.exe" in answer.content.decode()
    assert Document.objects.count() == 1
    assert "Иванов" not in str(dict(signed_in.session))


def test_more_than_five_at_once_or_a_large_one_is_left_out_and_told(signed_in, case, settings):
    settings.PAPER_MAX_BYTES = 20_000
    photos = [make.upload(make.photo(color)) for color in ["red", "green", "blue", "gold", "navy"]]
    large = SimpleUploadedFile("large.jpg", make.photo() + bytes(30_000))

    too_many = send(signed_in, case, *photos, make.upload(name="sixth.jpg"))
    too_large = send(signed_in, case, large)

    assert "sixth.jpg" in too_many.content.decode()
    assert "More than 5 files" in too_many.content.decode()
    assert "large.jpg" in too_large.content.decode()
    assert Document.objects.count() == 5


def test_nothing_chosen_is_told(signed_in, case):
    answer = signed_in.post(address("of_case", case))

    assert answer.status_code == 422
    assert "Choose a file first" in answer.content.decode()


@pytest.mark.parametrize(
    "name",
    [
        *[
            "../../etc/passwd.jpg",
            "..%2f..%2fx.jpg",
            "CON",
            "a" * 5000 + ".jpg",
            "фото\u202egpj.exe",
        ],
        *['"><b>.jpg', "a\r\nSet-Cookie: x=1.jpg", "😀.jpg", "=cmd.jpg"],
    ],
)
def test_a_name_is_only_shown_and_never_that_of_the_download(signed_in, case, name):
    evidence.add(make.upload(name=name), by=case.lawyer, case=case)
    document = Document.objects.get()

    answer = signed_in.get(address("copy", document))

    assert len(document.title) <= 120
    assert not {"\u202e", "\n", "\r", "/"} & set(document.title)
    assert answer["Content-Disposition"] == f'attachment; filename="{case.reference}-01.jpg"'


def test_a_file_without_its_form_token_is_refused(case, lawyer):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(lawyer)

    assert send(strict, case, make.upload()).status_code == 403
    assert not sealed()


def test_colleagues_may_add_where_the_person_has_sent_their_last(signed_in, settings):
    settings.PAPERS_OF_INTAKE = 1
    intake = make.intake()
    make.document(intake)

    answer = send(signed_in, intake, make.upload(make.photo("pink")))

    assert answer.status_code == 302
    assert intake.documents.count() == 2


# Out


def test_the_copy_leaves_as_an_attachment_that_no_browser_runs(signed_in, case, lawyer):
    document = make.document(case, content=photo_with_place())

    answer = signed_in.get(address("copy", document))

    assert body(answer) == b"".join(document.copy)
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Disposition"] == f'attachment; filename="{case.reference}-01.jpg"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Cache-Control"] == "no-store"
    assert int(answer["Content-Length"]) == document.copy_size
    entry = AccessEntry.objects.get(action=Action.DOWNLOAD)
    assert (entry.who, entry.what_id, entry.within_id, entry.why) == (
        *(lawyer, document.pk, case.pk),
        "",
    )


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "script"},
        {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "image"},
        {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "iframe"},
    ],
)
def test_no_page_puts_a_file_into_itself(signed_in, case, headers):
    document = make.document(case)

    assert signed_in.get(address("copy", document), headers=headers).status_code == 404
    assert not AccessEntry.objects.filter(action=Action.DOWNLOAD).exists()


def test_the_original_needs_a_reason_and_is_written_down_with_it(signed_in, case):
    content = photo_with_place()
    document = make.document(case, content=content)

    without = signed_in.post(address("original", document))
    asked_for = signed_in.get(address("original", document))
    answer = signed_in.post(address("original", document), {"why": "document"})

    assert without.status_code == 302
    assert asked_for.status_code == 405
    assert body(answer) == content
    assert answer["Content-Disposition"].endswith('-01-original.jpg"')
    entry = AccessEntry.objects.get(action=Action.DOWNLOAD)
    assert (entry.why, entry.digest) == ("document", document.original_sha256)


def test_the_original_asks_for_the_code_again(signed_in, case, lawyer, settings):
    Authenticator.objects.create(user=lawyer, name="", confirmed=True)
    settings.SECOND_FACTOR_REQUIRED = True
    session = signed_in.session
    session[accounts.BY_FACTOR] = True
    session.save()
    document = make.document(case)

    asked = signed_in.post(address("original", document), {"why": "document"})

    assert "again-code" in asked.content.decode()
    assert not AccessEntry.objects.filter(action=Action.DOWNLOAD).exists()
    confirmed.confirm(session)
    session.save()
    assert signed_in.post(address("original", document), {"why": "document"}).streaming


def test_files_are_numbered_by_their_case_whoever_sent_them(case):
    intake = make.taken(case)
    files = [make.document(intake), make.document(case), make.document(intake)]
    alone = make.document(make.intake())

    assert [evidence.number_of(document) for document in files] == [1, 2, 3]
    assert evidence.number_of(alone) == 1


def test_a_file_that_was_changed_on_the_disk_is_not_handed_out(signed_in, case):
    document = make.document(case)
    path = project.SEALED_ROOT / str(document.copy)
    path.write_bytes(path.read_bytes()[:-1] + b"\0")

    assert signed_in.get(address("copy", document)).status_code == 409
    path.unlink()
    assert signed_in.get(address("copy", document)).status_code == 409


# Who


def pages_of(case, document):
    return [
        *[address("of_case", case), address("change", document), address("history", document)],
        *[address("copy", document), reverse("admin:legalaid_document_changelist")],
    ]


@pytest.mark.parametrize(
    "role", ["lawyer", "specialist", "operator", "coordinator", "administrator"]
)
def test_nobody_else_learns_of_a_file(client, case, role):
    document = make.document(case, title=TITLE)
    client.force_login(make.user(role, language="en"))

    for page in pages_of(case, document):
        answer = client.get(page)
        assert answer.status_code in {200, 302, 403, 404}
        assert not answer.streaming, page
        assert TITLE not in answer.content.decode()
        assert case.reference not in answer.content.decode()
    for page, sent in [
        (address("original", document), {"why": "document"}),
        (address("change", document), {"title": "X"}),
        (address("of_case", case), {"files": make.upload()}),
    ]:
        assert client.post(page, sent).status_code in {302, 403, 404}
    document.refresh_from_db()
    assert document.title == TITLE
    assert Document.objects.count() == 1
    assert not AccessEntry.objects.filter(what_id=document.pk, what="legalaid.document").exists()


def test_not_yours_is_answered_like_not_there(client, case):
    document = make.document(case)
    client.force_login(make.user("lawyer"))

    for name in ["copy", "original"]:
        there, nowhere = (
            address(name, document),
            reverse(f"admin:legalaid_document_{name}", args=[987654]),
        )
        ask = client.get if name == "copy" else client.post
        assert ask(there).status_code == ask(nowhere).status_code == 404
        assert ask(there).content == ask(nowhere).content


def test_a_link_dies_with_its_session_and_with_the_account(client, case, lawyer):
    document = make.document(case)
    page = address("copy", document)
    client.force_login(lawyer)
    assert client.get(page).status_code == 200

    client.post(reverse("admin:logout"))
    assert client.get(page).status_code == 404
    client.force_login(lawyer)
    lawyer.is_active = False
    lawyer.save()
    assert client.get(page).status_code == 404


def test_whoever_left_the_team_opens_nothing_any_more(client, case):
    colleague = make.user("specialist")
    member = make.CaseMember.objects.create(case=case, user=colleague)
    document = make.document(case)
    client.force_login(colleague)
    assert client.get(address("copy", document)).status_code == 200

    member.delete()

    assert client.get(address("copy", document)).status_code == 404


def test_whom_a_case_is_offered_may_look_and_change_nothing(client, case):
    colleague = make.user("lawyer", language="en")
    case.transfer_to = colleague
    case.save()
    document = make.document(case, title=TITLE)
    client.force_login(colleague)

    assert client.get(address("copy", document)).status_code == 200
    assert client.post(address("change", document), {"title": "X"}).status_code == 403
    assert send(client, case, make.upload()).status_code == 403
    assert Document.objects.get().title == TITLE


# What it is, and for whom


def test_a_file_is_renamed_and_shown_to_the_person(signed_in, case):
    intake = make.taken(case)
    document = make.document(case)
    assert document not in coming_back.papers_for(intake)

    answer = signed_in.post(
        address("change", document), {"title": "Ответ инспекции", "is_for_applicant": "on"}
    )

    assert answer.status_code == 302
    document.refresh_from_db()
    assert (document.title, document.is_for_applicant) == ("Ответ инспекции", True)
    assert document in coming_back.papers_for(intake)
    assert AccessEntry.objects.filter(action=Action.CHANGE, what_id=document.pk).count() == 1


def test_where_several_wrote_it_is_said_who_may_open_it(signed_in, case):
    one, other = make.taken(case), make.taken(case)
    elsewhere = make.intake()
    document = make.document(case)
    sent = {"title": "Ответ", "is_for_applicant": "on"}

    unclear = signed_in.post(address("change", document), sent)
    wrong = signed_in.post(address("change", document), sent | {"whose": elsewhere.reference})
    clear = signed_in.post(address("change", document), sent | {"whose": one.reference})

    assert "say who may open it" in unclear.content.decode()
    assert "No appeal of this case" in wrong.content.decode()
    assert clear.status_code == 302
    assert document in coming_back.papers_for(one)
    assert document not in coming_back.papers_for(other)


def test_the_page_of_a_file_shows_its_digest_and_the_case_shows_its_files(signed_in, case):
    document = make.document(case, title=TITLE)

    page = signed_in.get(address("change", document)).content.decode()
    assert document.original_sha256 in page
    assert TITLE in page
    screen = signed_in.get(reverse("admin:legalaid_case_change", args=[case.pk])).content.decode()
    assert TITLE in screen
    assert address("copy", document) in screen


def test_the_page_of_an_intake_shows_its_files(signed_in):
    intake = make.intake()
    document = make.document(intake, title=TITLE)

    page = signed_in.get(reverse("admin:legalaid_intake_change", args=[intake.pk])).content.decode()

    assert TITLE in page
    assert address("copy", document) in page
    assert address("of_intake", intake) in page


def test_six_hundred_files_stand_on_one_page_in_few_queries(
    signed_in, case, django_assert_max_num_queries
):
    Document.objects.bulk_create(
        Document(case=case, kind="photo", title=f"Лист {number}", copy_size=1, original_size=1)
        for number in range(600)
    )

    signed_in.get(address("of_case", case))
    with django_assert_max_num_queries(14):
        page = signed_in.get(address("of_case", case)).content.decode()

    assert "Лист 599" in page
