"""What changed on a record, read from the history that the database keeps (django-pghistory)."""

import contextlib
from dataclasses import dataclass
from datetime import datetime

import pghistory
import pgtrigger.migrations
from django.apps import apps
from django.conf import settings
from django.db import connection

from sanasezim.shared.protected import ProtectedTextField

MOST_CHANGES = 200
NOT_SHOWN = {"seal", "search_keys"}


def tracked(exclude=()):
    """A model whose every row is kept as it was, whoever changes it: a form, a command, raw SQL."""
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        exclude=list(exclude),
    )


class AddTrigger(pgtrigger.migrations.AddTrigger):
    """pgtrigger's, without rendering the models anew: a trigger changes no model.

    Of the first start on an empty database that rendering was a third.
    """

    def state_forwards(self, app_label, state):
        options = state.models[app_label, self.model_name].options
        options["triggers"] = [*options.get("triggers", []), self.trigger]


@contextlib.contextmanager
def written_at_once(model):
    """Within, new rows of a tracked model get no history by trigger: `begin_history` gives it.

    A trigger for each row is most of the time that many rows take. In a transaction.
    """
    with pgtrigger.ignore(f"{model._meta.label}:insert_insert"), connection.cursor() as cursor:
        # What is to be ignored is said before a statement of `execute`, and COPY is none.
        cursor.execute("SELECT")
        yield


def begin_history(model, numbers):
    """What the trigger would have written for these new rows, in one statement."""
    history = model.pgh_event_model
    quote = connection.ops.quote_name
    columns = [
        field.column
        for field in history._meta.local_concrete_fields
        if not field.name.startswith("pgh_")
    ]
    listed = ", ".join(map(quote, columns))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(history._meta.db_table)}"  # noqa: S608 (names of our own tables)
            f" (pgh_created_at, pgh_label, pgh_obj_id, {listed})"
            f" SELECT now(), 'insert', {quote(model._meta.pk.column)}, {listed}"
            f" FROM {quote(model._meta.db_table)} WHERE {quote(model._meta.pk.column)} = ANY(%s)",
            [numbers],
        )


@dataclass
class Change:
    at: datetime
    who: object  # a User, or None where the portal itself acted
    is_first: bool
    fields: list  # of (name of the field, before, after); protected texts only by name


def changes_of(row):
    """The changes of a record, the newest first, at most 200; none where no history is kept."""
    event_model = getattr(type(row), "pgh_event_model", None)
    if event_model is None:
        return []
    events = list(
        event_model.objects.filter(pgh_obj_id=row.pk)
        .select_related("pgh_context")
        .order_by("pgh_id")[:MOST_CHANGES]
    )
    people = apps.get_model(settings.AUTH_USER_MODEL).objects.in_bulk(
        {_who(event) for event in events} - {None}
    )
    before = None
    changes = []
    for event in events:
        changes.append(
            Change(
                event.pgh_created_at,
                people.get(_who(event)),
                before is None,
                _fields(before, event),
            )
        )
        before = event
    return changes[::-1]


def _who(event):
    return event.pgh_context.metadata.get("user") if event.pgh_context else None


def _fields(before, after):
    if before is None:
        return []
    found = []
    for field in type(after).pgh_tracked_model._meta.concrete_fields:
        if field.name in NOT_SHOWN or not hasattr(after, field.attname):
            continue
        old, new = before.__dict__.get(field.attname), after.__dict__.get(field.attname)
        if old == new:
            continue
        if isinstance(field, ProtectedTextField):
            found.append((field.verbose_name, None, None))
        else:
            found.append((field.verbose_name, _shown(field, old), _shown(field, new)))
    return found


def _shown(field, value):
    if field.is_relation and value is not None:
        value = field.related_model._base_manager.filter(pk=value).first() or value
    elif field.choices:
        value = dict(field.flatchoices).get(value, value)
    return "–" if value in (None, "") else value
