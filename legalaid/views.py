"""Legal aid's public pages: asking for help, and one's own page afterwards.

No page here is kept anywhere, neither by the portal nor by a browser. There is no cookie before
somebody is on their own page (visits.py), so Django's check of forms has nothing to hold on to: ours
is in slips.py.
"""

import functools
import itertools
import uuid

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, StreamingHttpResponse, UnreadablePostError
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from legalaid import arriving, asking, coming_back, erasure, papers, slips, taking_in, visits
from legalaid.forms import AskForm, ChangeContactForm, EnterForm, WriteForm
from resources import library
from sanasezim.shared import access_log, codes
from sanasezim.shared.content_stamp import kept
from sanasezim.shared.languages import LANGUAGES, html_lang
from sanasezim.shared.masks import initials, last_two
from sanasezim.shared.models import Office
from sanasezim.shared.page_cache import saves_data
from sanasezim.shared.pages import page_context
from sanasezim.shared.uploads import takes_files

READING = ["GET", "HEAD"]
PLACE_OF_SLIP = "slip-of-this-page"


def private(view):
    """For the person who asked, and for nobody after them on the same phone."""

    @functools.wraps(view)
    def private_view(request, *args, **kwargs):
        try:
            response = view(request, *args, **kwargs)
        except UnreadablePostError:  # the line was cut: nobody is there to be answered
            response = HttpResponse(status=400)
        response.headers["Cache-Control"] = "no-store"
        response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        return response

    return csrf_exempt(private_view)


def see_other(name, done=""):
    """On to another page, by its address. `done` is a word for what to say there."""
    response = HttpResponse(status=303)
    response.headers["Location"] = reverse(f"legalaid:{name}") + (f"?done={done}" if done else "")
    return response


# Asking


@takes_files(settings.PAPER_BODY_BYTES)
@private
@require_http_methods([*READING, "POST"])
def help_page(request):
    """Ask for help. A form that comes here is shown again with everything typed, in this language."""
    if request.method != "POST":
        response = HttpResponse(_empty_form(request))
        response.headers["X-Robots-Tag"] = "all"  # whoever needs help must find it
        return response
    left_out = arriving.receive(request)
    draft = asking.Draft.of(request)
    if draft and visits.is_left(draft.number):
        return see_other("help")
    return _show_again(request, draft, left_out)


@takes_files(settings.PAPER_BODY_BYTES)
@private
@require_http_methods([*READING, "POST"])
def sent(request):
    """Save what was asked, and show the number and the code.

    The answer to the form itself is the page: the code must not stand in an address, a cookie or a
    session, and on a bad line the same form may come again and must be answered again.
    """
    if request.method != "POST":
        visit = visits.of(request)
        code = visit and visits.code_to_show(visit.intake)
        return _show_code(request, visit, code) if code else render(request, "legalaid/shown.html")
    left_out = arriving.receive(request)
    draft = asking.Draft.of(request)
    if draft is None:
        return _show_again(request, None, left_out)
    if visits.is_left(draft.number):
        return see_other("help")  # Back after leaving shows an empty form
    uploads = request.FILES.getlist("files")
    draft.set_down(request, [], left_out)
    if not request.POST.get("story", "").strip():
        # Then a file has to say it: first we must know whether it can be kept.
        draft.set_down(request, uploads)
        uploads = []
    has_files = bool(draft.papers or uploads)
    form = AskForm(request.POST, has_files=has_files, consent_text=draft.text)
    if not form.is_valid():
        draft.set_down(request, uploads)
        page = _show_form(request, form, draft, draft.slip())
        return visits.remember_form(request, page, draft.number)
    intake, code = draft.send(request, form, uploads)
    if not code or visits.is_code_away(intake):
        return render(request, "legalaid/shown.html", {"is_known": True})
    visit = visits.of(request)
    if visit is None or visit.intake != intake:
        visit = visits.begin(request, intake, form=draft.number)
    return visit.remember(_show_code(request, visit, code, refused=draft.refused))


def _show_again(request, draft, left_out):
    """The form with what was typed: in another language, or because it was not one of ours (403)."""
    is_ours = draft is not None
    draft = draft or asking.Draft()
    draft.set_down(request, request.FILES.getlist("files"), left_out)
    draft.text = asking.consent_text(get_language())  # as it is read from now on
    form = AskForm(initial=AskForm.typed(request.POST), consent_text=draft.text)
    response = _show_form(request, form, draft, draft.slip(), send_again=not is_ours)
    response.status_code = 200 if is_ours else 403
    return visits.remember_form(request, response, draft.number)


def _show_form(request, form, draft, slip, *, send_again=False):
    context = page_context("help") | {
        "offices": Office.objects.filter(is_public=True).prefetch_related("texts"),
        "form": form,
        "draft": draft,
        "slip": slip,
        "topics": library.topics(get_language()),
        "chosen": form["topics"].value() or [],
        "accepted": papers.ACCEPTED,
        "number_of_files": settings.PAPERS_AT_ONCE,
        "size_of_file": settings.PAPER_MAX_BYTES,
        "keeps_answers": True,
        "languages": languages_of("legalaid:help"),
        "send_again": send_again,
    }
    return render(request, "legalaid/help.html", context)


