"""The staff pages of legal aid."""

from legalaid.admin import cases, employers, intakes, people, saved_lists

__all__ = ["cases", "employers", "intakes", "people", "saved_lists"]
