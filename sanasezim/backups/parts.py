"""What lies in a backup: parts, each with a head, its bytes in pieces, and their number and hash.

"about" comes first and tells what the rest needs; "database", every "file", every "key", then "end".
"""

import hashlib
import json
import struct

from sanasezim.backups import BackupTrouble

RECORD = struct.Struct(">cI")
HEAD, PIECE, END = b"H", b"P", b"E"
PIECE_BYTES = 256 * 1024


def write(writer, pieces=(), **head):
    """Add a part; how many bytes it has."""
    _record(writer, HEAD, head)
    digest, size = hashlib.sha256(), 0
    for piece in pieces:
        digest.update(piece)
        size += len(piece)
        writer.write(RECORD.pack(PIECE, len(piece)))
        writer.write(piece)
    _record(writer, END, {"bytes": size, "sha256": digest.hexdigest()})
    return size


def read(reader):
    """Every part as (head, its pieces). What was not read of a part is passed over."""
    while True:
        head = json.loads(_expect(reader, HEAD))
        pieces = _pieces(reader)
        yield head, pieces
        for _piece in pieces:
            pass
        if head["part"] == "end":
            return


def _pieces(reader):
    digest, size = hashlib.sha256(), 0
    while True:
        kind, length = RECORD.unpack(reader.read(RECORD.size))
        some = reader.read(length)
        if kind != PIECE:
            break
        digest.update(some)
        size += length
        yield some
    if json.loads(some) != {"bytes": size, "sha256": digest.hexdigest()}:
        raise BackupTrouble("The backup is damaged: a part of it is not what was put in.")


def _record(writer, kind, facts):
    told = json.dumps(facts).encode()
    writer.write(RECORD.pack(kind, len(told)))
    writer.write(told)


def _expect(reader, wanted):
    kind, length = RECORD.unpack(reader.read(RECORD.size))
    if kind != wanted:
        raise BackupTrouble("The backup is damaged: its parts do not follow each other.")
    return reader.read(length)
