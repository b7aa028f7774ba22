"""The staff page of old records: lay a file there, put right, bring in, take out again."""

import csv
import json

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sanasezim.importing import batches, columns, files, meanings, writing
from sanasezim.reports.formats import harmless
from sanasezim.shared import access_log, confirmed
from sanasezim.shared.access_log import Action
from sanasezim.shared.models import ImportBatch
from sanasezim.shared.uploads import takes_files

LEFT_OUT = "-"


class FileForm(forms.ModelForm):
    upload = forms.FileField(
        label=_("File"),
        help_text=_("CSV, XLSX or XLS, at most 50 MB. The first row names the columns."),
        widget=forms.FileInput({"accept": ".csv,.xlsx,.xls,text/csv"}),
    )

    class Meta:
        model = ImportBatch
        fields = ["what", "upload", "create_missing"]
        widgets = {"what": forms.RadioSelect}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = ImportBatch.What.choices

    def clean_upload(self):
        upload = self.cleaned_data["upload"]
        if upload.size > files.MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 50 MB. Bring it in by years."))
        return upload


@admin.register(ImportBatch)
class ImportBatchAdmin(admin.ModelAdmin):
    list_display = [
        "file_name",
        "what",
        "state",
        "rows",
        "first_day",
        "last_day",
        "added_by",
        "added_at",
    ]
    list_select_related = ["added_by"]
    list_filter = ["what"]
    actions = None
    change_list_template = "admin/importing/list.html"
    STEPS = ["explain", "bring_in", "drop", "take_out"]

    @admin.display(description=_("state"))
    def state(self, batch):
        return batches.state_of(batch)

    def has_change_permission(self, request, obj=None):
        return self.has_add_permission(request)

    def has_delete_permission(self, request, obj=None):
        return False

    def get_urls(self):
        return [
            path(
                "<int:pk>/problems.csv",
                self.admin_site.admin_view(self.problems_view),
                name="shared_importbatch_problems",
            ),
            *super().get_urls(),
        ]

    @method_decorator(takes_files(files.MOST_BYTES + 1_000_000, staff_only=True))
    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = FileForm(request.POST or None, request.FILES or None, initial={"what": "calls"})
        if request.method == "POST" and form.is_valid():
            batch = batches.take_in(
                form.cleaned_data["upload"],
                form.cleaned_data["what"],
                form.cleaned_data["create_missing"],
                request.user,
            )
            access_log.record(Action.ADD, by=request.user, request=request, what=batch)
            return redirect(self.page_of(batch))
        context = self.admin_site.each_context(request) | {
            "title": gettext("Old records from a file"),
            "opts": self.opts,
            "form": form,
            "columns": columns.COLUMNS,
        }
        return TemplateResponse(
            request, "admin/importing/add.html", context, status=422 if form.is_bound else 200
        )

    def page_of(self, batch):
        return reverse("admin:shared_importbatch_change", args=[batch.pk])

    def change_view(self, request, object_id, form_url="", extra_context=None):
        batch = self.get_object(request, object_id)
        if batch is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_permission(request, batch):
            raise PermissionDenied
        if request.method == "POST":
            return self.take_step(request, batch)
        access_log.record(Action.VIEW, by=request.user, request=request, what=batch)
        return TemplateResponse(request, "admin/importing/batch.html", self.shown(request, batch))

    def shown(self, request, batch):
        findings = json.loads(batch.findings or "{}")
        is_read = bool(batch.checked_at)
        return self.admin_site.each_context(request) | {
            "title": batch.file_name,
            "opts": self.opts,
            "batch": batch,
            "state": batches.state_of(batch),
            "findings": findings,
            "works": not batch.done_at and (not is_read or batch.is_wanted),
            "is_ready": is_read
            and not batch.done_at
            and not batch.is_wanted
            and not findings.get("refusal")
            and not findings.get("problems")
            and not findings.get("before"),
            "columns": [(column.name, column.name) for column in columns.COLUMNS[batch.what]],
            "words": [
                (number, *word, _choices_of(batch.what, word[0]))
                for number, word in enumerate(findings.get("words", []))
            ],
            "may_change": self.has_add_permission(request),
            "left_out": LEFT_OUT,
        }

    def take_step(self, request, batch):
        if not self.has_add_permission(request):
            raise PermissionDenied
        step = request.POST.get("step")
        if step not in self.STEPS:
            return redirect(self.page_of(batch))
        if step == "take_out" and (answer := confirmed.ask(request)):
            return answer
        said = getattr(self, f"_{step}")(request, batch)
        if said:
            self.message_user(request, said)
        if step == "drop":
            return redirect("admin:shared_importbatch_changelist")
        return redirect(self.page_of(batch))

    def _explain(self, request, batch):
        findings = json.loads(batch.findings or "{}")
        known = {column.name for column in columns.COLUMNS[batch.what]}
        for number, heading in enumerate(findings.get("headings", [])):
            chosen = request.POST.get(f"heading-{number}")
            if chosen == LEFT_OUT or chosen in known:
                meanings.remember_heading(batch.what, heading, chosen.replace(LEFT_OUT, ""))
        for number, (column, _heading, word, _near, _times) in enumerate(findings.get("words", [])):
            chosen = request.POST.get(f"word-{number}")
            if chosen == LEFT_OUT or chosen in dict(_choices_of(batch.what, column)):
                meanings.remember_word(batch.what, column, word, chosen)
        if "create_missing" in request.POST:
            batch.create_missing = True
        batches.read_again(batch)

    def _bring_in(self, request, batch):
        if self.shown(request, batch)["is_ready"]:
            batches.want(batch)

    def _drop(self, request, batch):
        if batch.done_at or batch.is_wanted:
            return gettext("It is in already. Take it out instead.")
        batches.drop(batch)
        return gettext("The file is gone. Nothing was brought in.")

    def _take_out(self, request, batch):
        try:
            taken = writing.take_out(batch, request.user)
        except writing.Refused as refusal:
            self.message_user(request, str(refusal), "ERROR")
            return None
        return gettext("Taken out again: %(number)s records.") % {"number": taken}

    def problems_view(self, request, pk):
        """Every bad cell as CSV, to put right in the spreadsheet."""
        batch = self.get_object(request, str(pk))
        if batch is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
        if not self.has_view_permission(request, batch):
            raise PermissionDenied
        access_log.record(Action.DOWNLOAD, by=request.user, request=request, what=batch)
        response = HttpResponse(content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="problems-{batch.pk}.csv"'
        response["Cache-Control"] = "no-store"
        response.write("\ufeff")
        rows = csv.writer(response)
        rows.writerow(
            [
                gettext("line of the file"),
                gettext("column"),
                gettext("value"),
                gettext("reason"),
                gettext("perhaps"),
            ]
        )
        for problem in json.loads(batch.findings or "{}").get("problems", []):
            cells = [problem[name] for name in ("line", "heading", "value", "reason", "suggestion")]
            rows.writerow([harmless(str(cell)) for cell in cells])
        return response


def _choices_of(what, name):
    column = next(column for column in columns.COLUMNS[what] if column.name == name)
    return column.labels()
