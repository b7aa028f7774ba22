"""Opens one file that a person sent, away from everything else. Runs as a process of its own.

    python -I paper_child.py KIND LIMITS CONTENT_FD < file > answer

As resources/file_child.py, whose checks it uses: the answer is {"refused": code, …} or {"pages": n}.
What staff may open is written to CONTENT_FD: the same paper, picture or sound without what a camera,
a phone or a program wrote about where, with what and by whom it was made.
"""

import io
import json
import re
import struct
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "resources"))

import file_child
from file_child import Refused, live_within

# Nothing that a camera or a recorder writes looks so: the file is also something that a browser runs.
SOMETHING_ELSE = re.compile(
    rb"<script[\s>/]|<!doctype\s+html|<html[\s>]|<\?php|<svg\s[^<>]{0,300}(?:xmlns|on\w+\s*=)",
    re.IGNORECASE,
)


def refuse_second_nature(data):
    if SOMETHING_ELSE.search(data) or (b"PK\x05\x06" in data and b"PK\x01\x02" in data):
        raise Refused("something_inside")


# PDF


def read_pdf(data, limits, content):
    file_child.refuse_strangers(data)
    import pypdfium2
    from pypdfium2 import raw

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        protected = raw.FPDF_GetLastError() in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)
        raise Refused("protected" if protected else "broken") from error
    if raw.FPDF_GetSecurityHandlerRevision(document) != -1:
        raise Refused("protected")
    pages = len(document)
    if not pages:
        raise Refused("broken")
    if pages > limits["pages"]:
        raise Refused("too_many_pages", pages=pages)
    file_child.refuse_active_parts(data)
    if raw.FPDFDoc_GetJavaScriptActionCount(document) > 0:
        raise Refused("program")
    if raw.FPDFDoc_GetAttachmentCount(document) > 0:
        raise Refused("attachment")
    try:
        # A new document with the same pages: author, program and history stay behind.
        copy = pypdfium2.PdfDocument.new()
        copy.import_pages(document)
        written = io.BytesIO()
        copy.save(written)
        shown = pypdfium2.PdfDocument(written.getvalue())
        for number in range(min(pages, 3)):
            page = shown[number]
            if min(page.get_size()) <= 0:
                raise Refused("broken")
            page.render(scale=0.2)
    except pypdfium2.PdfiumError as error:
        raise Refused("broken") from error
    content.write(without_camera_notes(bytearray(written.getvalue())))
    return {"pages": pages}


# A photo inside of a PDF keeps its own notes: EXIF, XMP and IPTC in the segments of a JPEG.
JPEG_NOTES = re.compile(
    rb"(?:\xff\xe1(..)(?:Exif\0\0|http://ns\.adobe\.com/)|\xff\xed(..)Photoshop 3\.0\0)", re.DOTALL
)
XMP = re.compile(rb"<\?xpacket begin.{0,200000}?<\?xpacket end[^>]*\?>", re.DOTALL)


def without_camera_notes(data):
    """The same bytes with such notes blanked: the length stays, so every place in the file is right."""
    for found in list(JPEG_NOTES.finditer(data)):
        end = min(found.start() + 2 + int.from_bytes(found[1] or found[2], "big"), len(data))
        data[found.start() + 4 : end] = bytes(end - found.start() - 4)
    for found in list(XMP.finditer(data)):
        data[found.start() : found.end()] = b" " * (found.end() - found.start())
    return data


# Pictures


FORMATS = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}


def read_image(kind, data, limits, content):
    from PIL import Image, JpegImagePlugin

    Image.MAX_IMAGE_PIXELS = None  # we say ourselves what is too many, before anything is decoded
    try:
        image = Image.open(io.BytesIO(data), formats=[FORMATS[kind]])
        width, height = image.size
        if width * height > limits["pixels"] or max(width, height) > 20_000:
            raise Refused("too_many_pixels")
        if kind != "webp":
            image.verify()  # WebP has no such check: loading is it
            image = Image.open(io.BytesIO(data), formats=[FORMATS[kind]])
        quality = {"quality": 92}
        if kind == "jpg" and image.mode in ("L", "RGB"):
            quality = {
                "qtables": image.quantization,
                "subsampling": JpegImagePlugin.get_sampling(image) if image.mode == "RGB" else -1,
            }
        image.load()
    except file_child.WHEN_BROKEN as error:
        raise Refused("broken") from error
    image = file_child.without_metadata(image)
    if kind == "png" or image.mode not in ("RGB", "L"):
        image.save(content, "PNG", compress_level=6)
    else:
        image.save(content, "JPEG", optimize=True, **quality)
    return {}


# Sound that phones record: MP4 (M4A, 3GP) with sound only, and AMR

MP4_BRANDS = {
    b"M4A ", b"M4B ", b"mp42", b"mp41", b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"3gp4",
    b"3gp5", b"3gp6", b"3gp7", b"dash", b"mmp4", b"MSNV",
}  # fmt: skip
MP4_SOUNDS = {b"mp4a", b"samr", b"sawb", b"alac", b"Opus"}
# What says where and with what it was recorded, or anything at all. Its place is left empty.
MP4_NOTES = {b"udta", b"meta", b"uuid", b"free", b"skip", b"wide", b"loci", b"iods", b"pdin"}
MP4_BOXES_IN = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"dinf"}
MP4_DEEPEST = 8


