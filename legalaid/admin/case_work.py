"""What is done in a case: tasks and terms, services, outcomes, money."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from legalaid import casework
from legalaid.admin.case_pages import CasePages, number_of, of_a_case, refuse
from legalaid.casework_forms import (
    ClaimForm,
    DeadlineForm,
    FinishForm,
    MoveTaskForm,
    OutcomeForm,
    RecoveryForm,
    ServiceForm,
    TaskForm,
)
from sanasezim.shared.access_log import Action


class CaseWork(CasePages):
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
        return screen.case.tasks.filter(pk=number_of(request.POST.get("task"))).first()

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
                refuse(form, refusal)
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
        claim = screen.case.claims.filter(pk=number_of(request.POST.get("claim"))).first()
        form = RecoveryForm(request.POST, prefix="recovery", screen=screen)
        if claim is None or not form.is_valid():
            self.message_user(request, _("Say how much came back, and on which day."), "ERROR")
            return self.back(screen, "#claims")
        self.change(request, screen, casework.recover, claim, **form.cleaned_data)
        return self.back(screen, "#claims")

    @of_a_case()
    def strike_view(self, request, screen):
        """Take back a service, claim or outcome that was written down by mistake."""
        kind, number = request.POST.get("kind"), number_of(request.POST.get("row"))
        rows = {
            "service": screen.case.services,
            "claim": screen.case.claims,
            "outcome": screen.case.outcomes,
        }.get(kind)
        row = rows.filter(pk=number).first() if rows else None
        if row is not None:
            try:
                casework.strike(row, by=request.user)
            except ValidationError as refusal:
                self.message_user(request, " ".join(refusal.messages), "ERROR")
            else:
                self.note_down(request, screen, Action.CHANGE, row)
                self.message_user(request, _("It is taken back. The history keeps it."))
        return self.back(screen, f"#{kind}s" if rows else "")
