"""Charts as SVG, drawn on the server: they print, need no script, and pass the strictest policy.

A chart only repeats the table beside it, so it is hidden from those who listen to the page.
"""

from dataclasses import dataclass

MOST_BARS = 12
WIDTH, ROW, LABELS = 640, 26, 220
HEIGHT, FOOT = 180, 34


@dataclass
class Bar:
    label: str
    value: int | None
    x: float = 0
    y: float = 0
    width: float = 0
    height: float = 0
    text_x: float = 0
    text_y: float = 0
    before: float | None = None  # where last year's mark stands


@dataclass
class Chart:
    bars: list
    width: int
    height: int
    is_upright: bool
    foot: float = 0


def chart_of(table):
    """The Chart of a table, or None where there is nothing to see."""
    rows = [row for row in table.rows if row.count or table.has_order]
    if len(rows) < 2 or not any(row.count for row in rows) or table.id == "project_targets":
        return None
    if table.has_order and len(rows) <= 36:
        # 2026-03 is 03.26 under a narrow column
        labels = {row.key: f"{row.key[5:]}.{row.key[2:4]}" for row in rows if table.is_of_months}
        return _upright(rows, labels)
    return _lying(rows[:MOST_BARS])


def _most(rows):
    return max(max(row.count or 0, row.year_before or 0) for row in rows) or 1


def _lying(rows):
    most, bars = _most(rows), []
    room = WIDTH - LABELS - 70
    for place, row in enumerate(rows):
        width = round((row.count or 0) / most * room, 1)
        before = round((row.year_before or 0) / most * room, 1)
        top = place * ROW
        bars.append(
            Bar(
                _short(row.label, 32), row.count, LABELS, top + 4, width, ROW - 8,
                LABELS + width + 6, top + ROW - 9,
                None if row.year_before is None else LABELS + before,
            )
        )  # fmt: skip
    return Chart(bars, WIDTH, len(rows) * ROW, is_upright=False)


def _upright(rows, labels):
    most, bars = _most(rows), []
    step = WIDTH / len(rows)
    room = HEIGHT - FOOT - 18
    for place, row in enumerate(rows):
        height = round((row.count or 0) / most * room, 1)
        left = round(place * step + step * 0.15, 1)
        label = labels.get(row.key) or _short(row.label, max(3, int(step / 7)))
        bars.append(
            Bar(
                label, row.count, left, HEIGHT - FOOT - height,
                round(step * 0.7, 1), height, round(place * step + step / 2, 1),
                HEIGHT - FOOT - height - 5,
                None
                if row.year_before is None
                else HEIGHT - FOOT - round(row.year_before / most * room, 1),
            )
        )  # fmt: skip
    return Chart(bars, WIDTH, HEIGHT, is_upright=True, foot=HEIGHT - FOOT + 16)


def _short(label, most):
    return label if len(label) <= most else f"{label[: most - 1]}…"
