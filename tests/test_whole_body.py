import io

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.http import UnreadablePostError
from django.test import RequestFactory
from django.urls import ResolverMatch

from sanasezim.shared.uploads import takes_files
from sanasezim.whole_body import refuse_half_a_body

FORM = (
    b'--B\r\nContent-Disposition: form-data; name="title"\r\n\r\nWages\r\n'
    b'--B\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    + b"x" * 200_000
    + b"\r\n--B--\r\n"
)


def request_of(body, length, content_type="multipart/form-data; boundary=B"):
    """The request as it arrives when only a part of it does."""
    environ = RequestFactory().post("/x").environ
    environ |= {
        "wsgi.input": io.BytesIO(body),
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(length),
    }
    refuse_half_a_body(lambda environ, start_response: [])(environ, None)
    request = WSGIRequest(environ)
    request.resolver_match = ResolverMatch(takes_files(1_000_000)(lambda request: None), (), {})
    return request


def test_a_whole_form_arrives():
    request = request_of(FORM, len(FORM))

    assert request.POST["title"] == "Wages"
    assert request.FILES["file"].size == 200_000
    request.close()


@pytest.mark.parametrize("arrived", [0, 120, 5_000, 150_000, len(FORM) - 1])
def test_a_form_cut_off_on_its_way_is_no_form(arrived):
    request = request_of(FORM[:arrived], len(FORM))

    with pytest.raises(UnreadablePostError):
        request.POST  # noqa: B018
    request.close()


def test_half_a_story_is_no_story():
    request = request_of(b"story=They+took", 400, "application/x-www-form-urlencoded")

    with pytest.raises(UnreadablePostError):
        request.POST  # noqa: B018
