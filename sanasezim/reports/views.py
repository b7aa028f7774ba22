"""The staff pages of reports: ask, look, take out, keep for the next time, publish, cross."""

import hashlib

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from sanasezim.reports import explore, formats, frozen, left_before, open_figures, tables, tally
from sanasezim.reports.charts import chart_of
from sanasezim.reports.forms import (
    ReportForm,
    TakeOutForm,
    WordingForm,
)
from sanasezim.reports.models import (
    Explanation,
    FrozenReport,
    OpenFigure,
    ReportExport,
    SavedReport,
    SavedReportText,
)
from sanasezim.reports.suppression import suppress
from sanasezim.shared import access_log, confirmed
from sanasezim.shared.access_log import Action
from sanasezim.shared.languages import OWN_NAMES, STAFF_LANGUAGES
from sanasezim.shared.page_cache import keep_page

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def allowed(request, permission="reports.view_savedreport"):
    if not request.user.has_perm(permission):
        raise PermissionDenied


def may_full(request):
    return request.user.has_perm("reports.see_full_figures")


def page(request, template, title, *, status=200, **more):
    response = TemplateResponse(
        request,
        f"admin/reports/{template}.html",
        admin.site.each_context(request) | {"title": title, "may_full": may_full(request)} | more,
        status=status,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def made(asked, ids, columns, *, full):
    """The report, with what may not be told hidden unless `full`."""
    tally.refresh(asked.whole_months)
    report = tables.make(asked, ids, compared="year_before" in columns)
    return report if full else suppress(report)


def shown(report, columns, wording=None):
    """(Table, Lines, Chart, heading) of each table, for a template."""
    headings = wording.headings if wording else {}
    return [
        (table, formats.lines_of(table, columns), chart_of(table), headings.get(table.id))
        for table in report.tables
    ]


# Ask and look


def report(request):
    """A form, and under it what it asks for: this quarter, until somebody chooses."""
    allowed(request)
    saved = _saved(request)
    if "start" in request.GET:
        form = ReportForm(request.GET)
    else:
        values = ReportForm.first_values() | (_values_of(saved) if saved else {})
        form = ReportForm(_as_query(values))
    found = {}
    if form.is_valid():
        columns = form.with_columns
        shown_report = made(
            form.asked, form.cleaned_data["tables"], columns, full=may_full(request)
        )
        found = {
            "report": shown_report,
            "period": formats.period_of(form.asked),
            "tables": shown(shown_report, columns, wording_of(saved)),
            "notes": list(formats.notes_of(shown_report)),
            "query": _as_query(_values_of_form(form)).urlencode(),
            "beside": [
                (left, formats.period_of(left), formats.narrowed_to(left))
                for left in left_before.beside(form.asked, form.cleaned_data["tables"])
            ],
            "take_out": TakeOutForm(
                may_full=may_full(request), initial={"language": translation.get_language()}
            ),
        }
    return page(
        request,
        "report",
        _("Activity report"),
        form=form,
        saved=saved,
        all_saved=SavedReport.objects.all(),
        all_frozen=FrozenReport.objects.all()[:10],
        status=200 if form.is_valid() else 422,
        **found,
    )


def _saved(request):
    number = request.GET.get("saved", "")
    return SavedReport.objects.filter(pk=number).first() if number.isdecimal() else None


def _as_query(values):
    query = QueryDict(mutable=True)
    for name, value in values.items():
        query.setlist(name, value if isinstance(value, list) else [str(value)])
    return query


def _values_of(saved):
    """What a saved report asks for, but its period."""
    return {
        "saved": str(saved.pk),
        "project": str(saved.project_id or ""),
        "office": str(saved.office_id or ""),
        "line": str(saved.line_id or ""),
        "bands": ", ".join(map(str, saved.bands)),
        "columns": saved.columns,
        "tables": saved.tables,
    }


def _values_of_form(form):
    typed = form.cleaned_data
    values = {name: typed[name].isoformat() for name in ("start", "end")}
    values |= {n: str(typed[n].pk) if typed[n] else "" for n in ("project", "office", "line")}
    values |= {"bands": ", ".join(map(str, typed["bands"]))}
    return values | {"columns": typed["columns"], "tables": list(typed["tables"])}


def wording_of(saved, language=None):
    text = (
        saved.texts.filter(language=language or translation.get_language()).first()
        if saved
        else None
    )
    if text is None:
        return formats.Wording(title=saved.name if saved else "")
    return formats.Wording(text.title or saved.name, text.introduction, text.headings)


# Take it out


@require_POST
def take_out(request):
    """The report as a file, or as a page to print. What leaves is written down before it does."""
    allowed(request)
    form = ReportForm(request.GET)
    how = TakeOutForm(request.POST, may_full=may_full(request))
    if not (form.is_valid() and how.is_valid()):
        messages.error(request, _("Choose why it leaves, and as what."))
        return redirect(f"{reverse('admin:report')}?{request.GET.urlencode()}")
    if answer := confirmed.ask(request):
        return answer
    typed, saved, columns = how.cleaned_data, _saved(request), form.with_columns
    is_full = bool(typed.get("is_full"))
    with translation.override(typed["language"]):
        leaving = made(form.asked, form.cleaned_data["tables"], columns, full=True)
        if not is_full:
            suppress(leaving, left_before.told(form.asked, form.cleaned_data["tables"]))
        wording = wording_of(saved, typed["language"])
        answer = _leaving(request, leaving, columns, wording, typed["how"])
    _write_down(request, form, typed, leaving, is_full, answer.content)
    return answer


def _leaving(request, leaving, columns, wording, how):
    name = f"report-{leaving.asked.start}-{leaving.asked.end}"
    if how == "print":
        answer = page(
            request, "print", wording.title or _("Activity report"), report=leaving,
            wording=wording, period=formats.period_of(leaving.asked),
            narrowed=formats.narrowed_to(leaving.asked),
            tables=shown(leaving, columns, wording), notes=list(formats.notes_of(leaving)),
        )  # fmt: skip
        return answer.render()
    if how == "csv":
        answer = HttpResponse(
            formats.as_csv(leaving, columns, wording), content_type="text/csv; charset=utf-8"
        )
    else:
        answer = HttpResponse(formats.as_xlsx(leaving, columns, wording), content_type=XLSX)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{how}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _write_down(request, form, typed, leaving, is_full, content):
    asked, digest = form.asked, hashlib.sha256(content).hexdigest()
    lines = sum(len(table.rows) for table in leaving.tables)
    left = ReportExport.objects.create(
        start=asked.start, end=asked.end, project=asked.project, office=asked.office,
        line=asked.line, tables=list(form.cleaned_data["tables"]), columns=form.with_columns,
        bands=list(asked.bands), how=typed["how"], is_full=is_full, why=typed["why"],
        lines=lines, digest=digest, by=request.user,
    )  # fmt: skip
    action = Action.PRINT if typed["how"] == "print" else Action.EXPORT
    access_log.record(
        action, by=request.user, request=request, what=left, rows=lines, digest=digest
    )


# Keep it for the next time


@require_POST
def save(request):
    """Keep what is shown under a name; the same name again replaces it."""
    allowed(request, "reports.add_savedreport")
    form = ReportForm(request.GET)
    name = request.POST.get("name", "").strip()[:120]
    if not (form.is_valid() and name):
        messages.error(request, _("Give the report a name."))
        return redirect(f"{reverse('admin:report')}?{request.GET.urlencode()}")
    typed = form.cleaned_data
    kept, is_new = SavedReport.objects.update_or_create(
        name=name,
        defaults={n: typed[n] for n in ("project", "office", "line")}
        | {"tables": list(typed["tables"]), "columns": form.with_columns}
        | {"bands": list(typed["bands"])},
        create_defaults={n: typed[n] for n in ("project", "office", "line")}
        | {"tables": list(typed["tables"]), "columns": form.with_columns}
        | {"bands": list(typed["bands"]), "made_by": request.user},
    )
    messages.success(request, _("Kept. It can be made again for the next quarter with one click."))
    return redirect("admin:saved_report", kept.pk)


def saved_report(request, pk):
    """The wording of a saved report, and its next period."""
    allowed(request)
    saved = get_object_or_404(SavedReport, pk=pk)
    texts = {text.language: text for text in saved.texts.all()}
    data = request.POST if request.method == "POST" else None
    forms = [
        (language, OWN_NAMES[language],
         WordingForm(data, saved=saved, text=texts.get(language), prefix=language))
        for language in STAFF_LANGUAGES
    ]  # fmt: skip
    if data is not None:
        allowed(request, "reports.change_savedreport")
        if "remove" in data:
            saved.delete()
            messages.success(request, _("The saved report is gone. No figure is."))
            return redirect("admin:report")
        if all(form.is_valid() for _language, _name, form in forms):
            for language, _name, form in forms:
                typed = form.cleaned_data
                SavedReportText.objects.update_or_create(
                    report=saved,
                    language=language,
                    defaults={"title": typed["title"], "introduction": typed["introduction"]}
                    | {"headings": form.headings},
                )
            messages.success(request, _("Saved."))
            return redirect("admin:saved_report", saved.pk)
    return page(
        request, "saved", saved.name, saved=saved, wordings=forms,
        periods=[(label, _as_query(_values_of(saved) | days).urlencode())
                 for label, days in frozen.periods()],
        status=422 if data is not None else 200,
    )  # fmt: skip


# Publish, and explain later


@require_POST
def freeze(request):
    """Keep the figures as they are given out today."""
    allowed(request, "reports.add_frozenreport")
    form = ReportForm(request.GET)
    name = request.POST.get("name", "").strip()[:200]
    if not (form.is_valid() and name):
        messages.error(request, _("Say where the figures are published."))
        return redirect(f"{reverse('admin:report')}?{request.GET.urlencode()}")
    kept = frozen.freeze(
        form.asked, form.cleaned_data["tables"], form.with_columns, name=name, by=request.user
    )
    access_log.record(Action.ADD, by=request.user, request=request, what=kept, digest=kept.digest)
    return redirect("admin:frozen_report", kept.pk)


def frozen_report(request, pk):
    """What was published, what is counted today, and why they differ, line by line."""
    allowed(request, "reports.view_frozenreport")
    kept = get_object_or_404(FrozenReport.objects.select_related("frozen_by"), pk=pk)
    if not may_full(request):
        raise PermissionDenied
    if request.method == "POST":
        allowed(request, "reports.add_explanation")
        for name in request.POST:
            table, found, key = name.removeprefix("why-").partition(":")
            words = request.POST[name].strip()[:300]
            if name.startswith("why-") and found and words:
                Explanation.objects.create(
                    frozen=kept, table=table[:40], key=key[:100], words=words,
                    written_by=request.user,
                )  # fmt: skip
        messages.success(request, _("Saved."))
        return redirect("admin:frozen_report", kept.pk)
    return page(
        request, "frozen", kept.name, frozen=kept, differences=frozen.differences(kept),
        changes=frozen.changes_since(kept), period=formats.period_of(frozen.asked_of(kept)),
    )  # fmt: skip


# Cross two questions


def explore_view(request):
    """Two questions crossed over any period."""
    allowed(request)
    form = explore.ExploreForm(
        request.GET if "start" in request.GET else _as_query(explore.ExploreForm.first_values())
    )
    table = None
    if form.is_valid():
        table = explore.cross(form.asked, form.cleaned_data, user=request.user)
        if not may_full(request):
            table.suppress()
    return page(request, "explore", _("Cross two questions"), form=form, table=table,
                period=formats.period_of(form.asked) if table else "",
                status=200 if form.is_valid() else 422)  # fmt: skip


# Open figures


def open_figures_view(request):
    """What of a year everybody may see: chosen and released by the director."""
    allowed(request, "reports.view_openfigure")
    years = open_figures.years()
    year = request.GET.get("year") or request.POST.get("year") or str(timezone.localdate().year - 1)
    year = int(year) if year.isdecimal() and 1990 <= int(year) <= 2100 else years[0]
    if request.method == "POST":
        allowed(request, "reports.add_openfigure")
        if answer := confirmed.ask(request):
            return answer
        released = open_figures.release(
            year, request.POST.getlist("table"), by=request.user, request=request
        )
        messages.success(request, _("Tables that everybody can see now: %(number)d.") % {
            "number": released})  # fmt: skip
        return redirect(f"{reverse('admin:open_figures')}?year={year}")
    public = set(OpenFigure.objects.public().filter(year=year).values_list("table", flat=True))
    return page(
        request, "open_figures", _("Open figures"), year=year, years=years, public=public,
        tables=shown(open_figures.draft(year), ["share"]),
    )  # fmt: skip


def explore_rows(request):
    """The records behind one number: only those this person may see anyway, by their references."""
    allowed(request)
    form = explore.ExploreForm(request.GET)
    if not form.is_valid():
        raise Http404
    subject = explore.questions_of(form.cleaned_data)[0]
    if subject not in explore.VIEW:
        raise Http404
    allowed(request, explore.VIEW[subject])
    keys = (request.GET.get("row", ""), request.GET.get("column", ""))
    records, number = explore.listed(form.asked, form.cleaned_data, keys, user=request.user)
    records = list(records)
    access_log.record(
        Action.SEARCH, by=request.user, request=request, what=explore.MODELS[subject], rows=number
    )
    return page(request, "explore_rows", _("Records behind a number"), records=records,
                number=number, subject=subject, most=explore.MOST_LISTED)  # fmt: skip


# For everybody


@require_safe
@keep_page
def figures(request):
    """The yearly numbers that were released, with charts."""
    years = [
        (year, [(table, formats.lines_of(table, ["share"]), chart_of(table))
                for table in map(open_figures.as_table, found)])
        for year, found in open_figures.released().items()
    ]  # fmt: skip
    chosen = request.GET.get("year", "")
    shown_years = [pair for pair in years if str(pair[0]) == chosen] or years[:1]
    return render(
        request,
        "figures/figures.html",
        {"years": [year for year, _tables in years], "shown": shown_years,
         "sign": formats.HIDDEN},
    )  # fmt: skip


@require_safe
@keep_page
def figures_csv(request):
    return HttpResponse(
        open_figures.as_csv(),
        headers={"Content-Type": "text/csv; charset=utf-8",
                 "Content-Disposition": 'attachment; filename="sana-sezim-figures.csv"'},
    )  # fmt: skip
