"""What has had its time: lists to check, to approve and to watch. Numbers and references, nobody's data."""

from dataclasses import dataclass

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from legalaid import casework, retention
from legalaid.models import Case, DisposalBatch, DisposalItem
from sanasezim.shared import confirmed
from sanasezim.shared.access_log import Action
from sanasezim.shared.guarded_admin import GuardedAdmin

ITEMS_A_PAGE = 100
BECAUSE = "because-"
REASONS = [
    (code, label)
    for code, label in DisposalItem.Because.choices
    if code != DisposalItem.Because.NOT_DUE
]


@dataclass
class Line:
    """An item as the page shows it. A record that is not one's own has no name here."""

    item: DisposalItem
    name: str
    address: str
    ended: object
    about: str
    goes_on: bool


class KeepForm(forms.ModelForm):
    class Meta:
        model = Case
        fields = ["dispose_on", "is_held", "hold_reason"]
        widgets = {"dispose_on": forms.DateInput({"type": "date"}, "%Y-%m-%d")}


@admin.register(DisposalBatch)
class DisposalBatchAdmin(GuardedAdmin):
    list_display = ["what", "state", "found_at", "listed", "erased", "checked_by", "approved_by"]
    list_select_related = ["checked_by", "approved_by"]
    list_filter = ["kind"]
    actions = None
    STEPS = ["leave_out", "check", "approve", "take_back"]

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .annotate(
                number=Count("items", filter=Q(items__left_out_at=None)),
                number_erased=Count("items", filter=Q(items__erased_at__isnull=False)),
            )
        )

    @admin.display(description=_("what"), ordering="kind")
    def what(self, batch):
        return batch.get_kind_display()

    @admin.display(description=_("state"))
    def state(self, batch):
        return state_of(batch)

    @admin.display(description=_("to erase"))
    def listed(self, batch):
        return batch.number

    @admin.display(description=_("erased so far"))
    def erased(self, batch):
        return batch.number_erased

    def has_add_permission(self, request):
        return False

    def get_urls(self):
        return [
            path(
                "case/<int:pk>/keep/",
                self.admin_site.admin_view(self.keep_view),
                name="legalaid_case_keep",
            ),
            *super().get_urls(),
        ]

    # One list

    def change_view(self, request, object_id, form_url="", extra_context=None):
        batch = self.get_object(request, object_id)
        if batch is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_permission(request, batch):
            raise PermissionDenied
        if request.method == "POST":
            return self.take_step(request, batch)
        self.record(request, Action.VIEW, batch)
        return self.show(request, batch)

    def take_step(self, request, batch):
        if not self.may_decide(request):
            raise PermissionDenied
        step = request.POST.get("step")
        if step not in self.STEPS:
            return redirect(self.page_of(batch, "change"))
        if step == "approve" and (answer := confirmed.ask(request)):
            return answer
        try:
            batch, said = getattr(self, f"_{step}")(request, batch)
        except ValidationError as refusal:
            self.message_user(request, " ".join(refusal.messages), "ERROR")
        else:
            self.record(request, Action.CHANGE, batch)
            self.message_user(request, said)
        page = request.POST.get("page", "")
        where = f"?page={page}" if page.isdecimal() else ""
        return redirect(self.page_of(batch, "change") + where)

    def may_decide(self, request):
        return self.has_change_permission(request) and request.user.has_perm(
            "legalaid.approve_disposal"
        )

    def _leave_out(self, request, batch):
        retention.leave_out(batch, reasons=reasons_of(request.POST))
        return batch, gettext("Saved.")

    def _check(self, request, batch):
        retention.leave_out(batch, reasons=reasons_of(request.POST))
        seen = request.POST.get("seen", "")
        retention.check(batch, by=request.user, seen=int(seen) if seen.isdecimal() else 0)
        return batch, gettext("Checked. Now somebody else has to approve it.")

    def _approve(self, request, batch):
        retention.approve(batch, by=request.user)
        return batch, gettext("Approved.")

    def _take_back(self, request, batch):
        batch = retention.take_back(batch)
        return batch, gettext("Taken back. Nothing more of it is erased.")

    def show(self, request, batch):
        items = Paginator(batch.items.all(), ITEMS_A_PAGE).get_page(request.GET.get("page"))
        newest = batch.items.order_by("pk").last()
        context = self.admin_site.each_context(request) | {
            "title": batch.get_kind_display(),
            "opts": self.opts,
            "batch": batch,
            "state": state_of(batch),
            "progress": retention.progress(batch),
            "page": items,
            "numbers": items.paginator.get_elided_page_range(items.number),
            "lines": lines_of(batch, items, request.user),
            "reasons": REASONS,
            "seen": newest.pk if newest else 0,
            "begins_at": retention.begins_at(batch) if batch.is_approved else None,
            "now": timezone.now(),
            "may_decide": self.may_decide(request),
            "is_own_check": batch.checked_by_id == request.user.pk,
        }
        return TemplateResponse(request, "admin/legalaid/disposal_batch.html", context)

    # One case

    def keep_view(self, request, pk):
        """Until when a case is kept: its lawyer decides."""
        case = Case.objects.visible_to(request.user).filter(pk=pk, erased_at=None).first()
        if case is None or not casework.leads(case, request.user):
            return self._get_obj_does_not_exist_redirect(request, Case._meta, str(pk))
        form = KeepForm(request.POST or None, instance=case)
        if request.method == "POST" and form.is_valid():
            try:
                retention.keep(case, by=request.user, **form.cleaned_data)
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                self.record(request, Action.CHANGE, case)
                self.message_user(request, gettext("Saved."))
                return redirect("admin:legalaid_case_change", case.pk)
        elif request.method == "GET":
            self.record(request, Action.VIEW, case)
        context = self.admin_site.each_context(request) | {
            "title": gettext("Until when it is kept"),
            "opts": Case._meta,
            "case": case,
            "kept_until": retention.kept_until(Case.objects.get(pk=case.pk)),
            "form": form,
        }
        status = 422 if form.errors else 200
        return TemplateResponse(
            request, "admin/legalaid/disposal_keep.html", context, status=status
        )


