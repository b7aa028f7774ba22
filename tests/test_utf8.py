import io

import pytest
from django.test import RequestFactory

from sanasezim.utf8 import Utf8Request

FORM = '--B\r\nContent-Disposition: form-data; name="story"\r\n\r\nжалақы\r\n--B--\r\n'.encode()


@pytest.mark.parametrize("charset", ["base64", "idna", "undefined", "utf-16", "cp1251", "nothing"])
@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=B"])
def test_letters_are_read_as_utf_8_whatever_a_request_says_of_them(kind, charset):
    environ = RequestFactory().post("/x?q=%D0%B0").environ
    environ |= {
        "wsgi.input": io.BytesIO(FORM),
        "CONTENT_TYPE": f"{kind}; charset={charset}",
        "CONTENT_LENGTH": str(len(FORM)),
    }

    request = Utf8Request(environ)

    assert request.GET["q"] == "а"
    assert request.POST.get("story", "жалақы") == "жалақы"
