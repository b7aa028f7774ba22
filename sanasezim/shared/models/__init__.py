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
    Outreach,
    Partner,
    PartnerText,
    Project,
    ProjectTarget,
)
from sanasezim.shared.models.imports import ImportBatch, ImportedRow, ImportMeaning
from sanasezim.shared.models.jobs import Job
from sanasezim.shared.models.people import User, staff_who_may
from sanasezim.shared.models.proofs import KeyProof, NetworkDay
from sanasezim.shared.models.sign_in import (
    AccountLetter,
    Authenticator,
    Counter,
    KnownPlace,
    RecoveryCode,
    ResetRequest,
    StaffSession,
)

__all__ = [
    "AccessEntry",
    "AccessLink",
    "AccountLetter",
    "Authenticator",
    "Counter",
    "Fact",
    "FactText",
    "ImportBatch",
    "ImportMeaning",
    "ImportedRow",
    "Job",
    "KeyProof",
    "KnownPlace",
    "Line",
    "LineHours",
    "LineText",
    "NetworkDay",
    "Office",
    "OfficeText",
    "Outreach",
    "Page",
    "PageText",
    "Partner",
    "PartnerText",
    "PlannedMoment",
    "PreviewLink",
    "Project",
    "ProjectTarget",
    "RecoveryCode",
    "ResetRequest",
    "StaffSession",
    "Text",
    "User",
    "staff_who_may",
]
