"""Migrations that do not take longer than their work."""

import itertools

from django.db.migrations import AddField, AlterField, CreateModel
from django.db.migrations.operations.base import Operation

GROUPED = (CreateModel, AddField, AlterField)


def together(operations):
    """The same operations; neighbours that make models, or add or change fields, in one step."""
    steps = []
    for kind, neighbours in itertools.groupby(operations, type):
        steps += [Together([*neighbours])] if kind in GROUPED else neighbours
    return steps


class Together(Operation):
    """Operations of one kind after which the models are rendered once, not after each.

    Each rendering of a model renders all that are related to it, and here most are: it was two
    thirds of a migration of an empty database.
    """

    def __init__(self, operations):
        self.operations = operations

    def deconstruct(self):
        return type(self).__name__, [self.operations], {}

    def state_forwards(self, app_label, state):
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self):
        return "; ".join(operation.describe() for operation in self.operations)
