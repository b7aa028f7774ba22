"""Opens one uploaded file, away from everything else. Runs as a process of its own, without Django.

    python -I file_child.py KIND LIMITS CONTENT_FD < upload > answer

LIMITS is JSON: seconds, memory (bytes), pixels, pages, answer_bytes, content_bytes. The answer is
one JSON object: {"refused": code, …} or, as far as the kind has them, {"pages", "seconds", "text",
"cover", "cover_size", "thumbnail"}, pictures as base64 WebP. What is to be stored is written to
CONTENT_FD, except for a PDF, which is stored as it came.
Whoever breaks out of a decoder finds little memory, seconds to live and an empty environment.
"""

import base64
import contextlib
import io
import json
import os
import re
import resource
import struct
import sys
import time
import zlib

COVER = (480, 960, 40_000)  # width, height and bytes at most
THUMBNAIL = (128, 192, 4_000)
TEXT_PAGES = 300
TEXT_CHARACTERS = 400_000
OBJECT_STREAM_BYTES = 128 * 1024 * 1024


class Refused(Exception):
    def __init__(self, code, **facts):
        super().__init__(code)
        self.answer = {"refused": code, **facts}


def live_within(limits):
    largest = max(limits["answer_bytes"], limits["content_bytes"])
    for what, most in [
        (resource.RLIMIT_AS, limits["memory"]),
        (resource.RLIMIT_CPU, limits["seconds"]),
        (resource.RLIMIT_FSIZE, largest),
        (resource.RLIMIT_CORE, 0),
    ]:
        resource.setrlimit(what, (most, most))
    os.nice(10)  # pages for visitors come first


# PDF

WHITE = b"\x00\t\n\x0c\r "
# An action, or the file it hands over, cannot work without one of these names.
FORBIDDEN = {
    b"JavaScript": "program",
    b"Launch": "program",
    b"RichMedia": "program",
    b"XFA": "program",
    b"SubmitForm": "program",
    b"ImportData": "program",
    b"EmbeddedFile": "attachment",
    b"EmbeddedFiles": "attachment",
    b"FileAttachment": "attachment",
    b"GoToE": "attachment",
}
# Too short to be looked for in packed bytes, where they turn up by chance.
FORBIDDEN_OUTSIDE_STREAMS = {**FORBIDDEN, b"JS": "program", b"EF": "attachment"}
NAME_END = rb"(?=[\x00\t\n\x0c\r ()<>\[\]{}/%]|\Z)"
PLAIN_NAME = {
    id(names): re.compile(rb"/(" + b"|".join(names) + rb")" + NAME_END)
    for names in (FORBIDDEN, FORBIDDEN_OUTSIDE_STREAMS)
}
ESCAPED_NAME = re.compile(rb"/([!-~]{0,40}?#[0-9A-Fa-f]{2}[^\x00\t\n\x0c\r ()<>\[\]{}/%]{0,60})")
NAME = re.compile(rb"/([^\x00\t\n\x0c\r ()<>\[\]{}/%]+)")
STREAM = re.compile(rb"(?<!end)stream\r?\n")
NAME_BEFORE = re.compile(
    rb"/([^\x00\t\n\x0c\r ()<>\[\]{}/%]*)(?:[\x00\t\n\x0c\r ]|%[^\r\n]*[\r\n])*\Z"
)
VALUE_AFTER = re.compile(rb"(?:[\x00\t\n\x0c\r ]|%[^\r\n]*[\r\n])*[\[(<0-9]")


def unescape(name):
    """/J#61vaScript is /JavaScript."""
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda m: bytes([int(m[1], 16)]), name)


def refuse_names(data, forbidden):
    for found in PLAIN_NAME[id(forbidden)].finditer(data):
        if does_something(data, found):
            raise Refused(forbidden[found[1]])
    for found in ESCAPED_NAME.finditer(data):
        name = unescape(found[1])
        if name in forbidden and does_something(data, found):
            raise Refused(forbidden[name])


