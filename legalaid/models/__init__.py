from legalaid.models.cases import Case, CaseMember, CasePerson, CaseTopic
from legalaid.models.consents import Consent, ConsentText
from legalaid.models.employers import Employer
from legalaid.models.intakes import Intake
from legalaid.models.packs import PackRequest
from legalaid.models.people import Identity, Person, PersonKey
from legalaid.models.retention import DisposalBatch, DisposalItem, ErasedRow
from legalaid.models.talk import Document, Message, Note
from legalaid.models.triage import (
    LetterTemplate,
    LetterTemplateText,
    OpenCase,
    SavedList,
    UrgencyRule,
)
from legalaid.models.work import (
    Claim,
    DeadlineRule,
    Holiday,
    Outcome,
    Referral,
    ReferralDesk,
    Service,
    ServiceKind,
    ServiceKindText,
    Task,
)

__all__ = [
    "Case",
    "CaseMember",
    "CasePerson",
    "CaseTopic",
    "Claim",
    "Consent",
    "ConsentText",
    "DeadlineRule",
    "DisposalBatch",
    "DisposalItem",
    "Document",
    "Employer",
    "ErasedRow",
    "Holiday",
    "Identity",
    "Intake",
    "LetterTemplate",
    "LetterTemplateText",
    "Message",
    "Note",
    "OpenCase",
    "Outcome",
    "PackRequest",
    "Person",
    "PersonKey",
    "Referral",
    "ReferralDesk",
    "SavedList",
    "Service",
    "ServiceKind",
    "ServiceKindText",
    "Task",
    "UrgencyRule",
]
