"""Draws growth.csv as docs/benchmarks-growth.svg and prints it as a table:

python3 tests/benchmarks/growth_plot.py
"""

import csv
import math
from pathlib import Path

HERE = Path(__file__).resolve().parent
PLOT = HERE.parent.parent / "docs" / "benchmarks-growth.svg"
WIDTH, HEIGHT, LEFT, TOP, PANEL_WIDTH, PANEL_HEIGHT, GAP = 900, 400, 56, 48, 330, 270, 130
LEAST, MOST = 1, 1000  # ms
STYLE = """
svg { font: 13px system-ui, sans-serif; background: #fff }
text { fill: #1b1b1b } .soft { fill: #555 } .grid { stroke: #ddd }
.line { fill: none; stroke-width: 2 }
.c0 { stroke: #0b6e79; fill: #0b6e79 } .c1 { stroke: #b4470f; fill: #b4470f }
.c2 { stroke: #5b3fa8; fill: #5b3fa8 } .c3 { stroke: #2f7d32; fill: #2f7d32 }
.c4 { stroke: #a8327e; fill: #a8327e } text.c0, text.c1, text.c2, text.c3, text.c4 { stroke: none }
.line.c0, .line.c1, .line.c2, .line.c3, .line.c4 { fill: none }
@media (prefers-color-scheme: dark) {
svg { background: #14191b } text { fill: #eee } .soft { fill: #b5b5b5 } .grid { stroke: #3a4245 }
.c0 { stroke: #5cc6d0; fill: #5cc6d0 } .c1 { stroke: #f29a66; fill: #f29a66 }
.c2 { stroke: #b9a4f4; fill: #b9a4f4 } .c3 { stroke: #8fd392; fill: #8fd392 }
.c4 { stroke: #f08fcb; fill: #f08fcb }
}
"""


def read():
    """kind → what → {size: ms of CPU, Python and the database together}."""
    found = {}
    with (HERE / "growth.csv").open(encoding="utf-8") as file:
        for kind, size, what, ours, theirs in csv.reader(file):
            found.setdefault(kind, {}).setdefault(what, {})[int(size)] = float(ours) + float(theirs)
    return found


def draw(found):
    drawn = []
    for place, (kind, lines) in enumerate(found.items()):
        drawn += panel(LEFT + place * (PANEL_WIDTH + GAP), kind, lines)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">'
        "<title>CPU of a page by the number of rows; the table beside has the numbers</title>"
        f"<style>{STYLE}</style>\n" + "\n".join(drawn) + "\n</svg>\n"
    )


def panel(left, kind, lines):
    sizes = sorted({size for line in lines.values() for size in line})
    first, steps = math.log10(sizes[0]), math.log10(sizes[-1] / sizes[0]) or 1

    def x(size):
        return round(left + (math.log10(size) - first) / steps * PANEL_WIDTH, 1)

    def y(ms):
        share = math.log10(max(ms, LEAST) / LEAST) / math.log10(MOST / LEAST)
        return round(TOP + PANEL_HEIGHT * (1 - share), 1)

    bottom, right = TOP + PANEL_HEIGHT, left + PANEL_WIDTH
    yield f'<text x="{left}" y="{TOP - 24}" font-weight="600">CPU, ms, by number of {kind}</text>'
    for ms in (1, 10, 100, 1000):
        yield f'<path class="grid" d="M{left} {y(ms)}H{right}"/>'
        yield f'<text class="soft" x="{left - 8}" y="{y(ms) + 4}" text-anchor="end">{ms:,}</text>'
    for size in sizes:
        yield f'<path class="grid" d="M{x(size)} {TOP}V{bottom}"/>'
        place = f'x="{x(size)}" y="{bottom + 20}"'
        yield f'<text class="soft" {place} text-anchor="middle">{size:,}</text>'
    ends = {}
    for what, line in sorted(lines.items(), key=lambda named: -named[1][max(named[1])]):
        # Names stand at the ends of their lines, each below the one above.
        wanted = y(line[max(line)]) + 4
        ends[what] = max([wanted, *(height + 15 for height in ends.values())])
    for place, (what, line) in enumerate(lines.items()):
        points = [(x(size), y(ms)) for size, ms in sorted(line.items())]
        path = " ".join(f"{'L' if n else 'M'}{a} {b}" for n, (a, b) in enumerate(points))
        yield f'<path class="line c{place}" d="{path}"/>'
        for a, b in points:
            yield f'<circle class="c{place}" cx="{a}" cy="{b}" r="3"/>'
        yield f'<text class="c{place}" x="{right + 8}" y="{ends[what]}">{what}</text>'


def table(found):
    for kind, lines in found.items():
        sizes = sorted({size for line in lines.values() for size in line})
        print(f"| CPU ms | {' | '.join(f'{size:,} {kind}' for size in sizes)} |")
        print("| --- |" + " --- |" * len(sizes))
        for what, line in lines.items():
            cells = [f"{line[size]:.3g}" if size in line else "" for size in sizes]
            print(f"| {what} | {' | '.join(cells)} |")
        print()


if __name__ == "__main__":
    found = read()
    PLOT.write_text(draw(found), encoding="utf-8")
    table(found)
