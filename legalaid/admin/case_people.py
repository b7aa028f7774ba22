"""Who is in a case and who works on it; who it is, for a reason."""

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from legalaid import casework
from legalaid.admin.case_pages import CasePages, number_of, of_a_case, typed_words
from legalaid.casework_forms import FindPersonForm, TeamForm
from legalaid.models import CasePerson, Identity, Intake, Person
from sanasezim.shared import access_log, confirmed, masks
from sanasezim.shared.access_log import Action, Reason
from sanasezim.shared.guarded_admin import REVEALED_SECONDS
from sanasezim.shared.models import User

MOST_FOUND = 20


class CasePeople(CasePages):
    # Who it is, from the appeals

    def reveal_view(self, request, pk):
        """How to reach whoever wrote one of the appeals: for a reason, for a minute."""
        case = self.seen_or_none(request, pk)
        if case is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
        intake = case.intakes.filter(pk=number_of(request.POST.get("intake"))).first()
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
        return people.filter(pk=number_of(request.POST.get("person"))).first()

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
        colleague = User.objects.filter(pk=number_of(request.POST.get("colleague"))).first()
        if colleague is not None:
            try:
                casework.take_off_team(screen.case, by=request.user, colleague=colleague)
            except ValidationError as refusal:
                self.message_user(request, " ".join(refusal.messages), "ERROR")
            else:
                self.note_down(request, screen, Action.CHANGE)
        return self.back(screen, "#team")