def does_something(data, name):
    """Whether the name is a kind of action or a key. In wiki/JavaScript it is neither."""
    before = NAME_BEFORE.search(data, max(name.start() - 300, 0), name.start())
    if before and unescape(before[1]) not in (b"S", b"Type", b"Subtype"):
        return bool(VALUE_AFTER.match(data, name.end()))
    return True


def refuse_strangers(data):
    """Refuses a file that is a PDF and something else too."""
    if not data.startswith(b"%PDF-"):
        raise Refused("something_before")
    if re.search(rb"<!doctype html|<html|<script|<svg|<\?php", data[:1024], re.IGNORECASE):
        raise Refused("something_inside")
    end = data.rfind(b"%%EOF")
    if end < 0:
        raise Refused("broken")
    if data[end + 5 :].strip(WHITE):
        raise Refused("something_behind")
    # A ZIP is read from its end: with its directory there a file is a ZIP, whatever stands before.
    tail = data[-66_000:]
    if b"PK\x05\x06" in tail and b"PK\x01\x02" in data:
        raise Refused("something_inside")


def refuse_active_parts(data):
    refuse_names(data, FORBIDDEN)
    left = OBJECT_STREAM_BYTES
    outside_from = 0
    while opening := STREAM.search(data, outside_from):
        outside = data[outside_from : opening.start()]
        refuse_names(outside, FORBIDDEN_OUTSIDE_STREAMS)
        dictionary = outside[max(outside.rfind(b"obj"), 0) :]
        end = end_of_stream(data, opening.end(), dictionary)
        if is_object_stream(dictionary):
            objects = unpack(data[opening.end() : end], dictionary, left)
            left -= len(objects)
            refuse_names(objects, FORBIDDEN_OUTSIDE_STREAMS)
        outside_from = end
    refuse_names(data[outside_from:], FORBIDDEN_OUTSIDE_STREAMS)


def end_of_stream(data, start, dictionary):
    length = re.search(rb"/Length\s+(\d{1,9})(?!\s+\d+\s+R)", dictionary)
    if length:
        end = start + int(length[1])
        if data[end : end + 20].lstrip(WHITE).startswith(b"endstream"):
            return end
    end = data.find(b"endstream", start)
    return len(data) if end < 0 else end


def is_object_stream(dictionary):
    # Some readers go by /Type, some by /N and /First.
    names = {unescape(name) for name in NAME.findall(dictionary)}
    return b"ObjStm" in names or {b"N", b"First"} <= names


# What is written in any other way cannot be looked into, so it is not let in.
OBJECT_STREAM_NAMES = {b"Type", b"ObjStm", b"N", b"First", b"Length", b"Extends"}
PACKED = {b"Filter", b"FlateDecode"}


def unpack(packed, dictionary, most):
    names = {unescape(name) for name in NAME.findall(dictionary)} - OBJECT_STREAM_NAMES
    if not names:
        return packed
    if names != PACKED:
        raise Refused("unusual")
    try:
        unpacker = zlib.decompressobj()
        objects = unpacker.decompress(packed, max(most, 1))
    except zlib.error as error:
        raise Refused("broken") from error
    if unpacker.unconsumed_tail:
        raise Refused("too_heavy")
    return objects


def read_pdf(data, limits):
    refuse_strangers(data)
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
    refuse_active_parts(data)
    if raw.FPDFDoc_GetJavaScriptActionCount(document) > 0:
        raise Refused("program")
    if raw.FPDFDoc_GetAttachmentCount(document) > 0:
        raise Refused("attachment")
    try:
        page = document[0]
        width, height = page.get_size()
        if not (width > 0 and height > 0):
            raise Refused("broken")
        scale = min(COVER[0] / width, COVER[1] / height)
        front = page.render(scale=scale).to_pil()
        page.close()
    except pypdfium2.PdfiumError as error:
        raise Refused("broken") from error
    return {"pages": pages, "text": pdf_text(document, limits), **pictures(front)}


