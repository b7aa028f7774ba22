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
from sanasezim.shared.models.people import User

__all__ = [
    "Fact",
    "FactText",
    "Line",
    "LineHours",
    "LineText",
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
]