def reasons_of(posted):
    """{item's number: why it is left out, or ""} as a page sent it."""
    offered = {"", *(code for code, _label in REASONS)}
    return {
        int(name.removeprefix(BECAUSE)): why
        for name, why in posted.items()
        if name.startswith(BECAUSE) and name.removeprefix(BECAUSE).isdecimal() and why in offered
    }


def state_of(batch):
    if batch.erased_at:
        return gettext("all is erased")
    if batch.is_approved:
        return gettext("approved, is being erased")
    if batch.is_checked:
        return gettext("checked, waits for a second person")
    return gettext("has to be checked")


def lines_of(batch, items, user):
    """The Lines of some items."""
    ending = retention.ENDINGS[batch.kind]
    numbers = [item.what_id for item in items]
    rows = ending.model._base_manager.in_bulk(numbers)
    seen = ending.model._default_manager.visible_to(user).filter(pk__in=numbers)
    visible = set(seen.values_list("pk", flat=True))
    going_on = set(retention.open_wishes(batch).values_list("pk", flat=True))
    return [
        _line(item, rows.get(item.what_id), ending, item.what_id in visible, item.pk in going_on)
        for item in items
    ]


def _line(item, row, ending, is_visible, goes_on):
    kind = ending.model._meta.verbose_name
    address, about = "", ""
    if is_visible:
        address = reverse(f"admin:{ending.label.replace('.', '_')}_change", args=[item.what_id])
        about = row.get_decision_display() if hasattr(row, "get_decision_display") else ""
    name = f"{kind} {getattr(row, 'reference', item.what_id)}" if is_visible else str(kind)
    return Line(item, name, address, getattr(row, ending.ended, None), about, goes_on)