def pdf_text(document, limits):
    import pypdfium2

    # The text is for searching: a slow file loses some of it rather than being refused.
    enough = STARTED + limits["seconds"] * 0.6
    parts, characters = [], 0
    for number in range(min(len(document), TEXT_PAGES)):
        if characters >= TEXT_CHARACTERS or time.monotonic() > enough:
            break
        try:
            page = document[number]
            textpage = page.get_textpage()
            part = clean_text(textpage.get_text_range())
            textpage.close()
            page.close()
        except pypdfium2.PdfiumError:
            continue
        parts.append(part)
        characters += len(part) + 2
    return "\n\n".join(part for part in parts if part)[:TEXT_CHARACTERS]


# pdfium marks a hyphen at the end of a line with U+0002 or U+FFFE: the word goes on.
HYPHEN = re.compile(r"[\x02\ufffe\u00ad]\s*")
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\ud800-\udfff\uffff]")


def clean_text(text):
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = HYPHEN.sub("", text)
    text = UNSEEN.sub("", text)
    return re.sub(r" *\n\s*", "\n", re.sub(r"[ \t\xa0]+", " ", text)).strip()


# Pictures


WHEN_BROKEN = (OSError, SyntaxError, ValueError, KeyError, IndexError, struct.error, zlib.error)


def read_image(data, limits, content, image_format):
    return pictures(clean_image(data, limits, content, image_format))


def clean_image(data, limits, content, image_format):
    """Write the picture to `content` without what a camera says about it, and return it."""
    from PIL import Image, JpegImagePlugin

    Image.MAX_IMAGE_PIXELS = None  # we say ourselves what is too many, before anything is decoded
    try:
        image = Image.open(io.BytesIO(data), formats=[image_format])
        width, height = image.size
        if width * height > limits["pixels"] or max(width, height) > 20_000:
            raise Refused("too_many_pixels")
        image.verify()
        image = Image.open(io.BytesIO(data), formats=[image_format])
        quality = {}
        if image_format == "JPEG" and image.mode in ("L", "RGB"):
            quality = {
                "qtables": image.quantization,
                "subsampling": JpegImagePlugin.get_sampling(image) if image.mode == "RGB" else -1,
            }
        image.load()
    except WHEN_BROKEN as error:
        raise Refused("broken") from error
    image = without_metadata(image)
    if image_format == "JPEG":
        quality = quality or {"quality": 92}
        image.save(content, "JPEG", optimize=True, progressive=True, **quality)
    else:
        image.save(content, "PNG", compress_level=9 if width * height < 4_000_000 else 6)
    return image


def without_metadata(image):
    """The same picture, upright and in sRGB, with nothing said about camera, place or author."""
    from PIL import ImageCms, ImageOps

    icc = image.info.get("icc_profile")
    transparency = image.info.get("transparency")
    image = ImageOps.exif_transpose(image)
    if icc and image.mode in ("RGB", "RGBA", "CMYK"):
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        # With a broken profile, the numbers are taken as they are.
        with contextlib.suppress(ImageCms.PyCMSError, OSError):
            image = ImageCms.profileToProfile(
                image, io.BytesIO(icc), ImageCms.createProfile("sRGB"), outputMode=mode
            )
    if image.mode in ("CMYK", "YCbCr", "LAB"):
        image = image.convert("RGB")
    if image.mode.startswith("I"):
        # 16 bits of grey are for scanners; nobody sees more than 8.
        image = image.convert("I").point(lambda value: value / 257).convert("L")
        transparency = None
    image.info = {} if transparency is None else {"transparency": transparency}
    return image


