"""The case: the screen on which it is worked, and the steps that begin there."""

import functools

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, OuterRef, Q
from django.http import HttpResponseNotAllowed, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.debug import sensitive_post_parameters

from legalaid import casework, letters
from legalaid.admin import case_screen
from legalaid.casework_forms import (
    ActForm,
    AssignForm,
    ClaimForm,
    CloseForm,
    DeadlineForm,
    FactsForm,
    FindPersonForm,
    FinishForm,
    HandOverForm,
    MoveTaskForm,
    OfferForm,
    OutcomeForm,
    RecoveryForm,
    ServiceForm,
    StepForm,
    TakeOverForm,
    TaskForm,
    TeamForm,
    WhyForm,
)
from legalaid.models import Case, CasePerson, Identity, Intake, LetterTemplate, Message, Person
from sanasezim.shared import access_log, confirmed, masks
from sanasezim.shared.access_log import Action, Reason
from sanasezim.shared.guarded_admin import REVEALED_SECONDS, GuardedAdmin
from sanasezim.shared.long_lists import Tab
from sanasezim.shared.models import User

MOST_FOUND = 20
# What is typed about people stands in no report of an error.
typed_words = method_decorator(sensitive_post_parameters())

# step → its form, who may, the button, and what will have happened
STEPS = {
    "take_over": (
        TakeOverForm,
        "offered",
        gettext_lazy("Take the case over"),
        gettext_lazy("You then lead it. Your colleague sees that you said yes."),
    ),
    "decline": (
        WhyForm,
        "offered",
        gettext_lazy("Do not take it over"),
        gettext_lazy("It stays with your colleague, who sees why. You no longer see the case."),
    ),
    "offer": (
        OfferForm,
        "lead",
        gettext_lazy("Offer to a colleague"),
        gettext_lazy("Your colleague sees the case and says yes or no. Until then it is yours."),
    ),
    "take_back": (
        StepForm,
        "lead",
        gettext_lazy("Take the offer back"),
        gettext_lazy("It is offered to nobody any longer."),
    ),
    "assign": (
        AssignForm,
        "assign",
        gettext_lazy("Give to another lawyer"),
        gettext_lazy("They lead the case from now on, without being asked."),
    ),
    "leave": (
        StepForm,
        "leave",
        gettext_lazy("Leave the team"),
        gettext_lazy("You no longer see the case. Your open tasks fall to its lawyer."),
    ),
    "close": (
        CloseForm,
        "lead",
        gettext_lazy("Close the case"),
        gettext_lazy("It ends with what came of it. It can be reopened."),
    ),
    "reopen": (
        WhyForm,
        "reopen",
        gettext_lazy("Reopen the case"),
        gettext_lazy("It goes on, and it is our turn. The outcomes stay."),
    ),
}


def of_a_case(*, works=True):
    """A page below one case: for whoever sees it, and where it writes, for whoever works on it."""

    def wrap(view):
        @functools.wraps(view)
        def guarded(self, request, pk):
            case = self.seen_or_none(request, pk)
            if case is None:
                return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
            if works and request.method != "POST":
                return HttpResponseNotAllowed(["POST"])
            screen = self.screen_of(request, case)
            if works and not screen.works:
                raise PermissionDenied
            return view(self, request, screen)

        return guarded

    return wrap


