"""Where the telephone exchange (PBX) says that a phone rings. No session, no cookie: it signs."""

from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from hotline import ringing


@csrf_exempt
@require_POST
@sensitive_post_parameters()
def ring(request):
    """`call` (the exchange's own name of it) with `from` and `to`; or with `ended=1`."""
    if int(request.headers.get("Content-Length") or 0) > ringing.LONGEST_BODY:
        return _answer(413)
    try:
        ringing.check(
            request.headers.get("X-Timestamp", "")[:20],
            request.headers.get("X-Signature", "")[:80],
            request.body,
        )
    except ringing.Refused as refusal:
        return _answer(refusal.status)
    call_id = request.POST.get("call", "")[:100]
    if not call_id:
        return _answer(400)
    if request.POST.get("ended"):
        ringing.end(call_id)
    else:
        ringing.announce(
            call_id=call_id,
            phone=request.POST.get("from", "")[:40],
            line=request.POST.get("to", "")[:40],
        )
    return _answer(204)


def _answer(status):
    return HttpResponse(status=status, headers={"Cache-Control": "no-store"})
