"""One box for the staff: a reference, a name, a phone number, an employer. Asked by POST, so it stands in no address."""

import re
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.db.models import F, Q
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from hotline.models import Call, Callback
from legalaid.models import Case, CasePerson, Employer, Identity, Intake
from sanasezim.shared import access_log, masks
from sanasezim.shared.access_log import Action
from sanasezim.shared.search_keys import keys_for_query

MOST_FOUND = 20
LONGEST_QUESTION = 200
REFERENCE = re.compile(r"[A-Z]-?[A-Z0-9]{3}-?[A-Z0-9]{3}")


@dataclass
class Hit:
    title: str
    about: str
    address: str


@dataclass
class Found:
    heading: str
    hits: list
    more: bool
    rows: list = field(default_factory=list)


def may_find(user):
    """Whether there is anything about people that this member of staff may see."""
    return user.has_perm("legalaid.view_person") or user.has_perm("hotline.view_call")


def find(user, text):
    """What this member of staff may see and asked for: a list of Found, empty kinds left out."""
    asked = keys_for_query(text)

    def seen(model):
        return model.objects.visible_to(user).having(asked)

    people = _found(_("People"), seen(Identity).select_related("person"), _person_hit)
    intakes = _found(_("Intakes"), seen(Intake), _intake_hit)
    employers = _found(_("Employers"), seen(Employer), _employer_hit)
    found = [
        *_by_reference(user, text),
        _found(_("Cases"), _cases_of(user, people.rows, intakes.rows, employers.rows), _case_hit),
        people,
        intakes,
        _found(_("Calls"), seen(Call), _call_hit),
        _found(
            _("Calls in which this was said"),
            Call.objects.visible_to(user).saying(text, MOST_FOUND + 1),
            _call_hit,
        ),
        _found(_("Callbacks"), seen(Callback), _callback_hit),
        employers,
    ]
    return [kind for kind in found if kind.hits]


def _found(heading, rows, hit):
    rows = list(rows[: MOST_FOUND + 1])
    shown = rows[:MOST_FOUND]
    return Found(heading, [hit(row) for row in shown], len(rows) > MOST_FOUND, shown)


def _cases_of(user, identities, intakes, employers):
    """The cases that what was found is part of: open ones first, then the newest."""
    if not (identities or intakes or employers):
        return []
    of_people = CasePerson.objects.filter(person__in=[row.person_id for row in identities])
    return (
        Case.objects.visible_to(user)
        .filter(
            Q(pk__in=of_people.values("case"))
            | Q(pk__in=[row.case_id for row in intakes if row.case_id])
            | Q(employer__in=employers)
        )
        .select_related("lawyer")
        .order_by(F("closed_on").desc(nulls_first=True), "-opened_on", "-pk")
    )


def _by_reference(user, text):
    typed = text.strip().upper()
    if not REFERENCE.fullmatch(typed):
        return
    letters = typed.replace("-", "")
    reference = f"{letters[0]}-{letters[1:4]}-{letters[4:]}"
    cases = Case.objects.visible_to(user).filter(reference=reference).select_related("lawyer")
    yield _found(_("Cases"), cases, _case_hit)
    intakes = Intake.objects.visible_to(user).filter(reference=reference)
    yield _found(_("Intakes"), intakes, _intake_hit)


def _case_hit(case):
    opened = date_format(case.opened_on, "SHORT_DATE_FORMAT")
    facts = [_("opened %(day)s") % {"day": opened}, "" if case.is_open else _("closed")]
    return Hit(case.reference, _joined([*facts, _lawyer(case)]), _page(case))


def _person_hit(identity):
    person = identity.person
    facts = [
        person.get_sex_display(),
        person.get_citizenship_display(),
        identity.shown("phones", masks.last_two),
    ]
    return Hit(identity.shown("name", masks.initials) or str(person), _joined(facts), _page(person))


def _intake_hit(intake):
    facts = [
        intake.shown("speaker_name", masks.initials),
        intake.get_channel_display(),
        intake.get_decision_display(),
    ]
    return Hit(intake.reference, _joined(facts), _page(intake))


def _call_hit(call):
    facts = [
        date_format(timezone.localtime(call.started_at), "SHORT_DATETIME_FORMAT"),
        call.shown("caller_name", masks.initials),
        call.shown("phone", masks.last_two),
    ]
    return Hit(str(call), _joined(facts), _page(call))


def _callback_hit(callback):
    facts = [
        callback.shown("caller_name", masks.initials),
        callback.shown("phone", masks.last_two),
        callback.get_outcome_display(),
    ]
    return Hit(str(callback), _joined(facts), _page(callback))


def _employer_hit(employer):
    return Hit(employer.shown("name"), employer.sector, _page(employer))


def _lawyer(case):
    return case.lawyer.get_full_name() or case.lawyer.get_username()


def _joined(facts):
    return " · ".join(str(fact) for fact in facts if fact)


def _page(row):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


@sensitive_post_parameters()
def find_view(request, site):
    """POST: what was found. GET: the empty box, so that a reload of the address shows nothing."""
    if not may_find(request.user):
        raise PermissionDenied
    text = request.POST.get("words", "")[:LONGEST_QUESTION].strip()
    found = []
    if text:
        found = find(request.user, text)
        access_log.record(
            Action.SEARCH,
            by=request.user,
            request=request,
            rows=sum(len(kind.hits) for kind in found),
        )
    return render(
        request,
        "admin/find.html",
        site.each_context(request) | {"title": _("Find"), "words": text, "found": found},
    )
