"""The forms of a call: one screen for writing it down, and one for each step that may follow."""

import datetime
import uuid

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hotline.models import Call
from hotline.taking import LONGEST_CALL
from legalaid.models import Consent, ConsentText, Intake, ServiceKind
from legalaid.triage_forms import by_name
from resources.models import Edition, Publication, Topic
from sanasezim.shared.admin import tick_boxes
from sanasezim.shared.countries import CITIZENSHIPS
from sanasezim.shared.languages import CODES, LANGUAGES, best
from sanasezim.shared.models import Partner, User

NONE = "none"
# Citizenships with a key of their own
OFTEN = ["UZ", "KG", "TJ", "TM", "KZ", "RU", "stateless", "undetermined"]
OTHERS = [choice for choice in CITIZENSHIPS if choice[0] not in OFTEN]


class SafetyField(forms.MultipleChoiceField):
    """The safety check: what is ticked is so; "nothing of this" says that it was asked."""

    # sign → the field of the call, and what ticking it says there
    SIGNS = {
        "in_danger": ("in_danger", "yes"),
        "is_held": ("is_held", "yes"),
        "cannot_speak": ("can_speak", "no"),
        "minor": ("minor", "yes"),
        "others_answer": ("others_answer", "yes"),
        "not_say_who": ("may_say_who", "no"),
    }
    ALL_IS_WELL = {"in_danger": "no", "is_held": "no", "can_speak": "yes"}

    def __init__(self):
        super().__init__(
            label=_("Safety check"),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            choices=[
                ("in_danger", _("in danger now")),
                ("is_held", _("cannot leave, or papers were taken")),
                ("cannot_speak", _("cannot speak freely")),
                ("minor", _("somebody under 18")),
                ("others_answer", _("somebody else may answer this phone")),
                ("not_say_who", _("we must not say who we are")),
                (NONE, _("asked: nothing of this")),
            ],
        )

    def clean(self, value):
        signs = super().clean(value)
        if NONE in signs and len(signs) > 1:
            raise ValidationError(_("Either something of this is so, or nothing."))
        return signs

    def said(self, signs):
        """Field of the call → what these signs say."""
        if NONE in signs:
            return self.ALL_IS_WELL
        return dict(self.SIGNS[sign] for sign in signs)

    def signs_of(self, call):
        signs = [sign for sign, (name, word) in self.SIGNS.items() if getattr(call, name) == word]
        return signs or ([NONE] if call.in_danger == "no" else [])


class RowsField(forms.ModelMultipleChoiceField):
    """Rows that are found by typing two letters; without a script, boxes to tick."""

    def __init__(self, queryset, label, words):
        self.words = words
        super().__init__(queryset, label=label, required=False, widget=forms.CheckboxSelectMultiple)

    def label_from_instance(self, row):
        return self.words(row)


def topic_name(topic):
    return topic.text.name if topic.text else topic.code


def booklet_name(publication):
    edition = best(publication.editions.all())
    return f"{publication.code} {edition.title if edition else publication.slug}"


