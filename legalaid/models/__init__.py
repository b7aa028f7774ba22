from legalaid.models.cases import Case, CaseMember, CasePerson
from legalaid.models.employers import Employer
from legalaid.models.intakes import Intake
from legalaid.models.people import Identity, Person

__all__ = [
    "Case",
    "CaseMember",
    "CasePerson",
    "Employer",
    "Identity",
    "Intake",
    "Person",
]