def pictures(image):
    from PIL import Image

    if image.mode not in ("RGB", "L"):
        # Paper is white: what can be seen through is shown on it.
        front = image.convert("RGBA")
        image = Image.new("RGB", front.size, "white")
        image.paste(front, mask=front.getchannel("A"))
    cover, cover_size = webp(image, *COVER)
    thumbnail, _size = webp(image, *THUMBNAIL)
    return {
        "cover": base64.b64encode(cover).decode(),
        "cover_size": cover_size,
        "thumbnail": base64.b64encode(thumbnail).decode(),
    }


def webp(image, width, height, most):
    image = image.convert("RGB") if image.mode != "RGB" else image
    scale = min(width / image.width, height / image.height, 1)
    size = (max(round(image.width * scale), 1), max(round(image.height * scale), 1))
    picture = image.resize(size, reducing_gap=3.0) if size != image.size else image
    for quality in (80, 65, 50, 35, 20, 1):
        written = io.BytesIO()
        picture.save(written, "WEBP", quality=quality, method=6)
        if written.tell() <= most:
            return written.getvalue(), size
    # Noise does not shrink by quality; a smaller picture does.
    return webp(picture, size[0] * 2 // 3, size[1] * 2 // 3, most)


# Sound

MP3_BITRATES = {
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
MP3_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def mp3_frame(data, at):
    """(length, samples, rate) of the frame that begins here, or None."""
    if at + 4 > len(data) or data[at] != 0xFF or data[at + 1] & 0xE0 != 0xE0:
        return None
    version, layer = data[at + 1] >> 3 & 3, data[at + 1] >> 1 & 3
    bitrate, rate, padding = data[at + 2] >> 4, data[at + 2] >> 2 & 3, data[at + 2] >> 1 & 1
    if version == 1 or layer != 1 or bitrate in (0, 15) or rate == 3:
        return None
    rate = MP3_RATES[version][rate]
    half = 1 if version == 3 else 2
    length = 144_000 // half * MP3_BITRATES[half][bitrate] // rate + padding
    return length, 1152 // half, rate


def read_mp3(data, content):
    at = 0
    while data[at : at + 3] == b"ID3" and at + 10 <= len(data):
        size = 0
        for byte in data[at + 6 : at + 10]:
            size = size << 7 | byte & 0x7F
        at += 10 + size + (10 if data[at + 5] & 0x10 else 0)
    at += len(data[at : at + 65_536]) - len(data[at : at + 65_536].lstrip(b"\x00"))
    first, frames, samples, rate = at, 0, 0, None
    while frame := mp3_frame(data, at):
        length, more, rate_here = frame
        if at + length > len(data) or rate_here != (rate or rate_here):
            break
        at, frames, samples, rate = at + length, frames + 1, samples + more, rate_here
    if frames < 4:
        raise Refused("broken")
    refuse_mp3_tail(data, at)
    if b"Xing" in data[first : first + 60] or b"Info" in data[first : first + 60]:
        samples -= 1152 if rate >= 32_000 else 576  # a table for seeking, not sound
    content.write(data[first:at])
    return {"seconds": max(round(samples / rate), 1)}


def refuse_mp3_tail(data, at):
    tail = data[at:]
    if tail[-128:-125] == b"TAG":
        tail = tail[:-128]
    if tail[-9:] == b"LYRICS200":
        tail = tail[: max(tail.find(b"LYRICSBEGIN"), 0)]
    if tail.startswith(b"APETAGEX"):
        size = int.from_bytes(tail[12:16], "little") + 32
        tail = tail[size:] if size <= len(tail) else tail
    if tail.startswith(b"TAG") and len(tail) <= 128:
        tail = b""
    cut = mp3_frame(tail, 0)
    if cut and len(tail) < cut[0]:
        tail = b""  # the last frame was cut off in recording
    if tail.strip(b"\x00"):
        raise Refused("something_behind" if len(tail) < len(data) // 2 else "broken")


REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
OPUS_MILLISECONDS = ((10, 20, 40, 60), (10, 20), (2.5, 5, 10, 20))


def ogg_checksum(page):
    """CRC-32 the other way round than zlib's: mirrored in, mirrored out."""
    crc = zlib.crc32(page.translate(REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{crc:032b}"[::-1], 2)


def ogg_pages(data):
    """(flags, position in samples, serial, lacing, body) of each page, to the end of the file."""
    at, number = 0, 0
    while at < len(data):
        if data[at : at + 5] != b"OggS\x00" or at + 27 > len(data):
            raise Refused("something_behind" if number > 2 else "broken")
        head = struct.unpack_from("<xxxxxBqIIIB", data, at)
        flags, position, serial, sequence, crc, segments = head
        lacing = data[at + 27 : at + 27 + segments]
        end = at + 27 + segments + sum(lacing)
        page = data[at : at + 22] + bytes(4) + data[at + 26 : end]
        if end > len(data) or sequence != number or ogg_checksum(page) != crc:
            raise Refused("broken")
        yield flags, position, serial, lacing, data[at + 27 + segments : end]
        at, number = end, number + 1


def ogg_page(flags, position, serial, number, lacing, body):
    head = struct.pack("<5sBqII", b"OggS\x00", flags, position, serial, number)
    rest = bytes([len(lacing)]) + lacing + body
    return head + struct.pack("<I", ogg_checksum(head + bytes(4) + rest)) + rest


def opus_milliseconds(packet):
    """How long one packet sounds (RFC 6716, section 3.1)."""
    if not packet:
        return 0
    config, code = packet[0] >> 3, packet[0] & 3
    row = 0 if config < 12 else 1 if config < 16 else 2
    each = OPUS_MILLISECONDS[row][config % (2 if row == 1 else 4)]
    frames = (1, 2, 2, (packet[1] & 0x3F) if len(packet) > 1 else 0)[code]
    return each * frames


def read_opus(data, content):
    packets, serial, last, unfinished, number, milliseconds = 0, None, 0, b"", 0, 0.0
    skip, ended = 0, False
    for flags, position, serial_here, lacing, body in ogg_pages(data):
        if ended or bool(flags & 2) != (serial is None) or serial_here != (serial or serial_here):
            raise Refused("something_behind" if ended else "broken")
        serial, ended = serial_here, bool(flags & 4)
        headers_before = packets < 2
        at = 0
        for length in lacing:
            unfinished += body[at : at + length]
            at += length
            if length == 255:
                continue
            packet, unfinished, packets = unfinished, b"", packets + 1
            if packets == 1:
                if packet[:8] != b"OpusHead" or len(packet) < 19 or packet[8] > 15 or not packet[9]:
                    raise Refused("broken")
                skip = int.from_bytes(packet[10:12], "little")
            elif packets == 2:
                if packet[:8] != b"OpusTags":
                    raise Refused("broken")
                # Names, comments and pictures stay out: an empty comment header.
                empty = b"OpusTags" + bytes(8)
                content.write(ogg_page(0, 0, serial, 1, bytes([len(empty)]), empty))
                number = 2
            else:
                milliseconds += opus_milliseconds(packet)
        if packets == 1 and number == 0:
            content.write(ogg_page(2, 0, serial, 0, lacing, body))
            number = 1
        elif not headers_before:
            content.write(ogg_page(flags, position, serial, number, lacing, body))
            number += 1
            last = max(last, position)
        elif packets > 2:
            raise Refused("broken")  # sound on a header's page
    seconds = min((last - skip) / 48_000, milliseconds / 1000)
    if packets < 3 or seconds <= 0:
        raise Refused("broken")
    return {"seconds": max(round(seconds), 1)}


def look_into(kind, data, limits, content):
    if kind == "pdf":
        return read_pdf(data, limits)
    if kind in ("jpg", "png"):
        return read_image(data, limits, content, {"jpg": "JPEG", "png": "PNG"}[kind])
    return {"mp3": read_mp3, "opus": read_opus}[kind](data, content)


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
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode())


if __name__ == "__main__":
    STARTED = time.monotonic()
    main()