@admin.register(Case)
class CaseAdmin(GuardedAdmin):
    list_display = [
        *["reference", "lawyer_name", "turn_shown", "touched_at", "opened_on", "office_name"],
        "closed_on",
    ]
    list_select_related = ["lawyer", "office"]
    list_prefetch = ["office__texts"]
    list_filter = ["opened_on", "closed_on", "turn", "lawyer", "office", "project", "topics"]
    fields = ["opened_on", "lawyer", "topics", ("office", "project")]
    filter_horizontal = ["topics"]
    change_list_template = "admin/legalaid/case_list.html"

    def case_of(self, row):
        return row if isinstance(row, Case) else row.case

    def get_tabs(self, request):
        def of(rows):
            return lambda cases, _request: cases.filter(rows)

        still_open = Q(closed_on=None)
        waits = Intake.objects.filter(case=OuterRef("pk")).exclude(unanswered_since=None)
        untouched = timezone.now() - casework.STALE_AFTER
        return [
            Tab("open", _("open"), of(still_open)),
            Tab("ours", _("our turn"), of(still_open & Q(turn=Case.Turn.OURS))),
            Tab("unanswered", _("wait for our answer"), of(still_open & Exists(waits))),
            Tab(
                "untouched",
                _("untouched for two weeks"),
                of(still_open & Q(touched_at__lt=untouched)),
            ),
            Tab("offered", _("offered to me"), of(still_open & Q(transfer_to=request.user))),
            Tab("closed", _("closed"), of(~still_open)),
            Tab("all", _("all")),
        ]

    @admin.display(description=gettext_lazy("lawyer"))
    def lawyer_name(self, case):
        return casework.name_of(case.lawyer)

    @admin.display(description=gettext_lazy("whose turn it is"))
    def turn_shown(self, case):
        return case.get_turn_display() if case.is_open else "–"

    @admin.display(description=gettext_lazy("office"))
    def office_name(self, case):
        text = case.office.text if case.office else None
        return text.name if text else "–"

    # A new case

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "lawyer":
            kwargs["queryset"] = casework.lawyers()
            kwargs.setdefault("initial", request.user.pk)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request, obj, form, change):
        obj.reference = casework.new_reference(Case, "C")
        super().save_model(request, obj, form, change)

    def response_add(self, request, obj, post_url_continue=None):
        if self.seen_or_none(request, obj.pk) is None:
            return super().response_add(request, obj, post_url_continue)
        return redirect(self.page_of(obj, "change"))

    # Its screen

    def seen_or_none(self, request, pk):
        return case_screen.cases(request.user).filter(pk=pk).first()

    def screen_of(self, request, case):
        people_page = request.GET.get("people", "")
        return case_screen.Screen(
            case,
            request.user,
            kind=request.GET.get("show", ""),
            everything="all" in request.GET,
            people_page=max(1, int(people_page)) if people_page.isdecimal() else 1,
        )

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        number = unquote(object_id)
        case = self.seen_or_none(request, int(number)) if _is_number(number) else None
        if case is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        screen = self.screen_of(request, case)
        if request.method == "POST":
            return self.save_facts(request, screen)
        self.record(request, Action.VIEW, case)
        return self.show(request, screen)

    def show(self, request, screen, *, status=200, **forms):
        """The page. `forms` are those that were sent and are not right yet."""
        case = screen.case
        context = self.admin_site.each_context(request) | {
            "is_nav_sidebar_enabled": False,  # the screen needs the whole width
            "title": _("Case %(reference)s") % {"reference": case.reference},
            "opts": self.opts,
            "original": case,
            "case": case,
            "screen": screen,
            "kinds": case_screen.timeline.KINDS.items(),
            "steps": self.steps_for(screen),
            "others": self.colleagues_inside(screen),
            "reasons": Reason.choices,
            "may_see_employer": request.user.has_perm("legalaid.view_employer"),
            **self.forms_of(screen, forms),
        }
        return TemplateResponse(request, "admin/legalaid/case_change.html", context, status=status)

    def forms_of(self, screen, sent):
        if not screen.works:
            return {}
        forms = {
            "act": ActForm,
            "task": TaskForm,
            "deadline": DeadlineForm,
            "service": ServiceForm,
            "outcome": OutcomeForm,
            "claim": ClaimForm,
            "team": TeamForm,
            "facts": FactsForm,
        }
        return {
            f"{name}_form": sent.get(name) or form(prefix=name, screen=screen)
            for name, form in forms.items()
        }

    def colleagues_inside(self, screen):
        now = timezone.now()
        return [
            (
                screen.names.of_staff(row.user_id),
                row.seen_at,
                now - row.seen_at < case_screen.OPEN_NOW,
            )
            for row in casework.look_in(screen.case, by=screen.user)
        ]

    def steps_for(self, screen):
        """What may be done with the case now, by this person: [(name, label, address)]."""
        case = screen.case
        offered = bool(case.transfer_to_id)
        possible = {
            "take_over": case.is_open,
            "decline": case.is_open,
            "offer": case.is_open and not offered,
            "take_back": case.is_open and offered,
            "assign": case.is_open,
            "leave": case.is_open,
            "close": case.is_open,
            "reopen": not case.is_open,
        }
        return [
            (name, label, self.page_of(case, name))
            for name, (_form, who, label, _words) in STEPS.items()
            if possible[name] and self.may(screen, who)
        ]

    def may(self, screen, who):
        return {
            "offered": screen.is_offered,
            "lead": screen.leads,
            "reopen": screen.leads,
            "assign": screen.works and screen.user.has_perm("legalaid.view_every_case"),
            "leave": screen.works and screen.user.pk in screen.case.member_ids,
        }[who]

    def get_urls(self):
        def page(address, view, name):
            return path(address, self.admin_site.admin_view(view), name=f"legalaid_case_{name}")

        pages = [
            *["act", "read", "unread", "task", "deadline", "finish", "take_up", "move"],
            *["service", "outcome", "claim", "recovery", "strike", "team_add", "team_remove"],
            *["people", "person_add", "person_remove", "open"],
        ]
        return [
            page("workload/", self.workload_view, "workload"),
            page("hand_over/", self.hand_over_view, "hand_over"),
            *(page(f"<int:pk>/{name}/", getattr(self, f"{name}_view"), name) for name in pages),
            *(
                page(f"<int:pk>/{name}/", functools.partial(self.step_view, name), name)
                for name in STEPS
            ),
            *super().get_urls(),
        ]

    # One act

    def note_down(self, request, screen, action, row=None, **more):
        """A line in the record of looks: about a row of the case, or about the case itself."""
        access_log.record(
            action,
            by=request.user,
            request=request,
            what=row or screen.case,
            within=screen.case,
            **more,
        )

    def back(self, screen, where=""):
        return redirect(self.page_of(screen.case, "change") + where)

    def attempt(self, request, screen, name, form, do, *, where, said=""):
        """Save what a form of the screen brought, or show the screen with what was refused."""
        if form.is_valid():
            try:
                do(form.cleaned_data)
            except ValidationError as refusal:
                _refuse(form, refusal)
            else:
                if said:
                    self.message_user(request, said)
                return self.back(screen, where)
        return self.show_again(request, screen, name, form)

    def show_again(self, request, screen, name, form):
        """As it is now in the database, with the form as it was typed."""
        case = self.seen_or_none(request, screen.case.pk)
        if case is None:  # given away meanwhile
            self.message_user(request, _("This case is no longer with you."), "ERROR")
            return redirect("admin:legalaid_case_changelist")
        return self.show(request, self.screen_of(request, case), status=422, **{name: form})

    @typed_words
    @of_a_case()
    def act_view(self, request, screen):
        """The composer: message, note, next step, whose turn."""
        if "insert" in request.POST:
            return self.put_letter_in(request, screen)
        form = ActForm(request.POST, prefix="act", screen=screen)
        if not form.is_valid():
            return self.show_again(request, screen, "act", form)
        typed = form.cleaned_data
        try:
            done = casework.act(
                screen.case,
                by=request.user,
                message=typed["message"],
                language=typed.get("language", ""),
                to=typed["intakes"],
                newest=typed["newest"],
                note=typed["note"],
                is_private=typed["is_private"],
                task=typed.get("task", ""),
                due_on=typed.get("due_on"),
                assigned_to=typed.get("assigned_to"),
                turn=typed.get("turn", ""),
                no_reply_needed=typed["no_reply_needed"],
                token=typed["token"],
            )
        except casework.NewMeanwhile as refusal:
            _refuse(form, refusal)
            # Once they have read it, it may be sent.
            form.data = form.data.copy()
            form.data["act-newest"] = _newest(screen.case)
            return self.show_again(request, screen, "act", form)
        except ValidationError as refusal:
            _refuse(form, refusal)
            return self.show_again(request, screen, "act", form)
        self.record_act(request, screen, done)
        return self.back(screen, "#newest")

    def record_act(self, request, screen, done):
        if done.is_repeat:
            self.message_user(request, _("This was done already: nothing was sent twice."))
            return
        if len(done.messages) == 1:
            # bulk_create gives the row its number
            self.note_down(request, screen, Action.ADD, done.messages[0])
        elif done.messages:
            self.note_down(request, screen, Action.ADD, Message, rows=len(done.messages))
        for row in filter(None, [done.note, done.task]):
            self.note_down(request, screen, Action.ADD, row)
        if done.turned or done.answered:
            self.note_down(request, screen, Action.CHANGE)
        said = []
        if done.messages:
            said.append(
                ngettext(
                    "Sent to %(number)d person.", "Sent to %(number)d people.", len(done.messages)
                )
                % {"number": len(done.messages)}
            )
        if done.note:
            said.append(_("The note is written down."))
        if done.task:
            said.append(_("Next step: by %(day)s.") % {"day": f"{done.task.due_on:%d.%m.%Y}"})
        self.message_user(request, " ".join(said) or _("Saved."))

    def put_letter_in(self, request, screen):
        """The chosen letter behind what was typed; nothing is sent or saved."""
        typed = ActForm(request.POST, prefix="act", screen=screen)
        values = {name: typed[name].value() for name in typed.fields}
        number = values.get("letter") or ""
        letter = (
            LetterTemplate.objects.prefetch_related("texts").filter(pk=number).first()
            if number.isdecimal()
            else None
        )
        if letter is None:
            self.message_user(request, _("Choose a letter first."), "WARNING")
        else:
            people = typed.chosen(values.get("to") or "", values.get("to_reference") or "")
            language = values.get("letter_language") or next(
                (intake.language for intake in people if intake.language), request.user.language
            )
            text, written = letters.text_of(
                letter, language, by=request.user, office=screen.case.office
            )
            if len(people) == 1:
                text = letters.for_person(text, people[0])
            values["message"] = "\n\n".join(filter(None, [(values["message"] or "").strip(), text]))
            if language != written and language in case_screen.OWN_NAMES:
                self.message_user(
                    request,
                    _("This letter is not written in %(language)s.")
                    % {"language": case_screen.OWN_NAMES[language]},
                    "WARNING",
                )
        form = ActForm(prefix="act", screen=screen, initial=values)
        return self.show(request, screen, act=form)

    @of_a_case()
    def read_view(self, request, screen):
        """What the people wrote is read."""
        if casework.mark_read(screen.case, by=request.user):
            self.note_down(request, screen, Action.CHANGE)
        return self.back(screen, "#newest")

    @of_a_case()
    def unread_view(self, request, screen):
        message = _number(request.POST.get("message"))
        if casework.mark_unread(screen.case, by=request.user, message=message):
            self.note_down(request, screen, Action.CHANGE)
            self.message_user(request, _("The message counts as unread again."))
        return self.back(screen, f"#message-{message}")

    # Tasks

    @of_a_case()
    def task_view(self, request, screen):
        form = TaskForm(request.POST, prefix="task", screen=screen)

        def do(typed):
            task = casework.add_task(screen.case, by=request.user, **typed)
            self.note_down(request, screen, Action.ADD, task)

        return self.attempt(request, screen, "task", form, do, where="#tasks")

    @of_a_case()
    def deadline_view(self, request, screen):
        form = DeadlineForm(request.POST, prefix="deadline", screen=screen)

        def do(typed):
            task = casework.add_deadline(screen.case, by=request.user, **typed)
            self.note_down(request, screen, Action.ADD, task)
            self.message_user(
                request,
                _("The last day is %(due)s. The portal reminds on %(remind)s.")
                % {"due": date_format(task.due_on), "remind": date_format(task.remind_on)},
                "WARNING" if task.due_on < timezone.localdate() else "SUCCESS",
            )

        return self.attempt(request, screen, "deadline", form, do, where="#tasks")

    def task_of(self, request, screen):
        return screen.case.tasks.filter(pk=_number(request.POST.get("task"))).first()

    @of_a_case()
    def finish_view(self, request, screen):
        """Tick a task off; for a term of the law, ask for its day first."""
        task = self.task_of(request, screen)
        if task is None:
            return self.back(screen, "#tasks")
        form, status = None, 200
        if task.rule_id:
            form = FinishForm(
                request.POST if "finish-day" in request.POST else None,
                prefix="finish",
                screen=screen,
            )
        if form is None or form.is_valid():
            day = form.cleaned_data["day"] if form else None
            try:
                casework.finish(task, by=request.user, repeated_day=day)
            except ValidationError as refusal:
                if form is None:
                    self.message_user(request, " ".join(refusal.messages), "ERROR")
                    return self.back(screen, "#tasks")
                _refuse(form, refusal)
            else:
                self.note_down(request, screen, Action.CHANGE, task)
                self.message_user(request, _("Ticked off."))
                return self.back(screen, "#tasks")
        status = 422 if form.is_bound else 200
        return self.ask(
            request,
            screen,
            form,
            title=_("Tick off a term of the law"),
            words=_(
                "A term that is missed cannot be made good. Read it once more, then write its last"
                " day here."
            ),
            quoted=task,
            carried=[("task", task.pk)],
            status=status,
        )

    @of_a_case()
    def take_up_view(self, request, screen):
        if task := self.task_of(request, screen):
            self.change(request, screen, casework.take_up_again, task)
        return self.back(screen, "#tasks")

    @of_a_case()
    def move_view(self, request, screen):
        """Another day or another colleague for a task."""
        task = self.task_of(request, screen)
        form = MoveTaskForm(request.POST, prefix=f"move{task.pk if task else ''}", screen=screen)
        if task is None or not form.is_valid():
            self.message_user(request, _("Say the day and who does it."), "ERROR")
        else:
            self.change(request, screen, casework.move_task, task, **form.cleaned_data)
        return self.back(screen, "#tasks")

    def change(self, request, screen, do, row, **more):
        """A small change of one row: done, or refused in a message above the page."""
        try:
            do(row, by=request.user, **more)
        except ValidationError as refusal:
            self.message_user(request, " ".join(refusal.messages), "ERROR")
        else:
            self.note_down(request, screen, Action.CHANGE, row)

    # What was given, reached, claimed

    def write_down(self, request, screen, name, form_class, where):
        form = form_class(request.POST, prefix=name, screen=screen)

        def do(_typed):
            row = casework.write_down(form.row(), by=request.user)
            self.note_down(request, screen, Action.ADD, row)

        return self.attempt(
            request, screen, name, form, do, where=where, said=_("It is written down.")
        )

    @of_a_case()
    def service_view(self, request, screen):
        return self.write_down(request, screen, "service", ServiceForm, "#services")

    @of_a_case()
    def outcome_view(self, request, screen):
        return self.write_down(request, screen, "outcome", OutcomeForm, "#outcomes")

    @of_a_case()
    def claim_view(self, request, screen):
        return self.write_down(request, screen, "claim", ClaimForm, "#claims")

    @of_a_case()
    def recovery_view(self, request, screen):
        """How much of a claim has come back."""
        claim = screen.case.claims.filter(pk=_number(request.POST.get("claim"))).first()
        form = RecoveryForm(request.POST, prefix="recovery", screen=screen)
        if claim is None or not form.is_valid():
            self.message_user(request, _("Say how much came back, and on which day."), "ERROR")
            return self.back(screen, "#claims")
        claim.recovered = form.cleaned_data["recovered"]
        claim.recovered_on = form.cleaned_data["recovered_on"] if claim.recovered else None
        self.change(request, screen, casework.write_down, claim)
        return self.back(screen, "#claims")

    @of_a_case()
    def strike_view(self, request, screen):
        """Take back a service, claim or outcome that was written down by mistake."""
        kind, number = request.POST.get("kind"), _number(request.POST.get("row"))
        rows = {
            "service": screen.case.services,
            "claim": screen.case.claims,
            "outcome": screen.case.outcomes,
        }.get(kind)
        row = rows.filter(pk=number).first() if rows else None
        if row is not None:
            pk = row.pk
            try:
                casework.strike(row, by=request.user)
            except ValidationError as refusal:
                self.message_user(request, " ".join(refusal.messages), "ERROR")
            else:
                row.pk = pk
                self.note_down(request, screen, Action.CHANGE, row)
                self.message_user(request, _("It is taken back. The history keeps it."))
        return self.back(screen, f"#{kind}s" if rows else "")

    # Facts

    def save_facts(self, request, screen):
        if not screen.works:
            raise PermissionDenied
        form = FactsForm(request.POST, prefix="facts", screen=screen)

        def do(typed):
            facts = {
                name: typed[name]
                for name in (
                    *("topics", "new_employer", "employer", "opened_on", "office"),
                    *("project", "exploitation", "place_of_exploitation"),
                )
                if name in typed
            }
            try:
                casework.change_facts(screen.case, by=request.user, seen=typed["seen"], **facts)
            except casework.ChangedMeanwhile:
                case = self.seen_or_none(request, screen.case.pk) or screen.case
                form.data = form.data.copy()
                form.data["facts-seen"] = casework.stamp_of_facts(case)
                raise
            self.note_down(request, screen, Action.CHANGE)

        return self.attempt(
            request, screen, "facts", form, do, where="#facts", said=_("The facts are saved.")
        )

    # Who it is, from the appeals

    def reveal_view(self, request, pk):
        """How to reach whoever wrote one of the appeals: for a reason, for a minute."""
        case = self.seen_or_none(request, pk)
        if case is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
        intake = case.intakes.filter(pk=_number(request.POST.get("intake"))).first()
        reason = request.POST.get("why")
        if request.method != "POST" or intake is None:
            return redirect(self.page_of(case, "change"))
        if reason not in Reason.values:
            self.message_user(request, _("Say why you need to see it."), "ERROR")
            return redirect(self.page_of(case, "change"))
        if not Intake.objects.visible_to(request.user).filter(pk=intake.pk).exists():
            raise PermissionDenied
        # A session left open must not tell who people are, as on every page that reveals.
        if settings.SECOND_FACTOR_REQUIRED and (answer := confirmed.ask(request)):
            return answer
        access_log.record(
            Action.REVEAL, by=request.user, request=request, what=intake, within=case, why=reason
        )
        back = self.page_of(case, "change")
        context = self.admin_site.each_context(request) | {
            "title": _("Who it is"),
            "row": case,
            "opts": self.opts,
            "values": [
                (Intake._meta.get_field(name).verbose_name, intake.shown(name))
                for name in ("speaker_name", "contact", "contact_when")
            ],
            "form": None,
            "back_url": back,
            "seconds": REVEALED_SECONDS,
        }
        response = TemplateResponse(request, "admin/revealed.html", context)
        response.headers["Refresh"] = f"{REVEALED_SECONDS}; url={back}"
        return response

    def identity_view(self, request, pk):
        # Who somebody is is changed on the page of the person.
        return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))

    # People and team

    @typed_words
    @of_a_case(works=False)
    def people_view(self, request, screen):
        """Look for somebody to put into the case. Asked by POST, so it stands in no address."""
        if not screen.works:
            raise PermissionDenied
        form = FindPersonForm(request.POST if request.method == "POST" else None)
        people = Person.objects.visible_to(request.user)
        there = CasePerson.objects.filter(case=screen.case).values("person")
        people = people.exclude(pk__in=there).select_related("identity").order_by("-pk")
        searched = form.is_valid()
        if searched:
            found = Identity.objects.visible_to(request.user).matching(form.cleaned_data["words"])
            people = people.filter(pk__in=[identity.person_id for identity in found[:MOST_FOUND]])
        else:
            people = people.filter(added_by=request.user, cases=None)
        people = list(people[:MOST_FOUND])
        if searched:
            access_log.record(
                Action.SEARCH,
                by=request.user,
                request=request,
                within=screen.case,
                rows=len(people),
            )
        context = self.admin_site.each_context(request) | {
            "title": _("Put a person into the case"),
            "opts": self.opts,
            "case": screen.case,
            "form": form,
            "searched": searched,
            "parts": CasePerson.Part.choices,
            "found": [
                (
                    person,
                    person.identity.shown("name", masks.initials)
                    if hasattr(person, "identity")
                    else "",
                    person.identity.shown("phones", masks.last_two)
                    if hasattr(person, "identity")
                    else "",
                )
                for person in people
            ],
        }
        return TemplateResponse(request, "admin/legalaid/case_people.html", context)

    @of_a_case()
    def person_add_view(self, request, screen):
        person = self.person_of(request)
        part = request.POST.get("part", CasePerson.Part.CLIENT)
        if person is None or part not in CasePerson.Part.values:
            self.message_user(request, _("Choose a person."), "ERROR")
            return redirect(self.page_of(screen.case, "people"))
        try:
            row = casework.add_person(screen.case, by=request.user, person=person, part=part)
        except ValidationError as refusal:
            self.message_user(request, " ".join(refusal.messages), "ERROR")
        else:
            self.note_down(request, screen, Action.ADD, row)
            self.message_user(request, _("The person is in the case now."))
        return self.back(screen, "#people")

    def person_of(self, request):
        people = Person.objects.visible_to(request.user)
        return people.filter(pk=_number(request.POST.get("person"))).first()

    @of_a_case()
    def person_remove_view(self, request, screen):
        if person := self.person_of(request):
            try:
                casework.remove_person(screen.case, by=request.user, person=person)
            except ValidationError as refusal:
                self.message_user(request, " ".join(refusal.messages), "ERROR")
            else:
                self.note_down(request, screen, Action.CHANGE)
        return self.back(screen, "#people")

    @of_a_case()
    def team_add_view(self, request, screen):
        form = TeamForm(request.POST, prefix="team", screen=screen)

        def do(typed):
            casework.put_on_team(screen.case, by=request.user, **typed)
            self.note_down(request, screen, Action.CHANGE)

        return self.attempt(request, screen, "team", form, do, where="#team")

    @of_a_case()
    def team_remove_view(self, request, screen):
        colleague = User.objects.filter(pk=_number(request.POST.get("colleague"))).first()
        if colleague is not None:
            try:
                casework.take_off_team(screen.case, by=request.user, colleague=colleague)
            except ValidationError as refusal:
                self.message_user(request, " ".join(refusal.messages), "ERROR")
            else:
                self.note_down(request, screen, Action.CHANGE)
        return self.back(screen, "#team")

    # Steps that ask once more

    def step_view(self, name, request, pk):
        """A step on the case: what it does, what it asks, and its button."""
        form_class, who, label, words = STEPS[name]
        case = self.seen_or_none(request, pk)
        if case is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
        screen = self.screen_of(request, case)
        if not self.may(screen, who):
            return self.step_not_theirs(request, screen, name)
        form = form_class(request.POST if request.method == "POST" else None, screen=screen)
        if form.is_valid():
            try:
                self.take(name, screen, form.cleaned_data)
            except ValidationError as refusal:
                _refuse(form, refusal)
            else:
                self.note_down(request, screen, Action.CHANGE)
                self.message_user(request, _("Done: %(step)s.") % {"step": label})
                if self.seen_or_none(request, pk) is None:
                    return redirect("admin:legalaid_case_changelist")
                return self.back(screen)
        return self.ask(
            request,
            screen,
            form,
            title=label,
            words=words,
            step=name,
            status=422 if form.is_bound else 200,
        )

    def step_not_theirs(self, request, screen, name):
        """An offer that was answered or taken back meanwhile is no forbidden page: they are told."""
        if name in ("take_over", "decline"):
            self.message_user(request, _("The case is no longer offered to you."), "ERROR")
            return self.back(screen)
        raise PermissionDenied

    def take(self, name, screen, typed):
        case, by = screen.case, screen.user
        steps = {
            "take_over": casework.take_over,
            "decline": casework.decline_offer,
            "offer": casework.offer,
            "take_back": casework.withdraw_offer,
            "assign": casework.assign,
            "close": casework.close,
            "reopen": casework.reopen,
        }
        if name == "leave":
            casework.take_off_team(case, by=by, colleague=by)
        else:
            steps[name](case, by=by, **typed)

    def ask(self, request, screen, form, *, title, words, status, step="", quoted=None, carried=()):
        context = self.admin_site.each_context(request) | {
            "title": title,
            "words": words,
            "opts": self.opts,
            "case": screen.case,
            "screen": screen,
            "form": form,
            "step": step,
            "quoted": quoted,
            "carried": carried,
        }
        return TemplateResponse(request, "admin/legalaid/case_step.html", context, status=status)

    # Who else has it open

    def open_view(self, request, pk):
        """A sign of life of an open page; answers who else has it open and whether there is news."""
        case = self.seen_or_none(request, pk)
        if case is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        screen = self.screen_of(request, case)
        casework.forget_who_looked()
        others = [name for name, _at, is_now in self.colleagues_inside(screen) if is_now]
        words = ""
        if others:
            words = _("Also open at: %(who)s") % {"who": ", ".join(others)}
        return JsonResponse(
            {
                "others": words,
                "stamp": case_screen.stamp_of_page(case),
            }
        )

    # All cases: how much everybody has to do, and a colleague who leaves

    def may_see_everybody(self, request):
        return request.user.has_perm("legalaid.view_every_case") and self.has_change_permission(
            request
        )

    def workload_view(self, request):
        """How many open cases each colleague has, and which of them wait."""
        if not self.may_see_everybody(request):
            raise PermissionDenied
        loads = casework.workload()
        self.record(request, Action.VIEW, rows=sum(load.led for load in loads))
        context = self.admin_site.each_context(request) | {
            "title": _("Who has how much to do"),
            "opts": self.opts,
            "loads": loads,
            "most": max([load.led for load in loads], default=0) or 1,
        }
        return TemplateResponse(request, "admin/legalaid/case_workload.html", context)

    def hand_over_view(self, request):
        """All open cases of a colleague who leaves, to others."""
        if not self.may_see_everybody(request):
            raise PermissionDenied
        with_cases = [load.user.pk for load in casework.workload() if load.led or load.on_teams]
        form = HandOverForm(
            request.POST or None,
            people=User.objects.filter(pk__in=with_cases).order_by("first_name", "username"),
            lawyers=casework.lawyers().order_by("first_name", "username"),
            initial={"leaving": _number(request.GET.get("who"))},
        )
        if form.is_valid():
            try:
                cases = casework.hand_over(
                    form.cleaned_data["leaving"], by=request.user, to=form.cleaned_data["to"]
                )
            except ValidationError as refusal:
                _refuse(form, refusal)
            else:
                for case in cases:
                    self.record(request, Action.CHANGE, case)
                self.message_user(
                    request,
                    ngettext(
                        "%(number)d case is handed over.",
                        "%(number)d cases are handed over.",
                        len(cases),
                    )
                    % {"number": len(cases)},
                )
                return redirect(reverse("admin:legalaid_case_workload"))
        context = self.admin_site.each_context(request) | {
            "title": _("A colleague leaves"),
            "opts": self.opts,
            "form": form,
        }
        return TemplateResponse(
            request,
            "admin/legalaid/case_hand_over.html",
            context,
            status=422 if form.is_bound else 200,
        )


def _refuse(form, refusal):
    """What a step refused, in the form: beside a field of the same name, or above it."""
    if hasattr(refusal, "error_dict"):
        for name, errors in refusal.error_dict.items():
            form.add_error(name if name in form.fields else None, errors)
    else:
        form.add_error(None, refusal)


def _is_number(text):
    return text.isdecimal() and len(text) < 19


def _number(text):
    """A row's number as a form sends it; 0, which is nobody's, for anything else."""
    text = text or ""
    return int(text) if _is_number(text) else 0


def _newest(case):
    return (
        Message.objects.filter(intake__case=case)
        .order_by("-pk")
        .values_list("pk", flat=True)
        .first()
        or 0
    )
