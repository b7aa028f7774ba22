"""Where operators write down the calls, and what follows from one."""

import uuid

from django import forms
from django.contrib import admin
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseNotAllowed, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hotline import ringing, taking
from hotline.admin import call_screen
from hotline.admin.call_list import CallList
from hotline.admin.supervision import Figures
from hotline.call_forms import (
    CallForm,
    DirectoryForm,
    HandOverForm,
    HelpForm,
    ReferForm,
    initial_of,
    wording_for,
)
from hotline.models import Call, CallDraft
from legalaid import referrals
from legalaid.triage_forms import by_name
from sanasezim.shared import access_log, codes, masks
from sanasezim.shared.access_log import Action
from sanasezim.shared.admin import tick_boxes
from sanasezim.shared.guarded_admin import GuardedAdmin

MOST_ANSWERS = 400  # fields of a draft


@admin.register(Call)
class CallAdmin(Figures, CallList, GuardedAdmin):
    filter_horizontal = ["booklets"]
    fieldsets = [
        (None, {"fields": [("started_at", "kind", "channel"), ("line", "office", "project")]}),
        (
            gettext_lazy("Who calls"),
            {
                "fields": [
                    ("language", "group", "relation"),
                    ("when_safe", "may_say_who", "others_answer"),
                ]
            },
        ),
        (
            gettext_lazy("About whom"),
            {
                "fields": [
                    ("sex", "age", "age_is_about", "minor"),
                    ("citizenship", "home_region"),
                    ("direction", "destination", "sector", "exploitation"),
                    ("in_danger", "is_held", "can_speak"),
                    "person",
                ]
            },
        ),
        (
            gettext_lazy("What it was about, and what was done"),
            {
                "fields": [
                    *["topics", "notes", "outcome", "booklets"],
                    *["forwarded_to", "referred_in", "referred_out", "heard_from"],
                ]
            },
        ),
    ]
    raw_id_fields = ["person"]
    masked = {"caller_name": masks.initials, "phone": masks.last_two}
    change_form_template = "admin/hotline/call_change.html"

    def case_of(self, row):
        return row.intake.case if row.intake else None

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if isinstance(db_field, ArrayField):
            return tick_boxes(db_field.base_field.choices, label=db_field.verbose_name)
        if db_field.name == "notes":
            kwargs["widget"] = forms.Textarea({"rows": 6})
        if db_field.name == "topics":
            kwargs["widget"] = forms.CheckboxSelectMultiple
            return by_name(db_field.formfield(**kwargs))
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    # Addresses

    def get_urls(self):
        def page(address, view, name):
            return path(address, self.admin_site.admin_view(view), name=f"hotline_call_{name}")

        return [
            page("add/known/", self.known_view, "known"),
            page("add/draft/", self.draft_view, "draft"),
            page("add/ringing/", self.ringing_view, "ringing"),
            page("add/take/", self.take_view, "take"),
            page("paper/", self.paper_view, "paper"),
            page("<int:pk>/next/", self.next_view, "next"),
            page("<int:pk>/help/", self.help_view, "help"),
            page("<int:pk>/hand-over/", self.hand_over_view, "hand_over"),
            page("<int:pk>/partners/", self.partners_view, "partners"),
            page("<int:pk>/partners/send/", self.refer_view, "refer"),
            *self.figures_urls(),
            *super().get_urls(),
        ]

    def only_those_of_the_line(self, request, post=True):
        if not self.has_add_permission(request):
            raise PermissionDenied
        return HttpResponseNotAllowed(["POST"]) if post and request.method != "POST" else None

    def call_or_404(self, request, pk):
        if not self.has_add_permission(request):
            raise PermissionDenied
        call = self.visible_or_none(request, pk)
        if call is None:
            raise Http404
        return call

    # The screen

    def add_view(self, request, form_url="", extra_context=None):
        """The one screen on which a call is written down."""
        self.only_those_of_the_line(request, post=False)
        asked = request.POST.get("do", "") if request.method == "POST" else ""
        if asked == "resume":
            return self.resume(request)
        if asked == "discard":
            CallDraft.objects.of(request.user).filter(pk=_number(request, "draft")).delete()
            return redirect("admin:hotline_call_add")
        if request.method != "POST":
            form = CallForm(user=request.user, initial=initial_of(request.user))
            return self.show_screen(request, form)
        form = CallForm(self.as_typed(request), user=request.user)
        if asked == "look_up":
            # Without a script: the number is looked up, what was typed stays.
            return self.show_screen(request, self.unsent(form), known=self.look_up(request))
        if not form.is_valid():
            known = self.look_up(request)
            return self.show_screen(request, form, known=known, status=422)
        return self.save(request, form, asked)

    def as_typed(self, request):
        """What was sent; a button that says what kind of call it was says it last."""
        typed = request.POST.copy()
        typed["token"] = str(_token(request) or uuid.uuid4())
        if (kind := request.POST.get("kind_by_key")) in Call.Kind.values:
            typed["kind"] = kind
        return typed

    def save(self, request, form, asked):
        given = form.cleaned_data
        call, is_new = taking.write_down(
            form.save(commit=False),
            by=request.user,
            token=given["token"],
            topics=given["topics"],
            booklets=given["booklets"],
            urgent=form.is_urgent,
        )
        if not is_new and not self.get_queryset(request).filter(pk=call.pk).exists():
            raise PermissionDenied
        if is_new:
            self.record(request, Action.ADD, call)
        if asked == "help":
            return redirect(self.page_of(call, "help"))
        if asked == "next":
            return redirect(self.page_of(call, "next"))
        self.message_user(request, self.saved_in_words(call, is_new))
        return redirect("admin:hotline_call_add")

    def saved_in_words(self, call, is_new):
        words = (
            _("The call is written down.") if is_new else _("This call is already written down.")
        )
        if call.kind != Call.Kind.DATA:
            words = _("Written down: %(kind)s.") % {"kind": call.get_kind_display()}
        return format_html(
            '{} <a href="{}">{}</a>', words, self.page_of(call, "next"), _("What comes next?")
        )

    def unsent(self, form):
        """The form as it was typed, not judged yet."""
        return call_screen.with_answers(form.data, form.user)

    def resume(self, request):
        draft = CallDraft.objects.of(request.user).filter(pk=_number(request, "draft")).first()
        if draft is None:
            self.message_user(request, _("This unfinished call is not there any more."), "WARNING")
            return redirect("admin:hotline_call_add")
        answers = QueryDict(mutable=True)
        for name, value in taking.typed_in(draft):
            answers.appendlist(name, value)
        form = call_screen.with_answers(answers, request.user)
        form.initial["token"] = draft.token
        known = self.known_of(request, answers.get("phone", ""), answers.get("caller_name", ""))
        elapsed = round((timezone.now() - draft.began_at).total_seconds())
        return self.show_screen(request, form, known=known, elapsed=elapsed)

    def show_screen(self, request, form, *, known=None, elapsed=0, status=200):
        token = form["token"].value()
        drafts = CallDraft.objects.of(request.user).exclude(token=str(token))
        context = self.admin_site.each_context(request) | {
            "title": _("Write down a call"),
            "opts": self.opts,
            "form": form,
            "screen": call_screen.Screen(form),
            "known": known,
            "elapsed": elapsed,
            "drafts": [(draft, _mask_of(draft)) for draft in drafts],
            "is_nav_sidebar_enabled": False,
            "is_late": "late" in request.GET or bool(form.errors.get("started_at")),
        }
        return TemplateResponse(request, "admin/hotline/call_screen.html", context, status=status)

    # What the screen asks while one types

    def look_up(self, request):
        return self.known_of(
            request, request.POST.get("phone", ""), request.POST.get("caller_name", "")
        )

    def known_of(self, request, phone, name):
        if not (phone.strip() or name.strip()):
            return None
        found = taking.known(request.user, phone[:200], name[:200])
        self.record(request, Action.SEARCH, rows=found.rows)
        return found

    def known_view(self, request):
        """The banner about a number or a name."""
        if refusal := self.only_those_of_the_line(request):
            return refusal
        context = {"known": self.look_up(request), "asked": True}
        return TemplateResponse(request, "admin/hotline/call_known.html", context)

    def draft_view(self, request):
        """Keep what is typed so far."""
        if refusal := self.only_those_of_the_line(request):
            return refusal
        names = set(CallForm.base_fields) - {"token", "elapsed"} | {"started_at_0", "started_at_1"}
        answers = [
            (name, value[:10_000])
            for name in request.POST
            if name in names
            for value in request.POST.getlist(name)
        ]
        token = _token(request)
        if token is None:
            return JsonResponse({}, status=400)
        draft = taking.keep_draft(request.user, token, answers[:MOST_ANSWERS])
        kept = timezone.localtime(draft.touched_at).strftime("%H:%M:%S") if draft else ""
        return JsonResponse({"kept": kept})

    def ringing_view(self, request):
        """Which phones ring now: the end of the number only, until somebody takes it."""
        if refusal := self.only_those_of_the_line(request):
            return refusal
        rings = ringing.Ringing.objects.now().select_related("line")
        return JsonResponse(
            {
                "rings": [
                    {
                        "id": each.pk,
                        "number": each.shown("phone", masks.last_two) or _("hidden number"),
                        "line": str(each.line or ""),
                        "seconds": ringing.seconds(each),
                    }
                    for each in rings[:5]
                ]
            }
        )

    def take_view(self, request):
        """Take a ringing phone: its number and what is known of it."""
        if refusal := self.only_those_of_the_line(request):
            return refusal
        taken = ringing.take(_number(request, "ring"), by=request.user)
        if taken is None:
            return JsonResponse({"gone": _("A colleague has taken it, or it rings no more.")})
        known = self.known_of(request, taken.phone, "")
        return JsonResponse(
            {
                "phone": taken.phone,
                "line": taken.line_id,
                "seconds": ringing.seconds(taken),
                "known": render_to_string(
                    "admin/hotline/call_known.html", {"known": known, "asked": True}, request
                ),
            }
        )

    def paper_view(self, request):
        """The same questions on paper, for where there is no computer."""
        self.only_those_of_the_line(request, post=False)
        form = CallForm(user=request.user)
        context = {"title": _("Call sheet"), "form": form, "screen": call_screen.Screen(form)}
        return TemplateResponse(request, "admin/hotline/call_paper.html", context)

    # What comes next

    def step_context(self, request, call, title, **more):
        return self.admin_site.each_context(request) | {
            "title": title,
            "opts": self.opts,
            "call": call,
            "back_url": self.page_of(call, "next"),
            "is_nav_sidebar_enabled": False,
            **more,
        }

    def next_view(self, request, pk):
        """A call that is written down, and what may follow from it."""
        call = self.call_or_404(request, pk)
        self.record(request, Action.VIEW, call)
        context = self.step_context(
            request,
            call,
            _("What comes next"),
            booklets=call_screen.ready_texts(call),
            hand_overs=call.hand_overs.select_related("accepted_by", "to"),
            sent_to=call.referrals.select_related("partner").prefetch_related("partner__texts"),
        )
        return TemplateResponse(request, "admin/hotline/call_next.html", context)

    def help_view(self, request, pk):
        """One act makes a request for legal aid of the call."""
        call = self.call_or_404(request, pk)
        form = HelpForm(
            request.POST or None,
            call=call,
            initial=HelpForm.initial_of(call) if not call.intake else {},
        )
        if request.method == "POST" and (call.intake_id or form.is_valid()):
            return self.take_in(request, call, form)
        if call.intake_id:
            self.message_user(request, _("This call is a request already."), "WARNING")
            return redirect(self.page_of(call, "next"))
        self.record(request, Action.VIEW, call)
        wording = wording_for(call.language)
        context = self.step_context(
            request, call, _("Ask for legal aid"), form=form, wording=wording
        )
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/hotline/call_help.html", context, status=status)

    def take_in(self, request, call, form):
        if call.intake_id:
            intake, code = taking.take_in(call, None, by=request.user)
        else:
            agreed = form.cleaned_data["agreed"]
            spoken = agreed != "anonymous"
            intake, code = taking.take_in(
                call,
                form.intake(),
                by=request.user,
                consent_text=form.wording() if spoken else None,
                consent_how=agreed if spoken else "",
            )
            access_log.record(
                Action.ADD, by=request.user, request=request, what=intake, within=call
            )
        context = self.step_context(
            request,
            call,
            _("Request %(reference)s is taken in") % {"reference": intake},
            intake=intake,
            code=codes.in_groups(code) if code else "",
        )
        return TemplateResponse(request, "admin/hotline/call_taken.html", context)

    def hand_over_view(self, request, pk):
        call = self.call_or_404(request, pk)
        form = HandOverForm(
            request.POST or None, initial={"urgent": "yes" in (call.in_danger, call.is_held)}
        )
        if request.method == "POST" and form.is_valid():
            given = form.cleaned_data
            made = taking.hand_over(
                call, given["colleague"], by=request.user, to=given["to"], urgent=given["urgent"]
            )
            self.record(request, Action.CHANGE, call)
            self.message_user(
                request,
                _("The call is handed over to: %(colleague)s. It stands on their first page.")
                % {"colleague": made.get_colleague_display()},
            )
            return redirect(self.page_of(call, "next"))
        context = self.step_context(request, call, _("Hand over to a colleague"), form=form)
        status = 422 if form.errors else 200
        return TemplateResponse(
            request, "admin/hotline/call_hand_over.html", context, status=status
        )

    def partners_view(self, request, pk):
        """The directory: who takes people for what, in which language. Asked by POST."""
        call = self.call_or_404(request, pk)
        form = DirectoryForm(request.POST or None, initial={"language": call.language})
        given = form.cleaned_data if form.is_bound and form.is_valid() else {}
        service, language = given.get("service"), given.get("language", "")
        if not form.is_bound:
            language = call.language if call.language != "other" else ""
        found = call_screen.partners(
            service, language, given.get("place", ""), given.get("words", "")
        )
        context = self.step_context(
            request,
            call,
            _("Send on to a partner"),
            form=form,
            found=found,
            refer=ReferForm(initial={"service": service}),
            service=service,
        )
        return TemplateResponse(request, "admin/hotline/call_partners.html", context)

    def refer_view(self, request, pk):
        call = self.call_or_404(request, pk)
        if request.method != "POST":
            return redirect(self.page_of(call, "partners"))
        form = ReferForm(request.POST)
        if not form.is_valid():
            self.message_user(request, _("Choose the partner and what it learns."), "ERROR")
            return redirect(self.page_of(call, "partners"))
        given = form.cleaned_data
        tell = given["how"] != "self"
        try:
            taking.refer(
                call,
                given["partner"],
                by=request.user,
                service=given["service"],
                we_tell_them=tell,
                consent_how=given["how"] if tell else "",
                kind=given["kind"],
            )
        except ValidationError as refusal:
            self.message_user(request, " ".join(refusal.messages), "ERROR")
            return redirect(self.page_of(call, "partners"))
        self.record(request, Action.CHANGE, call)
        self.message_user(
            request,
            _("Written down: sent on to %(partner)s.")
            % {"partner": referrals.name_of(given["partner"])},
        )
        return redirect(self.page_of(call, "next"))


def _number(request, name):
    value = request.POST.get(name, "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 18 else 0


def _token(request):
    """The number that the screen carries; None where it carries none."""
    try:
        return uuid.UUID(request.POST.get("token", ""))
    except ValueError:
        return None


def _mask_of(draft):
    """The end of the number that was typed, if one was."""
    answers = dict(taking.typed_in(draft))
    return masks.last_two(answers.get("phone", "")) if answers.get("phone") else ""
