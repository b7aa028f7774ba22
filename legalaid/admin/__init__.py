"""The staff pages of legal aid."""

from legalaid.admin import cases, employers, intakes, people

__all__ = ["cases", "employers", "intakes", "people"]
