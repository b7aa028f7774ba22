"""Files on their way in. Django keeps them under a name in /tmp, of any view that reads a form: a kill
in the middle leaves them there for good. Here

- only a view that says so takes files: `@takes_files(most_bytes)`. Elsewhere a form with a file is
  refused before a byte of the file is kept;
- a large file waits on the disk without a name (a small one in memory), so that whatever ends the
  process ends the file.
"""

import tempfile

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http.multipartparser import MultiPartParserError


class FileNotTaken(MultiPartParserError):
    """This view takes no files. A 400 page."""


class FormTooLarge(MultiPartParserError):
    """More than this view takes. A 413 page."""


def takes_files(most_bytes, staff_only=False):
    """Mark a view as one that takes files; its whole form may have so many bytes.

    A form is read before the view can say who may send it: `staff_only` refuses strangers before.
    """

    def mark(view):
        view.takes_files = most_bytes
        view.takes_files_of_staff_only = staff_only
        return view

    return mark


class OnlyWhereTaken(FileUploadHandler):
    """Refuses for the views that are not marked. First in FILE_UPLOAD_HANDLERS."""

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):  # noqa: N803
        self.most_bytes = self._most_bytes()
        if self.most_bytes and content_length > self.most_bytes:
            raise FormTooLarge(f"A form of {content_length} bytes; {self.most_bytes} are taken.")

    def _most_bytes(self):
        view = getattr(self.request.resolver_match, "func", None)
        if getattr(view, "takes_files_of_staff_only", False) and not self.request.user.is_staff:
            return 0
        return getattr(view, "takes_files", 0)

    def new_file(self, *args, **kwargs):
        if not self.most_bytes:
            raise FileNotTaken("A file, where none is taken.")

    def receive_data_chunk(self, raw_data, start):
        return raw_data

    def file_complete(self, file_size):
        return None


class NamelessFileUploadHandler(FileUploadHandler):
    """Like Django's TemporaryFileUploadHandler, but the file never has a name."""

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self.file = tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115

    def receive_data_chunk(self, raw_data, start):
        self.file.write(raw_data)

    def file_complete(self, file_size):
        self.file.seek(0)
        return UploadedFile(
            self.file,
            self.file_name,
            self.content_type,
            file_size,
            self.charset,
            self.content_type_extra,
        )

    def upload_interrupted(self):
        if hasattr(self, "file"):
            self.file.close()
