"""A spreadsheet as a table: CSV as Excel writes it, or the first sheet of an XLSX or XLS."""

import csv
import datetime
import io
import re
import zipfile
import zlib
from dataclasses import dataclass

import python_calamine
from django.utils.translation import gettext as _

from sanasezim.importing import old_excel

MOST_BYTES = 50_000_000
MOST_UNPACKED = 500_000_000  # of an XLSX, which is packed
MOST_ROWS = 500_000
MOST_COLUMNS = 200
MOST_LETTERS = 20_000  # of a cell
MOST_CELLS = 15_000_000  # of a sheet, empty ones between others too: each takes memory
PACKED = b"PK\x03\x04"
OLD_EXCEL = b"\xd0\xcf\x11\xe0"  # XLS, until 2007; an XLSX with a password begins like this, too
SHEET = re.compile(r"/worksheets/[^/]+\.xml", re.IGNORECASE)
PLACE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{0,3})(\d{0,8})["']""")  # of a row or a cell: 7, B7


class NotATable(ValueError):
    """The file as a whole cannot be read; the reason is for a person."""


@dataclass
class Table:
    headings: list  # of str
    rows: list  # of (line of the file, list of str)


def read(data):
    """The table in these bytes, or NotATable. Rows without a single word are left out."""
    if len(data) > MOST_BYTES:
        raise NotATable(_("The file is larger than 50 MB. Bring it in by years."))
    if data.startswith(PACKED):
        lines = _from_xlsx(data)
    else:
        lines = _from_xls(data) if data.startswith(OLD_EXCEL) else _from_csv(data)
    rows = [(line, cells) for line, cells in lines if any(cells)]
    if not rows:
        raise NotATable(_("The file has no rows."))
    if len(rows) > MOST_ROWS:
        raise NotATable(_("The file has more than 500,000 rows. Bring it in by years."))
    (_line, headings), *rows = rows
    if not rows:
        raise NotATable(_("The file has headings and no rows."))
    while headings and not headings[-1]:
        headings.pop()
    if len(headings) > MOST_COLUMNS:
        raise NotATable(_("The file has more than 200 columns."))
    return Table(headings, rows)


def _from_csv(data):
    text = _decoded(data)
    first = text.lstrip("\n\r").split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for cells in reader:
            if any(len(cell) > MOST_LETTERS for cell in cells):
                raise NotATable(
                    _("Line %(line)s has more than 20,000 letters in a cell. Is a quote missing?")
                    % {"line": reader.line_num}
                )
            yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error:
        raise NotATable(
            _("Line %(line)s cannot be read. Is a quote mark missing?") % {"line": reader.line_num}
        ) from None


def _decoded(data):
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1251"]  # the second is what a Russian Excel writes
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise NotATable(_("This is not a CSV or XLSX file. Save it from Excel as CSV UTF-8."))


def _from_xlsx(data):
    try:
        _refuse_what_unpacks_too_large(data)
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheet = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (zipfile.BadZipFile, zlib.error, python_calamine.CalamineError, OSError):
        raise _unreadable() from None
    for line, cells in enumerate(sheet, 1):
        yield line, [as_typed(cell) for cell in cells]


def _from_xls(data):
    try:
        yield from enumerate(old_excel.rows_of(data), 1)
    except ValueError:
        raise _unreadable() from None


def _unreadable():
    return NotATable(_("The XLSX file cannot be read. Open it in Excel and save it again."))


def _refuse_what_unpacks_too_large(data):
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
            raise NotATable(_("The file is too large when unpacked."))
        for part in packed.infolist():
            if SHEET.search(part.filename):
                _refuse_far_cells(packed, part)


def _refuse_far_cells(packed, part):
    """The reader makes room for every cell up to the last: one far away would take all memory."""
    rows = columns = 0
    before = b""
    with packed.open(part) as sheet:
        while some := sheet.read(1 << 20):
            for letters, number in PLACE.findall(before + some):
                rows = max(rows, int(number or 0))
                columns = max(columns, _column(letters))
            before = some[-40:]
    if rows > MOST_ROWS + 1 or columns > MOST_COLUMNS or rows * columns > MOST_CELLS:
        raise NotATable(
            _("A cell stands too far to the right or too far down. Delete empty cells.")
        )


def _column(letters):
    """A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def as_typed(cell):
    """A cell as somebody would have typed it."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime.datetime):
        return f"{cell:%Y-%m-%d}" if cell.time() == datetime.time() else f"{cell:%Y-%m-%d %H:%M:%S}"
    return str(cell).strip()
