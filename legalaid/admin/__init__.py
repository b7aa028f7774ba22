"""The staff pages of legal aid."""

from legalaid.admin import (
    cases,
    deadlines,
    documents,
    employers,
    intakes,
    letters,
    people,
    referrals,
    retention,
    saved_lists,
    service_kinds,
    urgency,
)

__all__ = [
    "cases",
    "deadlines",
    "documents",
    "employers",
    "intakes",
    "letters",
    "people",
    "referrals",
    "retention",
    "saved_lists",
    "service_kinds",
    "urgency",
]
