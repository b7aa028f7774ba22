"""Saved lists: the filters and the order of a guarded list under a name, as tabs above it.

What is kept is only what the filters beside the list offer, so no word about anybody can get in.
"""

import re
from urllib.parse import urlencode

from django import forms
from django.contrib.admin.filters import DateFieldListFilter, SimpleListFilter
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import (
    build_q_object_from_lookup_parameters,
    prepare_lookup_value,
)
from django.contrib.admin.views.main import ORDER_VAR
from django.core.exceptions import PermissionDenied, SuspiciousOperation, ValidationError
from django.db.models import Q
from django.http import Http404, HttpResponseNotAllowed, QueryDict
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from legalaid.models import SavedList
from sanasezim.shared.guarded_admin import GuardedAdmin
from sanasezim.shared.long_lists import AFTER, BEFORE, END, TAB, counted, tab_of

MOST_TABS, MOST_OWN = 40, 20
ORDER = re.compile(r"-?\d{1,2}(\.-?\d{1,2})*")
LONG_NUMBER = re.compile(r"\d(?:[\s-]?\d){4,}")


class SavedListForm(forms.ModelForm):
    class Meta:
        model = SavedList
        fields = ["name", "is_shared"]

    def clean_name(self):
        name = self.cleaned_data["name"].strip()
        if LONG_NUMBER.search(name):
            raise ValidationError(_("No phone numbers here, and no names of people."))
        return name


def kept(changelist):
    """The part of a list's address that may be saved: filters as they are offered, tab and order."""
    offered, dated = set(), set()
    for spec in changelist.filter_specs:
        if isinstance(spec, DateFieldListFilter):
            dated |= set(spec.expected_parameters())  # a day grows old
            continue
        own = spec.expected_parameters()
        for choice in spec.choices(_without_facets(changelist)):
            asked = QueryDict(choice["query_string"].lstrip("?"))
            offered |= {(name, value) for name in own for value in asked.getlist(name)}
    pairs = [
        (name, value)
        for name, values in changelist.filter_params.items()
        for value in (values if isinstance(values, list) else [values])
        if name != ORDER_VAR and name not in dated and (name, value) in offered
    ]
    order = changelist.params.get(ORDER_VAR, "")
    if ORDER.fullmatch(order):
        pairs.append((ORDER_VAR, order))
    if changelist.tab and changelist.tab != changelist.tabs[0]:
        pairs.append((TAB, changelist.tab.code))
    return urlencode(sorted(pairs))


class _without_facets:  # noqa: N801 (stands for a changelist)
    """The changelist as the filters see it, without counting anything."""

    def __init__(self, changelist):
        self.changelist, self.add_facets = changelist, False

    def __getattr__(self, name):
        return getattr(self.changelist, name)


def rows_of(page, request, query):
    """The rows that a saved list shows, without building the list."""
    asked = QueryDict(query)
    rows = page.get_queryset(request)
    if tab := tab_of(list(page.get_tabs(request)), asked.get(TAB, "")):
        rows = tab.narrow(rows)
    simple = {
        each.parameter_name: each
        for each in page.get_list_filter(request)
        if isinstance(each, type) and issubclass(each, SimpleListFilter)
    }
    for name, values in asked.lists():
        if name in simple:
            spec = simple[name](request, {name: values}, page.model, page)
            narrowed = spec.queryset(request, rows)
            rows = rows if narrowed is None else narrowed
        elif name not in (TAB, ORDER_VAR) and page.lookup_allowed(name, values[-1], request):
            asked_for = {name: prepare_lookup_value(name, values)}
            rows = rows.filter(build_q_object_from_lookup_parameters(asked_for))
    return rows


class SavedLists:
    """What stands above every guarded list: the saved ones, and the form that saves this one."""

    def urls(self, page):
        name = f"{page.opts.app_label}_{page.opts.model_name}"
        wrap = page.admin_site.admin_view
        return [
            path("lists/", wrap(self.save_view(page)), name=f"{name}_save_list"),
            path("lists/<int:pk>/", wrap(self.change_view(page)), name=f"{name}_change_list"),
        ]

    def context(self, page, request, changelist):
        lists = self.lists(page, request)
        query = kept(changelist)
        opened = next((each for each in lists if each.query == query), None) if query else None
        return {
            "saved_tabs": [
                (each, counted(rows_of(page, request, each.query)), each == opened)
                for each in lists[:MOST_TABS]
            ],
            "saved_open": opened,
            "saved_query": query,
            "saved_form": SavedListForm(instance=opened) if query else None,
            "saved_is_mine": opened is not None and opened.owner_id == request.user.pk,
            "save_url": self.address(page, "save_list"),
            "change_url": self.address(page, "change_list", opened.pk) if opened else "",
        }

    def lists(self, page, request):
        own_and_shared = SavedList.objects.filter(model=page.opts.label_lower).filter(
            Q(owner=request.user) | Q(is_shared=True)
        )
        return list(own_and_shared.order_by("-is_shared", "name", "pk"))

    def address(self, page, what, *arguments):
        return reverse(f"admin:{page.opts.app_label}_{page.opts.model_name}_{what}", args=arguments)

    def save_view(self, page):
        def view(request):
            """Save the view of the list whose address is in the form."""
            if not page.has_view_or_change_permission(request):
                raise PermissionDenied
            if request.method != "POST":
                return HttpResponseNotAllowed(["POST"])
            query = self.query_of(page, request)
            row = SavedList(owner=request.user, model=page.opts.label_lower, query=query)
            own = SavedList.objects.filter(owner=request.user, model=row.model)
            if not query:
                page.message_user(request, gettext("Choose a filter or a tab first."), "ERROR")
            elif own.count() >= MOST_OWN:
                page.message_user(request, gettext("Remove a saved list first."), "ERROR")
            else:
                self.save(page, request, SavedListForm(request.POST, instance=row))
            return redirect(f"{self.address(page, 'changelist')}?{query}")

        return view

    def query_of(self, page, request):
        """What may be kept of the address in the form. Read as the list itself would read it."""
        asked = request.GET
        try:
            wanted = QueryDict(request.POST.get("query", "")[:500], mutable=True)
            for page_of_it in (AFTER, BEFORE, END):
                wanted.pop(page_of_it, None)
            request.GET = wanted
            return kept(page.get_changelist_instance(request))
        except (IncorrectLookupParameters, SuspiciousOperation, ValidationError):
            return ""
        finally:
            request.GET = asked

    def change_view(self, page):
        def view(request, pk):
            """Rename, share or remove a saved list of one's own."""
            if not page.has_view_or_change_permission(request):
                raise PermissionDenied
            if request.method != "POST":
                return HttpResponseNotAllowed(["POST"])
            row = SavedList.objects.filter(
                pk=pk, owner=request.user, model=page.opts.label_lower
            ).first()
            if row is None:
                raise Http404
            if "remove" in request.POST:
                row.delete()
                page.message_user(request, gettext("The saved list is removed."))
            else:
                self.save(page, request, SavedListForm(request.POST, instance=row))
            return redirect(f"{self.address(page, 'changelist')}?{row.query}")

        return view

    def save(self, page, request, form):
        # Its owner and list are not in the form, and a name of one's own is there once.
        if form.is_valid():
            try:
                form.instance.validate_constraints()
            except ValidationError as refusal:
                form.add_error(None, refusal)
        if form.is_valid():
            form.save()
            page.message_user(request, gettext("The list “%s” is saved.") % form.instance.name)
        else:
            words = " ".join(error for errors in form.errors.values() for error in errors)
            page.message_user(request, words, "ERROR")


GuardedAdmin.list_tools.append(SavedLists())
