"""The forms of the case screen: what somebody types, held against what the case has."""

import datetime
import uuid

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from legalaid import deadlines, letters
from legalaid.casework import name_of
from legalaid.models import Case, Claim, DeadlineRule, Employer, Outcome, Service, ServiceKind
from resources.models import Topic
from sanasezim.shared.languages import LANGUAGES, OWN_NAMES
from sanasezim.shared.models import Office, Project, User

# Up to so many people or applicants are offered as a choice; of more, one types the number.
MOST_OFFERED = 50
UNCHANGED = "no"  # a choice beside those of whose turn it is


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


def day_field(label, *, required=True, initial=None, **more):
    return forms.DateField(
        label=label, required=required, initial=initial, widget=DayInput(), **more
    )


def words_field(label, *, rows=3, required=False, length=10_000, **more):
    return forms.CharField(
        label=label,
        required=required,
        max_length=length,
        widget=forms.Textarea({"rows": rows}),
        **more,
    )


class StaffChoice(forms.ModelChoiceField):
    """One of a few colleagues, by name."""

    def __init__(self, *args, **kwargs):
        super().__init__(kwargs.pop("queryset", User.objects.none()), *args, **kwargs)

    def label_from_instance(self, user):
        return name_of(user)


class CaseForm(forms.Form):
    """A form of one case's screen. `screen` knows the case, who looks, and the names of things."""

    def __init__(self, *args, screen, **kwargs):
        self.screen = screen
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.set_up(screen)

    def set_up(self, screen):
        """Choices that depend on the case."""

    def offer_workers(self, field):
        """Those who work on the case: they are known, so nobody is asked for again."""
        self.fields[field].queryset = User.objects.filter(
            pk__in=[u.pk for u in self.screen.workers]
        )
        self.fields[field].widget.choices = [
            (user.pk, name_of(user)) for user in self.screen.workers
        ]


# The composer

DUE = {
    "week": _("in 1 week"),
    "two_weeks": _("in 2 weeks"),
    "month": _("in 1 month"),
    "day": _("on this day:"),
}
ALL, READERS = "all", "read "


