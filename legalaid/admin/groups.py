"""The people of a group case: a table of all, and a box for a list from a sheet."""

import uuid

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from legalaid import casework, groups
from legalaid.models import Case, CasePerson, Claim, Person
from legalaid.models.work import Currency
from sanasezim.shared import access_log
from sanasezim.shared.access_log import Action
from sanasezim.shared.countries import CITIZENSHIPS

LONGEST_LIST = 200_000  # letters
ROWS_OF_GRID, MOST_ROWS = 8, 100


class ListForm(forms.Form):
    """The box and what holds for all of its lines."""

    lines = forms.CharField(
        label=gettext_lazy("The list, one person a line"),
        widget=forms.Textarea({"rows": 12, "spellcheck": "false", "wrap": "off"}),
        max_length=LONGEST_LIST,
        required=False,
        strip=False,
    )
    part = forms.ChoiceField(
        label=gettext_lazy("Part in the case"), choices=CasePerson.Part.choices, initial="client"
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("The amounts are for"), choices=Claim.Kind.choices, initial="wages"
    )
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency, where a line names none"),
        choices=Currency.choices,
        initial="KZT",
    )
    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class Grid:
    """Rows of single boxes, for whoever has no sheet to copy from. They become lines of the list."""

    def __init__(self, sent=None):
        asked = (sent or {}).get("rows", "")
        number = int(asked) if asked.isdecimal() else ROWS_OF_GRID
        if sent and "more" in sent:
            number += ROWS_OF_GRID
        self.number = min(number, MOST_ROWS)
        self.rows = [
            [
                (f"{column}-{row}", (sent or {}).get(f"{column}-{row}", ""))
                for column in groups.COLUMNS
            ]
            for row in range(self.number)
        ]

    @property
    def lines(self):
        typed = [[value for _name, value in row] for row in self.rows]
        return [groups.as_line(cells) for cells in typed if any(cell.strip() for cell in cells)]

    @property
    def heads(self):
        return [
            pgettext_lazy("person", "name"),
            gettext_lazy("phone"),
            gettext_lazy("citizenship"),
            gettext_lazy("year of birth"),
            gettext_lazy("amount owed"),
        ]


class GroupPages:
    """Below the page of people: the group of one case. Part of PersonAdmin."""

    def group_case(self, request, pk):
        return Case.objects.visible_to(request.user).select_related("lawyer").filter(pk=pk).first()

    @property
    def group_view(self):
        return sensitive_post_parameters()(self.show_group)

    def show_group(self, request, pk):
        """The table, and the list: typed, then looked at, then saved."""
        case = self.group_case(request, pk)
        if case is None:
            return self._get_obj_does_not_exist_redirect(request, Case._meta, str(pk))
        may_add = (
            case.is_open
            and self.has_add_permission(request)
            and casework.works_on(case, request.user)
        )
        if request.method != "POST":
            access_log.record(
                Action.VIEW, by=request.user, request=request, what=Person, within=case
            )
            return self.group_page(request, case, may_add, ListForm(), Grid())
        if not may_add:
            raise PermissionDenied
        return self.read_list(request, case)

    def read_list(self, request, case):
        form, grid = ListForm(request.POST), Grid(request.POST)
        if not form.is_valid() or "more" in request.POST:
            return self.group_page(request, case, True, form, grid)
        text = "\n".join([form.cleaned_data["lines"].rstrip(), *grid.lines]).strip("\n")
        lines = groups.read(text)
        groups.propose(lines, case=case, user=request.user)
        access_log.record(
            Action.SEARCH,
            by=request.user,
            request=request,
            what=Person,
            within=case,
            rows=sum(len(line.proposed) for line in lines),
        )
        if not lines:
            form.add_error("lines", _("The list is empty."))
            return self.group_page(request, case, True, form, grid)
        if "save" in request.POST:
            return self.keep_list(request, case, form, lines)
        return self.list_page(request, case, form, lines, text)

    def keep_list(self, request, case, form, lines):
        for line in lines:
            offered = {groups.NEW, groups.LEFT_OUT, *(str(p.person.pk) for p in line.proposed)}
            chosen = request.POST.get(f"who-{line.number}", line.choice)
            line.choice = chosen if chosen in offered else line.choice
        wrong = [line.text for line in lines if not line.is_right]
        try:
            kept = groups.add(
                case,
                by=request.user,
                lines=lines,
                part=form.cleaned_data["part"],
                kind=form.cleaned_data["kind"],
                currency=form.cleaned_data["currency"],
                token=form.cleaned_data["token"],
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
            return self.list_page(request, case, form, lines, form.cleaned_data["lines"])
        access_log.record(
            Action.ADD,
            by=request.user,
            request=request,
            what=Person,
            within=case,
            rows=kept.new + kept.known,
        )
        self.message_user(request, _said(kept))
        if not wrong:
            return redirect("admin:legalaid_person_group", case.pk)
        # What could not be read stays in the box; the rest is kept.
        again = ListForm(
            initial=form.cleaned_data | {"lines": "\n".join(wrong), "token": uuid.uuid4()}
        )
        left = groups.read("\n".join(wrong))
        return self.list_page(request, case, again, left, "\n".join(wrong))

    def list_page(self, request, case, form, lines, text):
        if form.is_bound:
            form.data = form.data.copy()
            form.data["lines"] = text
        right = [line for line in lines if line.is_right]
        context = self.group_context(request, case) | {
            "title": _("People of case %(case)s: the list") % {"case": case},
            "form": form,
            "right": right,
            "wrong": [line for line in lines if not line.is_right],
            "known": sum(line.choice not in (groups.NEW, groups.LEFT_OUT) for line in right),
            "NEW": groups.NEW,
            "LEFT_OUT": groups.LEFT_OUT,
        }
        status = 422 if form.is_bound and form.errors else 200
        return TemplateResponse(request, "admin/legalaid/group_list.html", context, status=status)

    def group_page(self, request, case, may_add, form, grid):
        found = groups.members(case)
        context = self.group_context(request, case) | {
            "title": _("People of case %(case)s") % {"case": case},
            "form": form,
            "grid": grid,
            "may_add": may_add,
            "members": found,
            "sums": groups.sums(found),
            "most": groups.MOST_PEOPLE,
            "room": groups.MOST_PEOPLE - len(found),
            "citizenships": [str(name) for _code, name in CITIZENSHIPS],
        }
        status = 422 if form.is_bound and form.errors else 200
        return TemplateResponse(request, "admin/legalaid/group_people.html", context, status=status)

    def group_context(self, request, case):
        return self.admin_site.each_context(request) | {
            "opts": self.opts,
            "case": case,
            "is_nav_sidebar_enabled": False,
        }


def _said(kept):
    """What was saved, in a sentence or three."""
    said = [
        ngettext("%(n)d new person is in the case.", "%(n)d new people are in the case.", kept.new)
        % {"n": kept.new}
    ]
    if kept.known:
        said.append(
            ngettext("%(n)d person we knew.", "%(n)d people we knew.", kept.known)
            % {"n": kept.known}
        )
    if kept.claims:
        said.append(
            ngettext("%(n)d claim is written down.", "%(n)d claims are written down.", kept.claims)
            % {"n": kept.claims}
        )
    return " ".join(said)
