"""Referrals: whom we ask, what exactly we tell, and how the partner answers."""

import uuid

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from legalaid import casework, referrals
from legalaid.admin.case_pages import CasePages, is_number, of_a_case, refuse, typed_words
from legalaid.casework_forms import OfPeople, day_field, words_field
from legalaid.models import Identity, Person, Referral, ReferralDesk, ServiceKind
from sanasezim.shared import confirmed
from sanasezim.shared.access_log import Action, Reason
from sanasezim.shared.admin import PartnerAdmin, tick_boxes
from sanasezim.shared.guarded_admin import GuardedAdmin
from sanasezim.shared.languages import LANGUAGES
from sanasezim.shared.long_lists import Tab

# What may be put into the text by a tick: its name → where it stands
OF_IDENTITY = ["name", "phones"]
OF_PERSON = ["language", "citizenship", "birth_year", "sex"]


class ReferForm(OfPeople):
    """Whom we ask, what for, what exactly we tell, and the consent to it."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    service = forms.ModelChoiceField(
        ServiceKind.objects.all(), label=gettext_lazy("Who can do this"), required=False
    )
    speaks = forms.ChoiceField(
        label=gettext_lazy("and speaks"), required=False, choices=[("", "–"), *LANGUAGES]
    )
    partner = forms.ChoiceField(label=gettext_lazy("Partner"), widget=forms.RadioSelect)
    person = forms.ChoiceField(label=gettext_lazy("Who is it about"), required=False)
    what_for = words_field(gettext_lazy("What we ask for"), rows=3, required=True, length=1000)
    shared = words_field(
        gettext_lazy("What we tell the partner"),
        rows=5,
        length=2000,
        help_text=gettext_lazy("Only what the person agreed to, and no more than the help needs."),
    )
    facts = forms.MultipleChoiceField(
        label=gettext_lazy("Put in"), required=False, widget=forms.CheckboxSelectMultiple
    )
    consent_on = day_field(gettext_lazy("The person agreed on"))
    consent_how = forms.ChoiceField(
        label=gettext_lazy("How they agreed"),
        choices=[("", "–"), *Referral._meta.get_field("consent_how").choices],
    )
    language = forms.ChoiceField(
        label=gettext_lazy("The partner reads"),
        required=False,
        choices=[("", gettext_lazy("the language it speaks first")), *LANGUAGES],
    )
    their_turn = forms.BooleanField(
        label=gettext_lazy("It is then the partner's turn"), required=False, initial=True
    )
    remind = forms.BooleanField(
        label=gettext_lazy("Remind me when the link is over"), required=False, initial=True
    )

    # What the review carries on, and what it shows as words
    CARRIED = [
        *["token", "service", "speaks", "partner", "person", "what_for", "shared"],
        *["consent_on", "consent_how", "language", "their_turn", "remind"],
    ]

    def set_up(self, screen):
        super().set_up(screen)
        self.fields["token"].initial = uuid.uuid4
        self.fields["service"].widget.choices = [("", "–"), *screen.names.services]
        labels = [*_labels(Identity, OF_IDENTITY), *_labels(Person, OF_PERSON)]
        self.fields["facts"].choices = labels
        service = self["service"].value()
        self.directory = referrals.partners(
            ServiceKind.objects.filter(pk=service).first()
            if is_number(str(service or ""))
            else None,
            self["speaks"].value() or "",
        )
        self.known = {str(partner.pk): (partner, desk) for partner, desk, _f in self.directory}
        self.fields["partner"].choices = [
            (str(partner.pk), referrals.name_of(partner))
            for partner, _desk, _fits in self.directory
        ]

    @property
    def shown_directory(self):
        """(partner, its name, what it takes, its languages, whether it fits, whether it is chosen)."""
        chosen = str(self["partner"].value() or "")
        for partner, desk, fits in self.directory:
            services = (
                [self.screen.names.service(kind.pk) for kind in desk.services.all()] if desk else []
            )
            speaks = [dict(LANGUAGES).get(code, code) for code in desk.languages] if desk else []
            yield (
                *(partner, referrals.name_of(partner), services, speaks),
                *(desk.how if desk else "", fits, str(partner.pk) == chosen),
            )

    def clean_partner(self):
        return self.known[self.cleaned_data["partner"]][0]

    def clean_consent_on(self):
        if self.cleaned_data["consent_on"] > timezone.localdate():
            raise ValidationError(_("The day of the consent is still to come."))
        return self.cleaned_data["consent_on"]

    def clean(self):
        cleaned = super().clean()
        if partner := cleaned.get("partner"):
            desk = self.known[str(partner.pk)][1]
            spoken = desk.languages if desk else []
            cleaned["language"] = cleaned.get("language") or next(iter(spoken), "ru")
        if cleaned.get("facts") and cleaned.get("person") is None and "person" not in self.errors:
            self.add_error("person", _("Choose one person to put in something about them."))
        if (
            "person" in cleaned
            and referrals.unwilling(self.screen.case, cleaned["person"]).exists()
        ):
            raise ValidationError(_("The person has taken the consent back: nothing may be told."))
        return cleaned

    @property
    def names_somebody(self):
        return any(name in self.cleaned_data["facts"] for name in OF_IDENTITY)

    def told(self, identity):
        """The text as the partner will read it, with what was ticked under it."""
        typed = self.cleaned_data
        lines = []
        with translation.override(typed["language"]):
            for name in typed["facts"]:
                row = identity if name in OF_IDENTITY else typed["person"]
                value = _shown(row, name) if row is not None else ""
                if value:
                    label = str(row._meta.get_field(name).verbose_name)
                    lines.append(f"{label[:1].upper()}{label[1:]}: {value}")
        return "\n\n".join(filter(None, [typed["shared"].strip(), "\n".join(lines)]))


def _labels(model, names):
    return [(name, model._meta.get_field(name).verbose_name) for name in names]


def _shown(row, name):
    field = row._meta.get_field(name)
    if field.choices:
        return str(getattr(row, f"get_{name}_display")())
    return ", ".join(str(getattr(row, name) or "").split("\n"))


class CaseReferrals(CasePages):
    """The page of a case on which somebody is referred."""

    @typed_words
    @of_a_case(works=False)
    def refer_view(self, request, screen):
        """Fill in, look at exactly what is told, send."""
        if not (screen.works and request.user.has_perm("legalaid.add_referral")):
            raise PermissionDenied
        if not screen.case.is_open:
            self.message_user(request, _("The case is closed. Reopen it first."), "ERROR")
            return self.back(screen)
        if request.method != "POST":
            return self.show_refer(request, screen, ReferForm(screen=screen))
        form = ReferForm(request.POST, screen=screen)
        if "show" in request.POST or "edit" in request.POST:
            # Nothing is held against the form yet: the directory is only looked through.
            values = {name: form[name].value() for name in form.fields}
            return self.show_refer(request, screen, ReferForm(initial=values, screen=screen))
        if not form.is_valid():
            return self.show_refer(request, screen, form, status=422)
        if "send" in request.POST:
            return self.send_referral(request, screen, form)
        return self.review(request, screen, form)

    def show_refer(self, request, screen, form, status=200):
        return self.refer_page(request, screen, {"form": form}, status)

    def refer_page(self, request, screen, more, status=200):
        context = self.admin_site.each_context(request) | {
            "title": _("Refer to a partner"),
            "opts": self.opts,
            "case": screen.case,
            "screen": screen,
            **more,
        }
        return TemplateResponse(request, "admin/legalaid/referral_new.html", context, status=status)

    def review(self, request, screen, form):
        """Word for word what the partner will read. Nothing is sent yet."""
        identity = None
        if form.names_somebody:
            if settings.SECOND_FACTOR_REQUIRED and (answer := confirmed.ask(request)):
                return answer
            people = Identity.objects.visible_to(request.user)
            identity = people.filter(person=form.cleaned_data["person"]).first()
            if identity is not None:
                self.note_down(request, screen, Action.REVEAL, identity, why=Reason.REFERRAL)
        told = form.told(identity)
        if len(told) > 2000:
            form.add_error("shared", _("This is too long together with what is put in."))
            return self.show_refer(request, screen, form, status=422)
        carried = {name: form[name].value() for name in form.CARRIED} | {
            "shared": told,
            "language": form.cleaned_data["language"],
        }
        return self.refer_page(
            request,
            screen,
            {
                "typed": form.cleaned_data,
                "told": told,
                "partner_name": referrals.name_of(form.cleaned_data["partner"]),
                "carried": [(name, value) for name, value in carried.items() if value],
            },
        )

    def send_referral(self, request, screen, form):
        typed = {
            name: form.cleaned_data[name]
            for name in form.CARRIED
            if name not in ("service", "speaks")
        }
        try:
            referral = referrals.refer(screen.case, by=request.user, **typed)
        except ValidationError as refusal:
            refuse(form, refusal)
            return self.show_refer(request, screen, form, status=422)
        self.note_down(request, screen, Action.ADD, referral)
        self.message_user(request, _("Written down. Now send the link to the partner."))
        return redirect(_page_of(referral))


def _page_of(referral):
    return reverse("admin:legalaid_referral_change", args=[referral.pk])


def beside(screen):
    """What the case's page shows of its referrals."""
    if not screen.user.has_perm("legalaid.view_referral"):
        return {}
    rows = screen.rows.referrals[::-1]
    return {
        "sees_referrals": True,
        "referrals": [(screen.names.partner(row.partner_id), row) for row in rows],
    }


