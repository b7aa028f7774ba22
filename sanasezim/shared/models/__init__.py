from sanasezim.shared.models.access import AccessEntry, AccessLink
from sanasezim.shared.models.content import (
    Fact,
    FactText,
    Page,
    PageText,
    PlannedMoment,
    PreviewLink,
    Text,
)
from sanasezim.shared.models.house import (
    Line,
    LineHours,
    LineText,
    Office,
    OfficeText,
    Partner,
    PartnerText,
    Project,
)
from sanasezim.shared.models.people import User, staff_who_may
from sanasezim.shared.models.proofs import KeyProof, NetworkDay

__all__ = [
    "AccessEntry",
    "AccessLink",
    "Fact",
    "FactText",
    "KeyProof",
    "Line",
    "LineHours",
    "LineText",
    "NetworkDay",
    "Office",
    "OfficeText",
    "Page",
    "PageText",
    "Partner",
    "PartnerText",
    "PlannedMoment",
    "PreviewLink",
    "Project",
    "Text",
    "User",
    "staff_who_may",
]