class ActForm(CaseForm):
    """Message, note, next step and whose turn it becomes: any of them, in one act."""

    token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    newest = forms.IntegerField(widget=forms.HiddenInput, required=False)
    letter = forms.ChoiceField(label=_("Letter"), required=False)
    letter_language = forms.ChoiceField(
        label=_("In which language"),
        required=False,
        choices=[("", _("the person's own")), *LANGUAGES],
    )
    to = forms.ChoiceField(label=_("To whom"), required=False)
    to_reference = forms.CharField(
        label=_("or the reference of one appeal"), required=False, max_length=20
    )
    message = words_field(_("Message to the person"), rows=7)
    send_anyway = forms.BooleanField(
        label=_("The person understands this language. Send it as it is."), required=False
    )
    note = words_field(_("Note for colleagues"), rows=3)
    is_private = forms.BooleanField(label=_("only for me"), required=False)
    task = forms.CharField(label=_("Next step"), required=False, max_length=300)
    due = forms.ChoiceField(
        label=_("By when"),
        required=False,
        choices=DUE.items(),
        initial="week",
        widget=forms.RadioSelect,
    )
    due_on = day_field(_("Day"), required=False)
    assigned_to = StaffChoice(label=_("Who does it"), required=False)
    turn = forms.ChoiceField(
        label=_("Whose turn it becomes"),
        required=False,
        choices=[(UNCHANGED, _("stays as it is")), *Case.Turn.choices],
        initial=UNCHANGED,
        widget=forms.RadioSelect,
    )
    no_reply_needed = forms.BooleanField(
        label=_("No reply is needed: nobody waits for us"), required=False
    )

    def set_up(self, screen):
        self.asks_about_language = False
        self.fields["token"].initial = uuid.uuid4
        self.fields["newest"].initial = screen.newest_message
        self.fields["letter"].choices = [("", "–"), *screen.names.letters]
        self.offer_workers("assigned_to")
        self.fields["assigned_to"].initial = (
            screen.user.pk if screen.user in screen.workers else screen.case.lawyer_id
        )
        self.fields["to"].choices, self.fields["to"].initial = self.recipients(screen)
        if len(screen.applicants) <= MOST_OFFERED:
            del self.fields["to_reference"]
        if not screen.case.is_open:
            for name in ("task", "due", "due_on", "assigned_to", "turn"):
                del self.fields[name]

    def recipients(self, screen):
        """(choices, the one that is chosen first)."""
        people = screen.applicants
        if len(people) == 1:
            return [(str(people[0].pk), screen.called(people[0]))], str(people[0].pk)
        offered = people if len(people) <= MOST_OFFERED else screen.waiting[:MOST_OFFERED]
        choices = [("", _("Choose"))]
        choices += [(str(intake.pk), screen.called(intake)) for intake in offered]
        choices.append((ALL, _("all of them: %(number)d") % {"number": len(people)}))
        languages = {}
        for intake in people:
            if intake.language in OWN_NAMES:
                languages[intake.language] = languages.get(intake.language, 0) + 1
        if len(languages) > 1:
            choices += [
                (
                    READERS + code,
                    _("all who read %(language)s: %(number)d")
                    % {"language": OWN_NAMES[code], "number": number},
                )
                for code, number in languages.items()
            ]
        return choices, str(screen.waiting[0].pk) if screen.waiting else ""

    def chosen(self, to, reference=""):
        """The intakes that were chosen, by the value of `to` or a typed reference."""
        people = self.screen.applicants
        if reference := reference.strip().upper():
            return [intake for intake in people if intake.reference == reference]
        if to == ALL:
            return people
        if to.startswith(READERS):
            return [intake for intake in people if intake.language == to.removeprefix(READERS)]
        return [intake for intake in people if str(intake.pk) == to]

    def clean(self):
        cleaned = super().clean()
        cleaned["intakes"] = []
        if cleaned.get("message"):
            self.clean_message_as_a_whole(cleaned)
        if cleaned.get("turn") == UNCHANGED:
            cleaned["turn"] = ""
        if cleaned.get("task"):
            cleaned["due_on"] = self.day_of_the_next_step(cleaned)
        return cleaned

    def clean_message_as_a_whole(self, cleaned):
        text = cleaned["message"]
        cleaned["intakes"] = self.chosen(cleaned.get("to") or "", cleaned.get("to_reference") or "")
        if not cleaned["intakes"]:
            field = "to_reference" if cleaned.get("to_reference") else "to"
            self.add_error(field, _("Choose to whom the message goes."))
        if left := letters.unfilled(text):
            self.add_error(
                "message",
                _("Fill in what stands in braces first: %(what)s.") % {"what": " ".join(left)},
            )
        cleaned["language"] = letters.language_of(text)
        others = [
            intake
            for intake in cleaned["intakes"]
            if not letters.reads(intake.language, cleaned["language"])
        ]
        if others and not cleaned.get("send_anyway"):
            self.asks_about_language = True
            self.add_error("message", self.language_warning(cleaned["language"], others))

    def language_warning(self, written, others):
        wanted = ", ".join(dict.fromkeys(OWN_NAMES[intake.language] for intake in others))
        return _(
            "This looks like %(written)s, and the language of the person is %(wanted)s. Write in"
            " theirs, or say below that they understand it."
        ) % {"written": OWN_NAMES[written], "wanted": wanted}

    def day_of_the_next_step(self, cleaned):
        today = timezone.localdate()
        chosen = cleaned.get("due") or "week"
        if chosen == "day":
            if not cleaned.get("due_on"):
                self.add_error("due_on", _("Say by which day."))
            return cleaned.get("due_on")
        due_on = {
            "week": today + datetime.timedelta(days=7),
            "two_weeks": today + datetime.timedelta(days=14),
            "month": deadlines.in_months(today, 1),
        }[chosen]
        return deadlines.kazakhstan().at_or_after(due_on)


# What is to be done


class TaskForm(CaseForm):
    what = forms.CharField(label=_("What to do"), max_length=300)
    due_on = day_field(_("By which day"))
    assigned_to = StaffChoice(label=_("Who does it"), required=False)

    def set_up(self, screen):
        self.offer_workers("assigned_to")
        self.fields["assigned_to"].initial = screen.user.pk


class DeadlineForm(CaseForm):
    """A term of the law: which, and the day it is counted from."""

    rule = forms.ModelChoiceField(DeadlineRule.objects.filter(is_used=True), label=_("Which term"))
    event_on = day_field(_("Day of the event"))
    assigned_to = StaffChoice(label=_("Who does it"), required=False)

    def set_up(self, screen):
        self.offer_workers("assigned_to")
        self.fields["assigned_to"].initial = screen.user.pk
        self.fields["rule"].widget.choices = [("", "–"), *screen.names.rules]


class MoveTaskForm(CaseForm):
    day = day_field(_("Day"))
    assigned_to = StaffChoice(label=_("Who does it"))

    def set_up(self, screen):
        self.offer_workers("assigned_to")


class FinishForm(CaseForm):
    """Once more, for a term of the law."""

    day = day_field(_("Last day of the term"))


# What was given, reached, claimed


