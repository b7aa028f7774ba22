"""The staff pages of the hotline."""

from hotline.admin import calls

__all__ = ["calls"]
