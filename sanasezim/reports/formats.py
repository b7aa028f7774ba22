"""A report written down: as JSON, as CSV, as an XLSX workbook, and as the rows a page shows.

No cell that leaves is a formula: a text that a spreadsheet might take for one gets an apostrophe in
front, and in XLSX every text is written as text.
"""

import csv
import io
from dataclasses import dataclass
from decimal import Decimal

import xlsxwriter
from django.utils import dateformat
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from sanasezim.reports.tables import COLUMNS, UNITS, WHO, Row

# What a reader sees of a number that may not be told
HIDDEN = "×"
LIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "|")
ALL_COLUMNS = ("share", "who", "year_before")


def as_json(report):
    """The report as the contract of the command has it. A number that may not be told is null."""
    made = {
        "period": {"from": report.asked.start.isoformat(), "to": report.asked.end.isoformat()},
        "filters": report.asked.filters,
        "tables": [_table(table) for table in report.tables],
    }
    return made | ({"suppressed": True} if report.is_suppressed else {})


def _table(table):
    made = {
        "id": table.id,
        "title": table.title,
        "unit": table.unit,
        "several_answers": table.several_answers,
        "rows": [_row(row) for row in table.rows],
        "total": table.total,
    }
    if table.subtotals:
        made["subtotals"] = [_row(row) for row in table.subtotals]
    if table.total_who:
        made["total_who"] = table.total_who
    if table.year_before is not None:
        made["year_before"] = table.year_before
    return made


def _row(row):
    made = {"key": row.key, "label": row.label, "count": row.count, "share": row.share}
    if row.who:
        made["who"] = {code: row.who[code] for code in sorted(row.who)}
    if row.year_before is not None:
        made["year_before"] = row.year_before
    return made | {code: _plain(value) for code, value in row.more.items()}


def _plain(value):
    """Money as text: a number of JSON has no hundredths that hold."""
    return str(value) if isinstance(value, Decimal) else value


# The rows of a table, as CSV, XLSX, print and the staff page have them


@dataclass
class Line:
    key: str
    cells: list
    look: str = ""  # "total", "subtotal"

    @property
    def words(self):
        """Its cells as a page shows them."""
        return [_in_words(cell) for cell in self.cells]


def _in_words(cell):
    if cell is None or isinstance(cell, str):
        return _shown(cell)
    places = 2 if isinstance(cell, Decimal) else 1 if isinstance(cell, float) else 0
    return number_format(cell, decimal_pos=places, force_grouping=True)


@dataclass
class Lines:
    headings: list
    lines: list


def lines_of(table, columns=ALL_COLUMNS):
    """Headings and lines of a table, the numbers as numbers; None where one may not be told."""
    with_share = "share" in columns and table.total is not None
    who = [code for code in WHO if table.total_who.get(code, 0) != 0] if "who" in columns else []
    with_before = "year_before" in columns and table.year_before is not None
    headings = ["", str(UNITS[table.unit])]
    headings += [_("per cent")] if with_share else []
    headings += [str(COLUMNS[code]) for code in who]
    headings += list(table.more.values())
    headings += [_("a year before")] if with_before else []

    def line(key, label, count, share, of_who, more, before, look=""):
        cells = [label, count]
        cells += [share] if with_share else []
        cells += [of_who.get(code, 0) for code in who]
        cells += [more.get(code, "") for code in table.more]
        cells += [before] if with_before else []
        return Line(key, cells, look)

    lines = [
        line(row.key, row.label, row.count, row.share, row.who, row.more, row.year_before)
        for row in table.rows
    ]
    lines += [
        line(row.key, row.label, row.count, row.share, dict.fromkeys(who, ""), {}, "", "subtotal")
        for row in table.subtotals
    ]
    if table.total is not None:
        label = _("in all, each counted once") if table.several_answers else _("total")
        share = "" if table.several_answers else 100.0 if table.total else ""
        lines.append(
            line(
                "total", label, table.total, share, table.total_who, {}, table.year_before, "total"
            )
        )
    return Lines(headings, lines)


def period_of(asked):
    """The period in words, both days included."""
    return _("%(start)s to %(end)s, both days included, time of Almaty") % {
        "start": dateformat.format(asked.start, "d.m.Y"),
        "end": dateformat.format(asked.end, "d.m.Y"),
    }