class CallForm(forms.ModelForm):
    """A call, on one screen. Nothing is required: what was not said is "not stated"."""

    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    elapsed = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    safety = SafetyField()
    forwarded_to = tick_boxes(Call.Colleague.choices, label=_("Pass on inside to"))
    referred_in = tick_boxes(Call.SentBy.choices, label=_("Sent to us by"))
    referred_out = tick_boxes(Call.SentTo.choices, label=_("Sent on to"))
    topics = RowsField(Topic.objects.prefetch_related("texts"), _("Topics"), topic_name)
    booklets = RowsField(Publication.objects.none(), _("Booklets"), booklet_name)
    started_at = forms.SplitDateTimeField(
        label=_("When it was"),
        required=False,
        widget=forms.SplitDateTimeWidget(
            date_format="%Y-%m-%d",
            time_format="%H:%M",
            date_attrs={"type": "date", "aria-label": _("Day")},
            time_attrs={"type": "time", "aria-label": _("Time")},
        ),
        input_date_formats=["%Y-%m-%d", "%d.%m.%Y"],
        input_time_formats=["%H:%M", "%H:%M:%S"],
        help_text=_("Only for a call from paper. Empty is now."),
    )
    answered_by = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Who answered it"),
        required=False,
        empty_label=_("I did"),
        help_text=_("Choose a colleague if you write it down for them."),
    )
    earlier = forms.ModelChoiceField(Call.objects.none(), required=False, widget=forms.HiddenInput)

    other_citizenship = forms.ChoiceField(
        label=_("Another citizenship"),
        choices=[("", _("another country")), *OTHERS],
        required=False,
    )

    KEYED = ["language", "group", "relation", "sex", "citizenship", "outcome", "heard_from"]
    MORE = [
        *("when_safe", "referred_out", "referred_in", "direction", "destination", "sector"),
        *("exploitation", "home_region", "channel", "line", "office", "project"),
    ]

    class Meta:
        model = Call
        fields = [
            *("kind", "phone", "caller_name", "language", "group", "relation"),
            *("sex", "age", "age_is_about", "citizenship", "topics", "outcome", "heard_from"),
            *("notes", "when_safe", "booklets", "forwarded_to", "referred_in", "referred_out"),
            *("channel", "line", "office", "project", "earlier", "started_at"),
            *("direction", "destination", "sector", "exploitation", "home_region"),
        ]
        widgets = {
            "phone": forms.TextInput({"type": "tel", "inputmode": "tel"}),
            "caller_name": forms.TextInput,
            "when_safe": forms.TextInput,
            "notes": forms.Textarea({"rows": 2}),
            "age": forms.TextInput({"inputmode": "numeric", "size": 3, "maxlength": 3}),
        }

    def __init__(self, *args, user, **kwargs):
        self.user = user
        super().__init__(*args, **kwargs)
        for name in self.KEYED:
            field = self.fields[name]
            choices = [choice for choice in field.choices if choice[0]]
            if name == "citizenship":
                choices = [choice for choice in choices if choice[0] in OFTEN]
            self.fields[name] = forms.ChoiceField(
                label=field.label, choices=choices, required=False, widget=forms.RadioSelect
            )
        self.fields["kind"].required = False
        self.fields["channel"].required = False
        self.fields["outcome"].initial = Call.Outcome.INFORMED
        for name in ["phone", "caller_name", "notes", "when_safe", "home_region"]:
            self.fields[name].widget.attrs["autocomplete"] = "off"
        by_name(self.fields["office"])
        titles = Edition.objects.only("publication", "language", "title")
        # Those that are public at this moment
        self.fields["booklets"].queryset = (
            Publication.objects.public()
            .filter(replaced_by=None)
            .prefetch_related(Prefetch("editions", titles), "topics")
        )
        self.fields["answered_by"].queryset = (
            User.objects.filter(is_active=True, groups__name__in=["operator", "director"])
            .exclude(pk=user.pk)
            .order_by("last_name", "username")
            .distinct()
        )
        self.fields["answered_by"].label_from_instance = lambda user: (
            user.get_full_name() or user.username
        )
        self.fields["earlier"].queryset = Call.objects.visible_to(user)

    def clean_started_at(self):
        moment = self.cleaned_data.get("started_at")
        if moment and moment > timezone.now() + datetime.timedelta(minutes=1):
            raise ValidationError(_("This moment is still to come."))
        return moment

    def clean_kind(self):
        return self.cleaned_data.get("kind") or Call.Kind.DATA

    def clean_channel(self):
        return self.cleaned_data.get("channel") or Intake.Channel.PHONE

    def clean(self):
        given = super().clean()
        said = self.fields["safety"].said(given.get("safety") or [])
        age = given.get("age")
        if "minor" not in said and age is not None and not given.get("age_is_about"):
            said = said | {"minor": "yes" if age < 18 else "no"}
        for name, word in said.items():
            setattr(self.instance, name, word)
        elapsed = min(given.get("elapsed") or 0, LONGEST_CALL)
        if given.get("started_at"):
            self.instance.seconds = None
        elif "started_at" not in self.errors:
            self.instance.seconds = elapsed or None
            given["started_at"] = timezone.now() - datetime.timedelta(seconds=elapsed)
        given["citizenship"] = given.get("citizenship") or given.get("other_citizenship") or ""
        if given.get("kind") != Call.Kind.DATA:
            # Counted apart: nothing is said about anybody.
            given["outcome"] = ""
        if colleague := given.get("answered_by"):
            self.instance.answered_by = colleague
        if given.get("forwarded_to") and given.get("outcome") == Call.Outcome.INFORMED:
            given["outcome"] = Call.Outcome.PASSED_ON
        elif given.get("referred_out") and given.get("outcome") == Call.Outcome.INFORMED:
            given["outcome"] = Call.Outcome.REFERRED
        return given

    # The parts of the screen that are folded

    @property
    def more(self):
        return [self[name] for name in self.MORE]

    @property
    def more_is_open(self):
        return any(name in self.errors for name in self.MORE)

    @property
    def late(self):
        return [self["started_at"], self["answered_by"]]

    @property
    def is_urgent(self):
        return bool({"in_danger", "is_held"} & set(self.cleaned_data["safety"]))


