"""Where coordinators make the page of 18 December: one working screen with parts.

Every part is a page of its own with an address, so that all of it works without a script, and two people
who write in different parts never meet.
"""

from dataclasses import dataclass

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from events import pictures, publishing, readiness, versions
from events.forms import (
    WORDS,
    AroundForm,
    BeginForm,
    CommentForm,
    DaysForm,
    DescribedPhotoForm,
    LanguagesForm,
    NewHandoutForm,
    NewPhotosForm,
    NewVideoForm,
    NoteForm,
    NumberForm,
    PhotoForm,
    PressForm,
    PreviewLinkForm,
    ProgrammeForm,
    PublishForm,
    StepForm,
    StoryForm,
    VideoForm,
    WithdrawForm,
)
from events.models import (
    Comment,
    Event,
    EventText,
    Number,
    Photo,
    PhotoText,
    PressItem,
    ProgrammeItem,
    Story,
    Video,
)
from sanasezim.shared.admin import PreviewedAdmin
from sanasezim.shared.languages import OWN_NAMES
from sanasezim.shared.text import render as render_markdown
from sanasezim.shared.text import with_facts
from sanasezim.shared.uploads import takes_files

# A film or photo and the words around it
MOST_UPLOADED = settings.UPLOAD_MAX_BYTES + settings.DATA_UPLOAD_MAX_MEMORY_SIZE
LONGEST_PREVIEWED = 100_000  # characters


@dataclass
class Part:
    """Rows of a kind on the page, each with a form for its facts and one for its words."""

    model: type
    form: type
    label: str
    add: str  # the button
    none: str  # said where there is no row yet
    new_form: type | None = None  # where a new row begins with a file

    @property
    def words(self):
        return versions.PARTS[self.name][2]

    @property
    def name(self):
        return next(name for name, part in PARTS.items() if part is self)


PARTS = {
    "programme": Part(
        ProgrammeItem,
        ProgrammeForm,
        gettext_lazy("Programme"),
        gettext_lazy("Add an item to the programme"),
        gettext_lazy("Nothing is planned yet: what happens where and when?"),
    ),
    "stories": Part(
        Story,
        StoryForm,
        gettext_lazy("Stories"),
        gettext_lazy("Add a story"),
        gettext_lazy("No story yet. A story needs the consent of whoever it is about."),
    ),
    "photos": Part(
        Photo,
        PhotoForm,
        gettext_lazy("Photos"),
        gettext_lazy("Put in photos"),
        gettext_lazy("No photo yet."),
    ),
    "videos": Part(
        Video,
        VideoForm,
        gettext_lazy("Videos"),
        gettext_lazy("Add a video"),
        gettext_lazy("No video yet."),
        NewVideoForm,
    ),
    "press": Part(
        PressItem,
        PressForm,
        gettext_lazy("Press"),
        gettext_lazy("Add an article"),
        gettext_lazy("Nothing from the papers yet."),
    ),
}
TABS = [
    ("change", gettext_lazy("Overview")),
    ("words", gettext_lazy("Text")),
    *((name, part.label) for name, part in PARTS.items()),
    ("around", gettext_lazy("Partners, booklets, figures")),
    ("days", gettext_lazy("Days and address")),
    ("history", gettext_lazy("Versions and steps")),
]
# step → its form, who may, the button, and what will have happened
STEPS = {
    "submit": (
        NoteForm,
        "change",
        gettext_lazy("Send for review"),
        gettext_lazy("It then stands on the first page of whoever may publish."),
    ),
    "send_back": (
        NoteForm,
        "publish",
        gettext_lazy("Give back to the writer"),
        gettext_lazy("It no longer waits for review. Write what is to be done, or comment."),
    ),
    "publish": (
        PublishForm,
        "publish",
        gettext_lazy("Publish or schedule"),
        gettext_lazy("Readers see the page from this moment on, in the languages you tick."),
    ),
    "choose_languages": (
        LanguagesForm,
        "publish",
        gettext_lazy("Choose the public languages"),
        gettext_lazy("A language that is ready later is added here."),
    ),
    "cancel_scheduled": (
        StepForm,
        "publish",
        gettext_lazy("Cancel the planned moment"),
        gettext_lazy("The page is a draft again."),
    ),
    "withdraw": (
        WithdrawForm,
        "publish",
        gettext_lazy("Withdraw"),
        gettext_lazy("Readers no longer see the page. Its address stays and says why."),
    ),
    "bring_back": (
        StepForm,
        "publish",
        gettext_lazy("Bring back"),
        gettext_lazy("Readers see the page again, as it is saved now."),
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
        gettext_lazy("All preview links of this page stop working at once."),
    ),
}


