"""The staff pages of the library, used as a person uses them."""

import datetime
import io

import pypdfium2
import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from resources import publishing, reports
from resources.models import DownloadCount, Edition, EditionVersion, Handout, Publication
from sanasezim.shared.models import PlannedMoment, PreviewLink
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, coordinator):
    """The browser of a coordinator who reads the staff pages in English."""
    coordinator.language = "en"
    coordinator.save()
    client.force_login(coordinator)
    return client


def page_of(edition):
    return reverse("admin:resources_edition_change", args=[edition.pk])


def step_of(edition, step):
    return reverse("admin:resources_edition_step", args=[edition.pk, step])


def take(client, edition, step, **given):
    return client.post(step_of(edition, step), given)


def typed(edition, **changes):
    """What the form of the edition sends when nothing but `changes` was typed."""
    sent = {
        "title": edition.title,
        "summary": edition.summary,
        "body": edition.body,
        "law_as_of": edition.law_as_of or "",
        "reviewed_on": edition.reviewed_on or "",
        "reviewed_by": edition.reviewed_by,
        "review_due": edition.review_due or "",
        "seen": edition.changed_at.isoformat(),
        "_continue": "1",
    }
    return sent | changes


def state(edition):
    return Edition.objects.with_state().get(pk=edition.pk).state


def live(edition):
    return EditionVersion.objects.live().filter(edition=edition).first()


def said(response):
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def words(response):
    return response.content.decode()


def in_almaty(moment):
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


# Writing


def test_a_publication_and_its_first_edition_are_written_and_published(desk):
    answer = desk.post(
        reverse("admin:resources_publication_add"),
        {"code": "K-77", "slug": "first-days", "kind": "booklet", "source_language": "ru"},
    )
    assert answer.status_code == 302
    publication = Publication.objects.get(code="K-77")

    begin = reverse("admin:resources_edition_add") + f"?publication={publication.pk}&language=ru"
    assert "How to write the text" in words(desk.get(begin))
    answer = desk.post(
        begin,
        {
            **{"publication": publication.pk, "language": "ru", "title": "Первые дни"},
            **{"summary": "Что сделать.", "body": "## Шаг\n\nПозвоните: [[hotline]]."},
        },
    )
    assert answer.status_code == 302
    edition = publication.editions.get()
    assert state(edition) == "draft"

    take(desk, edition, "publish")

    assert state(edition) == "published"
    assert "<h2" in live(edition).html


def test_changing_the_words_changes_nothing_for_readers_until_they_are_published(desk):
    edition = make.version(title="Старое").edition

    answer = desk.post(page_of(edition), typed(edition, title="Новое"))

    assert answer.status_code == 302
    assert live(edition).title == "Старое"
    take(desk, edition, "publish", change_note="Новое название.")
    assert live(edition).title == "Новое"
    assert live(edition).change_note == "Новое название."


def test_an_unknown_code_of_a_fact_is_refused_and_the_words_stay(desk):
    make.fact("move-days")
    edition = make.edition()

    answer = desk.post(
        page_of(edition),
        typed(edition, body="Срок [[move-days]], сбор [[no-such-fee]], [[hotline]]."),
    )

    assert answer.status_code == 200
    assert "No fact has this code: no-such-fee." in words(answer)
    assert "сбор [[no-such-fee]]" in words(answer)
    edition.refresh_from_db()
    assert "no-such-fee" not in edition.body


def test_an_unknown_code_is_refused_wherever_staff_write_a_text(superuser, client):
    superuser.language = "en"
    superuser.save()
    client.force_login(superuser)
    owner = make.page()
    text = owner.texts.get()
    given = {"texts-TOTAL_FORMS": 1, "texts-INITIAL_FORMS": 1}
    given |= {f"texts-0-{name}": value for name, value in vars(text).items() if name[0] != "_"}
    given |= {"texts-0-page": owner.pk, "texts-0-body": "Сбор [[no-such-fee]]."}
    address = reverse("admin:shared_page_change", args=[owner.pk])

    answer = client.post(address, given)

    assert answer.status_code == 200
    assert "No fact has this code: no-such-fee." in words(answer)
    assert client.post(address, given | {"texts-0-body": "Без сборов."}).status_code == 302


def test_the_facts_that_an_edition_quotes_stand_beside_it(desk):
    make.fact("move-days", en="5 working days")
    make.fact("other-days", en="30 days")
    edition = make.edition(body="Срок [[move-days]].")

    context = desk.get(page_of(edition)).context

    assert [fact.code for fact in context["facts"]] == ["move-days"]
    assert {fact.code for fact in context["all_facts"]} == {"move-days", "other-days"}