def narrowed_to(asked):
    """What it is narrowed to, in words: pairs."""
    pairs = [(_("Project"), asked.project and asked.project.name)]
    if asked.office:
        text = asked.office.text
        pairs.append((_("Office"), text.name if text else asked.office.code))
    pairs.append((_("Phone line"), asked.line and asked.line.phone))
    return [(label, value) for label, value in pairs if value]


def notes_of(report):
    if report.is_suppressed:
        yield _(
            "%(sign)s: too few to be told, or needed to keep such a number from being told."
        ) % {"sign": HIDDEN}


def harmless(text):
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(LIVE) else text


def _shown(value):
    return HIDDEN if value is None else value


# Files


def as_csv(report, columns=ALL_COLUMNS, wording=None):
    """One line for each row of each table, so that a program can read it, too.

    UTF-8 with a mark in front, which Excel needs to read it as such.
    """
    wording = wording or Wording()
    more = list(dict.fromkeys(code for table in report.tables for code in table.more))
    who = WHO if "who" in columns else []
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(
        ["from", "to", *report.asked.filters, "table", "title", "unit", "several_answers"]
        + ["key", "label", "count", "share", *who, "year_before", *more]
    )
    period = [report.asked.start, report.asked.end, *report.asked.filters.values()]
    for table in report.tables:
        title = wording.headings.get(table.id) or table.title
        about = [*period, table.id, title, table.unit, "yes" if table.several_answers else "no"]
        total = Row("total", _("total"), table.total, year_before=table.year_before)
        total.who = table.total_who
        for row in [*table.rows, *table.subtotals, *([total] if table.total is not None else [])]:
            of_who = [row.who.get(code, 0) if row.who else "" for code in who]
            further = [row.more.get(code, "") for code in more]
            known = "" if table.year_before is None else row.year_before
            cells = [*about, row.key, row.label, row.count, row.share, *of_who, known, *further]
            writer.writerow([_in_csv(cell) for cell in cells])
    return ("\ufeff" + file.getvalue()).encode()


def _in_csv(cell):
    return harmless(cell) if isinstance(cell, str) else _shown(cell)


def as_xlsx(report, columns=ALL_COLUMNS, wording=None):
    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    looks = {
        "": {},
        "title": {"bold": True, "font_size": 14},
        "table": {"bold": True, "font_size": 12, "top": 1},
        "headings": {"bold": True, "text_wrap": True, "bottom": 1},
        "total": {"bold": True, "top": 1},
        "subtotal": {"italic": True},
        "note": {"italic": True},
        "about": {},
    }
    made = {}

    def format_of(look, column, cell):
        """Figures, and what stands for one, to the right, under their headings."""
        is_left = column == 0 or look in ("title", "table", "note", "about")
        more = {} if is_left else {"align": "right"}
        if not isinstance(cell, str):
            more |= {"num_format": _number_format(cell)}
        key = (look, *more.items())
        if key not in made:
            made[key] = book.add_format(looks[look] | more)
        return made[key]

    sheet = book.add_worksheet(_("Report")[:31])
    sheet.set_column(0, 0, 46)
    sheet.set_column(1, 12, 14)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    for place, (look, cells) in enumerate(_sheet(report, columns, wording)):
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                sheet.write_string(place, column, cell, format_of(look, column, cell))
            else:
                sheet.write_number(place, column, cell, format_of(look, column, cell))
    book.close()
    return file.getvalue()


def _number_format(number):
    if isinstance(number, Decimal):
        return "#,##0.00"
    return "0.0" if isinstance(number, float) else "#,##0"


def _sheet(report, columns, wording):
    """(look, cells) of every line of the sheet."""
    wording = wording or Wording()
    yield "title", [wording.title or _("Activity report")]
    yield "", [period_of(report.asked)]
    for label, value in narrowed_to(report.asked):
        yield "about", [label, value]
    if wording.introduction:
        yield "", [wording.introduction]
    for note in notes_of(report):
        yield "note", [note]
    for table in report.tables:
        yield "", []
        yield "table", [wording.headings.get(table.id) or table.title, table.id]
        if table.several_answers and table.total is not None:
            yield "note", [_("Several answers are possible: the rows do not add up to the total.")]
        lines = lines_of(table, columns)
        yield "headings", lines.headings
        for line in lines.lines:
            yield line.look, [_shown(cell) for cell in line.cells]


@dataclass
class Wording:
    """How the reader of a report calls things."""

    title: str = ""
    introduction: str = ""
    headings: dict = None

    def __post_init__(self):
        self.headings = self.headings or {}
