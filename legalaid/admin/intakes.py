"""The triage queue: intakes, the most urgent first, and what is decided about them."""

import datetime

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Func, Max, Q
from django.http import HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html, format_html_join
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.debug import sensitive_post_parameters

from legalaid import likeness, register, taking_in, triage
from legalaid.admin import intake_screen
from legalaid.admin.intake_screen import STEPS
from legalaid.models import ConsentText, Employer, Identity, Intake, Person, UrgencyRule
from legalaid.triage_forms import PUT_IN, EmployerForm, EntryForm, by_name
from resources.models import Topic
from sanasezim.shared import access_log, codes, masks
from sanasezim.shared.access_log import Action
from sanasezim.shared.guarded_admin import GuardedAdmin
from sanasezim.shared.languages import LANGUAGES
from sanasezim.shared.long_lists import ChoiceFilter, GuardedList, Tab, WordFilter

SAMPLE = 20
LETTERS_OF_SAMPLE = 160
UNDO_FOR = datetime.timedelta(hours=24)
LONGEST_SEARCH = 200


# The list


class UrgencyFilter(WordFilter):
    title = gettext_lazy("urgent because")
    parameter_name = "urgent"
    NOTHING = "none"

    def lookups(self, request, model_admin):
        rules = UrgencyRule.objects.filter(is_used=True)
        return [*((rule.code, str(rule)) for rule in rules), (self.NOTHING, _("not urgent"))]

    def queryset(self, request, queryset):
        if self.value() == self.NOTHING:
            return queryset.filter(urgency=0)
        return queryset.filter(flags__contains=[self.value()]) if self.value() else queryset

    def counts(self, rows):
        each = rows.exclude(urgency=0).values(code=Func("flags", function="unnest"))
        found = dict(each.annotate(number=Count("pk")).values_list("code", "number"))
        return found | {self.NOTHING: rows.filter(urgency=0).count()}


class TopicFilter(WordFilter):
    title = gettext_lazy("topic")
    parameter_name = "topic"

    def lookups(self, request, model_admin):
        topics = Topic.objects.prefetch_related("texts")
        return [(topic.code, topic.text.name if topic.text else topic.code) for topic in topics]

    def of_topics(self, rows):
        # Not by a join: it would list a row once for each of its topics.
        through = rows.model.topics.through.objects
        return through, rows.model._meta.model_name

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        through, name = self.of_topics(queryset)
        return queryset.filter(pk__in=through.filter(topic__code=self.value()).values(f"{name}_id"))

    def counts(self, rows):
        through, name = self.of_topics(rows)
        of_rows = through.filter(**{f"{name}__in": rows.values("pk")}).order_by()
        found = of_rows.values_list("topic__code").annotate(number=Count("pk"))
        return dict(found.values_list("topic__code", "number"))


class ReceivedFilter(WordFilter):
    """In words, which may be saved: a day grows old."""

    title = gettext_lazy("received")
    parameter_name = "received"

    def lookups(self, request, model_admin):
        return [
            ("today", _("today")),
            ("week", _("in the last 7 days")),
            ("month", _("in the last 30 days")),
            ("older", _("earlier")),
        ]

    @property
    def conditions(self):
        midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        since = {days: midnight - datetime.timedelta(days=days) for days in (0, 7, 30)}
        return {
            "today": Q(received_at__gte=since[0]),
            "week": Q(received_at__gte=since[7]),
            "month": Q(received_at__gte=since[30]),
            "older": Q(received_at__lt=since[30]),
        }

    def queryset(self, request, queryset):
        return (
            queryset.filter(self.conditions[self.value()])
            if self.value() in self.conditions
            else queryset
        )

    def counts(self, rows):
        return rows.aggregate(
            **{word: Count("pk", filter=asked) for word, asked in self.conditions.items()}
        )


QUEUE_ORDER = ("-urgency", "received_at", "pk")
WAITING, HELD = Q(decided_at=None), ~Q(held_because="")
TABS = [
    Tab("waiting", gettext_lazy("Wait for a decision"), WAITING & ~HELD, QUEUE_ORDER),
    Tab("held", gettext_lazy("Held for a look"), WAITING & HELD, QUEUE_ORDER),
    Tab(
        "unanswered",
        gettext_lazy("Wait for our answer"),
        Q(unanswered_since__isnull=False) & ~(WAITING & HELD),
        ("unanswered_since", "pk"),
    ),
    Tab("decided", gettext_lazy("Decided"), ~WAITING, ("-decided_at", "-pk")),
]