def test_the_second_of_two_people_who_write_at_once_loses_nothing(desk):
    edition = make.edition(title="Старое")
    opened_by_both = typed(edition)
    desk.post(page_of(edition), opened_by_both | {"title": "Первая"})

    answer = desk.post(page_of(edition), opened_by_both | {"title": "Вторая"})

    assert answer.status_code == 200
    assert "Somebody saved this edition while you were writing." in words(answer)
    assert 'value="Вторая"' in words(answer)
    edition.refresh_from_db()
    assert edition.title == "Первая"


def test_a_refused_file_keeps_what_was_typed_and_nothing_of_the_file(desk):
    edition = make.edition()
    page_in_disguise = SimpleUploadedFile("booklet.pdf", b"<html>not a booklet</html>")

    answer = desk.post(
        page_of(edition), typed(edition, title="Напечатано", new_file=page_in_disguise)
    )

    assert answer.status_code == 200
    assert "Save it as" in words(answer)
    assert 'value="Напечатано"' in words(answer)
    edition.refresh_from_db()
    assert edition.file is None
    assert edition.title != "Напечатано"


def test_a_good_file_must_be_chosen_again_when_something_else_is_wrong(desk, one_page_pdf):
    edition = make.edition()

    answer = desk.post(page_of(edition), typed(edition, title="", new_file=one_page_pdf))

    assert answer.status_code == 200
    assert "new_file" in answer.context["adminform"].form.errors
    assert "Choose this file again" in words(answer)
    edition.refresh_from_db()
    assert edition.file is None


def test_a_good_file_is_kept_and_taken_away_again(desk, one_page_pdf):
    edition = make.edition()

    desk.post(page_of(edition), typed(edition, new_file=one_page_pdf))
    edition.refresh_from_db()
    assert edition.file.pages == 1
    assert "PDF" in words(desk.get(page_of(edition)))

    desk.post(page_of(edition), typed(edition, remove_file="on"))
    edition.refresh_from_db()
    assert edition.file is None


@pytest.fixture
def one_page_pdf():
    drawn = pypdfium2.PdfDocument.new()
    drawn.new_page(200, 300)
    written = io.BytesIO()
    drawn.save(written)
    return SimpleUploadedFile("booklet.pdf", written.getvalue(), "application/pdf")


# Steps


def test_an_edition_is_sent_for_review_and_given_back(desk):
    edition = make.edition()

    take(desk, edition, "submit")
    assert state(edition) == "in_review"
    assert edition.title in words(desk.get("/staff/"))

    take(desk, edition, "send_back")
    assert state(edition) == "draft"
    assert "Nothing waits for review." in words(desk.get("/staff/"))


def test_asking_for_a_step_changes_nothing_before_it_is_confirmed(desk):
    edition = make.version().edition

    for step in ["submit", "publish", "withdraw", "share_preview", "stop_previews"]:
        assert desk.get(step_of(edition, step)).status_code == 200

    assert state(edition) == "published"
    assert edition.versions.count() == 1
    assert not PreviewLink.objects.exists()


def test_an_edition_is_scheduled_in_almaty_time_and_taken_back(desk):
    edition = make.version(title="Сейчас").edition
    moment = (timezone.now() + datetime.timedelta(days=2)).replace(second=0, microsecond=0)

    page = words(desk.get(step_of(edition, "publish")))
    assert "Almaty time (UTC+5)" in page
    assert "Now in Almaty" in page
    answer = take(desk, edition, "publish", at=in_almaty(moment), change_note="Срок изменился.")

    assert "Scheduled: readers will see it from" in said(answer)
    assert state(edition) == "scheduled"
    assert edition.versions.first().publish_at == moment
    assert PlannedMoment.objects.filter(at=moment).exists()
    assert live(edition).number == 1
    assert "UTC+5" in words(desk.get("/staff/"))

    take(desk, edition, "cancel_scheduled")
    assert state(edition) == "published"
    assert edition.versions.count() == 1


def test_a_moment_that_has_passed_is_refused_and_the_note_stays(desk):
    edition = make.version().edition

    answer = take(
        desk,
        edition,
        "publish",
        at=in_almaty(timezone.now() - datetime.timedelta(hours=1)),
        change_note="Срок изменился.",
    )

    assert answer.status_code == 200
    assert "This moment has passed." in words(answer)
    assert "Срок изменился." in words(answer)
    assert edition.versions.count() == 1


