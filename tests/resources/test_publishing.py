import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from resources import publishing
from resources.models import Edition, EditionVersion
from tests import make

pytestmark = pytest.mark.django_db
TOMORROW = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def live(edition):
    return EditionVersion.objects.live().filter(edition=edition).first()


def state(edition):
    return Edition.objects.with_state().get(pk=edition.pk).state


def test_an_edition_goes_from_draft_through_review_to_readers(coordinator):
    edition = make.edition()
    assert state(edition) == "draft"

    publishing.submit(edition, by=coordinator)
    assert state(edition) == "in_review"

    publishing.publish(edition, by=coordinator)
    assert state(edition) == "published"
    assert live(edition).title == edition.title


def test_an_empty_edition_cannot_be_published(coordinator):
    with pytest.raises(ValidationError, match="nothing to read"):
        publishing.publish(make.edition(body=" "), by=coordinator)


def test_an_edition_is_submitted_only_once_and_can_be_given_back(coordinator):
    edition = make.edition()
    publishing.submit(edition, by=coordinator)

    with pytest.raises(ValidationError, match="already waiting"):
        publishing.submit(edition, by=coordinator)

    publishing.send_back(edition, by=coordinator)
    with pytest.raises(ValidationError, match="not waiting"):
        publishing.send_back(edition, by=coordinator)


def test_readers_see_the_old_version_until_the_new_one_is_published(coordinator):
    first = make.version()
    edition = first.edition
    edition.title = "Новое название"
    edition.save()
    assert live(edition).title == first.title

    with pytest.raises(ValidationError, match="what changed"):
        publishing.publish(edition, by=coordinator)
    second = publishing.publish(edition, by=coordinator, change_note="Новый срок.")

    assert (second.number, live(edition).title) == (2, "Новое название")
    first.refresh_from_db()
    assert first.superseded_at == second.publish_at


def test_a_scheduled_version_appears_at_its_moment_and_not_before(coordinator):
    first = make.version()
    at = timezone.now() + TOMORROW
    publishing.publish(first.edition, by=coordinator, at=at, change_note="Новое.")

    assert live(first.edition).number == 1
    assert state(first.edition) == "scheduled"
    assert EditionVersion.objects.live(at).get(edition=first.edition).number == 2


def test_what_is_scheduled_can_be_cancelled_and_nothing_else_planned_over_it(coordinator):
    first = make.version()
    edition = first.edition
    publishing.publish(edition, by=coordinator, at=timezone.now() + TOMORROW, change_note="Новое.")
    with pytest.raises(ValidationError, match="already scheduled"):
        publishing.publish(edition, by=coordinator, change_note="Ещё.")

    publishing.cancel_scheduled(edition, by=coordinator)

    first.refresh_from_db()
    assert first.superseded_at is None
    with pytest.raises(ValidationError, match="Nothing is scheduled"):
        publishing.cancel_scheduled(edition, by=coordinator)


def test_a_withdrawn_edition_says_why_and_can_be_brought_back(coordinator):
    version = make.version()
    edition = version.edition
    with pytest.raises(ValidationError, match="why it is withdrawn"):
        publishing.withdraw(edition, by=coordinator, reason=" ")

    publishing.withdraw(edition, by=coordinator, reason="Закон изменился.")
    assert live(edition) is None
    assert state(edition) == "withdrawn"
    with pytest.raises(ValidationError, match="is withdrawn"):
        publishing.publish(edition, by=coordinator, change_note="x")
    with pytest.raises(ValidationError, match="already withdrawn"):
        publishing.withdraw(edition, by=coordinator, reason="x")

    publishing.bring_back(edition, by=coordinator)
    assert live(edition) == version
    with pytest.raises(ValidationError, match="not withdrawn"):
        publishing.bring_back(edition, by=coordinator)


def test_uzbek_in_cyrillic_follows_uzbek_in_latin_in_every_step(coordinator):
    latin = make.edition("uz", title="Ish haqi toʻlanmadi", body="Qoʻngʻiroq qiling.")
    publishing.publish(latin, by=coordinator)
    cyrillic = latin.publication.editions.get(language="uz-cyrl")
    assert (cyrillic.title, live(cyrillic).title) == ("Иш ҳақи тўланмади",) * 2
    assert not publishing.is_stale(cyrillic)

    publishing.publish(latin, by=coordinator, at=timezone.now() + TOMORROW, change_note="Yangi.")
    assert state(cyrillic) == "scheduled"
    publishing.cancel_scheduled(latin, by=coordinator)
    assert state(cyrillic) == "published"
    publishing.withdraw(latin, by=coordinator, reason="Qonun oʻzgardi.")
    cyrillic.refresh_from_db()
    assert cyrillic.withdrawn_reason == "Қонун ўзгарди."
    publishing.bring_back(latin, by=coordinator)
    assert state(cyrillic) == "published"


def test_a_translation_is_stale_when_the_words_of_its_source_change_and_not_by_date():
    source = make.edition("ru")
    translation_of_it = make.edition("kk", publication=source.publication)
    publishing.mark_up_to_date(translation_of_it)

    source.law_as_of = datetime.date(2026, 1, 1)
    source.save()
    assert not publishing.is_stale(translation_of_it)

    source.body += " Ещё слово."
    source.save()
    assert publishing.is_stale(translation_of_it)
    translation_of_it.title = "Түзетілген"
    translation_of_it.save()
    assert publishing.is_stale(translation_of_it), "a corrected phone number is no new translation"


@pytest.mark.parametrize(
    ("model", "changes", "constraint"),
    [
        (Edition, {"withdrawn_at": timezone.now()}, "edition_withdrawn_with_reason"),
        (EditionVersion, {"superseded_at": datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)}, "version_superseded_after_publishing"),
    ],
)  # fmt: skip
def test_the_database_refuses_what_makes_no_sense(model, changes, constraint):
    make.version()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        model.objects.update(**changes)


def test_an_edition_exists_once_per_language():
    edition = make.edition()

    with pytest.raises(IntegrityError, match="edition_once_per_language"), transaction.atomic():
        make.edition(publication=edition.publication)


def test_a_publication_cannot_replace_itself():
    publication = make.publication()
    publication.replaced_by = publication

    with pytest.raises(IntegrityError, match="not_replaced_by_itself"), transaction.atomic():
        publication.save()
