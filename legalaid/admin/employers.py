"""The register of employers: who the complaints are about, found by any spelling, each there once."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from legalaid import register
from legalaid.admin.intake_screen import ALARMING
from legalaid.models import Case, Employer, Intake
from legalaid.triage_forms import EmployerForm
from sanasezim.shared.access_log import Action
from sanasezim.shared.guarded_admin import GuardedAdmin
from sanasezim.shared.long_lists import Tab

MOST_CASES = 50
LONGEST_SEARCH = 200


@admin.register(Employer)
class EmployerAdmin(GuardedAdmin):
    form = EmployerForm
    list_display = ["shown_name", "sector", "shown_place", "complaints", "added_at"]
    list_filter = ["sector"]
    sortable_by = ["complaints", "added_at", "sector"]
    change_list_template = "admin/legalaid/employer_list.html"
    change_form_template = "admin/legalaid/employer_change.html"

    # The list

    def get_tabs(self, request):
        return [
            Tab(
                "most", gettext_lazy("Most complaints first"), ordering=("-number_of_cases", "-pk")
            ),
            Tab(
                "several",
                gettext_lazy("Several complaints"),
                Q(number_of_cases__gte=ALARMING),
                ("-number_of_cases", "-pk"),
            ),
            Tab("newest", gettext_lazy("Newest"), ordering=("-added_at", "-pk")),
        ]

    def get_queryset(self, request):
        rows = register.with_complaints(Employer.objects.visible_to(request.user))
        return rows.order_by(*self.get_ordering(request))

    def get_ordering(self, request):
        tabs = self.get_tabs(request)
        asked = request.GET.get("which") if request.method == "GET" else None
        return next((tab for tab in tabs if tab.code == asked), tabs[0]).ordering

    @admin.display(description=pgettext_lazy("employer", "name"))
    def shown_name(self, employer):
        return employer.shown("name")

    @admin.display(description=gettext_lazy("place"))
    def shown_place(self, employer):
        return employer.shown("place") or "–"

    @admin.display(description=gettext_lazy("complaints"), ordering="number_of_cases")
    def complaints(self, employer):
        number = employer.number_of_cases + employer.number_waiting
        loud = 3 if number >= ALARMING else 1
        return (
            format_html('<span class="urgent urgent-{}">{}</span>', loud, number) if number else "–"
        )

    # Finding

    def get_urls(self):
        def page(address, view, name):
            view = self.admin_site.admin_view(sensitive_post_parameters()(view))
            return path(address, view, name=f"legalaid_employer_{name}")

        return [
            page("find/", self.find_view, "find"),
            page("<int:pk>/merge/", self.merge_view, "merge"),
            page("<int:pk>/part/", self.part_view, "part"),
            *super().get_urls(),
        ]

    def address(self, name, *arguments):
        return reverse(f"admin:legalaid_employer_{name}", args=arguments)

    def found(self, request, words):
        rows = Employer.objects.visible_to(request.user).matching(words)
        return list(register.with_complaints(rows)[:MOST_CASES])

    def find_view(self, request):
        """By name in any spelling, by what workers call it, by phone or number. Never in an address."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return redirect(self.address("changelist"))
        words = request.POST.get("words", "")[:LONGEST_SEARCH].strip()
        found = self.found(request, words)
        self.record(request, Action.SEARCH, rows=len(found))
        context = self.admin_site.each_context(request) | {
            "title": _("Employers found"),
            "opts": self.opts,
            "words": words,
            "found": [(row, self.complaints(row)) for row in found],
        }
        return TemplateResponse(request, "admin/legalaid/employer_find.html", context)

    # One row

    def get_fields(self, request, obj=None):
        fields = ["name", "other_names", "number", "phones", "place", "sector"]
        return fields if obj else [*fields, "is_another"]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        merged = Employer.objects.exclude(merged_into=None).filter(
            pk=object_id if object_id.isdecimal() else 0
        )
        if merged and self.has_view_permission(request):
            self.message_user(request, _("This row was put together with this one."))
            return redirect(self.address("change", merged[0].merged_into_id))
        return super().change_view(request, object_id, form_url, extra_context)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        form = context["adminform"].form
        context["sectors"] = self.sectors()
        context["near"] = self.shown_near(getattr(form, "near", []))
        if obj is not None:
            context |= self.casework(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def sectors(self):
        """The kinds of work that others wrote, so that one kind has one name."""
        rows = Employer.objects.standing().exclude(sector="").order_by("sector")
        return rows.values_list("sector", flat=True).distinct()[:200]

    def shown_near(self, near):
        return [
            (row, row.shown("name"), row.shown("place"), why, register.complaints(row))
            for row, why in near
        ]

    def casework(self, request, employer):
        """The cases against it that this person may see, and how many there are of all."""
        cases = Case.objects.filter(employer=employer)
        mine = cases.visible_to(request.user).select_related("lawyer")
        waiting = Intake.objects.filter(employer=employer).waiting()
        number = cases.count()
        return {
            "cases": mine.order_by("-opened_on", "-pk")[:MOST_CASES],
            "number_of_cases": number,
            "hidden_cases": number - mine.count(),
            "waiting": waiting.visible_to(request.user)[:MOST_CASES],
            "complaints": number + waiting.count(),
            "alarming": ALARMING,
            "like": self.shown_near(
                register.like(
                    name=employer.shown("name"),
                    other_names=employer.shown("other_names"),
                    number=employer.shown("number"),
                    phones=employer.shown("phones"),
                    exclude=employer.pk,
                )
            ),
            "merge_url": self.address("merge", employer.pk),
            "merges": register.merges(employer),
        }

    def response_change(self, request, obj):
        self.message_user(request, _("Saved."))
        return redirect(self.page_of(obj, "change"))

    # Two rows that are one

    def merge_view(self, request, pk):
        """Choose the row that stays, see both beside each other, then put them together."""
        employer = self.visible_or_none(request, pk)
        if employer is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
        if not self.has_change_permission(request, employer):
            raise PermissionDenied
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "POST"])
        words, chosen, found = "", None, []
        if request.method == "POST":
            number = request.POST.get("into", "")
            chosen = self.visible_or_none(request, number if number.isdecimal() else 0)
            if chosen is not None and chosen.pk == employer.pk:
                chosen = None
            if chosen is not None and "confirmed" in request.POST:
                return self.merge(request, employer, chosen)
            words = request.POST.get("words", "")[:LONGEST_SEARCH].strip()
            if words:
                found = [row for row in self.found(request, words) if row.pk != employer.pk]
                self.record(request, Action.SEARCH, rows=len(found))
        self.record(request, Action.VIEW, employer)
        context = self.admin_site.each_context(request) | {
            "title": _("The same as another row"),
            "opts": self.opts,
            "employer": employer,
            "chosen": chosen,
            "both": [self.told(employer), self.told(chosen)] if chosen else [],
            "like": self.casework(request, employer)["like"],
            "words": words,
            "found": [(row, self.complaints(row)) for row in found],
            "back_url": self.page_of(employer, "change"),
        }
        return TemplateResponse(request, "admin/legalaid/employer_merge.html", context)

    def told(self, employer):
        """What a row says, as (label, text), with what hangs on it."""
        told = [
            (Employer._meta.get_field(name).verbose_name, employer.shown(name))
            for name in register.TEXTS
        ]
        return [*told, (_("complaints"), str(register.complaints(employer)))]

    def merge(self, request, employer, into):
        try:
            register.merge(employer, into=into, by=request.user)
        except ValidationError as refusal:
            self.message_user(request, " ".join(refusal.messages), "ERROR")
            return redirect(self.page_of(employer, "merge"))
        for row in [employer, into]:
            self.record(request, Action.CHANGE, row)
        self.message_user(
            request, _("The two rows are one now. Cases and requests went over, too.")
        )
        return redirect(self.page_of(into, "change"))

    # Two rows that were two after all

    def part_view(self, request, pk):
        """What goes back, then the button that takes a merge back."""
        merged = Employer.objects.exclude(merged_into=None).select_related("merged_by")
        employer = merged.filter(pk=pk).first() if self.has_view_permission(request) else None
        merge = register.merge_of(employer) if employer else None
        if merge is None:
            self.message_user(request, _("These two rows are apart already."))
            return redirect(self.address("changelist"))
        if not self.has_change_permission(request):
            raise PermissionDenied
        into = employer.merged_into
        if request.method == "POST":
            return self.part(request, employer, into)
        self.record(request, Action.VIEW, employer)
        context = self.admin_site.each_context(request) | {
            "title": _("Take two rows apart"),
            "opts": self.opts,
            "merge": merge,
            "both": [self.told(employer), self.told(into)],
            "into": into,
            "back_url": self.page_of(into, "change"),
        }
        return TemplateResponse(request, "admin/legalaid/employer_part.html", context)

    def part(self, request, employer, into):
        try:
            register.part(employer, by=request.user)
        except ValidationError as refusal:
            self.message_user(request, " ".join(refusal.messages), "ERROR")
            return redirect(self.page_of(into, "change"))
        for row in [employer, into]:
            self.record(request, Action.CHANGE, row)
        self.message_user(request, _("They are two rows again. What came with this one is back."))
        return redirect(self.page_of(employer, "change"))