def languages_of(view):
    """For the buttons at the top of a form's page, which carry what is typed into another language."""
    chosen = []
    for code, name in LANGUAGES:
        with override(code):
            address = reverse(view)
        chosen.append(
            {
                "code": code,
                "name": name,
                "html_lang": html_lang(code),
                "url": address,
                "current": code == get_language(),
            }
        )
    return chosen


def _empty_form(request):
    """The page as it is first shown. It differs by its slip only, so the rest is made once."""
    draft = asking.Draft(text=asking.consent_text(get_language()))
    pages = _empty_forms()
    key = get_language(), saves_data(request), draft.text and draft.text.pk
    if key not in pages:
        form = AskForm(consent_text=draft.text)
        pages[key] = _show_form(request, form, draft, PLACE_OF_SLIP).content.decode()
    return pages[key].replace(PLACE_OF_SLIP, draft.slip())


@kept
def _empty_forms():
    return {}


def _show_code(request, visit, code, refused=()):
    context = {
        "reference": visit.intake.reference,
        "code": codes.in_groups(code),
        "slip": visit.slip("saved"),
        "standing": coming_back.standing_of(visit.intake),
        "in_danger": visit.intake.in_danger == "yes",
        "papers": visit.intake.documents.count(),
        "refused": refused,
        "status_address": settings.SITE_ORIGIN + reverse("legalaid:status"),
    }
    return render(request, "legalaid/sent.html", context)


# Coming back


@private
@require_http_methods([*READING, "POST"])
def status(request):
    """One's own page, and its door: the number and the secret code."""
    if request.method == "POST":
        return _enter(request)
    visit = visits.of(request)
    if visit is None:
        return _show_door(request, EnterForm())
    return visit.remember(_own_page(request, visit))


def _enter(request):
    """Wrong number, wrong code, erased: the same page. What was typed meanwhile is not lost."""
    is_ours = slips.of(request, "enter") is not None
    unsent = slips.opened("unsent", request.POST.get("unsent", ""), 3600)
    form = EnterForm(request.POST)
    if not is_ours:
        return _show_door(request, form, unsent, status=403)
    if not form.is_valid():
        return _show_door(request, form, unsent)
    intake = coming_back.find(request, form.cleaned_data["reference"], form.cleaned_data["code"])
    if intake is None:
        form.add_error(
            None,
            _(
                "We found nothing under this number and this code. Look at both again. "
                "After several wrong tries we look again only after 15 minutes."
            ),
        )
        return _show_door(request, form, unsent)
    visit = visits.begin(request, intake)
    visits.put_code_away(intake.pk)
    if not intake.code_was_spoken:
        coming_back.mark_read(intake)
    if unsent:
        visit = visits.reload(visit)
        write_form = WriteForm(initial={"text": unsent["text"]})
        return visit.remember(_own_page(request, visit, write_form=write_form))
    return visit.remember(see_other("status"))


def _show_door(request, form, unsent=None, *, status=200):
    context = {
        "form": form,
        "slip": slips.seal("enter"),
        "unsent": slips.seal("unsent", text=unsent["text"]) if unsent else "",
        "send_again": status == 403,
        "was_closed": request.GET.get("done") == "closed",
    }
    return render(request, "legalaid/door.html", context, status=status)


def _own_page(request, visit, *, write_form=None, contact_form=None, refused=(), wrong=""):
    intake = visit.intake
    if intake.code_was_spoken:
        return _show_new_code(request, visit)
    context = {
        "intake": intake,
        "standing": coming_back.standing_of(intake),
        "answers": coming_back.answers(intake),
        "own_days": coming_back.own_days(intake),
        "own_papers": intake.documents.filter(added_by=None),
        "papers": coming_back.papers_for(intake),
        "who_opened": coming_back.who_opened(intake),
        "kept": _kept_about(intake),
        "write_form": write_form or WriteForm(),
        "contact_form": contact_form or ChangeContactForm(intake=intake),
        # base.html says in the title that something is wrong
        "form": contact_form if contact_form is not None else write_form,
        "consent_text": asking.consent_text(get_language()) if intake.is_anonymous else None,
        "slips": {name: visit.slip(name, form=uuid.uuid4().hex) for name in STEPS},
        "accepted": papers.ACCEPTED,
        "refused": refused,
        "wrong": wrong,
        "done": request.GET.get("done", ""),
    }
    return render(request, "legalaid/own.html", context)


def _kept_about(intake):
    """What we keep about the person, as much as a stranger who finds the code may read."""
    consent = intake.consent
    chosen = set(intake.topics.values_list("pk", flat=True))
    topics = [topic for topic in library.topics(get_language()) if topic.pk in chosen]
    return {
        "story": len(intake.story),
        "topics": [topic.shown.name for topic in topics if topic.shown],
        "name": initials(intake.speaker_name),
        "contact": last_two(intake.contact) if intake.contact else "",
        "when": bool(intake.contact_when),
        "place": bool(intake.place),
        "consent": consent,
        "withdrawn": consent and consent.withdrawn_at,
    }


