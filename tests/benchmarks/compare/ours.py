"""The portal as it is served, with as many publications on a page as the others have."""

from django.apps import apps

from sanasezim.settings import *  # noqa: F403
from sanasezim.settings import MIDDLEWARE

MIDDLEWARE = ["ours.Forget", "told.Questions", *MIDDLEWARE]
ON_A_PAGE = 20


class Forget:
    """With X-Forget, nothing that was made for an earlier reader is used again."""

    def __init__(self, get_response):
        from resources import library
        from sanasezim.shared.content_stamp import forgets

        assert apps.ready
        library.CARDS_ON_A_PAGE = ON_A_PAGE
        library.shelf.__defaults__ = (ON_A_PAGE,)
        self.get_response, self.forgets = get_response, forgets

    def __call__(self, request):
        if "HTTP_X_FORGET" in request.META:
            for forget in self.forgets:
                forget()
        return self.get_response(request)