def test_a_second_version_needs_a_sentence_about_what_changed_and_the_first_does_not(desk):
    first, second = make.edition(), make.version().edition

    assert "change_note" not in desk.get(step_of(first, "publish")).context["form"].fields
    answer = take(desk, second, "publish")

    assert answer.status_code == 200
    assert "change_note" in answer.context["form"].errors
    assert second.versions.count() == 1


def test_a_step_that_is_refused_says_why_on_its_own_page(desk):
    empty = make.edition(body="")

    answer = take(desk, empty, "submit")

    assert answer.status_code == 200
    assert "There is nothing to read yet" in words(answer)
    assert "This step was not taken." in words(answer)
    assert state(empty) == "draft"


def test_an_edition_is_withdrawn_with_a_reason_and_brought_back(desk):
    edition = make.version().edition

    assert take(desk, edition, "withdraw", reason=" ").status_code == 200
    assert state(edition) == "published"

    take(desk, edition, "withdraw", reason="Закон изменился.")
    assert state(edition) == "withdrawn"
    assert live(edition) is None
    page = desk.get(page_of(edition))
    assert "Закон изменился." in words(page)
    assert [step for step, _label in page.context["steps"]][:1] == ["bring_back"]

    take(desk, edition, "bring_back")
    assert live(edition).number == 1


def test_steps_stand_on_the_page_only_when_they_are_possible(desk):
    published = make.version().edition
    draft = make.edition()

    def steps(edition):
        return [step for step, _label in desk.get(page_of(edition)).context["steps"]]

    assert steps(draft) == ["submit", "publish", "share_preview"]
    assert steps(published) == ["submit", "publish", "withdraw", "share_preview"]


def test_a_step_is_written_into_the_history(desk):
    edition = make.edition()

    take(desk, edition, "publish")

    history = desk.get(reverse("admin:resources_edition_history", args=[edition.pk]))
    assert "Publish" in words(history)


# Previews


def test_a_preview_link_is_made_opened_without_an_account_and_stopped(desk):
    edition = make.edition(title="Ещё не видно")

    take(desk, edition, "share_preview", days=30)
    link = PreviewLink.objects.get()
    assert link.expires_at - timezone.now() > datetime.timedelta(days=29)
    assert link.get_absolute_url() in words(desk.get(page_of(edition)))
    reader = Client()
    assert "Ещё не видно" in words(reader.get(link.get_absolute_url()))

    take(desk, edition, "stop_previews")
    assert reader.get(link.get_absolute_url()).status_code == 404


def test_the_preview_button_opens_what_is_saved_and_makes_one_link_only(desk):
    edition = make.edition(title="Ещё не видно")
    button = reverse("admin:resources_edition_preview", args=[edition.pk])

    assert desk.get(button).status_code == 405
    answers = [desk.post(button, follow=True) for _twice in range(2)]

    assert all("Ещё не видно" in words(answer) for answer in answers)
    assert PreviewLink.objects.count() == 1


def test_preview_links_are_revoked_from_their_list(desk):
    link = make.preview_link(make.edition())

    desk.post(
        reverse("admin:shared_previewlink_changelist"),
        {"action": "revoke", "_selected_action": [link.pk]},
    )

    link.refresh_from_db()
    assert not link.is_open


# Languages


def test_uzbek_in_cyrillic_is_made_by_saving_uzbek_and_cannot_be_written(desk):
    latin = make.edition("uz", title="Maosh", summary="", body="Bizga telefon qiling.")
    desk.post(page_of(latin), typed(latin, title="Maosh berilmadi"))
    cyrillic = latin.publication.editions.get(language="uz-cyrl")
    assert cyrillic.title == "Маош берилмади"

    page = desk.get(page_of(cyrillic))
    assert "made from Uzbek in Latin letters" in words(page)
    assert not {"title", "summary", "body", "law_as_of"} & set(
        page.context["adminform"].form.fields
    )
    assert not {"submit", "publish"} & {step for step, _label in page.context["steps"]}

    desk.post(page_of(cyrillic), typed(cyrillic, title="Ўзгарди", law_as_of="2020-01-01"))
    cyrillic.refresh_from_db()
    assert cyrillic.title == "Маош берилмади"
    assert cyrillic.law_as_of is None


