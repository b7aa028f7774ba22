"""People: the facts that count, and who it is, masked."""

from django import forms
from django.contrib import admin
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from legalaid import likeness
from legalaid.admin.groups import GroupPages
from legalaid.models import Identity, Person
from sanasezim.shared import masks
from sanasezim.shared.guarded_admin import GuardedAdmin
from sanasezim.shared.long_lists import ChoiceFilter


class IdentityForm(forms.ModelForm):
    class Meta:
        model = Identity
        fields = ["name", "other_names", "phones", "messengers", "address", "documents"]
        widgets = {
            name: forms.Textarea({"rows": 2})
            for name in ["other_names", "phones", "messengers", "address", "documents"]
        }


class IdentityInline(admin.StackedInline):
    """Who it is, when a person is added. Later it stands masked on the page."""

    model = Identity
    form = IdentityForm
    can_delete = False
    max_num = 1


@admin.register(Person)
class PersonAdmin(GroupPages, GuardedAdmin):
    list_display = ["__str__", "shown_name", "sex", "citizenship", "language", "minor", "added_at"]
    list_select_related = ["identity"]
    list_filter = [(name, ChoiceFilter) for name in ["sex", "minor", "citizenship", "language"]]
    list_counted_beside = 2000
    show_facets = admin.ShowFacets.ALWAYS
    sortable_by = ["__str__", "added_at"]
    ordering = ["-pk"]
    fields = [
        *[("sex", "minor"), ("birth_year",), ("age", "age_on", "age_is_about")],
        *[("citizenship", "home_region"), "language"],
    ]
    masked = {
        "name": masks.initials,
        "other_names": masks.initials,
        "phones": masks.last_two,
        "messengers": masks.hidden,
        "address": masks.hidden,
        "documents": masks.last_two,
    }

    @admin.display(description=pgettext_lazy("person", "name"))
    def shown_name(self, person):
        identity = getattr(person, "identity", None)
        return " · ".join(likeness.masked(identity)) or "–" if identity else "–"

    def get_urls(self):
        view = self.admin_site.admin_view(self.group_view)
        # The number is that of the case.
        return [path("group/<int:pk>/", view, name="legalaid_person_group"), *super().get_urls()]

    def get_inlines(self, request, obj):
        return [IdentityInline] if obj is None else []

    def get_fields(self, request, obj=None):
        return self.fields

    def get_exclude(self, request, obj=None):
        return []

    def save_model(self, request, obj, form, change):
        if not change:
            obj.added_by = request.user
            # Whom an operator writes down has called; operators find callers.
            obj.is_caller = not request.user.has_perm("legalaid.view_case")
        super().save_model(request, obj, form, change)

    def identity_of(self, row):
        return Identity.objects.get_or_create(person=row)[0]

    def identity_form_class(self, identity):
        return IdentityForm
