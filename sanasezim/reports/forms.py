"""What a report is asked for, as somebody types it."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sanasezim.reports.asked import BANDS, Asked, quarter_of
from sanasezim.reports.formats import ALL_COLUMNS
from sanasezim.reports.models import ReportExport
from sanasezim.reports.tables import DEFINITIONS, UNITS
from sanasezim.shared.languages import OWN_NAMES, STAFF_LANGUAGES
from sanasezim.shared.models import Line, Office, Project

COLUMN_CHOICES = [
    ("share", _("per cent of the total")),
    ("who", _("men, women and children")),
    ("year_before", _("the same days a year before")),
]
# What stands ticked until somebody chooses
FIRST_TABLES = [
    *["calls_by_month", "calls_by_sex", "calls_by_age", "calls_by_citizenship", "calls_by_topic"],
    *["appeals_by_relation", "appeals_by_office", "persons_helped", "persons_by_sex_and_minor"],
    *["persons_by_kind", "persons_by_citizenship", "cases_by_outcome", "services", "money_claimed"],
    *["handouts", "downloads", "outreach", "project_targets"],
]


class OfficeChoice(forms.ModelChoiceField):
    def label_from_instance(self, office):
        return office.text.name if office.text else office.code


def day_input():
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class PeriodForm(forms.Form):
    """A period, and what it is narrowed to."""

    start = forms.DateField(label=_("From"), widget=day_input())
    end = forms.DateField(label=_("To, this day included"), widget=day_input())
    project = forms.ModelChoiceField(
        Project.objects.all(), label=_("Project"), required=False, empty_label=_("all projects")
    )
    office = OfficeChoice(
        Office.objects.prefetch_related("texts"),
        label=_("Office"),
        required=False,
        empty_label=_("all offices"),
    )
    line = forms.ModelChoiceField(
        Line.objects.all(), label=_("Phone line"), required=False, empty_label=_("all lines")
    )

    def clean(self):
        cleaned = super().clean()
        start, end = cleaned.get("start"), cleaned.get("end")
        if start and end:
            if end < start:
                self.add_error("end", _("The last day cannot be before the first."))
            elif end.year - start.year > 30 or start.year < 1990 or end.year > 2100:
                self.add_error("start", _("Choose at most thirty years, from 1990 on."))
        return cleaned

    @staticmethod
    def first_values():
        start, end = quarter_of(timezone.localdate())
        return {"start": start.isoformat(), "end": end.isoformat()}


class ReportForm(PeriodForm):
    bands = forms.CharField(
        label=_("Ages begin at"),
        required=False,
        max_length=80,
        help_text=_("The first year of each band, as in 18, 25, 35, 45, 60."),
    )
    columns = forms.MultipleChoiceField(
        label=_("Columns"),
        choices=COLUMN_CHOICES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    tables = forms.MultipleChoiceField(
        label=_("Tables"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["tables"].choices = table_choices()

    def clean_bands(self):
        words = self.cleaned_data["bands"].replace(",", " ").split()
        try:
            bands = tuple(sorted({int(word) for word in words}))
        except ValueError:
            raise forms.ValidationError(_("Write whole numbers with commas between.")) from None
        if not all(0 < first <= 110 for first in bands) or len(bands) > 12:
            raise forms.ValidationError(_("Write at most twelve ages, from 1 to 110."))
        return bands or BANDS

    def clean_tables(self):
        return self.cleaned_data["tables"] or FIRST_TABLES

    @classmethod
    def first_values(cls):
        return PeriodForm.first_values() | {
            "bands": ", ".join(map(str, BANDS)),
            "columns": ["share", "who"],
            "tables": FIRST_TABLES,
        }

    @property
    def asked(self):
        typed = self.cleaned_data
        names = ("start", "end", "project", "office", "line", "bands")
        return Asked(**{name: typed[name] for name in names})

    @property
    def with_columns(self):
        return [code for code in ALL_COLUMNS if code in self.cleaned_data["columns"]]


def table_choices():
    """Tables by what they count."""
    groups = {}
    for each in DEFINITIONS:
        groups.setdefault(each.unit, []).append((each.id, each.title))
    return [(UNITS[unit], choices) for unit, choices in groups.items()]


class TakeOutForm(forms.Form):
    """How a report leaves, and why."""

    how = forms.ChoiceField(
        label=_("In which form"),
        choices=[("xlsx", _("Excel (XLSX)")), ("csv", "CSV"), ("print", _("a page to print"))],
    )
    language = forms.ChoiceField(
        label=_("In which language"), choices=[(code, OWN_NAMES[code]) for code in STAFF_LANGUAGES]
    )
    why = forms.ChoiceField(
        label=_("Why it leaves"), choices=[("", _("Choose a reason")), *ReportExport.Reason.choices]
    )
    is_full = forms.BooleanField(label=_("With small numbers, too"), required=False)

    def __init__(self, *args, may_full, **kwargs):
        super().__init__(*args, **kwargs)
        if not may_full:
            del self.fields["is_full"]


class WordingForm(forms.Form):
    """How a donor calls things, in one language."""

    title = forms.CharField(label=_("Title"), required=False, max_length=200)
    introduction = forms.CharField(
        label=_("Introduction"),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args, saved, text=None, **kwargs):
        super().__init__(*args, **kwargs)
        titles = {each.id: each.title for each in DEFINITIONS}
        for code in saved.tables:
            if code in titles:
                self.fields[f"heading-{code}"] = forms.CharField(
                    label=titles[code],
                    required=False,
                    max_length=200,
                    initial=(text.headings if text else {}).get(code, ""),
                )
        if text:
            self.fields["title"].initial = text.title
            self.fields["introduction"].initial = text.introduction

    @property
    def headings(self):
        return {
            name.removeprefix("heading-"): value
            for name, value in self.cleaned_data.items()
            if name.startswith("heading-") and value
        }
