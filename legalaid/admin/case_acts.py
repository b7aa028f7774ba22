"""The composer of a case's page, and what of the messages is read."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from legalaid import casework, letters
from legalaid.admin.case_pages import CasePages, number_of, of_a_case, refuse, typed_words
from legalaid.casework_forms import ActForm
from legalaid.models import LetterTemplate, Message
from sanasezim.shared.access_log import Action
from sanasezim.shared.languages import OWN_NAMES


class CaseActs(CasePages):
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
            refuse(form, refusal)
            # Once they have read it, it may be sent.
            form.data = form.data.copy()
            form.data["act-newest"] = newest(screen.case)
            return self.show_again(request, screen, "act", form)
        except ValidationError as refusal:
            refuse(form, refusal)
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
            if language != written and language in OWN_NAMES:
                self.message_user(
                    request,
                    _("This letter is not written in %(language)s.")
                    % {"language": OWN_NAMES[language]},
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
        message = number_of(request.POST.get("message"))
        if casework.mark_unread(screen.case, by=request.user, message=message):
            self.note_down(request, screen, Action.CHANGE)
            self.message_user(request, _("The message counts as unread again."))
        return self.back(screen, f"#message-{message}")


def newest(case):
    return (
        Message.objects.filter(intake__case=case)
        .order_by("-pk")
        .values_list("pk", flat=True)
        .first()
        or 0
    )
