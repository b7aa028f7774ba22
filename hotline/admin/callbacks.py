"""The queue of those who were promised a call, and the page on which one of them is rung."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Q
from django.http import HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hotline import ringing_back
from hotline.forms import PART_NAMES, PARTS, Several, hours_of
from hotline.models import Call, Callback, CallbackAttempt, CallbackSlot, CallerFlag
from hotline.models.callbacks import free_at, safe_at
from sanasezim.shared import masks, phones
from sanasezim.shared.access_log import Action
from sanasezim.shared.guarded_admin import GuardedAdmin
from sanasezim.shared.long_lists import ChoiceFilter, GuardedList, Tab
from sanasezim.shared.models import LineHours

QUEUE_ORDER = ("-urgency", "ring_by", "asked_at", "pk")
# Without a call: what an operator may say of a callback
ENDS = [
    Callback.Outcome.NOT_NEEDED,
    Callback.Outcome.WRONG,
    Callback.Outcome.SAME,
    Callback.Outcome.JUNK,
]


class CallbackSlotForm(forms.ModelForm):
    weekdays = forms.TypedMultipleChoiceField(
        choices=LineHours.Weekday.choices,
        label=gettext_lazy("Days of the week"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = CallbackSlot
        fields = ["weekdays", "begins", "ends", "capacity", "valid_from", "valid_to"]


@admin.register(CallbackSlot)
class CallbackSlotAdmin(admin.ModelAdmin):
    list_display = ["__str__", "days", "capacity", "valid_from", "valid_to"]
    form = CallbackSlotForm

    @admin.display(description=gettext_lazy("days of the week"))
    def days(self, slot):
        return ", ".join(str(LineHours.Weekday(day).label) for day in slot.weekdays)


class CallbackForm(forms.ModelForm):
    """A callback as a colleague writes it down; safe hours as parts of the day, or from one hour to another."""

    parts = Several(label=gettext_lazy("Safe parts of the day"), choices=PART_NAMES, required=False)
    since = forms.TypedChoiceField(
        label=gettext_lazy("or only from"),
        choices=[("", "–"), *((hour, f"{hour}:00") for hour in range(24))],
        coerce=int,
        empty_value=None,
        required=False,
    )
    until = forms.TypedChoiceField(
        label=gettext_lazy("to"),
        choices=[("", "–"), *((hour, f"{hour}:00") for hour in range(1, 25))],
        coerce=int,
        empty_value=None,
        required=False,
    )
    days = Several(
        label=gettext_lazy("Safe days"),
        help_text=gettext_lazy("Almaty time. Nothing chosen means: at any time."),
        choices=LineHours.Weekday.choices,
        required=False,
    )

    class Meta:
        model = Callback
        fields = ["phone", "caller_name", "language", "may_say_who", "urgency", "remark"]
        widgets = {"remark": forms.Textarea({"rows": 3})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and not self.is_bound:
            self.initial |= _initial_of_hours(self.instance.safe_hours)
            self.initial["days"] = [str(day) for day in self.instance.safe_days]

    def clean_phone(self):
        typed = self.cleaned_data["phone"]
        if typed and not phones.ways_to_read(typed):
            raise ValidationError(_("This is no phone number. Look whether a digit is missing."))
        return phones.as_e164(typed) or typed

    def clean(self):
        cleaned = super().clean()
        since, until = cleaned.get("since"), cleaned.get("until")
        if (since is None) != (until is None):
            self.add_error("until", _("Choose both hours, or none."))
            return cleaned
        hours = hours_of(cleaned.get("parts", []))
        if since is not None:
            length = (until - since) % 24 or 24
            hours = sorted((since + hour) % 24 for hour in range(length)) if length < 24 else []
        self.instance.safe_hours = hours
        self.instance.safe_days = sorted(int(day) for day in cleaned.get("days", []))
        return cleaned


class NewCallbackForm(CallbackForm):
    """`promised_in`: the call in which it was promised, which gives what is left empty."""

    promised_in = forms.ModelChoiceField(Call.objects, required=False, widget=forms.HiddenInput)

    def clean(self):
        cleaned = super().clean()
        if call := cleaned.get("promised_in"):
            for name in ["phone", "caller_name", "language"]:
                cleaned[name] = cleaned.get(name) or getattr(call, name)
            self.instance.call, self.instance.source = call, Callback.Source.CALL
        else:
            self.instance.source = Callback.Source.OPERATOR
        if not cleaned.get("phone") and "phone" not in self.errors:
            self.add_error("phone", _("Write the number that we shall call."))
        return cleaned


def _initial_of_hours(hours):
    """Parts of the day that make these hours, or else the two hours between which they lie."""
    whole = [part for part, of in PARTS.items() if set(of) <= set(hours)]
    if hours_of(whole) == sorted(hours):
        return {"parts": whole}
    since = next((hour for hour in hours if (hour - 1) % 24 not in hours), 0)
    return {"since": since, "until": (since + len(hours)) % 24 or 24}


class TryForm(forms.Form):
    """What came of ringing."""

    result = forms.ChoiceField(
        label=gettext_lazy("They did not speak with us:"),
        choices=[
            (result.value, result.label)
            for result in CallbackAttempt.Result
            if result != CallbackAttempt.Result.REACHED
        ],
        widget=forms.RadioSelect,
    )
    again_at = forms.DateTimeField(
        label=gettext_lazy("Ring again at"),
        help_text=gettext_lazy("Empty: in some hours, when it is safe."),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M"),
    )
    note = forms.CharField(
        label=gettext_lazy("What the next colleague should know"),
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )


class EndForm(forms.Form):
    outcome = forms.ChoiceField(
        label=gettext_lazy("How it ended"), choices=[(end.value, end.label) for end in ENDS]
    )


class CallbackList(GuardedList):
    """One page: with how often each was tried, and the last words."""

    def get_results(self, request):
        super().get_results(request)
        page = list(self.result_list)
        with_attempts(page)
        self.result_list = page


def with_attempts(callbacks):
    """Give each `tries`, how many there were, `last_try` and its `last_note`."""
    attempts = CallbackAttempt.objects.filter(callback__in=[each.pk for each in callbacks])
    tries = dict(attempts.order_by().values_list("callback").annotate(number=Count("pk")))
    newest = attempts.order_by("callback_id", "-made_at", "-pk").distinct("callback_id")
    newest = {attempt.callback_id: attempt for attempt in newest}
    for each in callbacks:
        each.tries, each.last_try = tries.get(each.pk, 0), newest.get(each.pk)
        each.last_note = each.last_try.shown("note") if each.last_try else ""
        each.remark_shown = each.shown("remark")


@admin.register(Callback)
class CallbackAdmin(GuardedAdmin):
    list_display = ["who_shown", "when_shown", "last_words", "in_hand_shown"]
    list_select_related = ["claimed_by"]
    list_filter = [(name, ChoiceFilter) for name in ["language", "source", "urgency", "outcome"]]
    list_counted = 10_000
    show_facets = admin.ShowFacets.ALWAYS
    sortable_by = []
    masked = {"caller_name": masks.initials, "phone": masks.last_two}
    form = CallbackForm
    change_list_template = "admin/hotline/callback_list.html"
    change_form_template = "admin/hotline/callback_change.html"

    # The queue

    def get_tabs(self, request):
        now = timezone.now()
        waits = Q(ended_at=None, held_because="")
        safe, free = safe_at(now), free_at(now)
        return [
            Tab("due", _("ring now"), waits & Q(ring_from__lte=now) & safe & free, QUEUE_ORDER),
            Tab("late", _("overdue"), waits & Q(ring_by__lt=now), QUEUE_ORDER),
            Tab("unsafe", _("must not ring now"), waits & ~safe, QUEUE_ORDER),
            Tab("later", _("later"), waits & Q(ring_from__gt=now), ("ring_from", "pk")),
            Tab("mine", _("in my hands"), waits & Q(claimed_by=request.user), QUEUE_ORDER),
            Tab("held", _("held for a look"), Q(ended_at=None) & ~Q(held_because=""), QUEUE_ORDER),
            Tab("ended", _("ended"), Q(ended_at__isnull=False), ("-ended_at", "-pk")),
        ]

    def get_changelist(self, request, **kwargs):
        return CallbackList

    def get_ordering(self, request):
        asked = request.GET.get("which")
        return next(
            (tab.ordering for tab in self.get_tabs(request) if tab.code == asked), QUEUE_ORDER
        )

    def changelist_view(self, request, extra_context=None):
        now = timezone.now()
        return super().changelist_view(
            request,
            {
                "is_nav_sidebar_enabled": False,  # the list needs the whole width
                "someone_is_due": Callback.objects.due(now).exists(),
                "may_ring": self.has_change_permission(request),
            }
            | (extra_context or {}),
        )

    @admin.display(description=gettext_lazy("whom"))
    def who_shown(self, callback):
        name = callback.shown("caller_name", masks.initials)
        said = [callback.get_language_display(), callback.get_source_display()]
        return format_html(
            "{}{} {}<span class='quiet-line'>{}</span>",
            urgency_shown(callback),
            name or f"{_('No.')} {callback.pk}",
            callback.shown("phone", masks.last_two),
            " · ".join(str(word) for word in said if word),
        )

    @admin.display(description=gettext_lazy("when"))
    def when_shown(self, callback):
        now = timezone.now()
        if not callback.is_open:
            return format_html(
                "{}<span class='quiet-line'>{}</span>",
                callback.get_outcome_display(),
                moment(callback.ended_at),
            )
        if callback.held_because:
            return callback.get_held_because_display()
        return format_html(
            "{}<span class='{}'>{}</span>",
            span(callback.ring_from, callback.ring_by),
            "quiet-line stale" if callback.is_overdue(now) else "quiet-line",
            _("overdue") if callback.is_overdue(now) else safe_shown(callback, now),
        )

    @admin.display(description=gettext_lazy("last words"))
    def last_words(self, callback):
        if not callback.last_try:
            return _beginning(callback.remark_shown) or "–"
        note = _beginning(callback.last_note)
        return format_html(
            "{} ({}/{}){}",
            callback.last_try.get_result_display(),
            callback.tries,
            ringing_back.TRIES,
            format_html("<span class='quiet-line'>{}</span>", note) if note else "",
        )

    @admin.display(description=gettext_lazy("in the hands of"))
    def in_hand_shown(self, callback):
        who = callback.in_hand()
        return (who.get_full_name() or who.username) if who else "–"

    # Writing one down

    def get_form(self, request, obj=None, change=False, **kwargs):
        kwargs["form"] = CallbackForm if change else NewCallbackForm
        form = super().get_form(request, obj, change=change, **kwargs)
        if not change:
            form.base_fields["promised_in"].queryset = Call.objects.visible_to(request.user)
        return form

    def get_fieldsets(self, request, obj=None):
        who = [] if obj else ["phone", "caller_name"]
        fields = [
            *who,
            ("language", "may_say_who", "urgency"),
            *["parts", ("since", "until"), "days", "remark"],
            *([] if obj else ["promised_in"]),
        ]
        if obj is None:
            return [(None, {"fields": fields})]
        return [(_("Correct what was written down"), {"fields": fields, "classes": ["collapse"]})]

    def get_changeform_initial_data(self, request):
        number = request.GET.get("call", "")
        return {"promised_in": number} if number.isascii() and number.isdecimal() else {}

    def save_model(self, request, obj, form, change):
        if change:
            ringing_back.changed(obj)
        else:
            obj.added_by = request.user
            ringing_back.take_in(obj)

    def response_add(self, request, obj, post_url_continue=None):
        self.message_user(request, said_when(obj))
        return redirect(self.page_of(obj, "change"))

    def identity_form_class(self, identity):
        return forms.modelform_factory(Callback, fields=list(self.masked))

    # The page of one

    def may_reveal(self, request, row):
        """The number is for whoever has it in hand, and for those who look after the line."""
        in_hand = row.in_hand() == request.user
        return super().may_reveal(request, row) and (
            in_hand or request.user.has_perm("hotline.supervise")
        )

    def get_urls(self):
        def page(address, view, name):
            return path(address, self.admin_site.admin_view(view), name=f"hotline_callback_{name}")

        return [
            page("next/", self.next_view, "next"),
            *(
                page(f"<int:pk>/{name.replace('_', '-')}/", self.step_view_of(name), name)
                for name in STEPS
            ),
            *super().get_urls(),
        ]

    def show_identity(self, request, row, identity, form, status=200):
        page = super().show_identity(request, row, identity, form, status)
        label = identity._meta.get_field("phone").verbose_name
        page.context_data["values"] = [
            (name, _to_ring(value) if name == label else value)
            for name, value in page.context_data["values"]
        ]
        return page

    def change_view(self, request, object_id, form_url="", extra_context=None):
        callback = self.get_object(request, object_id)
        more = self.page_context(request, callback) if callback else {}
        return super().change_view(request, object_id, form_url, more | (extra_context or {}))

    def page_context(self, request, callback, **more):
        now = timezone.now()
        attempts = list(callback.attempts.select_related("made_by"))
        calls = Call.objects.filter(form_token__in=[each.call_token for each in attempts])
        calls = {call.form_token: call for call in calls}
        same = ringing_back.of_number(callback.phone).open().exclude(pk=callback.pk)
        mine = callback.in_hand(now) == request.user
        return {
            "callback": callback,
            "attempts": [
                (each, each.shown("note"), calls.get(each.call_token)) for each in attempts
            ],
            "tries_left": ringing_back.TRIES - len(attempts),
            "in_hand": callback.in_hand(now),
            "mine": mine,
            "draft": ringing_back.begin_call(callback, by=request.user) if mine else None,
            "is_safe": callback.is_safe_at(now),
            "next_safe": callback.next_safe(now),
            "safe_words": safe_words(callback),
            "is_overdue": callback.is_overdue(now),
            "same_number": [(each, self.page_of(each, "change")) for each in same[:5]],
            "flags": CallerFlag.objects.standing().of_number(callback.phone),
            "may_ring": self.has_change_permission(request, callback),
            "try_form": TryForm(),
            "end_form": EndForm(),
            "show_save_and_add_another": False,
            "show_save_and_continue": False,
            **more,
        }

    def has_change_permission(self, request, obj=None):
        # What has ended stays as it is.
        return super().has_change_permission(request, obj) and (obj is None or obj.is_open)

    # Steps

    def next_view(self, request):
        """Take the callback that is due first."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        callback = ringing_back.take_next(by=request.user)
        if callback is None:
            self.message_user(request, _("Nobody is to be called now."))
            return redirect("admin:hotline_callback_changelist")
        self.record(request, Action.CHANGE, callback)
        return redirect(self.page_of(callback, "change"))

    def step_view_of(self, name):
        def view(request, pk):
            callback = self.visible_or_none(request, pk)
            if callback is None:
                return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
            if not super(CallbackAdmin, self).has_change_permission(request, callback):
                raise PermissionDenied
            if request.method != "POST":
                return HttpResponseNotAllowed(["POST"])
            try:
                answer = STEPS[name](self, request, callback)
            except ValidationError as refusal:
                self.message_user(request, " ".join(refusal.messages), "ERROR")
                return redirect(self.page_of(callback, "change"))
            self.record(request, Action.CHANGE, callback)
            return answer or redirect(self.page_of(callback, "change"))

        return view

    def take(self, request, callback):
        ringing_back.take(callback, by=request.user)

    def put_back(self, request, callback):
        ringing_back.put_back(callback, by=request.user)
        return redirect("admin:hotline_callback_changelist")

    def reached(self, request, callback):
        """They speak: the same answer goes on to the screen of the call, which is filled in already."""
        ringing_back.write_down(callback, by=request.user, result=CallbackAttempt.Result.REACHED)
        # The browser sends the same once more, to the page where calls are written down.
        return redirect("admin:hotline_call_add", preserve_request=True)

    def not_reached(self, request, callback):
        form = TryForm(request.POST)
        if not form.is_valid():
            raise ValidationError([error for of in form.errors.values() for error in of])
        callback = ringing_back.write_down(callback, by=request.user, **form.cleaned_data)
        self.message_user(request, said_when(callback))
        return redirect("admin:hotline_callback_changelist")

    def end(self, request, callback):
        form = EndForm(request.POST)
        if not form.is_valid():
            raise ValidationError(_("Say how it ended."))
        ringing_back.end(callback, by=request.user, outcome=form.cleaned_data["outcome"])
        return redirect("admin:hotline_callback_changelist")

    def release(self, request, callback):
        ringing_back.release(callback)
        self.message_user(request, _("It is in the queue now."))


