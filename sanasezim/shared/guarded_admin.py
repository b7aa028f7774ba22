"""Staff pages of records about people: everybody sees their own, masked, and every look is written down.

What a person may see is one queryset method of the model, `visible_to(user)`. The list, the page,
its history, the choices in forms and the search all start from it; what is not visible is answered
like what is not there.
"""

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext

from sanasezim.shared import access_log, confirmed
from sanasezim.shared.access_log import Action, Reason
from sanasezim.shared.history import changes_of
from sanasezim.shared.long_lists import COUNTED, COUNTED_BESIDE, GuardedList

REVEALED_SECONDS = 60


def visible_choices(field, request):
    """The form field's choices, cut to what this member of staff may see."""
    queryset = getattr(field, "queryset", None)
    if queryset is not None and hasattr(queryset, "visible_to"):
        field.queryset = queryset.visible_to(request.user)
    return field


class _VisibleChoices:
    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        return visible_choices(
            super().formfield_for_foreignkey(db_field, request, **kwargs), request
        )

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        return visible_choices(
            super().formfield_for_manytomany(db_field, request, **kwargs), request
        )


def _name_of_filter(item):
    """The field of an entry of list_filter, or the parameter of a filter of our own."""
    if isinstance(item, type):
        return item.parameter_name
    return item if isinstance(item, str) else item[0]


class GuardedTabularInline(_VisibleChoices, admin.TabularInline):
    extra = 0


