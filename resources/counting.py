"""Counting what is taken along: per edition and day, nothing about who took it."""

from django.db import connection
from django.utils import timezone


def count_download(edition_id, what):
    """Add one to today's count of an edition."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO resources_downloadcount (edition_id, day, what, count)"
            " VALUES (%s, %s, %s, 1)"
            " ON CONFLICT (edition_id, day, what) DO UPDATE"
            " SET count = resources_downloadcount.count + 1",
            [edition_id, timezone.localdate(), what],
        )