# What happens to one of them


class WrittenDownForm(forms.Form):
    """What the partner said in another way."""

    answer = forms.ChoiceField(
        label=gettext_lazy("Answer"), required=False, choices=[("", "–"), *Referral.Answer.choices]
    )
    words = words_field(gettext_lazy("Its words"), rows=2, length=1000)
    reached = forms.ChoiceField(
        label=gettext_lazy("Result"), required=False, choices=[("", "–"), *Referral.Reached.choices]
    )
    result = words_field(gettext_lazy("What came of it"), rows=3, length=2000)


# step → (function, the button, what will have happened)
STEPS = {
    "mail": (
        referrals.mail,
        gettext_lazy("Send by mail"),
        gettext_lazy("The letter is on its way. It names nobody."),
    ),
    "renew": (
        referrals.renew,
        gettext_lazy("Let it work for 14 more days"),
        gettext_lazy("The link works for two weeks from now."),
    ),
    "new_link": (
        referrals.new_link,
        gettext_lazy("Make a new link"),
        gettext_lazy("The new link works. The one before opens nothing."),
    ),
    "revoke": (
        referrals.revoke,
        gettext_lazy("Revoke the link"),
        gettext_lazy("The link opens nothing any more."),
    ),
    "consent_back": (
        referrals.take_consent_back,
        gettext_lazy("The person takes the consent back"),
        gettext_lazy("Written down. The link opens nothing any more."),
    ),
}