class OfPeople(CaseForm):
    """Something for one person of the case, or for all of them."""

    def set_up(self, screen):
        if screen.number_of_people > MOST_OFFERED:
            self.fields["person"] = forms.IntegerField(
                label=self.fields["person"].label,
                required=False,
                min_value=1,
                help_text=_("The number of the person in the list of people. Empty: everybody."),
            )
        else:
            self.fields["person"].choices = [
                ("", _("everybody in the case")),
                *((row.person_id, screen.person_called(row)) for row in screen.people),
            ]

    def clean_person(self):
        number = self.cleaned_data["person"]
        if not number:
            return None
        row = self.screen.case.case_people.filter(person=number).select_related("person").first()
        if row is None:
            raise ValidationError(_("This person is not in the case."))
        return row.person


class ServiceForm(OfPeople):
    kind = forms.ModelChoiceField(ServiceKind.objects.all(), label=_("What"))
    given_on = day_field(_("On which day"), initial=timezone.localdate)
    person = forms.ChoiceField(label=_("To whom"), required=False)
    remark = forms.CharField(label=_("Remark"), required=False, max_length=1000)

    def set_up(self, screen):
        super().set_up(screen)
        self.fields["kind"].widget.choices = [("", "–"), *screen.names.services]

    def row(self):
        return Service(case=self.screen.case, given_by=self.screen.user, **self.cleaned_data)


class OutcomeForm(OfPeople):
    kind = forms.ChoiceField(label=_("What"), choices=[("", "–"), *Outcome.Kind.choices])
    reached_on = day_field(_("On which day"), initial=timezone.localdate)
    person = forms.ChoiceField(label=_("For whom"), required=False)

    def row(self):
        return Outcome(case=self.screen.case, **self.cleaned_data)


class AmountField(forms.DecimalField):
    """Money as people type it: 250 000,50."""

    def __init__(self, **kwargs):
        kwargs.setdefault("widget", forms.TextInput({"inputmode": "decimal"}))
        super().__init__(max_digits=14, decimal_places=2, min_value=0, **kwargs)

    def to_python(self, value):
        if isinstance(value, str):
            value = "".join(value.split()).replace(",", ".")
        return super().to_python(value)


class ClaimForm(OfPeople):
    kind = forms.ChoiceField(label=_("For what"), choices=Claim.Kind.choices)
    owed = AmountField(label=_("Owed"))
    currency = forms.ChoiceField(
        label=_("Currency"), choices=Claim._meta.get_field("currency").choices
    )
    claimed_on = day_field(_("Claimed on"), initial=timezone.localdate)
    person = forms.ChoiceField(label=_("Whose"), required=False)

    def row(self):
        return Claim(case=self.screen.case, **self.cleaned_data)


class RecoveryForm(CaseForm):
    """How much of a claim has come back in all, and when the last of it."""

    seen = AmountField(widget=forms.HiddenInput)
    recovered = AmountField(label=_("Recovered in all"))
    recovered_on = day_field(_("On which day"), initial=timezone.localdate)


# The facts


