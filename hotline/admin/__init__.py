"""The staff pages of the hotline."""

from hotline.admin import callbacks, calls, hand_overs, scripts, shifts, supervision

__all__ = ["callbacks", "calls", "hand_overs", "scripts", "shifts", "supervision"]