@admin.register(Referral)
class ReferralAdmin(GuardedAdmin):
    list_display = ["of_case", "partner_name", "sent_at", "standing", "shown_turn", "expires_at"]
    list_select_related = ["case", "partner"]
    list_prefetch = ["partner__texts"]
    list_filter = ["sent_at", "answer", "reached", "partner"]
    ordering = ["-sent_at", "-pk"]
    sortable_by = ["sent_at", "expires_at"]

    def get_queryset(self, request):
        return super().get_queryset(request).with_links()

    def get_tabs(self, request):
        unreported = Q(answer="accepted", reported_at=None)
        return [
            Tab("waiting", _("no answer yet"), Q(answered_at=None)),
            Tab("accepted", _("accepted"), unreported),
            Tab("over", _("over"), Q(answered_at__isnull=False) & ~unreported),
            Tab("all", _("all")),
        ]

    def case_of(self, row):
        return row.case

    def has_add_permission(self, request):
        # Somebody is referred from their case.
        return False

    @admin.display(description=gettext_lazy("case"))
    def of_case(self, referral):
        return referral.case

    @admin.display(description=gettext_lazy("partner"))
    def partner_name(self, referral):
        return referrals.name_of(referral.partner)

    @admin.display(description=gettext_lazy("how far"))
    def standing(self, referral):
        return referral.standing

    @admin.display(description=gettext_lazy("whose turn it is"))
    def shown_turn(self, referral):
        return referral.turn.label

    # Its page

    def get_urls(self):
        return [
            *(
                path(
                    f"<int:pk>/{name}/",
                    self.admin_site.admin_view(self.step_view(name)),
                    name=f"legalaid_referral_{name}",
                )
                for name in [*STEPS, "note"]
            ),
            *super().get_urls(),
        ]

    def works(self, request, referral):
        return (
            request.user.has_perm("legalaid.change_referral")
            and request.user.has_perm("legalaid.change_case")
            and casework.works_on(referral.case, request.user)
        )

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        number = unquote(object_id)
        referral = self.visible_or_none(request, int(number)) if is_number(number) else None
        if referral is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if request.method != "GET":
            return HttpResponseNotAllowed(["GET"])
        self.record(request, Action.VIEW, referral)
        return self.show(request, referral)

    def show(self, request, referral, form=None, status=200):
        works = self.works(request, referral)
        desk = getattr(referral.partner, "desk", None)
        context = self.admin_site.each_context(request) | {
            "title": _("Referral to %(partner)s")
            % {"partner": referrals.name_of(referral.partner)},
            "opts": self.opts,
            "referral": referral,
            "case": referral.case,
            "partner_name": referrals.name_of(referral.partner),
            "desk": desk,
            "works": works,
            "link": referrals.link_of(referral) if works else "",
            "steps": self.steps_for(referral, desk) if works else [],
            "form": (form or WrittenDownForm()) if works and not self.is_over(referral) else None,
        }
        return TemplateResponse(
            request, "admin/legalaid/referral_change.html", context, status=status
        )

    def is_over(self, referral):
        return referral.answer == Referral.Answer.DECLINED

    def steps_for(self, referral, desk):
        """[(name, label, address)] of what may be done with the link now."""
        withdrawn = referral.consent_withdrawn_at is not None
        works = referral.link_is_open
        possible = {
            "mail": works and desk and desk.email,
            "renew": not (withdrawn or referral.revoked_at or self.is_over(referral)),
            "new_link": not (withdrawn or self.is_over(referral)),
            "revoke": works,
            "consent_back": not withdrawn,
        }
        return [
            (name, label, self.page_of(referral, name))
            for name, (_step, label, _said) in STEPS.items()
            if possible[name]
        ]

    def step_view(self, name):
        def view(request, pk):
            if not self.has_view_permission(request):
                raise PermissionDenied
            referral = self.visible_or_none(request, pk)
            if referral is None:
                return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
            if request.method != "POST":
                return HttpResponseNotAllowed(["POST"])
            if not self.works(request, referral):
                raise PermissionDenied
            return (
                self.note(request, referral)
                if name == "note"
                else self.take(request, referral, name)
            )

        return view

    def take(self, request, referral, name):
        step, _label, said = STEPS[name]
        try:
            step(referral, by=request.user)
        except ValidationError as refusal:
            self.message_user(request, " ".join(refusal.messages), "ERROR")
        else:
            self.record(request, Action.CHANGE, referral)
            self.message_user(request, said)
        return redirect(_page_of(referral))

    @typed_words
    def note(self, request, referral):
        """What the partner said by phone or in a letter."""
        form = WrittenDownForm(request.POST)
        if form.is_valid():
            try:
                referrals.write_down(referral, by=request.user, **form.cleaned_data)
            except ValidationError as refusal:
                refuse(form, refusal)
            else:
                self.record(request, Action.CHANGE, referral)
                self.message_user(request, _("Written down."))
                return redirect(_page_of(referral))
        return self.show(request, referral, form, status=422)


# What each partner takes, on its own page


class ReferralDeskForm(forms.ModelForm):
    languages = tick_boxes(LANGUAGES, label=gettext_lazy("Languages spoken there"))

    class Meta:
        model = ReferralDesk
        fields = ["services", "places", "languages", "email", "how"]
        widgets = {"services": forms.CheckboxSelectMultiple}


class ReferralDeskInline(admin.StackedInline):
    """It follows the permission of its partner."""

    model = ReferralDesk
    form = ReferralDeskForm
    can_delete = False
    verbose_name_plural = gettext_lazy("Referrals: what it takes")

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("shared.view_partner")

    def has_change_permission(self, request, obj=None):
        return request.user.has_perm("shared.change_partner")

    has_add_permission = has_change_permission


PartnerAdmin.inlines = [*PartnerAdmin.inlines, ReferralDeskInline]
