"""Dating what was done: the steps of the portal know only now."""

import contextlib

import pghistory
import pgtrigger
from django.apps import apps
from django.db import connection, models
from django.utils import timezone

from legalaid.referrals import LINK_DAYS


class Past:
    """What is done under `at(moment)` was done then, once `settle` has said so.

    Every moment the steps wrote down lies between the beginning of one step and that of the next;
    what the triggers wrote into the history carries the number of the step's context.
    """

    def __init__(self):
        self.moments = []  # of (began, number of the context, moment)

    @contextlib.contextmanager
    def at(self, moment, by=None):
        with pghistory.context(**({"user": by.pk} if by else {})) as context:
            self.moments.append((timezone.now(), context.id, moment))
            yield

    def also(self, written, moment):
        """Within the last step: what says `written` was at this moment."""
        self.moments.append((written, None, moment))

    def settle(self):
        began = [began for began, *_others in self.moments]
        moments = [moment for *_others, moment in self.moments]
        steps = [began, moments, timezone.now()]
        tracked = [model for model in apps.get_models() if hasattr(model, "pgh_event_model")]
        with pgtrigger.ignore(), connection.cursor() as cursor:
            for model in tracked:
                _date(cursor, model, steps)
            cursor.execute(LINKS_END.format("legalaid_referral"))
            # The role that serves may only add to it; `manage` runs most commands as that role.
            cursor.execute("SELECT has_table_privilege('legalaid_caseevent', 'UPDATE')")
            if cursor.fetchone()[0]:
                self._settle_history(cursor, [model.pgh_event_model for model in tracked], steps)

    def _settle_history(self, cursor, tracked, steps):
        contexts = [(str(number), moment) for _began, number, moment in self.moments if number]
        for model in tracked:
            _date(cursor, model, steps)
            cursor.execute(
                f"UPDATE {_table(model)} SET pgh_created_at = known.moment"  # noqa: S608
                " FROM unnest(%s::uuid[], %s::timestamptz[]) AS known (number, moment)"
                " WHERE pgh_context_id = known.number",
                [list(each) for each in zip(*contexts, strict=True)],
            )
        for statement in OWN_MOMENTS:
            cursor.execute(statement)


LINKS_END = f"UPDATE {{}} SET expires_at = sent_at + interval '{LINK_DAYS} days'"  # noqa: S608
# Rows that were made many at once, and the day on which a case was opened
OWN_MOMENTS = [
    LINKS_END.format("legalaid_referralevent"),
    "UPDATE hotline_callevent SET pgh_created_at = started_at WHERE pgh_label = 'insert'",
    "UPDATE legalaid_personevent SET pgh_created_at = added_at WHERE pgh_label = 'insert'",
    "UPDATE legalaid_identityevent AS made SET pgh_created_at = added_at FROM legalaid_person"
    " WHERE made.person_id = legalaid_person.id AND pgh_label = 'insert'",
    "UPDATE legalaid_caseevent AS made SET opened_on = legalaid_case.opened_on FROM legalaid_case"
    " WHERE made.pgh_obj_id = legalaid_case.id",
]


def _table(model):
    return connection.ops.quote_name(model._meta.db_table)


def _date(cursor, model, steps):
    """Put every moment of this table that lies in one of the steps where the step belongs."""
    columns = [
        connection.ops.quote_name(column.column)
        for column in model._meta.concrete_fields
        if isinstance(column, models.DateTimeField) and column.name != "pgh_created_at"
    ]
    if not columns:
        return
    is_ours = "{0} BETWEEN known.began[1] AND known.ended"
    put = (
        "{0} = CASE WHEN " + is_ours + " THEN"
        " known.moments[width_bucket({0}, known.began)] ELSE {0} END"
    )
    cursor.execute(
        f"UPDATE {_table(model)} SET {', '.join(map(put.format, columns))}"  # noqa: S608
        " FROM (SELECT %s::timestamptz[] AS began, %s::timestamptz[] AS moments,"
        " %s::timestamptz AS ended) AS known"
        f" WHERE {' OR '.join(map(is_ours.format, columns))}",
        steps,
    )
