"""Opens one photo, logo or film for a page, away from everything else. Runs as a process of its own.

    python -I picture_child.py KIND LIMITS CONTENT_FD < file > answer

As resources/file_child.py, whose checks it uses; KIND is jpg, png or mp4, and LIMITS knows also
`sizes`: [[longest side, bytes at most], …]. The answer is {"refused": code} or {"width", "height",
"pictures": [base64 WebP of each size]} or {"seconds"}. The same photo or film, without a word about
place, camera and author, is written to CONTENT_FD.
"""

import base64
import io
import json
import struct
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "resources"))

import file_child
from file_child import Refused, live_within

QUALITIES = (80, 70, 60, 45, 30, 15)


def read_picture(kind, data, limits, content):
    picture = file_child.clean_image(data, limits, content, {"jpg": "JPEG", "png": "PNG"}[kind])
    if picture.mode not in ("RGB", "RGBA"):
        picture = picture.convert("RGB" if picture.mode == "L" else "RGBA")
    return {
        "width": picture.width,
        "height": picture.height,
        "pictures": [
            base64.b64encode(shrunk(picture, side, most)).decode() for side, most in limits["sizes"]
        ],
    }


def shrunk(picture, side, most):
    """WebP within a square of this side and so many bytes."""
    from PIL import ImageFilter

    scale = min(side / max(picture.size), 1)
    size = tuple(max(round(length * scale), 1) for length in picture.size)
    small = picture.resize(size, reducing_gap=3.0) if size != picture.size else picture
    # Noise does not shrink by quality; a little out of focus it does.
    for softness in (0, 1, 2, 4, 8):
        soft = small.filter(ImageFilter.GaussianBlur(softness)) if softness else small
        best, *between, worst = QUALITIES
        if len(written := webp(soft, best)) <= most:
            return written
        if len(written := webp(soft, worst)) <= most:
            # Every try of a large picture takes time: half of what is left is ruled out by each.
            while between:
                middle = between.pop(len(between) // 2)
                tried = webp(soft, middle)
                if len(tried) <= most:
                    written = tried
                between = [q for q in between if (q > middle) == (len(tried) <= most)]
            return written
    return written


def webp(picture, quality):
    written = io.BytesIO()
    picture.save(written, "WEBP", quality=quality, method=4)
    return written.getvalue()


# Films. An MP4 is boxes in boxes; what a phone writes about place, model and owner stands in boxes of
# its own. They become free space of the same length, so that no sound or picture moves.

INSIDE = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"dinf", b"mvex", b"moof", b"traf"}
TELLING = {b"udta", b"meta", b"uuid", b"iods", b"gps ", b"GPS "}
KNOWN = (
    INSIDE
    | TELLING
    | {
        *(b"ftyp", b"mdat", b"free", b"skip", b"wide", b"pdin", b"mfra", b"sidx", b"styp", b"prft"),
        *(b"mvhd", b"tkhd", b"mdhd", b"hdlr", b"vmhd", b"smhd", b"nmhd", b"elst", b"dref", b"tref"),
        *(b"stsd", b"stts", b"ctts", b"cslg", b"stss", b"stsc", b"stsz", b"stz2", b"stco", b"co64"),
        *(b"sgpd", b"sbgp", b"sdtp", b"subs", b"trex", b"mehd", b"mfhd", b"tfhd", b"tfdt", b"trun"),
        *(b"saiz", b"saio", b"tapt", b"load", b"padb", b"stdp", b"emsg"),
    }
)
BRANDS = {
    b"isom",
    b"iso2",
    b"iso4",
    b"iso5",
    b"iso6",
    b"mp41",
    b"mp42",
    b"avc1",
    b"M4V ",
    b"MSNV",
    b"dash",
}
PLAYABLE = {b"avc1", b"avc3", b"mp4a", b"av01", b"vp09", b"Opus"}


def boxes(data, start, end):
    """(type, where its content begins, where it ends) of each box."""
    at = start
    while at < end:
        if at + 8 > end:
            raise Refused("broken")
        size, kind = struct.unpack_from(">I4s", data, at)
        head = 8
        if size == 1:
            if at + 16 > end:
                raise Refused("broken")
            size, head = struct.unpack_from(">Q", data, at + 8)[0], 16
        elif size == 0:
            size = end - at
        if size < head or at + size > end:
            raise Refused("broken")
        yield kind, at + head, at + size
        at += size


def read_mp4(data, content):
    film = bytearray(data)
    if film[4:8] != b"ftyp" or bytes(film[8:12]) not in BRANDS:
        raise Refused("wrong_film")
    seen = {"seconds": 0.0, "tracks": set(), "formats": set(), "sound_or_picture": 0}
    clean(film, 0, len(film), seen)
    if not seen["seconds"] or b"vide" not in seen["tracks"] or not seen["sound_or_picture"]:
        raise Refused("broken")
    # Other tracks hold text: a phone writes down there where it was, second by second.
    if seen["tracks"] - {b"vide", b"soun"} or seen["formats"] - PLAYABLE:
        raise Refused("unusual_film")
    content.write(film)
    return {"seconds": max(round(seen["seconds"]), 1)}


def clean(film, start, end, seen):
    for kind, at, until in boxes(film, start, end):
        if kind not in KNOWN:
            raise Refused("unusual_film")
        if kind in TELLING or kind in (b"free", b"skip", b"wide"):
            before = film.rindex(kind, 0, at)
            film[before : before + 4] = b"free"
            film[at:until] = bytes(until - at)
        elif kind in INSIDE:
            clean(film, at, until, seen)
        elif kind == b"mdat":
            seen["sound_or_picture"] += until - at
        elif kind in (b"mvhd", b"tkhd", b"mdhd"):
            # When it was made and changed
            length = 16 if film[at] else 8
            film[at + 4 : at + 4 + length] = bytes(length)
            if kind == b"mvhd":
                scale, duration = struct.unpack_from(
                    ">IQ" if film[at] else ">II", film, at + 4 + length
                )
                seen["seconds"] = duration / scale if scale else 0
        elif kind == b"hdlr":
            seen["tracks"].add(bytes(film[at + 8 : at + 12]))
            film[at + 24 : until] = bytes(until - at - 24)  # the name of the recorder
        elif kind == b"stsd":
            seen["formats"] |= {name for name, _at, _until in boxes(film, at + 8, until)}


def main():
    kind, limits = sys.argv[1], json.loads(sys.argv[2])
    live_within(limits)
    try:
        with open(int(sys.argv[3]), "w+b", closefd=False) as content:
            data = sys.stdin.buffer.read()
            if kind == "mp4":
                answer = read_mp4(data, content)
            else:
                answer = read_picture(kind, data, limits, content)
    except Refused as refused:
        answer = refused.answer
    except (MemoryError, RecursionError):
        answer = {"refused": "too_heavy"}
    sys.stdout.buffer.write(json.dumps(answer).encode())


if __name__ == "__main__":
    main()
