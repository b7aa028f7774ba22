"""The list of calls: quick with a million of them, and nobody's name in it."""

import datetime

from django.contrib import admin
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hotline.models import Call
from legalaid.admin.case_list import OfficeFilter, ProjectFilter
from legalaid.admin.intakes import TopicFilter
from resources.models import Topic
from sanasezim.shared import masks
from sanasezim.shared.long_lists import ChoiceFilter, Tab, WordFilter


def midnight():
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


class StartedFilter(WordFilter):
    """In words, which may be saved: a day grows old."""

    title = gettext_lazy("when")
    parameter_name = "when"

    def lookups(self, request, model_admin):
        return [
            ("week", _("in the last 7 days")),
            ("month", _("in the last 30 days")),
            ("year", _("this year")),
            ("before", _("in earlier years")),
        ]

    @property
    def conditions(self):
        today = midnight()
        year = today.replace(month=1, day=1)
        return {
            "week": Q(started_at__gte=today - datetime.timedelta(days=7)),
            "month": Q(started_at__gte=today - datetime.timedelta(days=30)),
            "year": Q(started_at__gte=year),
            "before": Q(started_at__lt=year),
        }

    def queryset(self, request, queryset):
        asked = self.conditions.get(self.value())
        return queryset.filter(asked) if asked else queryset

    def counts(self, rows):
        return rows.aggregate(
            **{word: Count("pk", filter=asked) for word, asked in self.conditions.items()}
        )


class CallTopicFilter(TopicFilter):
    """The topic by its number: so the database knows how frequent it is, and goes the quicker way."""

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        topic = Topic.objects.filter(code=self.value()).values_list("pk", flat=True).first()
        of_call = Call.topics.through.objects.filter(call=OuterRef("pk"), topic=topic or 0)
        return queryset.filter(Exists(of_call))


class CallList:
    """The list of CallAdmin. Every way to narrow it has an index, for answers that are seldom given."""

    list_display = ["started_shown", "about", "who_calls", "outcome"]
    list_prefetch = ["topics__texts"]
    list_filter = [
        StartedFilter,
        CallTopicFilter,
        *((name, ChoiceFilter) for name in ["language", "relation", "outcome", "kind"]),
        OfficeFilter,
        ProjectFilter,
    ]
    list_select_related = ["answered_by"]
    sortable_by = []
    change_list_template = "admin/hotline/call_list.html"

    def get_tabs(self, request):
        return [
            Tab("all", _("all calls")),
            Tab("today", _("today"), Q(started_at__gte=midnight())),
            Tab("mine", _("mine"), Q(answered_by=request.user)),
            Tab("danger", _("somebody in danger"), Q(in_danger="yes")),
            Tab("no_data", _("silent, wrong, abuse, test"), ~Q(kind=Call.Kind.DATA)),
        ]

    def changelist_view(self, request, extra_context=None):
        wide = {"is_nav_sidebar_enabled": False}  # the list needs the whole width
        return super().changelist_view(request, wide | (extra_context or {}))

    def get_list_display(self, request):
        # Who answered is for those who look after the line; a number of calls is nobody's.
        if request.user.has_perm("hotline.supervise"):
            return [*self.list_display, "answered_by"]
        return self.list_display

    @admin.display(description=gettext_lazy("when"))
    def started_shown(self, call):
        return timezone.localtime(call.started_at).strftime("%d.%m.%Y %H:%M")

    @admin.display(description=gettext_lazy("about"))
    def about(self, call):
        if call.kind != Call.Kind.DATA:
            return call.get_kind_display()
        names = [topic.text.name if topic.text else topic.code for topic in call.topics.all()]
        danger = format_html('<span class="urgent urgent-3">{}</span> ', _("in danger"))
        return format_html(
            "{}{}", danger if call.in_danger == "yes" else "", ", ".join(names) or "–"
        )

    @admin.display(description=gettext_lazy("who calls"))
    def who_calls(self, call):
        who = [call.shown("caller_name", masks.initials), call.shown("phone", masks.last_two)]
        said = [call.get_relation_display(), call.get_language_display()]
        return format_html(
            '{}<span class="quiet-line">{}</span>',
            " ".join(str(part) for part in who if part) or "–",
            " · ".join(str(word) for word in said if word),
        )
