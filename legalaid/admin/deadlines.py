"""The terms of the law and the holidays they are counted by. Lawyers edit them; no code knows a term."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from legalaid import deadlines
from legalaid.models import DeadlineRule, Holiday

# Checked by a lawyer longer ago than this, a rule asks to be checked again.
CHECKED_FOR_DAYS = 365


class CheckedFilter(admin.SimpleListFilter):
    title = gettext_lazy("checked by the lawyer")
    parameter_name = "checked"

    def lookups(self, request, model_admin):
        return [("no", _("not yet")), ("yes", _("checked"))]

    def queryset(self, request, rules):
        if self.value() == "no":
            return rules.filter(checked_on=None)
        return rules.exclude(checked_on=None) if self.value() == "yes" else rules


@admin.register(DeadlineRule)
class DeadlineRuleAdmin(admin.ModelAdmin):
    list_display = ["name", "event", "term", "law", "checked", "is_used"]
    list_filter = [CheckedFilter, "is_used", "unit"]
    search_fields = ["code", "name", "event", "law"]
    filter_horizontal = ["topics"]
    fieldsets = [
        (None, {"fields": ["code", "name", "event", ("length", "unit"), "moves_to_working_day"]}),
        (None, {"fields": ["days_before", "today"]}),
        (gettext_lazy("Law and review"), {"fields": ["law", "checked_on", "is_used", "topics"]}),
    ]
    readonly_fields = ["today"]

    def has_delete_permission(self, request, obj=None):
        # Terms in cases come from it: one that no longer holds is taken out of use.
        return False

    @admin.display(description=gettext_lazy("how long"), ordering="length")
    def term(self, rule):
        return {
            DeadlineRule.Unit.DAYS: ngettext("%(n)d day", "%(n)d days", rule.length),
            DeadlineRule.Unit.WORKING_DAYS: ngettext(
                "%(n)d working day", "%(n)d working days", rule.length
            ),
            DeadlineRule.Unit.MONTHS: ngettext("%(n)d month", "%(n)d months", rule.length),
            DeadlineRule.Unit.YEARS: ngettext("%(n)d year", "%(n)d years", rule.length),
        }[rule.unit] % {"n": rule.length}

    @admin.display(description=gettext_lazy("checked by the lawyer on"), ordering="checked_on")
    def checked(self, rule):
        if rule.checked_on is None:
            return format_html('<strong class="stale">{}</strong>', _("check with the lawyer"))
        day = date_format(rule.checked_on, "SHORT_DATE_FORMAT")
        if (timezone.localdate() - rule.checked_on).days > CHECKED_FOR_DAYS:
            return format_html(
                '<strong class="stale">{}</strong>', _("%(day)s, check again") % {"day": day}
            )
        return day

    @admin.display(description=gettext_lazy("if it happened today"))
    def today(self, rule):
        if not (rule.pk and rule.length):
            return "–"
        try:
            due_on, remind_on = deadlines.dates(rule, timezone.localdate())
        except ValidationError as refusal:
            return " ".join(refusal.messages)
        return _("the last day is %(due)s, the portal reminds on %(remind)s") % {
            "due": date_format(due_on),
            "remind": date_format(remind_on),
        }


class YearFilter(admin.SimpleListFilter):
    title = gettext_lazy("year")
    parameter_name = "year"

    def lookups(self, request, model_admin):
        return [(str(day.year), str(day.year)) for day in Holiday.objects.dates("day", "year")]

    def queryset(self, request, holidays):
        year = self.value() or ""
        return holidays.filter(day__year=int(year)) if year.isdecimal() else holidays


@admin.register(Holiday)
class HolidayAdmin(admin.ModelAdmin):
    list_display = ["day", "weekday", "name", "is_working"]
    list_filter = [YearFilter, "is_working"]
    ordering = ["day"]

    @admin.display(description=gettext_lazy("day of the week"))
    def weekday(self, holiday):
        return date_format(holiday.day, "l")