def test_saying_that_a_translation_matches_takes_its_mark_away(desk):
    source = make.edition("ru")
    translation = make.edition("tg", publication=source.publication)
    publishing.mark_up_to_date(translation)
    assert "Out of date" not in words(desk.get(page_of(translation)))

    desk.post(page_of(source), typed(source, body="Новый текст."))
    assert "Out of date" in words(desk.get(page_of(translation)))
    assert translation.title in words(desk.get("/staff/"))

    translation.refresh_from_db()
    desk.post(page_of(translation), typed(translation, body="Матни нав."))
    assert "Out of date" in words(desk.get(page_of(translation)))

    translation.refresh_from_db()
    desk.post(page_of(translation), typed(translation, matches_source="on"))
    assert "Out of date" not in words(desk.get(page_of(translation)))


def test_only_a_translation_can_match_its_source(desk):
    source = make.edition("ru")
    translation = make.edition("tg", publication=source.publication)

    def shown(edition):
        sets = desk.get(page_of(edition)).context["adminform"].fieldsets
        return {field for _name, options in sets for field in options["fields"]}

    assert "matches_source" not in shown(source)
    assert "matches_source" in shown(translation)


def test_a_publication_is_replaced_by_a_newer_one_but_not_by_itself(desk):
    old, new = make.publication(), make.publication()
    address = reverse("admin:resources_publication_change", args=[old.pk])
    sent = {"code": old.code, "slug": old.slug, "kind": old.kind, "source_language": "ru"}

    answer = desk.post(address, sent | {"replaced_by": old.pk})
    assert answer.status_code == 200
    assert "A publication cannot replace itself." in words(answer)

    assert desk.post(address, sent | {"replaced_by": new.pk}).status_code == 302
    old.refresh_from_db()
    assert old.replaced_by == new

    # Nor by one that it has replaced.
    address = reverse("admin:resources_publication_change", args=[new.pk])
    sent |= {"code": new.code, "slug": new.slug, "replaced_by": old.pk}
    assert "A publication cannot replace itself." in words(desk.post(address, sent))


def test_a_language_that_is_written_twice_is_refused(desk):
    sent = {"code": "wages", "order": 1, "texts-TOTAL_FORMS": 2, "texts-INITIAL_FORMS": 0}
    for number in range(2):
        sent |= {f"texts-{number}-language": "ru", f"texts-{number}-name": "Зарплата"}

    answer = desk.post(reverse("admin:resources_topic_add"), sent)

    assert answer.status_code == 200
    assert any(answer.context["inline_admin_formsets"][0].formset.errors)


# The library as a whole


def test_the_table_of_translations_leads_to_every_edition_and_to_the_missing_ones(desk):
    source = make.version("ru").edition
    translation = make.edition("tg", publication=source.publication)
    DownloadCount.objects.create(edition=source, day=timezone.localdate(), what="file", count=5)

    page = words(desk.get(reverse("admin:resources_translations")))

    assert page_of(source) in page
    assert page_of(translation) in page
    assert f"?publication={source.publication_id}&amp;language=kk" in page
    assert f"?publication={source.publication_id}&amp;language=uz-cyrl" not in page
    assert "out of date" in page
    assert '<td class="number">5</td>' in page


def test_downloads_and_paper_copies_add_up_for_a_period_with_both_its_days(desk):
    edition = make.version().edition
    other = make.version().edition
    first, last = datetime.date(2026, 3, 1), datetime.date(2026, 3, 31)
    outside = datetime.date(2026, 4, 1)
    for counted, day, count in [(edition, first, 2), (other, last, 3), (edition, outside, 100)]:
        DownloadCount.objects.create(edition=counted, day=day, what="file", count=count)
    for day, copies in [(first, 10), (last, 20), (outside, 100)]:
        make.handout(publication=edition.publication, handed_on=day, copies=copies)

    page = desk.get(reverse("admin:resources_taken"), {"start": first, "end": last})

    rows = {row.publication: (row.downloads, row.copies) for row in page.context["rows"]}
    assert rows == {edition.publication: (2, 30), other.publication: (3, 0)}
    assert (page.context["downloads"], page.context["copies"]) == (5, 30)


def test_the_report_of_what_was_taken_begins_with_this_year_and_names_titles(staff_client):
    make.version(title="Мне не заплатили")

    page = words(staff_client.get(reverse("admin:resources_taken")))

    today = timezone.localdate()
    assert f'name="start" value="{today.year}-01-01"' in page, "the form a browser understands"
    assert f'name="end" value="{today:%Y-%m-%d}"' in page
    assert "Мне не заплатили" in page


def test_staff_choose_a_topic_by_its_name(staff_client):
    topic = make.topic("wages", ru="Не платят зарплату")
    make.publication().topics.add(topic)

    page = words(staff_client.get(reverse("admin:resources_publication_changelist")))

    assert f'<a href="?topics__id__exact={topic.pk}">' in page
    assert "Не платят зарплату</a>" in page


