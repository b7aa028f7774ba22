"""The list of cases: whose turn it is, what is due, and what of 100,000 is one's own."""

import datetime

from django.contrib import admin
from django.db.models import Count, Exists, Min, OuterRef, Q
from django.utils import timezone
from django.utils.html import format_html
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from legalaid import casework
from legalaid.admin.intakes import TopicFilter
from legalaid.models import Case, CasePerson, Intake, Task
from sanasezim.shared import masks
from sanasezim.shared.long_lists import ChoiceFilter, GuardedList, Tab, WordFilter
from sanasezim.shared.models import Office, Project

NEWEST_FIRST = ("-opened_on", "-pk")
WAITED_LONGEST_FIRST = ("turn_since", "pk")


class LawyerFilter(WordFilter):
    title = gettext_lazy("lawyer")
    parameter_name = "lawyer"

    def lookups(self, request, model_admin):
        return [
            (str(lawyer.pk), casework.name_of(lawyer))
            for lawyer in casework.lawyers().order_by("last_name", "username")
        ]

    def queryset(self, request, queryset):
        number = self.value() or ""
        return queryset.filter(lawyer=number) if number.isdecimal() else queryset

    def counts(self, rows):
        each = rows.values_list("lawyer").annotate(number=Count("pk"))
        return {str(lawyer): number for lawyer, number in each.values_list("lawyer", "number")}


class OpenedFilter(WordFilter):
    """In words, which may be saved: a day grows old."""

    title = gettext_lazy("opened")
    parameter_name = "opened"

    def lookups(self, request, model_admin):
        return [
            ("month", _("in the last 30 days")),
            ("year", _("this year")),
            ("before", _("in earlier years")),
        ]

    @property
    def conditions(self):
        today = timezone.localdate()
        return {
            "month": Q(opened_on__gte=today - datetime.timedelta(days=30)),
            "year": Q(opened_on__gte=today.replace(month=1, day=1)),
            "before": Q(opened_on__lt=today.replace(month=1, day=1)),
        }

    def queryset(self, request, queryset):
        asked = self.conditions.get(self.value())
        return queryset.filter(asked) if asked else queryset

    def counts(self, rows):
        return rows.aggregate(
            **{word: Count("pk", filter=asked) for word, asked in self.conditions.items()}
        )


class DueFilter(WordFilter):
    title = gettext_lazy("due")
    parameter_name = "due"
    DAYS = {"late": -1, "week": 7}

    def lookups(self, request, model_admin):
        return [("late", _("overdue")), ("week", _("within 7 days, or overdue"))]

    def until(self, word):
        day = timezone.localdate() + datetime.timedelta(days=self.DAYS[word])
        return Exists(Task.objects.open().filter(case=OuterRef("pk"), due_on__lte=day))

    def queryset(self, request, queryset):
        return queryset.filter(self.until(self.value())) if self.value() in self.DAYS else queryset

    def counts(self, rows):
        return {word: rows.filter(self.until(word)).count() for word in self.DAYS}


class CodeFilter(WordFilter):
    """A choice of rows with a code, such as offices: the code stands in the address."""

    model = None

    def lookups(self, request, model_admin):
        return [(row.code, self.name_of(row)) for row in self.rows()]

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        return queryset.filter(**{f"{self.parameter_name}__code": self.value()})

    def counts(self, rows):
        name = f"{self.parameter_name}__code"
        each = rows.values_list(name).annotate(number=Count("pk"))
        return dict(each.values_list(name, "number"))


class OfficeFilter(CodeFilter):
    title = gettext_lazy("office")
    parameter_name = "office"

    def rows(self):
        return Office.objects.prefetch_related("texts")

    def name_of(self, office):
        return office.text.name if office.text else office.code


class ProjectFilter(CodeFilter):
    title = gettext_lazy("project")
    parameter_name = "project"

    def rows(self):
        return Project.objects.all()

    def name_of(self, project):
        return project.name


