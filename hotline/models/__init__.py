from hotline.models.callbacks import Callback, CallbackAttempt, CallbackSlot
from hotline.models.calls import Call, CallReferral, HandOver
from hotline.models.desk import CallDraft, CallScript, CallScriptText, Ringing
from hotline.models.shifts import Shift
from hotline.models.supervision import CallerFlag, QualityNote

__all__ = [
    "Call",
    "CallDraft",
    "CallReferral",
    "CallScript",
    "CallScriptText",
    "Callback",
    "CallbackAttempt",
    "CallbackSlot",
    "CallerFlag",
    "HandOver",
    "QualityNote",
    "Ringing",
    "Shift",
]