def mp4_boxes(data, start, end):
    """(name, where it begins, where its content begins, where it ends) of each box, to the end exactly."""
    while start < end:
        if start + 8 > end:
            raise Refused("something_behind")
        size, name = struct.unpack_from(">I4s", data, start)
        head = 8
        if size == 1:
            if start + 16 > end:
                raise Refused("broken")
            size, head = struct.unpack_from(">Q", data, start + 8)[0], 16
        elif size == 0:
            size = end - start
        if size < head or start + size > end:
            raise Refused("broken")
        yield name, start, start + head, start + size
        start += size


def read_m4a(data, content):
    data = bytearray(data)
    found = {"sounds": 0, "moov": 0, "mdat": 0, "said": 0}
    for place, (name, start, body, end) in enumerate(mp4_boxes(data, 0, len(data))):
        if place == 0 and (name != b"ftyp" or not mp4_brands(data[body:end]) & MP4_BRANDS):
            raise Refused("wrong_kind")
        if name == b"moov":
            found["moov"] += 1
            look_into_mp4(data, body, end, found, 0)
        elif name == b"mdat":
            found["mdat"] += end - body
        elif name in MP4_NOTES:
            blank(data, start, body, end)
        elif name != b"ftyp":
            raise Refused("unusual_sound")
    if found["moov"] != 1 or not found["sounds"] or not found["said"]:
        raise Refused("broken")
    # All but a little of the data must be sound that the table names, or something hides there.
    if not found["mdat"] - 4096 <= found["said"] * 1.02 + 4096 or found["said"] > found["mdat"]:
        raise Refused("something_inside")
    content.write(data)
    return {}


def mp4_brands(body):
    return {bytes(body[0:4])} | {bytes(body[at : at + 4]) for at in range(8, len(body), 4)}


def look_into_mp4(data, start, end, found, depth):
    if depth > MP4_DEEPEST:
        raise Refused("broken")
    for name, box, body, box_end in mp4_boxes(data, start, end):
        if name in MP4_NOTES:
            blank(data, box, body, box_end)
        elif name in MP4_BOXES_IN:
            look_into_mp4(data, body, box_end, found, depth + 1)
        elif name == b"hdlr" and depth == 2:
            if bytes(data[body + 8 : body + 12]) != b"soun":
                raise Refused("wrong_kind")
            # After the kind stands the name of the program.
            data[body + 24 : box_end] = bytes(box_end - body - 24)
        elif name == b"stsd":
            if bytes(data[body + 12 : body + 16]) not in MP4_SOUNDS:
                raise Refused("wrong_kind")
            found["sounds"] += 1
        elif name == b"stsz":
            each, number = struct.unpack_from(">II", data, body + 4)
            if not each and body + 12 + 4 * number > box_end:
                raise Refused("broken")
            found["said"] += (
                each * number if each else sum(struct.unpack_from(f">{number}I", data, body + 12))
            )
        elif name in (b"mvhd", b"tkhd", b"mdhd"):
            # When it was recorded: two moments after version and flags.
            length = 16 if data[body] == 1 else 8
            data[body + 4 : body + 4 + length] = bytes(length)


def blank(data, start, body, end):
    data[start + 4 : start + 8] = b"free"
    data[body:end] = bytes(end - body)


AMR = {
    b"#!AMR\n": (12, 13, 15, 17, 19, 20, 26, 31, 5, -1, -1, -1, -1, -1, -1, 0),
    b"#!AMR-WB\n": (17, 23, 32, 36, 40, 46, 50, 58, 60, 5, -1, -1, -1, -1, 0, 0),
}


def read_amr(data, content):
    start = next(magic for magic in AMR if data.startswith(magic))
    at, frames = len(start), 0
    while at < len(data):
        length = AMR[start][data[at] >> 3 & 15]
        if length < 0 or data[at] & 0x83:
            raise Refused("something_behind" if frames > 50 else "broken")
        at, frames = at + 1 + length, frames + 1
    if at > len(data) + 64 or frames < 10:
        raise Refused("broken")
    content.write(data)
    return {}


def look_into(kind, data, limits, content):
    if kind == "pdf":
        return read_pdf(data, limits, content)
    refuse_second_nature(data)
    if kind in FORMATS:
        return read_image(kind, data, limits, content)
    if kind == "mp3":
        file_child.read_mp3(data, content)
    elif kind == "opus":
        file_child.read_opus(data, content)
    else:
        {"m4a": read_m4a, "amr": read_amr}[kind](data, content)
    return {}


def main():
    kind, limits = sys.argv[1], json.loads(sys.argv[2])
    live_within(limits)
    try:
        with open(int(sys.argv[3]), "wb") as content:
            answer = look_into(kind, sys.stdin.buffer.read(), limits, content)
    except Refused as refused:
        answer = refused.answer
    except (MemoryError, RecursionError):
        answer = {"refused": "too_heavy"}
    except struct.error:
        answer = {"refused": "broken"}
    sys.stdout.buffer.write(json.dumps(answer).encode())


if __name__ == "__main__":
    file_child.STARTED = time.monotonic()
    main()
