"""A case on paper, and the pack for somebody outside: chosen, looked at, taken out, each written down."""

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from legalaid import evidence, pack
from legalaid.admin.case_pages import CasePages, number_of, of_a_case, refuse
from legalaid.casework_forms import MOST_OFFERED, OfPeople
from legalaid.models import Document, PackRequest
from legalaid.pack import PRESETS
from sanasezim.shared import confirmed, masks
from sanasezim.shared.access_log import Action, Reason
from sanasezim.shared.languages import OWN_NAMES, STAFF_LANGUAGES


class PackForm(OfPeople):
    """Who reads the pack, in which language, whom it is about, and what of it is chosen."""

    preset = forms.ChoiceField(
        label=gettext_lazy("For whom"),
        choices=[(preset.code, preset.label) for preset in PRESETS.values()],
        widget=forms.RadioSelect,
    )
    language = forms.ChoiceField(
        label=gettext_lazy("In which language"),
        choices=[(code, OWN_NAMES[code]) for code in STAFF_LANGUAGES],
    )
    person = forms.ChoiceField(label=gettext_lazy("Whom it is about"), required=False)
    with_story = forms.BooleanField(
        label=gettext_lazy("Court: the story in the person's own words"), required=False
    )
    with_messages = forms.BooleanField(
        label=gettext_lazy("Court: the messages between the person and us"), required=False
    )
    with_originals = forms.BooleanField(
        label=gettext_lazy("Court: the originals as exhibits, not the copies"),
        required=False,
        help_text=gettext_lazy("With the place, the device and the author, if they stand in them."),
    )
    why = forms.ChoiceField(
        label=gettext_lazy("Why it leaves"),
        choices=[("", gettext_lazy("Choose a reason")), *Reason.choices],
    )

    def set_up(self, screen):
        super().set_up(screen)
        self.fields["language"].initial = get_language()
        if screen.number_of_people <= MOST_OFFERED:
            choices = self.fields["person"].choices
            self.fields["person"].choices = [("", _("all clients of the case")), *choices[1:]]
        self.files = list(Document.objects.of_case(screen.case).select_related("intake"))
        self.chosen = self._chosen()

    def _chosen(self):
        """number of a Document → its place among the exhibits, of those that are ticked."""
        if not self.is_bound:
            return {document.pk: place for place, document in enumerate(self.files, 1)}
        ticked = {number_of(number) for number in self.data.getlist("exhibit")}
        places = {}
        for default, document in enumerate(self.files, 1):
            if document.pk in ticked:
                places[document.pk] = number_of(self.data.get(f"place-{document.pk}")) or default
        return places

    @property
    def shown_files(self):
        """(its number in the case, the Document, whether it is chosen, its place)."""
        for number, document in enumerate(self.files, 1):
            place = self.chosen.get(document.pk)
            yield number, document, place is not None, place or number

    def clean(self):
        cleaned = super().clean()
        preset = PRESETS.get(cleaned.get("preset", ""))
        if preset is None or "person" not in cleaned:
            return cleaned
        cleaned["order"] = order = pack.Order(
            preset=preset,
            language=cleaned.get("language", "ru"),
            person=cleaned["person"],
            exhibits=self._exhibits() if preset.has_exhibits else [],
            with_story=cleaned["with_story"],
            with_messages=cleaned["with_messages"],
            with_originals=cleaned["with_originals"],
        )
        try:
            pack.check(self.screen.case, order)
        except ValidationError as refusal:
            refuse(self, refusal)
        return cleaned

    def _exhibits(self):
        files = enumerate(document for document in self.files if document.pk in self.chosen)
        in_order = sorted(files, key=lambda pair: (self.chosen[pair[1].pk], pair[0]))
        return [document for _place, document in in_order]


