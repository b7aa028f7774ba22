"""Who may do what: the roles of the staff, as data. `manage sync_roles` makes groups of them."""

from django.utils.translation import gettext_lazy as _

VIEW, ADD, CHANGE, DELETE = "view", "add", "change", "delete"
WRITE = [VIEW, ADD, CHANGE]

LIBRARY_WRITE = {
    "resources.publication": WRITE,
    "resources.edition": WRITE,
    "resources.editionversion": [VIEW],
    "resources.libraryfile": [VIEW],
    "resources.handout": WRITE,
    "resources.downloadcount": [VIEW],
    "shared.fact": WRITE,
    "shared.previewlink": WRITE,
}
LIBRARY_READ = {
    "resources.publication": [VIEW],
    "resources.edition": [VIEW],
    "resources.editionversion": [VIEW],
    "shared.fact": [VIEW],
}
HANDOUTS = {"resources.handout": WRITE, "resources.downloadcount": [VIEW]}
OUTREACH = {"shared.outreach": WRITE}
REPORTS = {"reports.savedreport": [VIEW, ADD, CHANGE, DELETE]}
PUBLISHED_FIGURES = {
    "reports.frozenreport": [VIEW, ADD],
    "reports.explanation": [VIEW, ADD],
    "reports.openfigure": [VIEW, ADD, CHANGE],
}
HOUSE_READ = {
    "shared.office": [VIEW],
    "shared.partner": [VIEW],
    "shared.line": [VIEW],
}
HOUSE_WRITE = {
    "shared.office": WRITE,
    "shared.project": WRITE,
    "shared.partner": WRITE,
    "shared.line": WRITE,
    "shared.page": WRITE,
    "resources.topic": WRITE,
}
EVENTS_WRITE = {"events.event": WRITE}

CALLS = {
    "hotline.call": WRITE,
    "hotline.handover": [VIEW],
    "hotline.callscript": [VIEW],
}
# Calling back, the rota, and looking after the line
LINE = {
    "hotline.callback": WRITE,
    "hotline.callbackslot": [VIEW],
    "hotline.shift": [VIEW],
    "hotline.callerflag": WRITE,
    "hotline.qualitynote": [VIEW],
}
LINE_SUPERVISED = LINE | {
    "hotline.callbackslot": [VIEW, ADD, CHANGE, DELETE],
    "hotline.shift": [VIEW, ADD, CHANGE, DELETE],
    "hotline.qualitynote": [VIEW, CHANGE],
}
# Calls that are handed over to whoever works on cases
HANDED_OVER = {"hotline.handover": [VIEW, CHANGE]}
CASEWORK = {
    "legalaid.intake": WRITE,
    "legalaid.case": WRITE,
    "legalaid.person": WRITE,
    "legalaid.identity": WRITE,
    "legalaid.employer": WRITE,
    "legalaid.message": [VIEW, ADD],
    "legalaid.document": WRITE,
    "legalaid.note": [VIEW, ADD],
    "legalaid.service": WRITE,
    "legalaid.task": WRITE,
    "legalaid.claim": WRITE,
    "legalaid.referral": WRITE,
    "legalaid.outcome": WRITE,
    "legalaid.consent": [VIEW],
}
# What the NGO decides for all its cases
CASEWORK_RULES = {
    "legalaid.urgencyrule": WRITE,
    "legalaid.deadlinerule": WRITE,
    "legalaid.holiday": [VIEW, ADD, CHANGE, DELETE],
    "legalaid.lettertemplate": WRITE,
    "legalaid.servicekind": WRITE,
    "legalaid.consenttext": [VIEW, ADD],
}
DISPOSAL = {"legalaid.disposalbatch": [VIEW, CHANGE]}

# role → its name, what it may do with each model, and further permissions by name
ROLES = {
    "administrator": {
        "name": _("administrator"),
        "models": {"shared.user": WRITE, **HOUSE_WRITE},
        "also": ["shared.confirm_reset"],
    },
    "director": {
        "name": _("director"),
        "models": {
            **LIBRARY_WRITE,
            **HOUSE_WRITE,
            **EVENTS_WRITE,
            **CALLS,
            **CASEWORK,
            **CASEWORK_RULES,
            **DISPOSAL,
            **OUTREACH,
            **REPORTS,
            **PUBLISHED_FIGURES,
            **HANDED_OVER,
            "hotline.callscript": WRITE,
            **LINE_SUPERVISED,
            "shared.user": [VIEW],
            "shared.accessentry": [VIEW],
            "shared.importbatch": [VIEW, ADD],
        },
        "also": [
            "reports.see_full_figures",
            "resources.publish_edition",
            "events.publish_event",
            "legalaid.view_every_case",
            "legalaid.approve_disposal",
            "hotline.supervise",
            "shared.confirm_reset",
        ],
    },
    "coordinator": {
        "name": _("coordinator"),
        "models": {**LIBRARY_WRITE, **HOUSE_WRITE, **EVENTS_WRITE, **OUTREACH, **REPORTS},
        # In a small team whoever makes the page may also publish it; without this, the director does.
        "also": ["resources.publish_edition", "events.publish_event"],
    },
    "lawyer": {
        "name": _("lawyer"),
        "models": {
            **LIBRARY_WRITE,
            **HOUSE_READ,
            **CASEWORK,
            **CASEWORK_RULES,
            **DISPOSAL,
            **OUTREACH,
            **HANDED_OVER,
            "hotline.callscript": WRITE,
        },
        "also": ["resources.publish_edition", "legalaid.approve_disposal"],
    },
    "specialist": {
        "name": _("specialist (psychologist, social worker)"),
        "models": {
            **LIBRARY_READ,
            **HANDOUTS,
            **OUTREACH,
            **HOUSE_READ,
            **CASEWORK,
            **HANDED_OVER,
            # They work on cases; lawyers open them.
            "legalaid.case": [VIEW, CHANGE],
        },
        "also": [],
    },
    "operator": {
        "name": _("hotline operator"),
        "models": {
            **LIBRARY_READ,
            **HANDOUTS,
            **OUTREACH,
            **HOUSE_READ,
            **CALLS,
            **LINE,
            "legalaid.person": WRITE,
            "legalaid.identity": WRITE,
        },
        "also": [],
    },
}

# Rows that are edited inside their parent's page and follow its permission.
PARTS = {
    "hotline.callscript": ["hotline.callscripttext"],
    "legalaid.case": ["legalaid.caseperson", "legalaid.casemember"],
    "legalaid.lettertemplate": ["legalaid.lettertemplatetext"],
    "legalaid.servicekind": ["legalaid.servicekindtext"],
    "shared.office": ["shared.officetext"],
    "shared.project": ["shared.projecttarget"],
    "shared.partner": ["shared.partnertext"],
    "shared.line": ["shared.linetext", "shared.linehours"],
    "shared.page": ["shared.pagetext"],
    "shared.fact": ["shared.facttext"],
    "resources.topic": ["resources.topictext"],
    "events.event": ["events.eventtext"],
}


def permissions_of(role):
    """The role's permissions as "app.action_model". Who changes a whole may delete its parts."""
    names = set(ROLES[role]["also"])
    for model, actions in ROLES[role]["models"].items():
        names |= {_permission(model, action) for action in actions}
        for part in PARTS.get(model, []):
            part_actions = [VIEW, ADD, CHANGE, DELETE] if CHANGE in actions else [VIEW]
            names |= {_permission(part, action) for action in part_actions}
    return names


def _permission(model, action):
    app, name = model.split(".")
    return f"{app}.{action}_{name}"
