"""Where staff make, check and publish booklets."""

import re

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from resources import publishing, reports
from resources.files import keep
from resources.forms import (
    EditionForm,
    HandoutForm,
    PeriodForm,
    PreviewLinkForm,
    PublicationForm,
    PublishForm,
    StepForm,
    WithdrawForm,
    name_of,
)
from resources.models import Edition, Handout, Publication, Topic, TopicText
from sanasezim.shared.admin import (
    WRITTEN_LANGUAGES,
    PreviewedAdmin,
    TextInline,
    TextsAdmin,
)
from sanasezim.shared.languages import CODES, OWN_NAMES
from sanasezim.shared.models import Fact, FactText
from sanasezim.shared.text import fact_codes
from sanasezim.shared.uploads import takes_files

ROWS_ON_A_PAGE = 50  # of the table of translations
# A booklet, its recording and the words around them; each file has its own limit.
MOST_UPLOADED = 2 * settings.UPLOAD_MAX_BYTES + settings.DATA_UPLOAD_MAX_MEMORY_SIZE


class FoundSelect(AutocompleteSelect):
    """Shows a form again with a choice that is no number: Django's would ask the database for it."""

    def optgroups(self, name, value, attrs=None):
        return super().optgroups(name, [v for v in value if re.fullmatch(r"[0-9]{1,18}", v)], attrs)