class GuardedAdmin(_VisibleChoices, admin.ModelAdmin):
    # {field: how it is shown until it is revealed}, of the row that `identity_of` gives
    masked = {}
    list_per_page = 50
    show_full_result_count = False
    view_on_site = False
    # What each page of the list fetches along with its rows, and how far its rows are counted
    list_prefetch = ()
    list_counted = COUNTED
    list_counted_beside = COUNTED_BESIDE
    # What apps add to every guarded list (legalaid/admin/saved_lists.py): each has `urls(page)` and
    # `context(page, request, changelist)`.
    list_tools = []
    change_list_template = "admin/guarded_list.html"
    object_history_template = "admin/guarded_history.html"
    change_form_template = "admin/guarded_change.html"

    # What may be seen

    def get_queryset(self, request):
        rows = self.model._default_manager.visible_to(request.user)
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def get_changelist(self, request, **kwargs):
        return GuardedList

    def get_tabs(self, request):
        """The Tabs above the list; the first one is open until another is chosen."""
        return []

    def lookup_allowed(self, lookup, value, request):
        # A filter in the address answers questions: only those asked by the filters beside the list.
        offered = {_name_of_filter(item) for item in self.get_list_filter(request)}
        field = lookup.removesuffix("__exact").removesuffix("__isnull").removesuffix("__id")
        return field in offered or any(
            lookup.startswith((f"{name}__gte", f"{name}__lt")) for name in offered
        )

    def has_delete_permission(self, request, obj=None):
        # What people told us ends by its date (retention), never by a click.
        return False

    def case_of(self, row):
        """The case a look at this row belongs to, for the record of looks."""
        return None

    def identity_of(self, row):
        """The row that holds who it is: this one, or one beside it; None where there is none."""
        return row if self.masked else None

    # What is written down

    def record(self, request, action, row=None, **more):
        access_log.record(
            action,
            by=request.user,
            request=request,
            what=row or self.model,
            within=self.case_of(row) if row else None,
            **more,
        )

    def log_addition(self, request, obj, message):
        self.record(request, Action.ADD, obj)

    def log_change(self, request, obj, message):
        self.record(request, Action.CHANGE, obj)

    def changelist_view(self, request, extra_context=None):
        response = super().changelist_view(request, extra_context)
        shown = getattr(response, "context_data", None) or {}
        if "cl" in shown:
            self.record(request, Action.VIEW, rows=len(shown["cl"].result_list))
            for tool in self.list_tools:
                shown |= tool.context(self, request, shown["cl"])
        return response

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None and request.method == "GET":
            self.record(request, Action.VIEW, obj)
        if obj is not None:
            context |= self.identity_context(request, obj) | {"title": str(obj), "subtitle": None}
        return super().render_change_form(request, context, add, change, form_url, obj)

    def history_view(self, request, object_id, extra_context=None):
        row = self.get_object(request, object_id)
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        self.record(request, Action.VIEW, row)
        context = self.admin_site.each_context(request) | {
            "title": gettext("History of %(record)s") % {"record": row},
            "object": row,
            "opts": self.opts,
            "changes": changes_of(row),
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.object_history_template, context)

    # Who it is

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        return [
            path(
                "<int:pk>/reveal/",
                self.admin_site.admin_view(self.reveal_view),
                name=f"{name}_reveal",
            ),
            path(
                "<int:pk>/identity/",
                self.admin_site.admin_view(self.identity_view),
                name=f"{name}_identity",
            ),
            *(address for tool in self.list_tools for address in tool.urls(self)),
            *super().get_urls(),
        ]

    def get_exclude(self, request, obj=None):
        excluded = list(super().get_exclude(request, obj) or [])
        # Once it is there, who it is stands masked beside the form, and is changed when revealed.
        return [*excluded, *self.masked] if obj is not None else excluded

    def get_fields(self, request, obj=None):
        fields = super().get_fields(request, obj)
        return [name for name in fields if name not in self.masked] if obj is not None else fields

    def may_reveal(self, request, row):
        return self.has_view_permission(request, row)

    def identity_context(self, request, row):
        identity = self.identity_of(row)
        if identity is None:
            return {"masked": []}
        return {
            "masked": [
                (identity._meta.get_field(name).verbose_name, shown)
                for name, mask in self.masked.items()
                if (shown := identity.shown(name, mask))
            ],
            "may_reveal": self.may_reveal(request, row),
            "reasons": Reason.choices,
            "reveal_url": self.page_of(row, "reveal"),
        }

    def page_of(self, row, page):
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}", args=[row.pk])

    def visible_or_none(self, request, pk):
        return self.get_queryset(request).filter(pk=pk).first()

    def identity_form_class(self, identity):
        return forms.modelform_factory(type(identity), fields=list(self.masked))

    def reveal_view(self, request, pk):
        """Who it is, for a reason, for a minute."""
        row = self.visible_or_none(request, pk)
        if row is None or self.identity_of(row) is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
        if request.method != "POST":
            return redirect(self.page_of(row, "change"))
        reason = request.POST.get("why")
        if reason not in Reason.values:
            self.message_user(request, gettext("Say why you need to see it."), "ERROR")
            return redirect(self.page_of(row, "change"))
        if not self.may_reveal(request, row):
            raise PermissionDenied
        # A session left open must not tell who people are. The demonstration asks for no second factor.
        if settings.SECOND_FACTOR_REQUIRED and (answer := confirmed.ask(request)):
            return answer
        identity = self.identity_of(row)
        access_log.record(
            Action.REVEAL,
            by=request.user,
            request=request,
            what=identity,
            within=self.case_of(row) or (row if row is not identity else None),
            why=reason,
        )
        form = None
        if self.has_change_permission(request, row):
            form = self.identity_form_class(identity)(instance=identity)
        return self.show_identity(request, row, identity, form)

    def show_identity(self, request, row, identity, form, status=200):
        context = self.admin_site.each_context(request) | {
            "title": gettext("Who it is"),
            "row": row,
            "opts": self.opts,
            "values": [
                (identity._meta.get_field(name).verbose_name, identity.shown(name))
                for name in self.masked
            ],
            "form": form,
            "identity_url": self.page_of(row, "identity"),
            "back_url": self.page_of(row, "change"),
            "seconds": REVEALED_SECONDS,
        }
        response = TemplateResponse(request, "admin/revealed.html", context, status=status)
        if not (form and form.errors):
            # Without a script, too, the page gives way to the masked one. Not while somebody corrects it.
            response.headers["Refresh"] = f"{REVEALED_SECONDS}; url={context['back_url']}"
        return response

    def identity_view(self, request, pk):
        """Save who it is, as it was typed on the page that revealed it."""
        row = self.visible_or_none(request, pk)
        if row is None or self.identity_of(row) is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        identity = self.identity_of(row)
        form = self.identity_form_class(identity)(request.POST, instance=identity)
        if not form.is_valid():
            return self.show_identity(request, row, identity, form, status=422)
        form.save()
        access_log.record(
            Action.CHANGE,
            by=request.user,
            request=request,
            what=identity,
            within=self.case_of(row) or (row if row is not identity else None),
        )
        self.message_user(request, gettext("Saved."))
        return redirect(self.page_of(row, "change"))
