"""The staff pages of the hotline."""

from hotline.admin import callbacks, calls

__all__ = ["callbacks", "calls"]
