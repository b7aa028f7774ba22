"""Files in a bucket: a portal on folders moves into an S3 store, works there and comes back."""

import importlib.util
import re
import socket
import subprocess
import sys

import pytest

from tests.faults.conftest import House, picture, within
from tests.faults.test_house import portal
from tests.test_setup import copy_tree, free_port, open_folder

NEEDED = ("boto3", "storages", "moto")

LIBRARY_FILE = """
from django.conf import settings
from django.core.files import File
from resources import files
from resources.models import LibraryFile
LibraryFile.objects.update(sha256="0" * 64)  # or it is known already
path = next((settings.BASE_DIR / "sanasezim" / "demo" / "publications").glob("*/*.pdf"))
with path.open("rb") as pdf:
    row = files.keep(files.check(File(pdf, name=path.name)))
print(row.content.name, row.thumbnail.name, row.content.storage.size(row.content.name))
"""


@pytest.fixture(scope="module")
def store():
    """A server of the S3 protocol, with an empty bucket."""
    if not all(map(importlib.util.find_spec, NEEDED)):
        pytest.skip("no S3 store here (pip install django-storages boto3 'moto[server]')")
    port = free_port()
    serving = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    variables = {
        "S3_ENDPOINT": f"http://127.0.0.1:{port}",
        "S3_BUCKET": "portal",
        "S3_REGION": "us-east-1",
        "S3_KEY_ID": "key",
        "S3_SECRET": "secret",
    }
    try:
        import boto3

        client = boto3.client(
            "s3",
            endpoint_url=variables["S3_ENDPOINT"],
            region_name="us-east-1",
            aws_access_key_id="key",
            aws_secret_access_key="secret",
        )

        within(60, lambda: socket.create_connection(("127.0.0.1", port)).close() is None)
        client.create_bucket(Bucket="portal")
        yield variables, client
    finally:
        serving.terminate()
        serving.wait()


def objects(client):
    pages = client.get_paginator("list_objects_v2").paginate(Bucket="portal")
    return {item["Key"]: item["ETag"] for page in pages for item in page.get("Contents", ())}


def shell(folder, code, **variables):
    told = portal(folder, "manage", "shell", "-v", "0", "-c", code, **variables)
    assert told.returncode == 0, told.stderr[-2000:]
    return told.stdout.split()


def test_a_portal_moves_into_a_bucket_works_there_and_comes_back(house, store, say):
    variables, client = store
    reference = house.send(house.slip(), "с фото", picture()).secret[0]
    paths = files_of(house)
    before = {path: house.get(path).body for path in paths}
    with open_folder() as folder:
        # Into the bucket: a backup of the folders, restored by a portal that has a bucket.
        assert portal(house.folder, "backup", folder / "one.backup").returncode == 0
        there = copy_tree(folder / "there")
        moved = portal(there, "restore", folder / "one.backup", **variables)
        assert moved.returncode == 0, moved.stderr[-2000:]
        held = objects(client)
        left = [path for path in there.glob("var/*/**/*") if path.is_file()]
        on_disk = [p for p in left if "/media/" in str(p) or "/sealed/" in str(p)]
        # It serves what is there: whole, in part, known.
        far = House(there)
        far.start(**variables)
        try:
            same = [far.get(path).body == before[path] for path in paths]
            part = far.get(paths[0], headers={"Range": "bytes=10-99"})
            known = far.get(paths[0], headers={"If-None-Match": far.get(paths[0]).headers["ETag"]})
            missing = far.get("/files/covers/" + "0" * 32 + ".webp").status
            # A photo comes in, sealed, and is opened; a booklet comes in, with its pictures.
            new = far.send(far.slip(), "фото в хранилище", picture(300)).secret[0]
            sealed = objects(client).keys() - held.keys()
            look = (
                "from legalaid.models import Document as D; "
                "print(*[len(b''.join(d.original.chunks())) for d in D.objects.filter("
                f"intake__reference__in=['{reference}', '{new}'])])"
            )
            opened = shell(there, look, **variables)
            booklet = shell(there, LIBRARY_FILE, PORTAL_AS_OWNER="1", **variables)
            # It is erased from the bucket, too.
            erase = (
                "from legalaid import erasure; from legalaid.models import Intake; "
                f"print(erasure.erase(Intake.objects.get(reference='{new}')))"
            )
            shell(there, erase, PORTAL_AS_OWNER="1", **variables)
            within(30, lambda: not sealed & objects(client).keys())
            rotated = portal(there, "manage", "rotate_keys", **variables)
            readable = [
                key
                for key in objects(client)
                if key.startswith("sealed/")
                and client.get_object(Bucket="portal", Key=key)["Body"].read(4) != b"SSF1"
            ]
        finally:
            far.stop()
        # And back into folders.
        made = portal(there, "backup", folder / "two.backup", **variables)
        assert made.returncode == 0, made.stderr[-2000:]
        here = copy_tree(folder / "here")
        back = portal(here, "restore", folder / "two.backup")
        assert back.returncode == 0, back.stderr[-2000:]
        now = {
            f"{root}/{path.relative_to(here / 'var' / root)}": path.stat().st_size
            for root in ("media", "sealed")
            for path in (here / "var" / root).rglob("*")
            if path.is_file()
        }
        rest = objects(client)
    say(
        f"{len(held)} files moved into the bucket, {len(on_disk)} on the disk; {sum(same)} of "
        f"{len(same)} the same; part {part.status}, known {known.status}, missing {missing}; "
        f"sealed ones opened: {opened} bytes; booklet of {booklet[2]} bytes; "
        f"{len(readable)} in clear; {len(now)} files back in folders; {rotated.stdout.strip()[-60:]}"
    )

    assert len(held) > 20 and on_disk == []
    assert all(same)
    assert (part.status, part.body) == (206, before[paths[0]][10:100])
    assert (known.status, missing) == (304, 404)
    assert len(sealed) >= 1 and all(key.startswith("sealed/") for key in sealed)
    assert len(opened) == 2 and min(map(int, opened)) > 10_000
    assert f"media/{booklet[0]}" in rest and f"media/{booklet[1]}" in rest
    assert rotated.returncode == 0, rotated.stderr
    assert readable == []
    assert now.keys() == rest.keys()


def files_of(house):
    pages = [house.get(path).text for path in ("/ru/library/", "/ru/library/they-did-not-pay-me/")]
    return sorted(set(re.findall(r'(?:src|href)="(/files/[^"?#]+)"', "".join(pages))))
