"""docs/roles.md, written from roles.py: `manage sync_roles --document`."""

from django.apps import apps
from django.conf import settings

from sanasezim.roles import ADD, CHANGE, PARTS, ROLES, VIEW

PATH = settings.BASE_DIR / "docs" / "roles.md"

# What of a model a role sees, where it is not every row
WHOSE = {
    "legalaid.case": "own",
    "legalaid.intake": "queue and own",
    "legalaid.person": "own",
    "legalaid.identity": "own, masked",
    "legalaid.employer": "all",
    "hotline.call": "all, masked",
    "hotline.handover": "given to them",
    "hotline.callback": "all, masked",
    "hotline.callerflag": "all, masked",
    "hotline.qualitynote": "of own calls",
}
WHOSE_OF = {
    ("operator", "legalaid.person"): "callers",
    ("operator", "legalaid.identity"): "callers, masked",
    ("operator", "hotline.handover"): "all",
    ("director", "hotline.handover"): "all",
    ("director", "hotline.qualitynote"): "all",
    ("director", "legalaid.case"): "all",
    ("director", "legalaid.intake"): "all",
    ("director", "legalaid.person"): "all",
    ("director", "legalaid.identity"): "all, masked",
}

BEFORE = """# Roles

Written from `sanasezim/roles.py` by `./portal manage sync_roles --document`; a test holds the two against each other. `./portal manage sync_roles` makes the groups equal to it, so groups are not changed by hand. A person has one role or several, given on their account page.

"Write" is see, add and change. Nobody deletes: a text is withdrawn, who leaves is made inactive, and what people told us ends by its date. Parts of a whole (its texts, hours, people, team) follow the whole.

"""
AFTER = """
- **Own** is: they lead the case or are on its team. One queryset method of each model, `visible_to(user)`, says so to the list, the page, its history, the choices in forms, the search and the files. What is not visible is answered like what is not there.
- **Masked** is: initials and the last two digits. Who may see a record may reveal who it is, for a reason and for a minute, and that is written down.
- **The queue** is every intake that nobody has decided yet.
- **A superuser runs the house** and sees no person: `legalaid` and `hotline` open to a role only. Only a superuser makes a superuser; nobody changes their own role.
- **Every address is closed by itself**, also one that no menu shows. `tests/test_staff_access.py` and `tests/test_guarded.py` walk all of them, asking and sending, as everybody.
- In demo mode there is one account per role, with its password in `var/demo-accounts.txt`.
"""


def document():
    models = sorted({model for role in ROLES.values() for model in role["models"]})
    lines = [
        _row("", *ROLES),
        _row(*["---"] * (len(ROLES) + 1)),
        *(_row(_name(model), *(_rights(role, model) for role in ROLES)) for model in models),
        *(
            _row(
                f"*{permission}*",
                *("yes" if permission in ROLES[role]["also"] else "–" for role in ROLES),
            )
            for permission in sorted({name for role in ROLES.values() for name in role["also"]})
        ),
    ]
    parts = "; ".join(f"{_name(whole)}: {', '.join(map(_name, of))}" for whole, of in PARTS.items())
    return BEFORE + "\n".join(lines) + f"\n\nParts: {parts}.\n" + AFTER


def _row(*cells):
    return "| " + " | ".join(map(str, cells)) + " |"


def _name(model):
    return f"`{apps.get_model(model)._meta.label}`"


def _rights(role, model):
    actions = ROLES[role]["models"].get(model, [])
    if VIEW not in actions:
        return "–"
    does = "write" if ADD in actions else "change" if CHANGE in actions else "see"
    whose = WHOSE_OF.get((role, model), WHOSE.get(model))
    return f"{does} ({whose})" if whose else does
