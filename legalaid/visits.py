"""Being on one's own page: for twenty minutes without a click, and nothing of it stays behind.

The browser holds one cookie that no script reads and that goes when it is closed: a sealed note of
which intake, since when, and under which secret code. Neither the code nor the reference stands in
it. Leaving makes the note worthless and takes it away; so does another code.

A cookie and not a hidden field: every page is then fetched by its address, and Back after leaving
finds the door closed. A page that was the answer to a form can be sent once more: the note also has
the numbers of the forms that were, so that after leaving nothing typed in them comes back.
"""

import secrets
import time

from django.conf import settings

from legalaid import slips, taking_in
from legalaid.models import Intake
from sanasezim.shared import keys, limits

COOKIE = "__Host-visit" if settings.SECURE_COOKIES else "visit"
PURPOSE = "visit"
LEFT, FORM_LEFT = "left a page", "left a form"
CODE_AWAY = "code put away"
DAY = 24 * 3600
MOST_FORMS = 5


class Visit:
    """Somebody who has shown that this intake is theirs."""

    def __init__(self, intake, number, since, forms=()):
        self.intake, self.number, self.since, self.forms = intake, number, since, list(forms)

    def slip(self, purpose, **content):
        """For a form on this page: it is worth nothing on anybody else's."""
        return slips.seal(purpose, visit=self.number, **content)

    def slip_of(self, request, purpose):
        """The slip of a form that was sent, if it came from this visit's page; else None."""
        content = slips.of(request, purpose)
        return content if content and content.get("visit") == self.number else None

    def remember(self, response):
        """Keep the door open for another while."""
        return _remember(
            response,
            intake=self.intake.pk,
            number=self.number,
            since=self.since,
            under=_mark(self.intake),
            forms=self.forms,
        )


def begin(request, intake, form=None):
    """`form` is the number of the form with which the intake was sent just now."""
    return Visit(intake, secrets.token_hex(16), time.time(), _forms(request, form))


def reload(visit):
    """The same visit with the intake as it is now."""
    return Visit(_intake(visit.intake.pk), visit.number, visit.since, visit.forms)


def of(request):
    """The visit that a request belongs to, or None."""
    note = _note(request, settings.VISIT_SECONDS)
    if note is None or "intake" not in note or limits.count_of(LEFT, note["number"]):
        return None
    if time.time() - note["since"] > settings.VISIT_LONGEST:
        return None
    intake = _intake(note["intake"])
    if intake is None or _mark(intake) != note["under"]:
        return None
    return Visit(intake, note["number"], note["since"], note["forms"])


def _intake(number):
    found = Intake.objects.select_related("consent__text", "case")
    return found.filter(pk=number, erased_at=None).first()


def remember_form(request, response, form):
    """A form that was sent and is not finished: leaving must reach it, too."""
    note = _note(request) or {}
    note.pop("at", None)
    return _remember(response, **note | {"forms": _forms(request, form)})


def _forms(request, form):
    forms = (_note(request) or {}).get("forms", [])
    return [*(one for one in forms if one != form), *([form] if form else [])][-MOST_FORMS:]


def is_left(form):
    """Whether somebody has left after filling in this form: it shows nothing any more."""
    return bool(limits.count_of(FORM_LEFT, form))


def end(request, response):
    """Leave, as far as anybody is in: the note opens nothing any more, and the browser forgets it."""
    if COOKIE in request.COOKIES:
        note = _note(request) or {}
        for form in note.get("forms", ()):
            limits.count(FORM_LEFT, form, DAY)
        if "intake" in note:
            limits.count(LEFT, note["number"], settings.VISIT_SECONDS)
            put_code_away(note["intake"])
        response.delete_cookie(COOKIE, samesite="Strict")
        if settings.SECURE_COOKIES:
            response.cookies[COOKIE]["secure"] = True  # else no browser accepts the name
    return response


def put_code_away(number):
    """Whoever has saved the code, or left, sees it no more: not by Back, nor by sending the form again."""
    limits.count(CODE_AWAY, str(number), DAY)


def is_code_away(intake):
    return bool(limits.count_of(CODE_AWAY, str(intake.pk)))


def code_to_show(intake):
    """The secret code of a request that was sent just now; "" when it is not to be seen any more."""
    return "" if is_code_away(intake) else taking_in.code_again(intake)


def _note(request, seconds=None):
    return slips.opened(PURPOSE, request.COOKIES.get(COOKIE, ""), seconds)


def _remember(response, **note):
    response.set_cookie(
        COOKIE,
        slips.seal(PURPOSE, **note),
        secure=settings.SECURE_COOKIES,
        httponly=True,
        samesite="Strict",
    )
    return response


def _mark(intake):
    """Stands for the secret code: another one ends every visit."""
    return keys.code_of(keys.PEPPER, "visit under", bytes(intake.code_digest).hex()).hex()[:16]