STEPS = {
    name: getattr(CallbackAdmin, name)
    for name in ["take", "put_back", "reached", "not_reached", "end", "release"]
}


# In words


def said_when(callback):
    if callback.is_open:
        return _("To be rung: %(when)s, Almaty time.") % {
            "when": span(callback.ring_from, callback.ring_by)
        }
    return _("Ended: %(outcome)s.") % {"outcome": callback.get_outcome_display()}


def moment(value):
    return timezone.localtime(value).strftime("%d.%m. %H:%M")


def span(begins, ends):
    """ "24.11. 10:00–13:00" """
    if ends is None:
        return moment(begins)
    if timezone.localdate(begins) == timezone.localdate(ends):
        return f"{moment(begins)}–{timezone.localtime(ends):%H:%M}"
    return f"{moment(begins)} – {moment(ends)}"


def urgency_shown(callback):
    if not callback.urgency:
        return ""
    loud = 3 if callback.urgency == Callback.Urgency.URGENT else 2
    return format_html(
        '<span class="urgent urgent-{}">{}</span> ', loud, callback.get_urgency_display()
    )


def safe_shown(callback, now):
    if callback.is_safe_at(now):
        return _("safe now") if callback.safe_hours or callback.safe_days else _("safe at any time")
    later = callback.next_safe(now)
    return _("safe from %(moment)s") % {"moment": moment(later)} if later else _("not safe")


def safe_words(callback):
    """When it is safe: "17:00–22:00 · Friday, Sunday". "" for any time."""
    stretches = []
    for hour in sorted(callback.safe_hours):
        if stretches and stretches[-1][1] == hour:
            stretches[-1][1] = hour + 1
        else:
            stretches.append([hour, hour + 1])
    hours = ", ".join(f"{begins}:00–{ends}:00" for begins, ends in stretches)
    days = ", ".join(str(LineHours.Weekday(day).label) for day in sorted(callback.safe_days))
    return " · ".join(part for part in [hours, days] if part)


def _to_ring(number):
    if not number.startswith("+"):
        return number
    return format_html('<a href="tel:{}">{}</a>', number, phones.in_groups(number))


def _beginning(text):
    return text if len(text) <= 120 else f"{text[:120]}…"
