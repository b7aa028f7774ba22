"""The staff page of old records: a file is read by the worker, put right, brought in, taken out."""

import csv
import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from hotline.models import Call
from sanasezim.shared import jobs
from sanasezim.shared.models import ImportBatch
from tests import make
from tests.importing.test_import_history import CALLS, as_csv

pytestmark = pytest.mark.django_db(transaction=True)

ADD = reverse("admin:shared_importbatch_add")


@pytest.fixture
def director(client):
    account = make.user("director")
    make.sign_in(client, account)
    return account


def lay(client, rows, **options):
    file = SimpleUploadedFile("2007.csv", as_csv(rows), "text/csv")
    response = client.post(ADD, {"what": "calls", "upload": file, **options})
    assert response.status_code == 302
    work()
    return ImportBatch.objects.get(), response["Location"]


def work():
    while jobs.run_one():
        pass


def test_a_file_is_read_brought_in_and_taken_out(client, director):
    batch, page = lay(client, CALLS, create_missing="on")
    shown = client.get(page).content.decode()
    assert "saryagash" not in shown
    assert "sairam" in shown
    assert not Call.objects.exists()

    client.post(page, {"step": "bring_in"})
    work()

    batch.refresh_from_db()
    assert Call.objects.count() == batch.rows == batch.progress == 3
    assert not batch.file
    client.post(page, {"step": "take_out"})
    assert not Call.objects.exists()


def test_words_and_headings_are_explained_on_the_page(client, director):
    batch, page = lay(
        client, [["Число", "Собеседник"], ["2007-04-02", "парень"], ["2007-04-03", "парень"]]
    )
    assert json.loads(batch.findings)["headings"] == ["Число", "Собеседник"]

    client.post(page, {"step": "explain", "heading-0": "started_at", "heading-1": "sex"})
    work()
    batch.refresh_from_db()
    assert json.loads(batch.findings)["words"] == [["sex", "Собеседник", "парень", "", 2]]
    problems = client.get(reverse("admin:shared_importbatch_problems", args=[batch.pk]))
    assert len(list(csv.reader(io.StringIO(problems.content.decode("utf-8-sig"))))) == 3

    client.post(page, {"step": "explain", "word-0": "male"})
    work()
    client.post(page, {"step": "bring_in"})
    work()
    assert set(Call.objects.values_list("sex", flat=True)) == {"male"}


def test_a_file_with_a_bad_cell_is_never_brought_in(client, director):
    _batch, page = lay(client, [["started_at"], ["2007-04-02"], ["soon"]])
    client.post(page, {"step": "bring_in"})
    work()

    assert not Call.objects.exists()
    client.post(page, {"step": "drop"})
    assert not ImportBatch.objects.exists()


def test_only_the_director_may(client):
    make.sign_in(client, make.user("lawyer"))

    assert client.get(ADD).status_code == 403
    upload = SimpleUploadedFile("x.csv", as_csv(CALLS))
    assert client.post(ADD, {"what": "calls", "upload": upload}).status_code == 403


def test_a_cell_that_a_spreadsheet_would_run_leaves_as_text(client, director):
    batch, _page = lay(client, [["started_at", "sex"], ["2007-04-02", '=HYPERLINK("//x")']])
    problems = client.get(reverse("admin:shared_importbatch_problems", args=[batch.pk]))

    assert "'=HYPERLINK" in problems.content.decode()