def in_visit(name):
    """A step on one's own page: sent from there (else 403), while the door is open (else back to it)."""

    def mark(view):
        @private
        @require_http_methods([*READING, "POST"])
        @functools.wraps(view)
        def step(request):
            if request.method != "POST":
                return see_other("status")  # another language was chosen on the page of an answer
            left_out = arriving.receive(request) if name == "write" else []
            visit = visits.of(request)
            if visit is None:
                slips.refuse_strangers(request)
                text = WriteForm(request.POST).data.get("text", "")
                return _show_door(request, EnterForm(), {"text": text} if text else None)
            if visit.slip_of(request, name) is None:
                raise PermissionDenied
            response = view(request, visit, left_out) if name == "write" else view(request, visit)
            return response if visits.COOKIE in response.cookies else visit.remember(response)

        return step

    return mark


@takes_files(settings.PAPER_BODY_BYTES)
@in_visit("write")
def write(request, visit, left_out):
    """A message to us and files."""
    intake = visit.intake
    uploads = request.FILES.getlist("files")
    form = WriteForm(request.POST, has_files=bool(uploads or left_out))
    if not form.is_valid():
        return _own_page(request, visit, write_form=form)
    if not coming_back.may_write(intake):
        form.add_error("text", _("So many messages have come. Wait an hour, or ring us."))
        return _own_page(request, visit, write_form=form)
    if text := form.cleaned_data["text"]:
        form_number = visit.slip_of(request, "write")["form"]
        coming_back.write(intake, text, get_language(), form_number)
    refused = papers.in_words(left_out) + coming_back.add_papers(request, intake, uploads)
    coming_back.mark_read(intake)
    if refused:
        return _own_page(request, visits.reload(visit), refused=refused)
    return see_other("status", "wrote")


@in_visit("contact")
def contact(request, visit):
    """Another number, other hours."""
    form = ChangeContactForm(request.POST, intake=visit.intake)
    if not form.is_valid():
        return _own_page(request, visit, contact_form=form)
    agreed = form.cleaned_data.get("agree")
    text = asking.consent_text(get_language()) if agreed else None
    coming_back.change_contact(visit.intake, form.changes(), text)
    return see_other("status", "contact")


@in_visit("rights")
def rights(request, visit):
    """Take back the consent, have everything deleted, or keep it after all."""
    wish = request.POST.get("wish")
    if wish == "keep":
        erasure.take_back_wish(visit.intake)
        return see_other("status", "kept")
    if not request.POST.get("sure"):
        return _own_page(request, visit, wrong=_("Tick first that you are sure."))
    if wish == "withdraw":
        coming_back.withdraw_consent(visit.intake)
        return see_other("status", "withdrawn")
    if wish == "erase":
        coming_back.wish_erasure(visit.intake)
        return see_other("status", "erasing")
    return see_other("status")


@in_visit("new_code")
def new_code(request, visit):
    """Another secret code. It counts only when the person says that it is saved: a line may be cut."""
    slip = visit.slip_of(request, "new_code")
    if "token" not in slip or not request.POST.get("saved"):
        return _show_new_code(request, visit)
    intake = visit.intake
    coming_back.take_new_code(intake, taking_in.code_of(slip["token"]))
    coming_back.mark_read(intake)
    return visits.reload(visit).remember(see_other("status", "code"))


def _show_new_code(request, visit):
    token = str(uuid.uuid4())
    context = {
        "reference": visit.intake.reference,
        "code": codes.in_groups(taking_in.code_of(token)),
        "slip": visit.slip("new_code", token=token),
        "must": visit.intake.code_was_spoken,
    }
    return render(request, "legalaid/new_code.html", context)


@in_visit("saved")
def saved(request, visit):
    """The person has saved number and code: they are shown no more."""
    visits.put_code_away(visit.intake.pk)
    return see_other("status")


@in_visit("leave")
def leave(request, visit):
    """Close one's own page, and have the browser forget it."""
    response = visits.end(request, see_other("status", "closed"))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


STEPS = ["write", "contact", "rights", "new_code", "leave"]


@private
@require_http_methods(READING)
def receipt(request):
    """A dated paper for others: that somebody asked us, and when. Neither story nor name nor code."""
    visit = visits.of(request)
    if visit is None or visit.intake.code_was_spoken:
        return see_other("status")
    context = {"intake": visit.intake, "today": timezone.localdate()}
    return visit.remember(render(request, "legalaid/receipt.html", context))


@private
@require_http_methods(READING)
def paper(request, number):
    """A file that staff have put there for this person."""
    visit = visits.of(request)
    if visit is None or visit.intake.code_was_spoken:
        return see_other("status")
    document = coming_back.papers_for(visit.intake).filter(pk=number).first()
    if document is None:
        raise Http404
    pieces = document.copy.chunks()
    start = next(pieces)
    access_log.record("download", by=None, request=request, what=document, within=visit.intake)
    response = StreamingHttpResponse(
        itertools.chain([start], pieces), content_type=papers.content_type(start)
    )
    name = f"document-{document.pk}.{papers.ending(start)}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Length"] = str(document.copy_size)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