def test_a_period_that_ends_before_it_begins_is_refused(desk):
    page = desk.get(reverse("admin:resources_taken"), {"start": "2026-03-02", "end": "2026-03-01"})

    assert page.status_code == 200
    assert "The last day cannot be before the first." in words(page)


def test_the_table_of_translations_and_the_report_agree_about_what_is_stale():
    source = make.edition("ru")
    fresh = make.edition("kk", publication=source.publication)
    publishing.mark_up_to_date(fresh)
    stale = make.edition("en", publication=source.publication)

    assert reports.stale(10) == (1, [stale])
    assert [publishing.is_stale(edition) for edition in [source, fresh, stale]] == [
        False,
        False,
        True,
    ]


@pytest.mark.parametrize("body", ["", "a\\b \\\\ \\134 \\x41", "Ғқ ӣ 👍 \u0301", "\n'%s'"])
def test_the_database_and_the_steps_agree_about_the_hash_of_a_text(body):
    edition = make.edition(title="Ә\\ж", summary="%(a)s", body=body)
    assert Edition.objects.get(pk=edition.pk).content_hash == publishing.content_hash(edition)

    Edition.objects.filter(pk=edition.pk).update(body=body + "!")

    edition.refresh_from_db()
    assert edition.content_hash == publishing.content_hash(edition)


def test_the_table_of_translations_has_pages_with_those_taken_most_first(desk, monkeypatch):
    monkeypatch.setattr("resources.admin.ROWS_ON_A_PAGE", 1)
    first, second = make.edition(), make.edition()
    DownloadCount.objects.create(edition=second, day=timezone.localdate(), what="file", count=5)

    pages = [words(desk.get(reverse("admin:resources_translations"), {"page": n})) for n in (1, 2)]

    assert page_of(second) in pages[0]
    assert page_of(first) not in pages[0]
    assert page_of(first) in pages[1]
    assert '<a href="?page=2">2</a>' in pages[0]


def test_the_first_page_tells_which_checks_are_overdue(desk):
    today = timezone.localdate()
    late = make.edition(title="Просрочено", review_due=today - datetime.timedelta(days=1))
    make.edition(title="Скоро", review_due=today + datetime.timedelta(days=30))
    make.edition(title="Нескоро", review_due=today + datetime.timedelta(days=31))

    page = words(desk.get("/staff/"))

    assert page_of(late) in page
    assert page.count("overdue") == 1
    assert "Скоро" in page
    assert "Нескоро" not in page


# Facts and handouts


def test_a_fact_names_the_booklets_that_quote_it(desk):
    fact = make.fact("move-days")
    quoting = make.edition(body="Срок [[move-days]].")
    other = make.edition(body="Срок [[move-days-2]].")

    page = words(desk.get(reverse("admin:shared_fact_change", args=[fact.pk])))

    assert page_of(quoting) in page
    assert page_of(other) not in page


def test_a_handout_needs_a_place_and_a_copy_and_keeps_what_was_typed(client, operator):
    operator.language = "en"
    operator.save()
    client.force_login(operator)
    publication = make.publication()
    sent = {
        "publication": publication.pk,
        "language": "uz",
        "copies": "40",
        "handed_on": "2026-03-01",
        "place": "",
    }
    add = reverse("admin:resources_handout_add")

    answer = client.post(add, sent)
    assert answer.status_code == 200
    assert "Say where: choose an office or write a place." in words(answer)
    assert 'value="40"' in words(answer)

    answer = client.post(add, sent | {"place": "Вокзал", "copies": "0"})
    assert answer.status_code == 200
    assert 'value="Вокзал"' in words(answer)

    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    answer = client.post(add, sent | {"place": "Вокзал", "handed_on": tomorrow})
    assert "This day has not come yet." in words(answer)
    assert not Handout.objects.exists()

    assert client.post(add, sent | {"place": "Вокзал"}).status_code == 302
    assert Handout.objects.get().recorded_by == operator


# Looking only


def test_who_may_only_look_reads_an_edition_and_finds_no_button(client, operator):
    operator.language = "en"
    operator.save()
    client.force_login(operator)
    edition = make.version(title="Читать можно").edition

    page = client.get(page_of(edition))

    assert page.status_code == 200
    assert "Читать можно" in words(page)
    assert page.context["steps"] == []
    for button in ["_save", "new_file", "preview-form", "<textarea"]:
        assert button not in words(page)
    assert client.post(page_of(edition), typed(edition, title="Нельзя")).status_code == 403