class FactsForm(CaseForm):
    """The employer is typed: a name or number, of which the register makes a choice."""

    seen = forms.CharField(widget=forms.HiddenInput)
    topics = forms.ModelMultipleChoiceField(
        Topic.objects.all(), label=_("Topics"), required=False, widget=forms.CheckboxSelectMultiple
    )
    employer_words = forms.CharField(
        label=_("Another employer"),
        required=False,
        max_length=200,
        help_text=_("A name in any spelling, a phone number or the BIN."),
    )
    employer = forms.ChoiceField(
        label=_("Which of these"), required=False, widget=forms.RadioSelect
    )
    no_employer = forms.BooleanField(label=_("The case is against no employer"), required=False)
    opened_on = day_field(_("Opened on"))
    office = forms.ModelChoiceField(Office.objects.all(), label=_("Office"), required=False)
    project = forms.ModelChoiceField(Project.objects.all(), label=_("Project"), required=False)
    exploitation = forms.ChoiceField(
        label=_("Exploitation"), required=False, choices=[("", "–"), *Case.Exploitation.choices]
    )
    place_of_exploitation = forms.ChoiceField(
        label=_("Where the exploitation was"),
        required=False,
        choices=[("", "–"), *Case.PlaceOfExploitation.choices],
    )
    referred_in = forms.MultipleChoiceField(
        label=_("Sent to us by"),
        required=False,
        choices=Case.SentBy.choices,
        widget=forms.CheckboxSelectMultiple,
    )

    NEW = "new"

    def set_up(self, screen):
        case, names = screen.case, screen.names
        self.candidates = []
        self.fields["topics"].widget.choices = names.topics
        self.fields["office"].widget.choices = [("", "–"), *names.offices]
        self.fields["project"].widget.choices = [("", "–"), *names.projects]
        for name in ("opened_on", "exploitation", "place_of_exploitation", "referred_in"):
            self.fields[name].initial = getattr(case, name)
        for name in ("office", "project"):
            self.fields[name].initial = getattr(case, f"{name}_id")
        self.fields["topics"].initial = screen.topic_ids
        self.fields["seen"].initial = screen.stamp_of_facts
        words = self.data.get(self.add_prefix("employer_words"), "") if self.is_bound else ""
        if words.strip():
            self.offer_employers(words.strip())
        else:
            del self.fields["employer"]
        if not case.employer_id:
            del self.fields["no_employer"]

    def offer_employers(self, words):
        found = Employer.objects.visible_to(self.screen.user).matching(words)
        self.candidates = list(found[:20])
        choices = [(str(employer.pk), employer.shown("name")) for employer in self.candidates]
        if self.screen.user.has_perm("legalaid.add_employer"):
            choices.append((self.NEW, _("none of these: add “%(name)s”") % {"name": words}))
        self.fields["employer"].choices = choices

    def clean(self):
        cleaned = super().clean()
        case = self.screen.case
        chosen, words = cleaned.get("employer"), cleaned.get("employer_words")
        cleaned["new_employer"] = ""
        if cleaned.get("no_employer"):
            cleaned["employer"] = None
        elif not words:
            cleaned["employer"] = case.employer
        elif chosen == self.NEW:
            cleaned["new_employer"] = words
        else:
            known = {str(employer.pk): employer for employer in self.candidates}
            cleaned["employer"] = known.get(chosen)
            if cleaned["employer"] is None and "employer" not in self.errors:
                self.add_error("employer", _("Choose which employer is meant."))
        return cleaned


# Steps


class StepForm(CaseForm):
    """What a step asks before it is taken."""


class WhyForm(StepForm):
    why = words_field(
        _("Reason, for colleagues"),
        help_text=_("It stands as a note in the case. The person does not see it."),
    )


class _ToLawyer(WhyForm):
    to = StaffChoice(label=_("To whom"))
    field_order = ["to"]

    def set_up(self, screen):
        lawyers = [user for user in screen.names.lawyers if user.pk != screen.case.lawyer_id]
        self.fields["to"].queryset = User.objects.filter(pk__in=[user.pk for user in lawyers])
        self.fields["to"].widget.choices = [("", "–"), *((u.pk, name_of(u)) for u in lawyers)]


class OfferForm(_ToLawyer):
    pass


class AssignForm(_ToLawyer):
    stays = forms.BooleanField(
        label=_("The lawyer until now stays on the team"), required=False, initial=True
    )
    field_order = ["to", "stays", "why"]


class TakeOverForm(StepForm):
    keep_colleague = forms.BooleanField(
        label=_("The lawyer until now stays on the team"), required=False, initial=True
    )


class TeamForm(StepForm):
    colleague = StaffChoice(label=_("Who"))

    def set_up(self, screen):
        there = {user.pk for user in screen.workers}
        free = [user for user in screen.names.colleagues if user.pk not in there]
        self.fields["colleague"].queryset = User.objects.filter(pk__in=[user.pk for user in free])
        self.fields["colleague"].widget.choices = [("", "–"), *((u.pk, name_of(u)) for u in free)]


class CloseForm(WhyForm):
    outcomes = forms.MultipleChoiceField(
        label=_("What came of it"),
        required=False,
        choices=Outcome.Kind.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    closed_on = day_field(_("Closed on"), initial=timezone.localdate)
    finish_tasks = forms.BooleanField(
        label=_("The tasks that are still open end with the case"), required=False
    )
    field_order = ["outcomes", "closed_on", "finish_tasks", "why"]

    def set_up(self, screen):
        reached = list(screen.case.outcomes.values_list("kind", flat=True))
        self.fields["outcomes"].initial = reached
        if not screen.case.tasks.open().exists():
            del self.fields["finish_tasks"]


class HandOverForm(forms.Form):
    """A colleague leaves: who takes the cases."""

    leaving = StaffChoice(label=_("Who leaves"))
    to = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label=_("Who takes the cases"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Several share them evenly: whoever has the fewest gets the next."),
    )

    def __init__(self, *args, people, lawyers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["leaving"].queryset = people
        self.fields["to"].queryset = lawyers
        self.fields["to"].label_from_instance = name_of

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("leaving") in (cleaned.get("to") or []):
            self.add_error("to", _("Whoever leaves cannot take the cases."))
        return cleaned


class FindPersonForm(forms.Form):
    words = forms.CharField(label=_("A name, a phone number or a document"), max_length=200)