class CasePack(CasePages):
    """The pages of a case on which it is printed or packed."""

    def may_pack(self, screen):
        return screen.works and screen.user.has_perm("legalaid.view_document")

    # The pack

    @of_a_case(works=False)
    def pack_view(self, request, screen):
        """Choose, look at it, take it out."""
        if not self.may_pack(screen):
            raise PermissionDenied
        if request.method != "POST":
            return self.show_pack(request, screen, PackForm(screen=screen))
        form = PackForm(request.POST, screen=screen)
        if "change" in request.POST:
            return self.show_pack(request, screen, form, is_checked=False)
        if not form.is_valid():
            return self.show_pack(request, screen, form, status=422)
        if answer := confirmed.ask(request):
            return answer
        order = form.cleaned_data["order"]
        if "ask" in request.POST:
            return self.ask_colleague(request, screen, order, form.cleaned_data["why"])
        if "take" in request.POST:
            return self.take_pack(request, screen, form, order)
        return self.preview(request, screen, form, order)

    def show_pack(self, request, screen, form, *, status=200, is_checked=True):
        requests = PackRequest.objects.filter(case=screen.case).select_related(
            "asked_by", "decided_by"
        )
        return self.pack_page(
            request,
            screen,
            {
                "form": form,
                "errors": form.errors if form.is_bound and is_checked else {},
                "presets": PRESETS.values(),
                "requests": [
                    (each, self.may_decide(screen, each), PRESETS[each.preset].label)
                    for each in requests[:10]
                    if each.preset in PRESETS
                ],
            },
            status,
        )

    def pack_page(self, request, screen, more, status=200):
        context = self.admin_site.each_context(request) | {
            "title": _("Pack for somebody outside"),
            "opts": self.opts,
            "case": screen.case,
            "screen": screen,
            **more,
        }
        return TemplateResponse(request, "admin/legalaid/pack.html", context, status=status)

    def preview(self, request, screen, form, order):
        """The pack as it will be. Of very many people the page shows initials; the file has their names."""
        needed = pack.needs_second_person(screen.case, order)
        shown = pack.build(screen.case, order, masked=bool(needed))
        if shown.number_of_people and not needed:
            self.note_down(
                request,
                screen,
                Action.REVEAL,
                why=form.cleaned_data["why"],
                rows=shown.number_of_people,
            )
        return self.pack_page(
            request,
            screen,
            {
                "form": form,
                "pack": shown,
                "needed": needed,
                "is_allowed": needed
                and pack.allowing(screen.case, order, by=request.user).exists(),
                "carried": [
                    (name, value)
                    for name in request.POST
                    if name not in ("csrfmiddlewaretoken", "preview")
                    for value in request.POST.getlist(name)
                ],
            },
        )

    def take_pack(self, request, screen, form, order):
        """The archive. What leaves is written down before the first byte of it does."""
        needed = pack.needs_second_person(screen.case, order)
        if needed and not pack.allowing(screen.case, order, by=request.user).exists():
            form.add_error(
                None,
                _("It would tell who %(number)d people are. A second colleague has to allow it.")
                % {"number": needed},
            )
            return self.show_pack(request, screen, form, status=422)
        try:
            made, shown = pack.archive(screen.case, order)
            if needed and not pack.use_up(screen.case, order, by=request.user):
                made.close()
                raise ValidationError(_("It was used already. Ask once more."))
        except ValidationError as refusal:
            refuse(form, refusal)
            return self.show_pack(request, screen, form, status=422)
        why = form.cleaned_data["why"]
        for exhibit in shown.exhibits:
            self.note_down(
                request, screen, Action.DOWNLOAD, exhibit.document, why=why, digest=exhibit.sha256
            )
        self.note_down(
            request,
            screen,
            Action.EXPORT,
            why=why,
            rows=shown.number_of_people + len(shown.exhibits) or 1,
            digest=made.sha256,
        )
        return evidence.attachment(
            made, name=made.name, size=made.size, content_type="application/zip"
        )

    # The second person

    def may_decide(self, screen, request):
        return (
            request.decided_at is None
            and request.asked_by_id != screen.user.pk
            and self.may_pack(screen)
        )

    def ask_colleague(self, request, screen, order, why):
        if pack.needs_second_person(screen.case, order):
            asked = pack.ask_for(screen.case, order, by=request.user, why=why)
            self.note_down(request, screen, Action.ADD, asked)
            self.message_user(
                request,
                _("Asked. A colleague who works on this case, or the director, decides here."),
            )
        return redirect(self.page_of(screen.case, "pack"))

    @of_a_case()
    def pack_decide_view(self, request, screen):
        """A second colleague allows it, or does not."""
        asked = screen.case.pack_requests.filter(pk=number_of(request.POST.get("request"))).first()
        if asked is None or not self.may_pack(screen):
            raise PermissionDenied
        if asked.asked_by_id == request.user.pk:
            raise PermissionDenied
        if answer := confirmed.ask(request):
            return answer
        try:
            pack.decide(asked, by=request.user, is_approved=request.POST.get("answer") == "yes")
        except ValidationError as refusal:
            self.message_user(request, " ".join(refusal.messages), "ERROR")
        else:
            self.note_down(request, screen, Action.CHANGE, asked)
            self.message_user(request, _("Written down."))
        return redirect(self.page_of(screen.case, "pack"))

    # On paper, for ourselves

    @of_a_case(works=False)
    def print_view(self, request, screen):
        """The case on paper: masked, or with who it is for a reason; with the notes, if they are wanted."""
        if not screen.works:
            raise PermissionDenied
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        reason, error = "", ""
        if request.method == "POST" and request.POST.get("identity") == "full":
            reason = request.POST.get("why", "")
            error = self.why_not_in_full(screen, reason)
            if error:
                reason = ""
            elif settings.SECOND_FACTOR_REQUIRED and (answer := confirmed.ask(request)):
                return answer
        with_notes = request.method == "POST" and "notes" in request.POST
        self.note_down(
            request,
            screen,
            Action.PRINT,
            why=reason,
            rows=screen.number_of_people if reason else None,
        )
        context = self.admin_site.each_context(request) | {
            "title": screen.case.reference,
            "case": screen.case,
            "screen": paper(screen, with_notes),
            "people": _people_on_paper(screen.case, in_full=bool(reason)),
            "in_full": bool(reason),
            "with_notes": with_notes,
            "error": error,
            "reasons": Reason.choices,
            "files": list(enumerate(Document.objects.of_case(screen.case), 1)),
            "now": timezone.now(),
            "most_alone": pack.MOST_ALONE,
        }
        return TemplateResponse(
            request, "admin/legalaid/pack_print.html", context, status=422 if error else 200
        )

    def why_not_in_full(self, screen, reason):
        if reason not in Reason.values:
            return _("Say why you need to see who they are.")
        if screen.number_of_people > pack.MOST_ALONE:
            return _("So many people leave only in a pack, which a second colleague allows.")
        return ""


def paper(screen, with_notes):
    """All that happened, with or without what colleagues write for each other."""
    screen.everything, screen.kind = True, ""
    entries = screen.timeline.entries
    if not with_notes:
        screen.timeline.entries = [each for each in entries if not each.look.startswith("note")]
    return screen


def _people_on_paper(case, *, in_full):
    """(row, its name, phones, documents) of everybody in the case."""
    rows = case.case_people.select_related("person__identity").order_by("pk")
    shows = {"name": masks.initials, "phones": masks.last_two, "documents": masks.last_two}
    for row in rows:
        identity = getattr(row.person, "identity", None)
        yield (
            row,
            [
                (identity.shown(name) if in_full else identity.shown(name, mask))
                if identity
                else ""
                for name, mask in shows.items()
            ],
        )


def beside(screen):
    """What the case's page shows of packs: how many wait for a second person."""
    waiting = [
        each
        for each in screen.case.pack_requests.waiting()
        if each.asked_by_id != screen.user.pk and screen.works
    ]
    return {"packs_waiting": len(waiting)}
