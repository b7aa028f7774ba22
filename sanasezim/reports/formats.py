"""A report as JSON."""


def as_json(report):
    """The report as design.md's contract has it, plus what it does not forbid."""
    return {
        "period": {"from": report.asked.start.isoformat(), "to": report.asked.end.isoformat()},
        "filters": report.asked.filters,
        "tables": [_table(table) for table in report.tables],
    }


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
    return value if isinstance(value, (int, float)) or value is None else str(value)
