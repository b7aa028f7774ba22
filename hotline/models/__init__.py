from hotline.models.calls import Call, CallReferral, HandOver
from hotline.models.desk import CallDraft, CallScript, CallScriptText, Ringing

__all__ = [
    "Call",
    "CallDraft",
    "CallReferral",
    "CallScript",
    "CallScriptText",
    "HandOver",
    "Ringing",
]