class FoundPublication:
    """Of a form in which a booklet is found by its words."""

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = FoundSelect(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class TopicTextInline(TextInline):
    model = TopicText


@admin.register(Topic)
class TopicAdmin(TextsAdmin):
    list_display = ["code", "name", "order"]
    search_fields = ["code", "texts__name"]
    inlines = [TopicTextInline]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("texts")

    @admin.display(description=gettext_lazy("name"))
    def name(self, topic):
        return name_of(topic)


class FactTextInline(TextInline):
    model = FactText


@admin.register(Fact)
class FactAdmin(TextsAdmin):
    list_display = ["code", "kind", "value", "checked_on"]
    list_filter = ["kind"]
    search_fields = ["code", "texts__value"]
    readonly_fields = ["quoted_in"]
    inlines = [FactTextInline]

    def get_queryset(self, request):
        return super().get_queryset(request).with_texts()

    @admin.display(description=gettext_lazy("value"))
    def value(self, fact):
        return fact.value

    @admin.display(description=gettext_lazy("quoted in"))
    def quoted_in(self, fact):
        """The booklets that a change of this fact changes."""
        editions = Edition.objects.filter(body__contains=f"[[{fact.code}]]").select_related(
            "publication"
        )
        links = [
            format_html(
                '<li><a href="{}">{}</a></li>',
                reverse("admin:resources_edition_change", args=[e.pk]),
                e,
            )
            for e in editions
        ]
        return format_html("<ul>{}</ul>", _joined(links)) if links else _("No booklet quotes it.")

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        publishing.reindex_quoting(form.instance.code)


def _joined(pieces):
    return format_html("{}" * len(pieces), *pieces)


class NameFilter(admin.RelatedFieldListFilter):
    """Topics and offices by their names: the codes are for addresses."""

    def field_choices(self, field, request, model_admin):
        rows = field.related_model.objects.prefetch_related("texts")
        return [(row.pk, name_of(row)) for row in rows]


@admin.register(Publication)
class PublicationAdmin(FoundPublication, admin.ModelAdmin):
    form = PublicationForm
    list_display = ["code", "title", "kind", "languages", "replaced_by"]
    list_filter = ["kind", ("topics", NameFilter)]
    search_fields = ["code", "slug", "editions__title"]
    autocomplete_fields = ["replaced_by"]
    view_on_site = False  # a draft has no public page; the template links to it when there is one
    change_form_template = "admin/resources/publication_change.html"
    change_list_template = "admin/resources/publication_list.html"

    def get_queryset(self, request):
        return (
            super().get_queryset(request).prefetch_related("editions").select_related("replaced_by")
        )

    @admin.display(description=gettext_lazy("title"))
    def title(self, publication):
        titles = {edition.language: edition.title for edition in publication.editions.all()}
        return titles.get(publication.source_language) or next(
            iter(titles.values()), publication.slug
        )

    @admin.display(description=gettext_lazy("languages"))
    def languages(self, publication):
        written = {edition.language for edition in publication.editions.all()}
        return ", ".join(code for code in CODES if code in written)

    def has_delete_permission(self, request, obj=None):
        return False

    def change_view(self, request, object_id, form_url="", extra_context=None):
        known = Publication.objects.filter(pk=object_id if object_id.isdecimal() else None)
        rows = reports.translations([publication.pk for publication in known])
        context = {
            "row": rows[0] if rows else None,
            "is_public": known.public().exists(),
            "can_write": self._can_write(request),
        }
        return super().change_view(request, object_id, form_url, (extra_context or {}) | context)

    def _can_write(self, request):
        return request.user.has_perm("resources.add_edition")

    def get_urls(self):
        return [
            path(
                "translations/",
                self.admin_site.admin_view(self.translations),
                name="resources_translations",
            ),
            path("taken/", self.admin_site.admin_view(self.taken), name="resources_taken"),
            *super().get_urls(),
        ]

    def translations(self, request):
        """Publication × language, with the state of each and one click to the work."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        page = Paginator(reports.most_taken(), ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
        return render(
            request,
            "admin/resources/translations.html",
            {
                **self.admin_site.each_context(request),
                "is_nav_sidebar_enabled": False,  # seven languages need the whole width
                "title": _("Translations"),
                "opts": self.opts,
                "rows": reports.translations(list(page)),
                "page": page,
                "numbers": page.paginator.get_elided_page_range(page.number),
                "languages": [(code, OWN_NAMES[code]) for code in CODES],
                "can_write": self._can_write(request),
            },
        )

    def taken(self, request):
        """Downloads and paper copies by publication, for a period."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        today = timezone.localdate()
        initial = {"start": today.replace(month=1, day=1), "end": today}
        form = PeriodForm(request.GET if "start" in request.GET else initial)
        rows = reports.taken(**form.cleaned_data) if form.is_valid() else []
        return render(
            request,
            "admin/resources/taken.html",
            {
                **self.admin_site.each_context(request),
                "title": _("Downloads and paper copies"),
                "opts": self.opts,
                "form": form,
                "rows": rows,
                "downloads": sum(row.downloads for row in rows),
                "copies": sum(row.copies for row in rows),
            },
        )


@admin.register(Edition)
class EditionAdmin(FoundPublication, PreviewedAdmin):
    form = EditionForm
    list_display = ["title", "code", "language", "state", "law_as_of", "review_due"]
    list_filter = ["language", "publication__kind"]
    search_fields = ["title", "publication__code", "publication__slug"]
    autocomplete_fields = ["publication"]
    list_select_related = ["publication"]
    change_form_template = "admin/resources/edition_change.html"
    save_on_top = True

    # step → its form, who may, the button, and what will have happened
    STEPS = {
        "submit": (
            StepForm,
            "change",
            gettext_lazy("Send for review"),
            gettext_lazy("It then stands first on the staff page of whoever may publish."),
        ),
        "send_back": (
            StepForm,
            "publish",
            gettext_lazy("Give back to the writer"),
            gettext_lazy("It no longer waits for review. Readers see no change."),
        ),
        "publish": (
            PublishForm,
            "publish",
            gettext_lazy("Publish"),
            gettext_lazy("Readers see the text and the files as they are saved now."),
        ),
        "cancel_scheduled": (
            StepForm,
            "publish",
            gettext_lazy("Cancel what is scheduled"),
            gettext_lazy("The planned version is taken back. What is public now stays."),
        ),
        "withdraw": (
            WithdrawForm,
            "publish",
            gettext_lazy("Withdraw"),
            gettext_lazy("Readers no longer see the text. Its page stays and says why."),
        ),
        "bring_back": (
            StepForm,
            "publish",
            gettext_lazy("Bring back"),
            gettext_lazy("Readers see the version again that was public before."),
        ),
        "share_preview": (
            PreviewLinkForm,
            "change",
            gettext_lazy("Make a preview link"),
            gettext_lazy("Whoever has the link sees what is saved, without an account."),
        ),
        "stop_previews": (
            StepForm,
            "change",
            gettext_lazy("Stop the preview links"),
            gettext_lazy("All preview links of this edition stop working at once."),
        ),
    }

    def get_queryset(self, request):
        return super().get_queryset(request).with_state()

    @admin.display(description=gettext_lazy("publication"), ordering="publication__code")
    def code(self, edition):
        return edition.publication.code

    @admin.display(description=gettext_lazy("state"))
    def state(self, edition):
        return format_html(
            '<span class="state state-{}">{}</span>', edition.state, edition.state.label
        )

    def has_publish_permission(self, request, obj=None):
        return request.user.has_perm("resources.publish_edition")

    def has_delete_permission(self, request, obj=None):
        return False

    def get_fieldsets(self, request, obj=None):
        may_change = self.has_change_permission(request, obj)
        law = ["law_as_of", "reviewed_on", "reviewed_by", "review_due"]
        if (
            may_change
            and not (obj and publishing.source_of(obj) is None)
            and not _is_generated(obj)
        ):
            law.append("matches_source")
        written = ["publication", "language", "title", "summary", "body"]
        files = ["new_file", "remove_file", "new_audio", "remove_audio"]
        return [
            (None, {"fields": [*written, "seen"] if may_change else written}),
            *([(gettext_lazy("Files"), {"fields": files})] if may_change else []),
            (gettext_lazy("Law and review"), {"fields": law}),
        ]

    def get_readonly_fields(self, request, obj=None):
        if obj is None:
            return []
        if _is_generated(obj):
            # Made from the Latin edition each time that is saved: only the files are its own.
            return [
                *["publication", "language", "title", "summary", "body"],
                *["law_as_of", "reviewed_on", "reviewed_by", "review_due"],
            ]
        return ["publication", "language"]

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        if db_field.name == "language":
            kwargs["choices"] = WRITTEN_LANGUAGES
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request):
        # Whoever begins a translation makes it from the source as it stands.
        return super().get_changeform_initial_data(request) | {"matches_source": True}

    @transaction.atomic
    def save_model(self, request, edition, form, change):
        for name in ["file", "audio"]:
            if form.cleaned_data.get(f"new_{name}"):
                setattr(edition, name, keep(form.cleaned_data[f"new_{name}"], by=request.user))
            elif form.cleaned_data.get(f"remove_{name}"):
                setattr(edition, name, None)
        super().save_model(request, edition, form, change)
        if form.cleaned_data.get("matches_source"):
            publishing.mark_up_to_date(edition)
        if edition.language == "uz":
            publishing.in_cyrillic(edition)

    @takes_files(MOST_UPLOADED, staff_only=True)
    def add_view(self, request, form_url="", extra_context=None):
        context = {
            "all_facts": Fact.objects.with_texts(),
            "may_write": True,
            "show_save_and_add_another": False,
        }
        return super().add_view(request, form_url, (extra_context or {}) | context)

    @takes_files(MOST_UPLOADED, staff_only=True)
    def change_view(self, request, object_id, form_url="", extra_context=None):
        edition = self.get_object(request, unquote(object_id))
        context = {"show_save_and_add_another": False}
        if edition and self.has_view_permission(request, edition):
            quoted = fact_codes(edition.body)
            facts = Fact.objects.with_texts()
            context |= {
                "edition": edition,
                "source": publishing.source_of(edition),
                "is_stale": publishing.is_stale(edition),
                "versions": edition.versions.select_related("published_by"),
                "steps": self.steps_for(request, edition),
                "facts": [fact for fact in facts if fact.code in quoted],
                "all_facts": facts,
                "may_write": self.has_change_permission(request) and not edition.is_generated,
                "preview_links": self.preview_links(request, edition),
                "may_preview": self.may_preview(request),
                "now": timezone.now(),
            }
        return super().change_view(request, object_id, form_url, (extra_context or {}) | context)

    def steps_for(self, request, edition):
        """What may be done with this edition now, by this person: [(name, label)]."""
        state, States = edition.state, Edition.State
        possible = {
            "submit": state in (States.DRAFT, States.PUBLISHED) and not edition.is_generated,
            "send_back": state == States.IN_REVIEW,
            "publish": state not in (States.WITHDRAWN, States.SCHEDULED)
            and not edition.is_generated,
            "cancel_scheduled": state == States.SCHEDULED and not edition.is_generated,
            "withdraw": bool(edition.live_version) and state != States.WITHDRAWN,
            "bring_back": state == States.WITHDRAWN,
            "share_preview": True,
            "stop_previews": bool(self.preview_links(request, edition)),
        }
        return [
            (name, label)
            for name, (_form, permission, label, _words) in self.STEPS.items()
            if possible[name] and self._may(request, permission)
        ]

    def _may(self, request, permission):
        return getattr(self, f"has_{permission}_permission")(request)

    def get_urls(self):
        return [
            path(
                "<int:pk>/step/<str:step>/",
                self.admin_site.admin_view(self.take_step),
                name="resources_edition_step",
            ),
            *super().get_urls(),
        ]

    def take_step(self, request, pk, step):
        """Ask once more, then do it: a button leads here, and this page calls one function."""
        if step not in self.STEPS:
            raise Http404
        form_class, permission, label, words = self.STEPS[step]
        if not self._may(request, permission):
            raise PermissionDenied
        edition = get_object_or_404(self.get_queryset(request).select_related("publication"), pk=pk)
        form = form_class(request.POST if request.method == "POST" else None, edition=edition)
        if form.is_valid():
            try:
                self.carry_out(request, edition, step, form.cleaned_data)
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                return redirect("admin:resources_edition_change", pk)
        return render(
            request,
            "admin/resources/edition_step.html",
            {
                **self.admin_site.each_context(request),
                "title": label,
                "opts": self.opts,
                "edition": edition,
                "step": step,
                "words": words,
                "form": form,
                "now": timezone.now(),
            },
        )

    def carry_out(self, request, edition, step, given):
        if step == "share_preview":
            self.make_preview_link(request, edition, **given)
        elif step == "stop_previews":
            self.preview_links(request, edition).update(revoked_at=timezone.now())
        else:
            getattr(publishing, step)(edition, by=request.user, **given)
        label = self.STEPS[step][2]
        self.log_change(request, edition, str(label))
        if given.get("at"):
            moment = date_format(timezone.localtime(given["at"]), "DATETIME_FORMAT")
            done = _("Scheduled: readers will see it from %(moment)s, Almaty time (UTC+5).")
            self.message_user(request, done % {"moment": moment}, messages.SUCCESS)
        else:
            self.message_user(request, _("Done: %(step)s.") % {"step": label}, messages.SUCCESS)


def _is_generated(edition):
    return edition is not None and edition.is_generated


@admin.register(Handout)
class HandoutAdmin(FoundPublication, admin.ModelAdmin):
    form = HandoutForm
    list_display = ["code", "language", "copies", "handed_on", "where", "project"]
    list_filter = ["handed_on", "language", ("office", NameFilter), "project"]
    list_select_related = ["publication", "office", "project"]
    search_fields = ["publication__code", "publication__slug", "place"]
    autocomplete_fields = ["publication"]
    date_hierarchy = "handed_on"

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("office__texts")

    @admin.display(description=gettext_lazy("publication"), ordering="publication__code")
    def code(self, handout):
        return handout.publication.code

    @admin.display(description=gettext_lazy("place"))
    def where(self, handout):
        return handout.place or name_of(handout.office)

    def save_model(self, request, handout, form, change):
        if not change:
            handout.recorded_by = request.user
        super().save_model(request, handout, form, change)