class CaseRows(GuardedList):
    """One page: with how many people each case has, the first of them masked, and what is due next."""

    def get_results(self, request):
        super().get_results(request)
        page = list(self.result_list)
        numbers = [case.pk for case in page]
        parts = CasePerson.objects.filter(case__in=numbers)
        people = dict(parts.order_by().values_list("case").annotate(number=Count("pk")))
        first = (
            parts.order_by("case_id", "pk").distinct("case_id").select_related("person__identity")
        )
        first = {part.case_id: part for part in first}
        due = Task.objects.open().filter(case__in=numbers).order_by().values_list("case")
        due = dict(due.annotate(first=Min("due_on")))
        for case in page:
            case.number_of_people = people.get(case.pk, 0)
            case.first_person = first.get(case.pk)
            case.next_due = due.get(case.pk)
        self.result_list = page


class CaseList:
    """The list of CaseAdmin."""

    list_display = ["reference", "about", "people_shown", "lawyer_name", "turn_shown", "due_shown"]
    list_select_related = ["lawyer"]
    list_prefetch = ["topics__texts"]
    list_counted_beside = 2000
    list_filter = [
        *[LawyerFilter, DueFilter, ("turn", ChoiceFilter), TopicFilter, OpenedFilter],
        *[OfficeFilter, ProjectFilter, ("exploitation", ChoiceFilter)],
    ]
    show_facets = admin.ShowFacets.ALWAYS
    sortable_by = ["reference", "opened_on", "closed_on", "turn_shown"]
    change_list_template = "admin/legalaid/case_list.html"

    def get_changelist(self, request, **kwargs):
        return CaseRows

    def get_tabs(self, request):
        still_open = Q(closed_on=None)
        waits = Intake.objects.filter(case=OuterRef("pk")).exclude(unanswered_since=None)
        untouched = timezone.now() - casework.STALE_AFTER
        return [
            Tab("open", _("open"), still_open, NEWEST_FIRST),
            Tab(
                "ours",
                _("our turn"),
                still_open & Q(turn=Case.Turn.OURS),
                WAITED_LONGEST_FIRST,
            ),
            Tab(
                "unanswered",
                _("wait for our answer"),
                still_open & Q(Exists(waits)),
                WAITED_LONGEST_FIRST,
            ),
            Tab(
                "untouched",
                _("untouched for two weeks"),
                still_open & Q(touched_at__lt=untouched),
                ("touched_at", "pk"),
            ),
            Tab("offered", _("offered to me"), still_open & Q(transfer_to=request.user)),
            Tab("closed", _("closed"), ~still_open, ("-closed_on", "-pk")),
            Tab("all", _("all"), ordering=NEWEST_FIRST),
        ]

    def changelist_view(self, request, extra_context=None):
        wide = {"is_nav_sidebar_enabled": False}  # the list needs the whole width
        return super().changelist_view(request, wide | (extra_context or {}))

    def open_tab(self, request):
        tabs = self.get_tabs(request)
        return next((tab for tab in tabs if tab.code == request.GET.get("which")), tabs[0])

    def get_ordering(self, request):
        return self.open_tab(request).ordering or NEWEST_FIRST

    def get_list_display(self, request):
        day = "closed_on" if self.open_tab(request).code == "closed" else "opened_on"
        return [*self.list_display, day]

    @admin.display(description=gettext_lazy("about"))
    def about(self, case):
        names = [topic.text.name if topic.text else topic.code for topic in case.topics.all()]
        return ", ".join(names) or "–"

    @admin.display(description=gettext_lazy("people"))
    def people_shown(self, case):
        if not case.first_person:
            return "–"
        identity = getattr(case.first_person.person, "identity", None)
        name = identity.shown("name", masks.initials) if identity else ""
        more = case.number_of_people - 1
        others = ngettext("and %(number)d more", "and %(number)d more", more) % {"number": more}
        return f"{name or case.first_person.person} {others if more else ''}".strip()

    @admin.display(description=gettext_lazy("lawyer"))
    def lawyer_name(self, case):
        return casework.name_of(case.lawyer)

    @admin.display(description=gettext_lazy("whose turn it is"), ordering="turn_since")
    def turn_shown(self, case):
        if not case.is_open:
            return "–"
        return format_html(
            '{}<span class="quiet-line">{}</span>',
            case.get_turn_display(),
            timesince(case.turn_since, depth=1),
        )

    @admin.display(description=gettext_lazy("next due"))
    def due_shown(self, case):
        if not case.next_due:
            return "–"
        return format_html(
            '<time datetime="{}" class="{}">{}</time>',
            case.next_due.isoformat(),
            "stale" if case.next_due < timezone.localdate() else "",
            case.next_due.strftime("%d.%m.%Y"),
        )
