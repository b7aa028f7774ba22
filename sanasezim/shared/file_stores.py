"""Where files lie: in a folder, of this machine or shared by several, or in a bucket of an S3 store.

Both keep a file whole or not at all, under the name it is given, and write over what is there.
"""

import contextlib
import os
import tempfile
import uuid
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.files.storage import storages

from sanasezim.shared import keys

IN_MEMORY = 1024 * 1024  # bytes of a file on its way to a bucket; the rest of a larger one in /tmp


def public():
    """The store of what readers get: booklets, covers, pictures."""
    if settings.S3_BUCKET:
        return Bucket(storages["default"])
    return Folder(settings.MEDIA_ROOT, 0o755, settings.FILE_UPLOAD_PERMISSIONS)


def sealed():
    """The store of files about people. What comes here is encrypted already."""
    if settings.S3_BUCKET:
        return Bucket(storages["sealed"])
    return Folder(settings.SEALED_ROOT, 0o700, 0o600)


class Folder:
    def __init__(self, root, folder_mode, file_mode):
        self.root, self.folder_mode, self.file_mode = Path(root), folder_mode, file_mode

    def write(self, name, pieces, at=None):
        """An error, a full disk for one, leaves nothing behind. `at`: when it changed, in nanoseconds."""
        target = self.root / name
        make_folder(target.parent, self.folder_mode)
        unfinished = target.with_name(f".{uuid.uuid4().hex}.unfinished")
        try:
            number = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, self.file_mode)
            with open(number, "wb") as file:
                keys.give_to_owner_of(target.parent, file)
                for piece in pieces:
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            if at is not None:
                os.utime(unfinished, ns=(at, at))
            os.replace(unfinished, target)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        _sync(target.parent)

    def open(self, name):
        return open(self.root / name, "rb")

    def size(self, name):
        return (self.root / name).stat().st_size

    def changed_at(self, name):
        return (self.root / name).stat().st_mtime_ns

    def delete(self, name):
        (self.root / name).unlink(missing_ok=True)

    def names(self, unfinished=False):
        """Every file, by its path. One that is being written has no name of its own yet."""
        for here, folders, files in os.walk(self.root):
            folders.sort()
            for name in sorted(files):
                if unfinished or not name.startswith("."):
                    yield (Path(here) / name).relative_to(self.root).as_posix()


class Bucket:
    """Any Django storage; made for those of django-storages."""

    def __init__(self, storage):
        self.storage = storage

    def write(self, name, pieces, at=None):
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
            for piece in pieces:
                file.write(piece)
            file.seek(0)
            self.storage.save(name, File(file))

    def open(self, name):
        return self.storage.open(name, "rb")

    def size(self, name):
        return self.storage.size(name)

    def changed_at(self, name):
        return int(self.storage.get_modified_time(name).timestamp() * 1e9)

    def delete(self, name):
        self.storage.delete(name)

    def names(self, unfinished=False):
        return sorted(self._under(""))

    def _under(self, folder):
        folders, files = self.storage.listdir(folder)
        yield from (f"{folder}{name}" for name in files if name)
        for name in folders:
            yield from self._under(f"{folder}{name}/")


def make_folder(folder, mode=0o700):
    """With its parents, each with the owner of the one it is made in."""
    if folder.is_dir():
        return
    make_folder(folder.parent, mode)
    with contextlib.suppress(FileExistsError):  # another one was faster
        folder.mkdir(mode=mode)
        if os.geteuid() == 0:
            above = folder.parent.stat()
            os.chown(folder, above.st_uid, above.st_gid)


def _sync(folder):
    """A power cut must not forget the name of a file that a row already names."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
