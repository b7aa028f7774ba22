import pytest
from django.db import connection
from django.http import Http404
from django.middleware.gzip import GZipMiddleware

from sanasezim.shared.ranged import file_response, is_first_bytes

pytestmark = pytest.mark.django_db  # closing an answer looks after the connection
CONTENT = bytes(range(256)) * 10


@pytest.fixture
def stored(tmp_path):
    path = tmp_path / "booklet.pdf"
    path.write_bytes(CONTENT)
    return path


def ask(rf, stored, method="get", **headers):
    request = getattr(rf, method)(
        "/x", headers={k.replace("_", "-"): v for k, v in headers.items()}
    )
    answer = file_response(
        request, stored, etag="abc", content_type="application/pdf", filename="буклет-ru-v1.pdf"
    )
    body = b"".join(answer) if answer.streaming else answer.content
    answer.close()
    return answer, body


def test_the_whole_file_comes_with_its_size_and_name(rf, stored):
    answer, body = ask(rf, stored)

    assert (answer.status_code, body) == (200, CONTENT)
    assert answer.headers["Content-Length"] == str(len(CONTENT))
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert "filename*=UTF-8''%D0%B1" in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Security-Policy"].endswith("sandbox")


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [
        ("bytes=0-99", 0, 99),
        ("bytes=100-", 100, 2559),
        ("bytes=-10", 2550, 2559),
        ("bytes=2500-9999", 2500, 2559),
    ],
)
def test_a_part_comes_as_asked(rf, stored, wanted, first, last):
    answer, body = ask(rf, stored, range=wanted)

    assert answer.status_code == 206
    assert body == CONTENT[first : last + 1]
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/2560"
    assert answer.headers["Content-Length"] == str(len(body))


def test_a_part_beyond_the_end_is_refused_with_the_size(rf, stored):
    answer, _body = ask(rf, stored, range="bytes=5000-")

    assert (answer.status_code, answer.headers["Content-Range"]) == (416, "bytes */2560")


@pytest.mark.parametrize(
    "wanted",
    ["bytes=", "bytes=-", "items=0-1", "bytes=5-2", "bytes=0-1,5-9", "x", f"bytes=0-{'9' * 6000}"],
)
def test_a_range_that_cannot_be_read_gives_the_whole(rf, stored, wanted):
    answer, body = ask(rf, stored, range=wanted)

    assert (answer.status_code, body) == (200, CONTENT)


def test_a_download_goes_on_only_if_the_file_is_still_the_same(rf, stored):
    assert ask(rf, stored, range="bytes=9-", if_range='"abc"')[0].status_code == 206
    assert ask(rf, stored, range="bytes=9-", if_range='"other"')[0].status_code == 200
    date = ask(rf, stored)[0].headers["Last-Modified"]
    assert ask(rf, stored, range="bytes=9-", if_range=date)[0].status_code == 206
    assert (
        ask(rf, stored, range="bytes=9-", if_range="Thu, 01 Jan 2015 00:00:00 GMT")[0].status_code
        == 200
    )


def test_what_is_known_is_not_sent_again(rf, stored):
    answer, body = ask(rf, stored, if_none_match='"zzz", W/"abc"')

    assert (answer.status_code, body) == (304, b"")


def test_a_head_says_the_same_without_the_file_and_knows_no_ranges(rf, stored):
    answer, body = ask(rf, stored, method="head", range="bytes=0-9")

    assert (answer.status_code, answer.headers["Content-Length"], body) == (200, "2560", b"")
    assert answer.headers["Accept-Ranges"] == "bytes"


def test_who_goes_on_with_another_state_of_the_file_is_told(rf, stored):
    assert ask(rf, stored, if_match='"other", W/"abc"')[0].status_code == 412
    assert ask(rf, stored, if_match='"other", "abc"', range="bytes=9-")[0].status_code == 206
    long_ago = "Thu, 01 Jan 2015 00:00:00 GMT"
    assert ask(rf, stored, if_unmodified_since=long_ago)[0].status_code == 412


def test_an_empty_file_has_no_part(rf, tmp_path):
    (tmp_path / "empty").write_bytes(b"")

    assert ask(rf, tmp_path / "empty")[0].headers["Content-Length"] == "0"
    assert ask(rf, tmp_path / "empty", range="bytes=0-")[0].status_code == 416


def test_a_file_is_never_compressed_on_the_way_and_is_closed_at_the_end(rf, stored):
    request = rf.get("/x", headers={"accept-encoding": "gzip", "range": "bytes=0-999"})

    answer = GZipMiddleware(
        lambda request: file_response(request, stored, etag="abc", content_type="text/plain")
    )(request)
    part = answer.file_to_stream
    body = b"".join(answer)
    answer.close()

    assert body == CONTENT[:1000] and answer.headers["Content-Length"] == "1000"
    assert part.file.closed


@pytest.mark.django_db(transaction=True)
def test_a_slow_reader_holds_no_database_connection(rf, tmp_path):
    (tmp_path / "large").write_bytes(bytes(1024 * 1024))
    connection.ensure_connection()

    answer = file_response(rf.get("/x"), tmp_path / "large", etag="a", content_type="text/plain")

    assert connection.connection is None
    answer.close()


def test_a_file_that_is_gone_is_not_found(rf, tmp_path):
    with pytest.raises(Http404):
        ask(rf, tmp_path / "nothing")


def test_only_the_beginning_of_a_download_counts(rf):
    assert is_first_bytes(rf.get("/x"))
    assert is_first_bytes(rf.get("/x", headers={"range": "bytes=0-"}))
    assert not is_first_bytes(rf.get("/x", headers={"range": "bytes=7-"}))
    assert not is_first_bytes(rf.get("/x", headers={"range": "bytes=-7"}))
    assert not is_first_bytes(rf.get("/x", headers={"range": "bytes=0-1"}))
    assert not is_first_bytes(rf.get("/x", headers={"sec-purpose": "prefetch"}))
    assert not is_first_bytes(rf.get("/x", headers={"if-none-match": '"abc"'}))
