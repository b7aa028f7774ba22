"""The record of looks: everything that reads or changes a person's data leaves a row through here."""

from sanasezim.shared.models import AccessEntry
from sanasezim.shared.network import network_code

Action = AccessEntry.Action
Reason = AccessEntry.Reason


def record(action, *, by, request=None, what=None, within=None, why="", rows=None, digest=""):
    """Write down one act.

    `by` is a User or None; `what` and `within` are records, or a model class where no single record
    is meant (a search, an export). `rows` says how many records were shown or left. Nothing here
    takes a name, a text that was typed or a text that was seen.
    """
    return AccessEntry.objects.create(
        who=by if by is not None and by.is_authenticated else None,
        roles=" ".join(by.role_codes) if by is not None and by.is_authenticated else "",
        action=action,
        what=what._meta.label_lower if what is not None else "",
        what_id=getattr(what, "pk", None) if not isinstance(what, type) else None,
        within=within._meta.label_lower if within is not None else "",
        within_id=within.pk if within is not None else None,
        why=why,
        rows=rows,
        digest=digest,
        network=network_code(request) if request is not None else "",
    )
