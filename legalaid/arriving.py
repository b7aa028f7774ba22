"""Files of people on their way in: encrypted as they arrive, with a key that only this process ever has.

A slow phone sends for minutes, so the bytes wait on the disk and not in memory: in a file without a
name, under a key of its own. Whatever ends the process ends the file and the key. What is too large
or too many is left out and noted; the rest of the form is read all the same.
"""

import os
import tempfile

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from sanasezim.shared.uploads import OnlyWhereTaken

TAG = 16


def receive(request):
    """Read the form of a request with its files. Returns the note of what was left out, by name:
    [(name, "too_large" | "too_many" | "no_room")]."""
    handler = EncryptedUploads(request)
    request.upload_handlers = [OnlyWhereTaken(request), handler]
    _read = request.POST
    return handler.left_out


class Spool:
    """Bytes in pieces as they came, sealed one by one."""

    def __init__(self):
        self.file = tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115
        self.cipher = AESGCM(os.urandom(32))
        self.lengths = []

    def add(self, piece):
        sealed = self.cipher.encrypt(self._nonce(len(self.lengths)), bytes(piece), None)
        self.file.write(sealed)
        self.lengths.append(len(sealed))

    def pieces(self):
        self.file.seek(0)
        for number, length in enumerate(self.lengths):
            yield self.cipher.decrypt(self._nonce(number), self.file.read(length), None)

    def close(self):
        self.file.close()

    @staticmethod
    def _nonce(number):
        return number.to_bytes(12, "big")


class ArrivedFile(UploadedFile):
    """A whole file, read by chunks() only."""

    def chunks(self, chunk_size=None):
        return self.file.pieces()

    def multiple_chunks(self, chunk_size=None):
        return True


class EncryptedUploads(FileUploadHandler):
    def __init__(self, request=None):
        super().__init__(request)
        self.left_out = []
        self.number = 0
        self.spool = None

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self.number += 1
        self.spool, self.length = None, 0
        if self.number > settings.PAPERS_AT_ONCE:
            self._leave_out("too_many")

    def receive_data_chunk(self, raw_data, start):
        self.length += len(raw_data)
        if self.length > settings.PAPER_MAX_BYTES:
            self._leave_out("too_large")
        try:
            self.spool = self.spool or Spool()
            self.spool.add(raw_data)
        except OSError:  # the disk is full
            self._leave_out("no_room")

    def _leave_out(self, why):
        self.upload_interrupted()
        self.left_out.append((self.file_name, why))
        raise SkipFile

    def file_complete(self, file_size):
        try:
            spool, self.spool = self.spool or Spool(), None
        except OSError:
            self.left_out.append((self.file_name, "no_room"))
            return None
        return ArrivedFile(spool, self.file_name, self.content_type, self.length)

    def upload_interrupted(self):
        if self.spool:
            self.spool.close()
            self.spool = None
