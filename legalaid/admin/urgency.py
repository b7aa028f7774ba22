"""The rules of urgency: what the NGO wants to see first. A rule is tried before it is kept."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from legalaid import triage
from legalaid.models import Intake, UrgencyRule
from legalaid.triage_forms import UrgencyRuleForm, by_name
from sanasezim.shared import access_log
from sanasezim.shared.access_log import Action

TRIED_ON = 50
FLAGGED_AT_ONCE = 3000
MET_BY = {
    "in_danger": gettext_lazy("in danger now"),
    "minor": gettext_lazy("a child is concerned"),
    "topics": gettext_lazy("topic"),
}


@admin.register(UrgencyRule)
class UrgencyRuleAdmin(admin.ModelAdmin):
    form = UrgencyRuleForm
    list_display = ["__str__", "weight", "is_used", "conditions", "waiting"]
    list_filter = ["is_used"]
    ordering = ["-weight", "code"]
    change_form_template = "admin/legalaid/urgency_change.html"

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("topics__texts")

    @admin.display(description=gettext_lazy("when"))
    def conditions(self, rule):
        found = [topic.text.name if topic.text else topic.code for topic in rule.topics.all()]
        found += [str(_("in danger now"))] if rule.in_danger else []
        found += [str(_("a child is concerned"))] if rule.minor else []
        return ", ".join([*found, *rule.words[:4]]) + (" …" if len(rule.words) > 4 else "")

    @admin.display(description=gettext_lazy("wait now"))
    def waiting(self, rule):
        return Intake.objects.waiting().filter(flags__contains=[rule.code]).count()

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs["widget"] = forms.CheckboxSelectMultiple
        return by_name(super().formfield_for_manytomany(db_field, request, **kwargs))

    def has_delete_permission(self, request, obj=None):
        # A rule rests; requests that it flagged still name it.
        return False

    def get_readonly_fields(self, request, obj=None):
        return ["code"] if obj else []

    # The queue follows the rules

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        newest = Intake.objects.waiting().filter(held_because="").order_by("-pk")
        numbers = list(newest.values_list("pk", flat=True)[:FLAGGED_AT_ONCE])
        changed = triage.flag_again(Intake.objects.filter(pk__in=numbers))
        self.message_user(
            request,
            _("Requests in the queue that changed their place: %(number)d.") % {"number": changed},
        )

    # Trying

    def get_urls(self):
        view = self.admin_site.admin_view(self.try_view)
        return [path("try/", view, name="legalaid_urgencyrule_try"), *super().get_urls()]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["try_url"] = reverse("admin:legalaid_urgencyrule_try")
        context["tried_on"] = TRIED_ON
        return super().render_change_form(request, context, add, change, form_url, obj)

    def try_view(self, request):
        """Which of the last requests the rule in the form would raise. Nothing is kept."""
        if not (
            self.has_change_permission(request) and request.user.has_perm("legalaid.view_intake")
        ):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        rule = UrgencyRule.objects.filter(code=request.POST.get("code_now", "")).first()
        sent = request.POST.copy()
        if rule is not None:
            sent["code"] = rule.code
        form = UrgencyRuleForm(sent, instance=rule)
        found, tried = [], 0
        if form.is_valid():
            tried, found = self.tried(request, form)
        context = self.admin_site.each_context(request) | {
            "title": _("The rule, tried"),
            "opts": self.opts,
            "form": form,
            "tried": tried,
            "found": found,
        }
        status = 422 if form.errors else 200
        return TemplateResponse(
            request, "admin/legalaid/urgency_tried.html", context, status=status
        )

    def tried(self, request, form):
        condition = triage.condition(form.instance, topics=form.cleaned_data["topics"])
        intakes = Intake.objects.visible_to(request.user).order_by(F("received_at").desc())
        rows = list(intakes.prefetch_related("topics")[:TRIED_ON])
        access_log.record(
            Action.VIEW, by=request.user, request=request, what=Intake, rows=len(rows)
        )
        found = []
        for intake in rows:
            topics = {topic.pk for topic in intake.topics.all()}
            met = condition.met_by(intake, topics, triage.words_of(intake.shown("story")))
            if met:
                found.append((intake, [MET_BY.get(each, each) for each in met]))
        return len(rows), found