@admin.register(Event)
class EventAdmin(PreviewedAdmin):
    list_display = ["days", "title", "kind", "state_shown", "languages_shown"]
    list_display_links = ["days", "title"]
    list_filter = ["kind"]
    search_fields = ["texts__title"]
    view_on_site = False  # a draft has no public page; the screen links to it when there is one

    # The list

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("texts")

    @admin.display(description=gettext_lazy("days"), ordering="starts_on")
    def days(self, event):
        first, last = event.starts_on, event.ends_on
        if first == last:
            return f"{first:%d.%m.%Y}"
        return f"{first:%d.%m.%Y} – {last:%d.%m.%Y}"

    @admin.display(description=gettext_lazy("title"))
    def title(self, event):
        return event.text.title if event.text else ""

    @admin.display(description=gettext_lazy("state"))
    def state_shown(self, event):
        state = event.state
        return format_html('<span class="state state-{}">{}</span>', state, state.label)

    @admin.display(description=gettext_lazy("languages"))
    def languages_shown(self, event):
        return ", ".join(event.languages)

    # Who may

    def has_delete_permission(self, request, obj=None):
        return False

    def has_publish_permission(self, request, obj=None):
        return request.user.has_perm("events.publish_event")

    def may_write(self, request, event):
        """What readers see, or will see at a planned moment, only whoever may publish changes."""
        may = self.has_change_permission(request, event)
        return may and (not event.publish_at or self.has_publish_permission(request))

    # Addresses: all of them literal, so that a menu and a test can name each

    def get_urls(self):
        def at(route, view, name, **given):
            return path(route, self.admin_site.admin_view(view), given, name=f"events_event_{name}")

        def with_files(route, view, name, **given):
            found = at(route, view, name, **given)
            found.callback = takes_files(MOST_UPLOADED, staff_only=True)(found.callback)
            return found

        found = [
            at("render/", require_POST(self.render_text), "render"),
            *(
                at(f"<int:pk>/words/{code}/", self.words, f"words_{code}", language=code)
                for code in versions.WRITTEN
            ),
            at("<int:pk>/words/", self.words, "words"),
            at("<int:pk>/around/", self.around, "around"),
            at("<int:pk>/count/", require_POST(self.count), "count"),
            at("<int:pk>/days/", self.days_page, "days"),
            at("<int:pk>/comment/", require_POST(self.comment), "comment"),
            at("<int:pk>/comment/<int:number>/", require_POST(self.comment_done), "comment_done"),
            at("<int:pk>/version/<int:number>/", self.version, "version"),
            *(
                at(f"<int:pk>/{step.replace('_', '-')}/", self.take_step, step, step=step)
                for step in STEPS
            ),
        ]
        # Before the others: putting photos in is not like adding a row.
        found += [
            with_files("<int:pk>/photos/add/", self.put_photos_in, "photos_add"),
            at("<int:pk>/photos/describe/", self.describe, "photos_describe"),
        ]
        for name, part in PARTS.items():
            one = with_files if part.new_form else at
            found += [
                at(f"<int:pk>/{name}/", self.rows, name, part=name),
                one(f"<int:pk>/{name}/add/", self.row, f"{name}_add", part=name),
                at(f"<int:pk>/{name}/<int:number>/", self.row, f"{name}_row", part=name),
                at(
                    f"<int:pk>/{name}/<int:number>/remove/",
                    self.remove,
                    f"{name}_remove",
                    part=name,
                ),
            ]
        return [*found, *super().get_urls()]

    def _found(self, request, pk, *, write=False):
        if not self.has_view_permission(request):
            raise PermissionDenied
        event = get_object_or_404(self.get_queryset(request), pk=pk)
        if write and not self.may_write(request, event):
            raise PermissionDenied
        return event

    def _page(self, request, event, tab, template, **context):
        """A page of the working screen, under its head."""
        comments = event.comments.select_related("written_by", "done_by")
        about = {"words": Comment.Part.TEXT, "around": Comment.Part.OTHER}.get(tab, tab)
        shown = [one for one in comments if one.part == about and not one.done_at]
        if language := context.get("language"):
            shown = [one for one in shown if one.language in ("", language)]
        return render(
            request,
            f"admin/events/event_{template}.html",
            {
                **self.admin_site.each_context(request),
                "is_nav_sidebar_enabled": False,  # text and preview need the whole width
                "opts": self.opts,
                "event": event,
                "title": self.title(event) or str(event),
                "original": event,
                "tab": tab,
                "tabs": [
                    (reverse(f"admin:events_event_{name}", args=[event.pk]), name, label)
                    for name, label in TABS
                ],
                "steps": self.steps_for(request, event),
                "may_write": self.may_write(request, event),
                "may_comment": self.has_change_permission(request),
                "may_preview": self.may_preview(request),
                "preview_links": self.preview_links(request, event),
                "now": timezone.now(),
                "comments": shown,
                "comment_form": CommentForm(
                    initial={
                        "part": about if about in Comment.Part.values else Comment.Part.WHOLE,
                        "language": context.get("language", ""),
                    },
                    auto_id="comment_%s",
                ),
                **context,
            },
            status=422 if context.get("failed") else 200,
        )

    def _kept(self, request, event, where, *args, words=None):
        """What every saving ends with: a version, a word, and a page that can be loaded again."""
        versions.keep(event, by=request.user)
        self.log_change(request, event, str(words or _("Saved.")))
        messages.success(request, words or _("Saved."))
        return redirect(f"admin:events_event_{where}", event.pk, *args)

    # Beginning

    def add_view(self, request, form_url="", extra_context=None):
        """Ask from which year to begin, and what to take over."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        today = timezone.localdate()
        newest = Event.objects.main().first()
        year = max(today.year, newest.year + 1 if newest else today.year)
        day = today.replace(year=year, month=12, day=18)
        initial = {
            "starts_on": day,
            "earlier": newest,
            "keep": ["text", "programme", "partners", "materials"],
            "title": self.title(newest).replace(str(newest.year), str(year)) if newest else "",
        }
        form = BeginForm(request.POST or None, initial=initial)
        if request.method == "POST" and form.is_valid():
            given = dict(form.cleaned_data)
            earlier, keep = given.pop("earlier"), given.pop("keep")
            try:
                if earlier:
                    event = publishing.begin_from(earlier, by=request.user, keep=keep, **given)
                else:
                    event = publishing.begin(by=request.user, **given)
            except ValidationError as refusal:
                form.add_error(None, ValidationError(refusal.messages))
            else:
                self.log_addition(request, event, _("Begun."))
                return redirect("admin:events_event_change", event.pk)
        return render(
            request,
            "admin/events/event_begin.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "title": _("Begin a page"),
                "form": form,
            },
            status=422 if form.errors else 200,
        )

    # Overview

    def change_view(self, request, object_id, form_url="", extra_context=None):
        event = self._found(request, object_id if str(object_id).isdecimal() else 0)
        whole = readiness.prefetched(event)
        return self._page(
            request,
            event,
            "change",
            "overview",
            lacks=readiness.of_the_whole(whole),
            by_language=readiness.by_language(whole),
            comments=[
                one
                for one in event.comments.select_related("written_by", "done_by")
                if not one.done_at
            ],
            last_steps=event.steps.select_related("taken_by")[:3],
        )

    # Words

    def words(self, request, pk, language=None):
        """Everything that is said in one language, beside what it is translated from."""
        event = self._found(request, pk)
        language = language or event.source_language
        with transaction.atomic():
            if request.method == "POST":
                publishing.locked(event)
            event = self._found(request, pk, write=request.method == "POST")
            sections = self._sections(request, event, language)
            forms = [form for section in sections for form in section["forms"]]
            if request.method == "POST" and self._save_words(event, language, forms):
                return self._kept(request, event, f"words_{language}")
        return self._page(
            request,
            event,
            "words",
            "words",
            language=language,
            language_name=OWN_NAMES[language],
            is_source=language == event.source_language,
            sections=sections,
            has_stale=any(form.is_stale for form in forms),
            is_public=any(
                text.language == language and text.publish_at for text in event.texts.all()
            ),
            languages=[
                (code, OWN_NAMES[code], code in event.languages) for code in versions.WRITTEN
            ],
            failed=any(form.is_bound and form.errors for form in forms),
        )

    def _sections(self, request, event, language):
        """[{label, forms}]: the page's own text, and for a translation the words of every part."""
        is_source = language == event.source_language
        owners = [("", event, EventText)]
        if not is_source:
            owners += [
                (PARTS[name].label, row, PARTS[name].words)
                for name in readiness.WITH_WORDS
                for row in getattr(event, name).prefetch_related("texts")
            ]
        sections = {}
        for label, owner, model in owners:
            form = self._words_form(request, owner, model, event, language)
            if is_source or form.source:
                sections.setdefault(label, []).append(form)
        return [{"label": label, "forms": forms} for label, forms in sections.items()]

    def _words_form(self, request, owner, model, event, language, prefix=None):
        texts = {text.language: text for text in owner.texts.all()} if owner.pk else {}
        text = texts.get(language) or model(language=language, **{model.OWNER: owner})
        source = None if language == event.source_language else texts.get(event.source_language)
        form = WORDS[model](
            request.POST if request.method == "POST" else None,
            instance=text,
            source=source,
            prefix=prefix or f"{owner._meta.model_name}{owner.pk}",
        )
        form.language = language
        return form

    def _save_words(self, event, language, forms):
        """Save all of them, or, if one is wrong, none. What was left empty is left out."""
        given = [form for form in forms if form.instance.pk or not form.is_empty]
        own = [form for form in given if isinstance(form.instance, EventText)]
        gone = [form for form in given if form.is_empty and form not in own]
        kept = [form for form in given if form not in gone]
        if not all([form.is_valid() for form in kept]):
            return False
        for form in gone:
            form.instance.delete()
        for form in kept:
            form.save()
        for owner in {getattr(form.instance, form.instance.OWNER) for form in given}:
            if language == "uz":
                publishing.write_cyrillic(owner)
        return True

    def render_text(self, request):
        """How a Markdown text will look, for the preview beside it. Nothing is kept."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        source = request.POST.get("text", "")[:LONGEST_PREVIEWED]
        language = request.POST.get("language", "")
        html, _contents, _minutes = render_markdown(source)
        return HttpResponse(with_facts(html, language if language in OWN_NAMES else "ru"))

    # Parts

    def rows(self, request, pk, part):
        event = self._found(request, pk)
        shown = getattr(event, part).all()
        if PARTS[part].words:
            shown = shown.prefetch_related("texts")
        if part == "programme":
            shown = shown.select_related("office").prefetch_related("office__texts")
        rows = list(shown)
        for row in rows:
            row.name = readiness.name_of(row) if PARTS[part].words else str(row)
        return self._page(
            request,
            event,
            part,
            "rows",
            part=PARTS[part],
            rows=rows,
            part_name=part,
            undescribed=part == "photos"
            and event.photos.undescribed(event.source_language).exists(),
        )

    def row(self, request, pk, part, number=None):
        """One item, story, photo, …: its facts and its words in the language written first."""
        event = self._found(request, pk)
        kind = PARTS[part]
        with transaction.atomic():
            if request.method == "POST":
                event = publishing.locked(event)
                self._found(request, pk, write=True)
            row = getattr(event, part).filter(pk=number).first() if number else None
            if number and row is None and request.method != "POST":
                raise Http404
            row = row or kind.model(event=event)
            is_new_file = kind.new_form is not None and row.pk is None
            form = self._row_form(request, kind, row, event, is_new_file)
            words = None
            if kind.words:
                words = self._words_form(
                    request, row, kind.words, event, event.source_language, prefix="words"
                )
            if request.method == "POST":
                # Both, so that all mistakes are said at once
                valid = [form.is_valid(), words is None or words.is_valid()]
                if all(valid):
                    self._save_row(request, event, row, form, words, is_new_file)
                    return self._kept(
                        request, event, f"{part}_add" if "_addanother" in request.POST else part
                    )
                if form.files and "file" not in form.errors:
                    form.add_error(
                        "file",
                        _("Choose this file again: it is not kept while something is wrong."),
                    )
        return self._page(
            request,
            event,
            part,
            "row",
            part=kind,
            part_name=part,
            row=row,
            form=form,
            words=words,
            source_language=OWN_NAMES[event.source_language],
            failed=form.is_bound and (form.errors or (words and words.errors)),
        )

    def _row_form(self, request, kind, row, event, is_new_file):
        sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        if is_new_file:
            return kind.new_form(*sent)
        initial = {}
        if row.pk is None:
            if kind.model is ProgrammeItem:
                initial = {"day": event.starts_on}
            if kind.model is PressItem:
                initial = {"language": event.source_language}
            if hasattr(row, "order"):
                initial = {"order": self._next_place(getattr(event, kind.name))}
        return kind.form(sent[0], instance=row, initial=initial)

    def _save_row(self, request, event, row, form, words, is_new_file):
        if is_new_file:
            given = dict(form.cleaned_data)
            checked = given.pop("file", None)
            given["order"] = self._next_place(event.videos)
            if checked:
                given.pop("link")
                row = pictures.keep_film(event, checked, **given)
            else:
                row = Video.objects.create(event=event, **given)
        else:
            row = form.save()
        if words:
            setattr(words.instance, words.instance.OWNER, row)
            words.save()
            publishing.write_cyrillic(row)

    @staticmethod
    def _next_place(rows):
        return (rows.aggregate(last=Max("order"))["last"] or 0) + 10

    def put_photos_in(self, request, pk):
        """Several photos at once. What is on them is asked on the next page."""
        event = self._found(request, pk, write=request.method == "POST")
        sent = (request.POST, request.FILES) if request.method == "POST" else ()
        form = NewPhotosForm(*sent)
        # Looked at before anything is locked: that takes seconds.
        if form.is_valid():
            with transaction.atomic():
                event = publishing.locked(event)
                self._found(request, pk, write=True)
                taken = form.cleaned_data["file"]
                for checked in taken:
                    pictures.keep_photo(
                        event,
                        checked,
                        credit=form.cleaned_data["credit"],
                        order=self._next_place(event.photos),
                    )
                for words in form.fields["file"].refused:
                    messages.warning(request, words)
                words = ngettext("%d photo is kept.", "%d photos are kept.", len(taken))
                return self._kept(request, event, "photos_describe", words=words % len(taken))
        return self._page(
            request,
            event,
            "photos",
            "photos_add",
            form=form,
            failed=form.errors,
            part_name="photos",
        )

    def describe(self, request, pk):
        """All photos that lack words or an answer about their people, each beside its fields."""
        event = self._found(request, pk)
        sent = request.POST if request.method == "POST" else None
        with transaction.atomic():
            if sent is not None:
                event = publishing.locked(event)
                self._found(request, pk, write=True)
                # Those that were asked about: a colleague may have answered for one meanwhile.
                asked = [number for number in sent.getlist("photo") if number.isdecimal()]
                photos = event.photos.filter(pk__in=asked)
            else:
                photos = event.photos.undescribed(event.source_language)
            rows = [
                (
                    photo,
                    self._words_form(request, photo, PhotoText, event, event.source_language),
                    DescribedPhotoForm(sent, instance=photo, prefix=f"facts{photo.pk}"),
                )
                for photo in photos.prefetch_related("texts")
            ]
            if not rows:
                return redirect("admin:events_event_photos", event.pk)
            if sent is not None:
                told = [words for _photo, words, _facts in rows if not self._is_left_out(words)]
                forms = [*told, *[facts for _photo, _words, facts in rows]]
                if all([form.is_valid() for form in forms]):
                    for form in forms:
                        form.save()
                    return self._kept(request, event, "photos")
        return self._page(
            request,
            event,
            "photos",
            "photos_describe",
            rows=rows,
            source_language=OWN_NAMES[event.source_language],
            failed=sent is not None,
        )

    @staticmethod
    def _is_left_out(words):
        return words.is_empty and not words.instance.pk

    def remove(self, request, pk, part, number):
        """Ask once more, then take a row away; a story, photo or film with all its traces."""
        event = self._found(request, pk, write=True)
        row = get_object_or_404(getattr(event, part), pk=number)
        for_good = not isinstance(row, ProgrammeItem | PressItem)
        name = readiness.name_of(row) if PARTS[part].words else str(row)
        if request.method == "POST":
            with transaction.atomic():
                if for_good:
                    publishing.forget(row, by=request.user)
                else:
                    publishing.locked(event)
                    row.delete()
                return self._kept(request, event, part, words=_("Removed: %s") % name)
        return self._page(
            request, event, part, "remove", row=row, name=name, for_good=for_good, part_name=part
        )

    # Partners, booklets, figures; days

    def around(self, request, pk):
        event = self._found(request, pk)
        with transaction.atomic():
            if request.method == "POST":
                event = publishing.locked(event)
                self._found(request, pk, write=True)
            sent = request.POST if request.method == "POST" else None
            is_handout = sent is not None and "add_handout" in sent
            form = AroundForm(None if is_handout else sent, instance=event)
            handout = NewHandoutForm(sent if is_handout else None, event=event, prefix="handout")
            numbers = self._number_forms(None if is_handout else sent, event)
            if is_handout and handout.is_valid():
                handout.instance.recorded_by = request.user
                event.handouts.add(handout.save())
                return self._kept(request, event, "around")
            if sent is not None and not is_handout:
                valid = [form.is_valid(), *[one.is_valid() for one in numbers]]
                if all(valid):
                    form.save()
                    self._save_numbers(numbers)
                    return self._kept(request, event, "around")
        return self._page(
            request,
            event,
            "around",
            "around",
            form=form,
            numbers=numbers,
            handout_form=handout,
            copies=event.copies,
            can_count=bool(publishing.COUNTERS),
            failed=form.errors or handout.errors or any(one.errors for one in numbers),
        )

    def _number_forms(self, sent, event):
        known = {figure.kind: figure for figure in event.figures.all()}
        forms = []
        for kind in Number.Kind:
            figure = known.get(kind) or Number(event=event, kind=kind)
            forms.append(NumberForm(sent, instance=figure, prefix=kind.value))
        return forms

    def _save_numbers(self, forms):
        for form in forms:
            if form.cleaned_data.get("value") is None:
                if form.instance.pk:
                    Number.objects.filter(pk=form.instance.pk).delete()
            elif form.has_changed():
                if form.cleaned_data["source"]:
                    form.instance.counted_at = None
                form.save()

    def count(self, request, pk):
        event = self._found(request, pk, write=True)
        publishing.count_in_records(event, by=request.user)
        return self._kept(request, event, "around", words=_("Counted in the records."))

    def days_page(self, request, pk):
        event = self._found(request, pk)
        with transaction.atomic():
            if request.method == "POST":
                event = publishing.locked(event)
                self._found(request, pk, write=True)
            form = DaysForm(request.POST or None, instance=event)
            if request.method == "POST" and form.is_valid():
                form.save()
                return self._kept(request, event, "days")
        return self._page(request, event, "days", "days", form=form, failed=form.errors)

    # Comments

    def comment(self, request, pk):
        event = self._found(request, pk)
        if not self.has_change_permission(request):
            raise PermissionDenied
        form = CommentForm(request.POST)
        if form.is_valid():
            form.instance.event, form.instance.written_by = event, request.user
            form.save()
            messages.success(request, _("Your comment is kept."))
        else:
            messages.error(request, _("Write the comment first: at most 2,000 characters."))
        return self._back(request, event, form.instance)

    def comment_done(self, request, pk, number):
        event = self._found(request, pk)
        if not self.has_change_permission(request):
            raise PermissionDenied
        comment = get_object_or_404(event.comments, pk=number)
        if not comment.done_at:
            comment.done_at, comment.done_by = timezone.now(), request.user
            comment.save(update_fields=["done_at", "done_by"])
        return self._back(request, event, comment)

    def _back(self, request, event, comment):
        """To the page that the comment stands beside."""
        where = {"text": f"words_{comment.language or event.source_language}", "other": "around"}
        name = where.get(comment.part, comment.part)
        if name == "whole" or request.POST.get("back") == "change":
            name = "change"
        known = {f"words_{code}" for code in versions.WRITTEN} | set(PARTS) | {"around", "change"}
        return redirect(f"admin:events_event_{name if name in known else 'change'}", event.pk)

    # Versions and steps

    def history_view(self, request, object_id, extra_context=None):
        event = self._found(request, object_id if str(object_id).isdecimal() else 0)
        return self._page(
            request,
            event,
            "history",
            "history",
            versions=event.versions.select_related("saved_by").defer("content")[:200],
            log=event.steps.select_related("taken_by"),
        )

    def version(self, request, pk, number):
        """What has changed since an earlier version, and the button that brings it back."""
        event = self._found(request, pk)
        earlier = get_object_or_404(event.versions.select_related("saved_by"), number=number)
        if request.method == "POST":
            if not self.may_write(request, event):
                raise PermissionDenied
            publishing.restore(event, by=request.user, number=number)
            messages.success(request, _("The page is again what it was in version %d.") % number)
            return redirect("admin:events_event_history", event.pk)
        before = event.versions.filter(number__lt=number).first()
        return self._page(
            request,
            event,
            "history",
            "version",
            version=earlier,
            changed_then=versions.differences(before.content, earlier.content) if before else [],
            differences=versions.differences(earlier.content, versions.content_of(event)),
        )

    # Steps

    def steps_for(self, request, event):
        """What may be done with this event now, by this person: [(address, name, label)]."""
        state, States = event.state, Event.State
        possible = {
            "submit": state == States.DRAFT,
            "send_back": state == States.IN_REVIEW,
            "publish": state in (States.DRAFT, States.IN_REVIEW, States.SCHEDULED),
            "choose_languages": state in (States.LIVE, States.ARCHIVED),
            "cancel_scheduled": state == States.SCHEDULED,
            "withdraw": event.is_public or state == States.SCHEDULED,
            "bring_back": state == States.WITHDRAWN,
            "share_preview": self.may_preview(request),
            "stop_previews": bool(self.preview_links(request, event)),
        }
        return [
            (reverse(f"admin:events_event_{name}", args=[event.pk]), name, label)
            for name, (_form, permission, label, _words) in STEPS.items()
            if possible[name] and self._may(request, permission)
        ]

    def _may(self, request, permission):
        return getattr(self, f"has_{permission}_permission")(request)

    def take_step(self, request, pk, step):
        """Ask once more, then do it: a button leads here, and this page calls one function."""
        form_class, permission, label, words = STEPS[step]
        if not self._may(request, permission):
            raise PermissionDenied
        event = self._found(request, pk)
        form = form_class(request.POST if request.method == "POST" else None, event=event)
        if form.is_valid():
            try:
                self.carry_out(request, event, step, form.cleaned_data)
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                return redirect("admin:events_event_change", pk)
        whole = readiness.prefetched(event)
        return self._page(
            request,
            event,
            "step",
            "step",
            step=step,
            step_label=label,
            words=words,
            form=form,
            lacks=readiness.of_the_whole(whole) if step in ("submit", "publish") else [],
            by_language=[
                (code, OWN_NAMES[code], lacks)
                for code, text, lacks in readiness.by_language(whole)
                if text and step in ("publish", "choose_languages")
            ],
            alone=step == "publish" and self._wrote_alone(request, event),
            failed=form.errors,
        )

    def _wrote_alone(self, request, event):
        """Nobody else has written, commented or sent it: nobody has looked at it a second time."""
        others = [
            event.versions.exclude(saved_by=request.user).exclude(saved_by=None),
            event.comments.exclude(written_by=request.user),
            event.steps.exclude(taken_by=request.user).exclude(taken_by=None),
        ]
        return not any(rows.exists() for rows in others)

    def carry_out(self, request, event, step, given):
        if step == "share_preview":
            self.make_preview_link(request, event, **given)
        elif step == "stop_previews":
            self.preview_links(request, event).update(revoked_at=timezone.now())
        else:
            getattr(publishing, step)(event, by=request.user, **given)
        label = STEPS[step][2]
        self.log_change(request, event, str(label))
        if given.get("at"):
            moment = date_format(timezone.localtime(given["at"]), "DATETIME_FORMAT")
            done = _("Scheduled: readers will see it from %(moment)s, Almaty time (UTC+5).")
            messages.success(request, done % {"moment": moment})
        else:
            messages.success(request, _("Done: %(step)s.") % {"step": label})
