"""The picture that a messenger shows beside a link to 18 December, in the page's language."""

import functools
import io
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

SIZE = (1200, 630)
MARGIN = 72
# --deep, --paper and --saffron of portal.css
DEEP, PAPER, SAFFRON = "#0b4a52", "#fdf8ef", "#f2b93b"
# A part of DejaVu Sans Bold with the letters of our seven languages
FONT = Path(__file__).parent / "fonts" / "portal-bold.ttf"
MOST_LINES = 4


@functools.lru_cache(maxsize=32)
def draw(day, month, year, title, day_name):
    """The PNG's bytes, at most 100 KB. All arguments are texts, the day's number apart."""
    picture = Image.new("RGB", SIZE, DEEP)
    pen = ImageDraw.Draw(picture)
    _ornament(pen)
    leaf = (MARGIN, MARGIN, MARGIN + 300, MARGIN + 330)
    pen.rounded_rectangle(leaf, radius=28, fill=PAPER)
    pen.rounded_rectangle((*leaf[:3], MARGIN + 70), radius=28, fill=SAFFRON)
    pen.rectangle((leaf[0], MARGIN + 40, leaf[2], MARGIN + 70), fill=SAFFRON)
    middle = (leaf[0] + leaf[2]) / 2
    pen.text((middle, MARGIN + 185), str(day), font=_font(150), fill=DEEP, anchor="mm")
    pen.text(
        (middle, MARGIN + 292),
        f"{month} {year}",
        font=_fitting(f"{month} {year}", 270, 36),
        fill=DEEP,
        anchor="mm",
    )
    left, width = leaf[2] + 56, SIZE[0] - leaf[2] - 56 - MARGIN
    pen.text((left, MARGIN + 4), day_name, font=_fitting(day_name, width, 34), fill=SAFFRON)
    font, lines = _lines(title, width)
    pen.multiline_text((left, MARGIN + 78), "\n".join(lines), font=font, fill=PAPER, spacing=14)
    pen.text((MARGIN, SIZE[1] - MARGIN - 20), "Sana Sezim", font=_font(40), fill=PAPER, anchor="lm")
    data = io.BytesIO()
    picture.quantize(64).save(data, "PNG", optimize=True)
    return data.getvalue()


def _ornament(pen):
    """The row of horns along the lower edge, as on the portal's pages."""
    top = SIZE[1] - 36
    for left in range(0, SIZE[0], 48):
        pen.polygon([(left, SIZE[1]), (left + 24, top), (left + 48, SIZE[1])], fill="#0f5f69")


def _lines(text, width):
    """The largest letters in which the text fits into four lines."""
    for size in range(66, 30, -4):
        font = _font(size)
        lines = _wrapped(text, font, width)
        if len(lines) <= MOST_LINES and all(font.getlength(line) <= width for line in lines):
            return font, lines
    return font, [*lines[: MOST_LINES - 1], f"{lines[MOST_LINES - 1]}…"] if len(
        lines
    ) > MOST_LINES else lines


def _wrapped(text, font, width):
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _fitting(text, width, size):
    while size > 14 and _font(size).getlength(text) > width:
        size -= 2
    return _font(size)


@functools.cache
def _font(size):
    return ImageFont.truetype(FONT, size)