class IntakeList(GuardedList):
    def get_results(self, request):
        super().get_results(request)
        show_urgency(self.result_list)


def show_urgency(intakes):
    """Give each `urgent_because`: the names of its rules with how loud they are, loudest first."""
    rules = {rule.code: rule for rule in UrgencyRule.objects.all()}
    for intake in intakes:
        applying = [rules[code] for code in intake.flags if code in rules]
        intake.urgent_because = [
            (str(rule), loudness(rule.weight))
            for rule in sorted(applying, key=lambda rule: -rule.weight)
        ]


def urgency_in_words(intake):
    return format_html_join(
        "",
        '<span class="urgent urgent-{}">{}</span>',
        ((loud, name) for name, loud in intake.urgent_because),
    )


def loudness(weight):
    return 3 if weight >= 50 else 2 if weight >= 25 else 1


@admin.register(Intake)
class IntakeAdmin(GuardedAdmin):
    list_filter = [
        UrgencyFilter,
        TopicFilter,
        ReceivedFilter,
        *(
            (name, ChoiceFilter)
            for name in [
                *("channel", "language", "relation", "in_danger", "held_because", "decision")
            ]
        ),
    ]
    list_prefetch = ["topics__texts"]
    list_counted = 100_000
    list_select_related = ["decided_by"]
    show_facets = admin.ShowFacets.ALWAYS
    sortable_by = ["waits", "unanswered", "decided_at"]
    change_list_template = "admin/legalaid/intake_list.html"
    fieldsets = [
        (None, {"fields": [("channel", "received_at"), ("office", "project")]}),
        (gettext_lazy("Who speaks"), {"fields": ["relation", "speaker_name", "language"]}),
        (
            gettext_lazy("What happened"),
            {"fields": ["topics", "story", ("country", "place"), ("in_danger", "minor")]},
        ),
        (
            gettext_lazy("How to reach them safely"),
            {
                "fields": [
                    ("contact_by", "contact"),
                    "contact_when",
                    ("may_say_who", "others_answer"),
                ]
            },
        ),
    ]
    masked = {"speaker_name": masks.initials, "contact": masks.last_two}
    actions = ["mark_as_junk", "put_into_queue"]

    # What is listed, and how

    def get_tabs(self, request):
        return TABS

    def get_changelist(self, request, **kwargs):
        return IntakeList

    def open_tab(self, request):
        return next((tab for tab in TABS if tab.code == request.GET.get("which")), TABS[0])

    def get_ordering(self, request):
        return self.open_tab(request).ordering

    def get_list_display(self, request):
        tab = self.open_tab(request).code
        ends = {
            "waiting": ["waits"],
            "held": ["held_because", "waits"],
            "unanswered": ["unanswered", "decision"],
            "decided": ["decision", "decided_at", "decided_by"],
        }
        return ["reference", "about", "who_speaks", *ends[tab]]

    def get_list_filter(self, request):
        """Only the filters that the open tab can narrow."""
        tab = self.open_tab(request).code
        left_out = {
            "waiting": {"held_because", "decision"},
            "held": {"decision"},
            "unanswered": {"held_because"},
            "decided": {"held_because"},
        }
        return [
            each
            for each in self.list_filter
            if isinstance(each, type) or each[0] not in left_out[tab]
        ]

    @admin.display(description=gettext_lazy("about"))
    def about(self, intake):
        names = [topic.text.name if topic.text else topic.code for topic in intake.topics.all()]
        return format_html("{} {}", urgency_in_words(intake), ", ".join(names) or "–")

    @admin.display(description=gettext_lazy("who speaks"))
    def who_speaks(self, intake):
        said = [intake.get_relation_display(), intake.get_language_display()]
        return format_html(
            '{}<span class="quiet-line">{}</span>',
            " · ".join(str(word) for word in said if word) or "–",
            intake.get_channel_display(),
        )

    @admin.display(description=gettext_lazy("waits"), ordering="received_at")
    def waits(self, intake):
        return _since(intake.received_at)

    @admin.display(description=gettext_lazy("waits for our answer"), ordering="unanswered_since")
    def unanswered(self, intake):
        return _since(intake.unanswered_since)

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(
            request,
            {
                "last_junk": self.last_junk(request),
                "junk_url": self.address("junk_all"),
                "held_urgent": self.held_urgent(request),
                "is_nav_sidebar_enabled": False,  # the queue needs the whole width
            }
            | (extra_context or {}),
        )

    # Junk

    def has_change_permission(self, request, obj=None):
        # What was erased stays empty.
        is_erased = obj is not None and obj.erased_at is not None
        return super().has_change_permission(request, obj) and not is_erased

    def has_decide_permission(self, request, intake=None):
        return self.has_change_permission(request, intake)

    @admin.action(description=gettext_lazy("Mark as junk"), permissions=["decide"])
    def mark_as_junk(self, request, queryset):
        self.junk(request, queryset)

    @admin.action(description=gettext_lazy("Put into the queue"), permissions=["decide"])
    def put_into_queue(self, request, queryset):
        rows = Intake.objects.filter(pk__in=queryset.values("pk"))
        number = triage.release(rows, by=request.user)
        self.record(request, Action.CHANGE, rows=number)
        self.message_user(
            request,
            ngettext(
                "%(number)d request is in the queue now.",
                "%(number)d requests are in the queue now.",
                number,
            )
            % {"number": number},
        )

    def get_actions(self, request):
        actions = super().get_actions(request)
        if self.open_tab(request).code != "held":
            actions.pop("put_into_queue", None)
        return actions

    def junk(self, request, rows):
        number, _moment = triage.junk(
            Intake.objects.filter(pk__in=rows.values("pk")), by=request.user
        )
        self.record(request, Action.CHANGE, rows=number)
        self.message_user(
            request,
            ngettext(
                "%(number)d request is marked as junk.",
                "%(number)d requests are marked as junk.",
                number,
            )
            % {"number": number},
        )

    def junk_all_view(self, request):
        """All that the filters in the address show, marked as junk in one step."""
        if not self.has_decide_permission(request):
            raise PermissionDenied
        try:
            changelist = self.get_changelist_instance(request)
        except IncorrectLookupParameters:
            return redirect(self.address("changelist"))
        rows = changelist.get_queryset(request).order_by().waiting()
        back = f"{self.address('changelist')}{changelist.get_query_string()}"
        if request.method == "POST":
            # Nothing that came in after the page was made; nobody has looked at it.
            seen = request.POST.get("seen", "")
            rows = rows.filter(pk__lte=int(seen) if seen.isdecimal() else 0)
            if "without_urgent" in request.POST:
                rows = rows.filter(urgency=0)
            self.junk(request, rows)
            return redirect(back)
        counted = rows.aggregate(
            all=Count("pk"), urgent=Count("pk", filter=~Q(urgency=0)), seen=Max("pk")
        )
        sample = list(rows.order_by("-urgency", "pk")[:SAMPLE])
        show_urgency(sample)
        self.record(request, Action.VIEW, rows=len(sample))
        context = self.admin_site.each_context(request) | {
            "title": _("Mark as junk"),
            "opts": self.opts,
            "counted": counted,
            "sample": [(row, row.shown("story", _beginning)) for row in sample],
            "back": back,
        }
        return TemplateResponse(request, "admin/legalaid/intake_junk.html", context)

    def held_urgent(self, request):
        """How many of those held for a look seem urgent: nobody in need may be overlooked there."""
        if self.open_tab(request).code != "waiting":
            return 0
        held = Intake.objects.visible_to(request.user).filter(WAITING & HELD)
        return held.exclude(urgency=0).count()

    def last_junk(self, request):
        """(moment, how many) of what this member of staff marked last, for undoing it."""
        if not self.has_decide_permission(request):
            return None
        mine = Intake.objects.filter(
            decision="junk", decided_by=request.user, decided_at__gt=timezone.now() - UNDO_FOR
        )
        batches = mine.order_by().values_list("decided_at").annotate(number=Count("pk"))
        return batches.order_by("-decided_at").first()

    def junk_back_view(self, request):
        """Undo it."""
        if not self.has_decide_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        moment = _moment(request.POST.get("moment", ""))
        number = triage.take_back_junk(by=request.user, moment=moment) if moment else 0
        self.record(request, Action.CHANGE, rows=number)
        self.message_user(
            request,
            ngettext("%(number)d request waits again.", "%(number)d requests wait again.", number)
            % {"number": number},
        )
        return redirect(self.address("changelist"))

    # Pages

    def get_urls(self):
        def page(address, view, name):
            return path(address, self.admin_site.admin_view(view), name=f"legalaid_intake_{name}")

        return [
            page("junk/", self.junk_all_view, "junk_all"),
            page("junk/back/", self.junk_back_view, "junk_back"),
            page("<int:pk>/correct/", self.correct_view, "correct"),
            page("<int:pk>/person/", self.person_view, "person"),
            page("<int:pk>/employer/", self.employer_view, "employer"),
            *(
                page(f"<int:pk>/{name.replace('_', '-')}/", self.step_view_of(name), name)
                for name in STEPS
            ),
            *super().get_urls(),
        ]

    def address(self, name, *arguments):
        return reverse(f"admin:legalaid_intake_{name}", args=arguments)

    def case_of(self, row):
        return row.case if isinstance(row, Intake) else None

    def page_or_none(self, request, pk):
        return (
            self.get_queryset(request)
            .select_related("person", "employer", "case", "office", "project", "same_as")
            .select_related("decided_by", "entered_by", "consent__text")
            .filter(pk=pk)
            .first()
        )

    def not_there(self, request, pk):
        return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))

    def identity_of(self, row):
        # Who did not agree leaves no name, later neither.
        kept = any(row.shown(name) for name in self.masked)
        return None if row.is_anonymous and not kept else row

    # Reading one

    def change_view(self, request, object_id, form_url="", extra_context=None):
        number = unquote(object_id)
        intake = self.page_or_none(request, number) if number.isdecimal() else None
        if intake is None:
            return self.not_there(request, object_id)
        if not self.has_view_or_change_permission(request, intake):
            raise PermissionDenied
        if request.method == "POST":
            return HttpResponseNotAllowed(["GET", "HEAD"])
        self.record(request, Action.VIEW, intake)
        show_urgency([intake])
        screen = intake_screen.Screen(intake, request.user)
        context = self.admin_site.each_context(request) | {
            "is_nav_sidebar_enabled": False,
            "title": _("Request %(reference)s") % {"reference": intake},
            "opts": self.opts,
            "original": intake,
            "intake": intake,
            "screen": screen,
            "steps": self.steps_for(request, intake),
            "may_change": self.has_change_permission(request, intake),
            **self.identity_context(request, intake),
        }
        return TemplateResponse(request, "admin/legalaid/intake_change.html", context)

    def steps_for(self, request, intake):
        return [
            (name, step.label, self.address(name, intake.pk))
            for name, step in STEPS.items()
            if step.is_possible(intake) and self.may_take(request, intake, step)
        ]

    def may_take(self, request, intake, step):
        may_change = self.has_change_permission(request, intake)
        return may_change and request.user.has_perms(step.permissions)

    # Correcting what was written down

    def correct_view(self, request, pk):
        if self.visible_or_none(request, pk) is None:
            return self.not_there(request, pk)
        return super().change_view(request, str(pk))

    def get_fieldsets(self, request, obj=None):
        hidden = set(self.masked) if obj is not None else set()
        if obj is not None and obj.is_anonymous:
            hidden.add("contact_when")
        return [
            (name, options | {"fields": _without(options["fields"], hidden)})
            for name, options in self.fieldsets
        ]

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs["widget"] = forms.CheckboxSelectMultiple
        return by_name(super().formfield_for_manytomany(db_field, request, **kwargs))

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        return by_name(field) if db_field.name == "office" else field

    def get_readonly_fields(self, request, obj=None):
        # A person's own words stay as they wrote them.
        own_words = obj is not None and obj.entered_by_id is None
        return ["channel", "received_at", *(["story"] if own_words else [])]

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        triage.flag(form.instance)

    def response_change(self, request, obj):
        self.message_user(request, _("Saved."))
        return redirect(self.page_of(obj, "change"))

    # One step

    def step_view_of(self, name):
        def view(request, pk):
            return self.take_step(request, pk, name)

        return sensitive_post_parameters()(view)

    def take_step(self, request, pk, name):
        step, intake = STEPS[name], self.page_or_none(request, pk)
        if intake is None:
            return self.not_there(request, pk)
        if not self.may_take(request, intake, step):
            raise PermissionDenied
        sent = request.POST if request.method == "POST" else None
        form = step.form(sent, intake=intake, user=request.user)
        if request.method == "POST" and PUT_IN not in request.POST and form.is_valid():
            try:
                done = step.take(intake, by=request.user, **form.given)
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                return self.after_step(request, intake, step, done)
        if request.method == "POST" and PUT_IN in request.POST:
            # Only the letter is put in: nothing is wrong yet.
            form.errors.clear()
        return self.show_step(request, intake, name, step, form)

    def after_step(self, request, intake, step, done):
        self.record(request, Action.CHANGE, intake)
        case = done if isinstance(done, intake_screen.Case) else None
        if case is not None:
            access_log.record(Action.ADD, by=request.user, request=request, what=case)
            words = _("%(intake)s is now in case %(case)s.") % {"intake": intake, "case": case}
        else:
            words = _("Done: %(step)s.") % {"step": step.label}
        self.message_user(request, words, messages.SUCCESS)
        if case is not None and type(case).objects.visible_to(request.user).filter(pk=case.pk):
            return redirect("admin:legalaid_case_change", case.pk)
        if self.visible_or_none(request, intake.pk) is None:
            return redirect(self.address("changelist"))
        return redirect(self.page_of(intake, "change"))

    def show_step(self, request, intake, name, step, form):
        show_urgency([intake])
        screen = intake_screen.Screen(intake, request.user)
        if step.looks_for_conflict:
            conflicts = screen.conflicts
            self.record(
                request, Action.SEARCH, intake, rows=len(conflicts.found) + conflicts.hidden
            )
        context = self.admin_site.each_context(request) | {
            "title": step.label,
            "opts": self.opts,
            "intake": intake,
            "screen": screen,
            "step": name,
            "words": step.words,
            "shows_conflict": step.looks_for_conflict,
            "form": form,
            "put_in": PUT_IN if {"letter", "partner"} & set(form.fields) else "",
            "back_url": self.page_of(intake, "change"),
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/legalaid/intake_step.html", context, status=status)

    # Whom it is about

    @property
    def searched(self):
        return {"person": self.find_people, "employer": self.find_employers}

    def find_people(self, request, words):
        found = Identity.objects.visible_to(request.user).matching(words).select_related("person")
        return [
            (row.person_id, likeness.masked(row), row.person)
            for row in found[: likeness.MOST_SHOWN]
        ]

    def find_employers(self, request, words):
        found = Employer.objects.visible_to(request.user).matching(words)
        return [(row.pk, [row.shown("name")], row) for row in found[: likeness.MOST_SHOWN]]

    def person_view(self, request, pk):
        """Say who it is: one we know, or a new record. Undone by the same page."""

        def new(intake):
            if not request.user.has_perm("legalaid.add_person"):
                raise PermissionDenied
            person = triage.new_person(intake, by=request.user)
            access_log.record(Action.ADD, by=request.user, request=request, what=person)

        return self.link_view(
            request, pk, "person", Person.objects.visible_to(request.user), triage.link_person, new
        )

    def employer_view(self, request, pk):
        """Say whom it is against: a row of the register, or a new one that is not there yet."""

        def new(intake):
            if not request.user.has_perm("legalaid.add_employer"):
                raise PermissionDenied
            form = EmployerForm(request.POST)
            if not form.is_valid():
                return form
            employer = form.save()
            access_log.record(Action.ADD, by=request.user, request=request, what=employer)
            triage.link_employer(intake, employer=employer)
            return None

        return self.link_view(
            request,
            pk,
            "employer",
            Employer.objects.visible_to(request.user),
            triage.link_employer,
            new,
        )

    def link_view(self, request, pk, kind, offered, link, new):
        intake = self.page_or_none(request, pk)
        if intake is None:
            return self.not_there(request, pk)
        if not self.has_change_permission(request, intake):
            raise PermissionDenied
        form, found, words = None, [], ""
        if request.method == "POST":
            words = request.POST.get("words", "")[:LONGEST_SEARCH].strip()
            try:
                if "new" in request.POST:
                    form = new(intake)
                elif "unlink" in request.POST:
                    link(intake, **{kind: None})
                elif number := request.POST.get("link", ""):
                    row = offered.filter(pk=number if number.isdecimal() else 0).first()
                    if row is None:
                        raise ValidationError(_("You see no such record."))
                    link(intake, **{kind: row})
                elif words:
                    found = self.searched[kind](request, words)
                    self.record(request, Action.SEARCH, intake, rows=len(found))
            except ValidationError as refusal:
                self.message_user(request, " ".join(refusal.messages), "ERROR")
                return redirect(self.page_of(intake, "change"))
            if form is None and not words:
                self.record(request, Action.CHANGE, intake)
                return redirect(self.page_of(intake, "change"))
        else:
            self.record(request, Action.VIEW, intake)
        return self.show_link(request, intake, kind, form=form, found=found, words=words)

    def show_link(self, request, intake, kind, *, form, found, words):
        screen = intake_screen.Screen(intake, request.user)
        titles = {"person": _("Who is it?"), "employer": _("Whom is it against?")}
        if kind == "employer" and form is None:
            form = EmployerForm()
        context = self.admin_site.each_context(request) | {
            "title": titles[kind],
            "opts": self.opts,
            "intake": intake,
            "screen": screen,
            "kind": kind,
            "linked": getattr(intake, kind),
            "form": form,
            "near": register_rows(form.near) if form is not None and kind == "employer" else [],
            "found": found,
            "words": words,
            "back_url": self.page_of(intake, "change"),
        }
        status = 422 if form is not None and form.errors else 200
        return TemplateResponse(request, "admin/legalaid/intake_link.html", context, status=status)

    # Taking one in

    def add_view(self, request, form_url="", extra_context=None):
        """An appeal that comes by another way than the portal, written down by staff."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = EntryForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            return self.take_in(request, form)
        context = self.admin_site.each_context(request) | {
            "title": _("New request"),
            "opts": self.opts,
            "form": form,
            "wordings": wordings(),
        }
        return TemplateResponse(
            request,
            "admin/legalaid/intake_entry.html",
            context,
            status=422 if form.errors else 200,
        )

    def take_in(self, request, form):
        given = form.cleaned_data
        intake = form.save(commit=False)
        intake.entered_by = request.user
        agreed = given["agreed"] != "anonymous"
        intake, code = taking_in.take_in(
            intake,
            topics=given["topics"],
            consent_text=form.wording() if agreed else None,
            consent_how=given["agreed"] if agreed else "",
            token=given["token"],
            spoken=True,
        )
        self.record(request, Action.ADD, intake)
        context = self.admin_site.each_context(request) | {
            "title": _("Request %(reference)s is taken in") % {"reference": intake},
            "opts": self.opts,
            "intake": intake,
            "code": codes.in_groups(code) if code else "",
        }
        return TemplateResponse(request, "admin/legalaid/intake_taken.html", context)


def wordings():
    """The current wording of the consent in each language that has one: (language, its name, text)."""
    found = [(code, name, ConsentText.objects.current(code)) for code, name in LANGUAGES]
    return [(code, name, text.body) for code, name, text in found if text]


def register_rows(near):
    return [
        (
            employer,
            [employer.shown("name"), employer.shown("place")],
            why,
            register.complaints(employer),
        )
        for employer, why in near
    ]


def _moment(text):
    """A moment as a page of ours wrote it; None for anything else."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment and timezone.is_aware(moment) else None


def _since(moment):
    if moment is None:
        return "–"
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.isoformat(timespec="minutes"),
        timezone.localtime(moment).strftime("%d.%m.%Y %H:%M"),
        timesince(moment, depth=1),
    )


def _beginning(story):
    text = " ".join(story.split())
    return text if len(text) <= LETTERS_OF_SAMPLE else f"{text[:LETTERS_OF_SAMPLE]}…"


def _without(fields, hidden):
    kept = []
    for field in fields:
        if isinstance(field, tuple):
            field = tuple(name for name in field if name not in hidden)
        if field and field not in hidden:
            kept.append(field)
    return kept