def initial_of(user):
    """What the operator's last call had and this one most likely has, too."""
    last = Call.objects.filter(answered_by=user).order_by("-started_at").first()
    if last is None:
        return {"channel": Intake.Channel.PHONE}
    today = timezone.localdate()
    project = last.project
    runs = project and project.starts_on <= today and (project.ends_on or today) >= today
    return {
        "channel": last.channel,
        "line": last.line_id,
        "office": last.office_id,
        "project": project.pk if runs else None,
    }


# What follows


class HelpForm(forms.ModelForm):
    """The caller asks for legal aid: what the intake needs beside what the call says already."""

    agreed = forms.ChoiceField(
        label=_("Do they agree?"),
        choices=[
            (Consent.How.SPOKEN, _("The text was read out, and they agree")),
            ("anonymous", _("They do not agree: without name and contact")),
        ],
        widget=forms.RadioSelect,
    )

    class Meta:
        model = Intake
        fields = [
            *("story", "country", "place", "speaker_name", "contact_by", "contact"),
            *("contact_when", "may_say_who", "others_answer"),
        ]
        widgets = {
            "story": forms.Textarea({"rows": 5}),
            "place": forms.TextInput,
            "speaker_name": forms.TextInput,
            "contact": forms.TextInput,
            "contact_when": forms.TextInput,
        }

    def __init__(self, *args, call, **kwargs):
        self.call = call
        super().__init__(*args, **kwargs)
        self.fields["story"].required = True
        self.fields["contact_by"].required = False

    @staticmethod
    def initial_of(call):
        said = {name: getattr(call, name) for name in ["may_say_who", "others_answer"]}
        return said | {
            "story": call.notes,
            "country": call.destination or "KZ",
            "speaker_name": call.caller_name,
            "contact": call.phone,
            "contact_by": Intake.Contact.PHONE if call.phone else Intake.Contact.NONE,
            "contact_when": call.when_safe,
        }

    def validate_constraints(self):
        """Reference and consent come with taking in, which keeps what the constraints say."""

    def wording(self):
        return wording_for(self.call.language)

    def clean(self):
        given = super().clean()
        if given.get("agreed") == Consent.How.SPOKEN:
            if self.wording() is None:
                self.add_error(
                    "agreed",
                    _("There is no wording of the consent yet: only an anonymous one can be kept."),
                )
            if given.get("contact_by") not in ("", Intake.Contact.NONE) and not given["contact"]:
                self.add_error("contact", _("Write the number or name there."))
        return given

    def intake(self):
        intake = self.save(commit=False)
        for name in ["relation", "language", "in_danger", "minor"]:
            setattr(intake, name, getattr(self.call, name))
        return intake


def wording_for(language):
    """The current wording of the consent for this language, else in the one they read best."""
    for code in dict.fromkeys([language, "ru", *CODES]):
        if text := ConsentText.objects.current(code):
            return text
    return None


class DirectoryForm(forms.Form):
    """Who takes people: for what, where, in which language."""

    service = forms.ModelChoiceField(
        ServiceKind.objects.prefetch_related("texts"), label=_("For what"), required=False
    )
    language = forms.ChoiceField(
        label=_("Language spoken there"), choices=[("", _("any")), *LANGUAGES], required=False
    )
    place = forms.CharField(
        label=_("Where"),
        required=False,
        max_length=60,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    words = forms.CharField(
        label=_("Name of the partner"),
        required=False,
        max_length=60,
        widget=forms.TextInput({"autocomplete": "off"}),
    )


class ReferForm(forms.Form):
    partner = forms.ModelChoiceField(
        Partner.objects.filter(takes_referrals=True), widget=forms.HiddenInput
    )
    service = forms.ModelChoiceField(
        ServiceKind.objects.all(), widget=forms.HiddenInput, required=False
    )
    kind = forms.ChoiceField(
        label=_("What kind of place it is"),
        choices=[("", "–"), *Call.SentTo.choices],
        required=False,
    )
    how = forms.ChoiceField(
        label=_("What the partner learns"),
        choices=[
            ("self", _("nothing: they go there themselves")),
            (Consent.How.SPOKEN, _("what they agreed to, asked on the phone")),
            (Consent.How.SIGNED, _("what they agreed to, signed on paper")),
        ],
    )


class HandOverForm(forms.Form):
    colleague = forms.ChoiceField(label=_("To which colleague"), choices=Call.Colleague.choices)
    to = forms.ModelChoiceField(
        User.objects.filter(is_active=True, groups__name__in=["lawyer", "specialist", "director"])
        .order_by("last_name", "username")
        .distinct(),
        label=_("To whom"),
        required=False,
        empty_label=_("whoever takes it first"),
    )
    urgent = forms.BooleanField(label=_("It is urgent"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].label_from_instance = lambda user: user.get_full_name() or user.username
