"""The coordinator's errand: from last year's page to a scheduled one, and what two people do at once."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from events import publishing, readiness, versions
from events.models import (
    Event,
    EventText,
    PressItem,
    ProgrammeItem,
    ProgrammeText,
    Step,
    Story,
    StoryText,
)
from sanasezim.shared import jobs
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator(db):
    with translation.override("en"):
        yield make.user("coordinator", language="en")


@pytest.fixture
def last_year(db):
    """A published page in Russian and Kazakh with a programme, a story, a partner and a booklet."""
    day = timezone.localdate().replace(month=12, day=18)
    day = day.replace(year=day.year - 1)
    event = make.event(day.year, publish_at=timezone.now())
    russian = event.texts.get()
    EventText.objects.create(
        event=event, language="kk", title="18 желтоқсан", body="Келіңіз.",
        source_hash=russian.words_hash,
    )  # fmt: skip
    item = ProgrammeItem.objects.create(event=event, day=day, starts="10:00", kind="help")
    ProgrammeText.objects.create(item=item, language="ru", title="Консультация", place="Базар")
    story = Story.objects.create(event=event, consent_on=day, consent_how="written")
    StoryText.objects.create(story=story, language="ru", title="Рустам", body="Он приехал.")
    event.partners.add(make.partner())
    event.materials.add(make.publication())
    return event


def address(event, page, *args):
    return reverse(f"admin:events_event_{page}", args=[event.pk, *args])


def fields(page, prefix=""):
    """What a browser would send of the forms of a page: {name: value}."""
    sent = {}
    context = page.context
    forms = [context.get("form"), context.get("words")]
    forms += [form for section in context.get("sections") or [] for form in section["forms"]]
    forms += list(context.get("numbers") or [])
    for form in [one for one in forms if hasattr(one, "fields")]:
        for name in form.fields:
            value = form[name].value()
            if value not in (None, False, "") and not hasattr(value, "read"):
                sent[form.add_prefix(name)] = (
                    [getattr(one, "pk", one) for one in value] if isinstance(value, list) else value
                )
    return sent


def test_the_whole_errand_from_last_years_page_to_a_scheduled_one(
    client, coordinator, last_year, mailoutbox
):
    client.force_login(coordinator)

    begin = client.get("/staff/events/event/add/")
    sent = fields(begin)
    assert sent["earlier"] == last_year.pk or begin.context["form"]["earlier"].value()
    sent |= {"earlier": last_year.pk, "title": "18 декабря: приходите", "keep": publishing.KEEP}
    answer = client.post("/staff/events/event/add/", sent)
    event = Event.objects.get(begun_from=last_year)
    assert answer["Location"] == address(event, "change")
    assert event.starts_on == last_year.starts_on.replace(year=last_year.year + 1)
    assert event.programme.get().day == event.starts_on
    assert event.programme.get().texts.get().title == "Консультация"
    assert event.stories.get().consent_on is None
    assert event.partners.count() == event.materials.count() == 1

    # What is missing, language by language
    overview = client.get(address(event, "change"))
    lacks = {code: missing for code, _text, missing in overview.context["by_language"]}
    assert [lack.part for lack in lacks["kk"] if "programme" in lack.words]
    assert any("out of date" in lack.words for lack in lacks["kk"])
    assert any("consent" in lack.words for lack in overview.context["lacks"])

    # The Kazakh twin, with the words of the programme
    page = client.get(address(event, "words_kk"))
    item = event.programme.get()
    answer = client.post(
        address(event, "words_kk"),
        fields(page)
        | {
            f"event{event.pk}-title": "18 желтоқсан: келіңіздер",
            f"event{event.pk}-matches_source": "on",
            f"programmeitem{item.pk}-title": "Кеңес",
        },
    )
    assert answer.status_code == 302
    whole = readiness.prefetched(event)
    assert not any("date" in lack.words for lack in readiness.of_language(whole, "kk"))
    assert item.texts.get(language="kk").title == "Кеңес"

    # Review: whoever else may publish gets a letter without a word of the page. Then a moment.
    director = make.user("director", language="en", email="director@example.org")
    client.post(address(event, "submit"), {"note": "Посмотрите, пожалуйста"})
    while jobs.run_one():
        pass
    (letter,) = mailoutbox
    assert letter.to == [director.email]
    assert address(event, "change") in letter.body
    assert "Посмотрите" not in letter.body
    at = timezone.localtime() + datetime.timedelta(days=2)
    page = client.get(address(event, "publish"))
    assert "UTC+5" in page.content.decode()
    client.post(
        address(event, "publish"),
        {"at": f"{at:%Y-%m-%dT%H:%M}", "languages": ["ru", "kk"]},
    )
    event.refresh_from_db()
    assert event.state == Event.State.SCHEDULED
    assert event.publish_at == at.replace(second=0, microsecond=0)
    assert not Event.objects.published().filter(pk=event.pk).exists()
    assert Event.objects.published(event.publish_at).filter(pk=event.pk).exists()
    steps = list(event.steps.values_list("kind", flat=True))
    assert steps == ["scheduled", "submitted", "copied"]
    assert set(event.steps.values_list("taken_by", flat=True)) == {coordinator.pk}


def test_two_coordinators_at_once_lose_nothing(client, coordinator, last_year):
    other = make.user("coordinator")
    event = publishing.begin_from(
        last_year,
        by=coordinator,
        starts_on=last_year.starts_on + datetime.timedelta(days=400),
        ends_on=last_year.ends_on + datetime.timedelta(days=400),
        title="18 декабря",
        keep=["text"],
    )
    client.force_login(coordinator)
    first = fields(client.get(address(event, "words_ru")))
    client.force_login(other)
    second = fields(client.get(address(event, "words_ru")))
    body = f"event{event.pk}-body"

    client.force_login(coordinator)
    assert (
        client.post(address(event, "words_ru"), first | {body: "Первый текст."}).status_code == 302
    )
    client.force_login(other)
    refused = client.post(address(event, "words_ru"), second | {body: "Второй текст."})

    # Nothing is overwritten, nothing typed is lost, and both stand beside each other.
    assert refused.status_code == 422
    page = refused.content.decode()
    assert event.texts.get(language="ru").body == "Первый текст."
    assert ">\nВторой текст.</textarea>" in page
    assert "<del>Первый </del>" in page
    assert "<ins>Второй </ins>" in page

    again = fields(refused)
    (section,) = refused.context["sections"]
    box = section["forms"][0]["overwrite"].field.widget.attrs["value"]
    assert f'value="{box}"' in page
    assert client.post(address(event, "words_ru"), again).status_code == 422
    done = client.post(address(event, "words_ru"), again | {f"event{event.pk}-overwrite": box})
    assert done.status_code == 302
    assert event.texts.get(language="ru").body == "Второй текст."
    # Who wrote in another part meanwhile is not in the way, and the first text is still a version.
    assert any(
        version.content["texts"]["ru"]["body"] == "Первый текст."
        for version in event.versions.all()
    )


def test_an_item_removed_meanwhile_is_not_lost_to_whoever_writes_in_it(
    client, coordinator, last_year
):
    client.force_login(coordinator)
    item = last_year.programme.get()
    sent = fields(client.get(address(last_year, "programme_row", item.pk)))
    client.post(address(last_year, "programme_remove", item.pk))

    answer = client.post(
        address(last_year, "programme_row", item.pk), sent | {"words-title": "Приём юриста"}
    )

    assert answer.status_code == 422
    assert "Приём юриста" in answer.content.decode()


def test_an_earlier_version_is_compared_and_brought_back(client, coordinator, last_year):
    versions.keep(last_year, by=coordinator)
    client.force_login(coordinator)
    item = last_year.programme.get()
    page = client.get(address(last_year, "programme_row", item.pk))
    client.post(
        address(last_year, "programme_row", item.pk),
        fields(page) | {"words-title": "Приём юриста", "capacity": "30"},
    )
    client.post(address(last_year, "programme_remove", item.pk))
    assert not last_year.programme.exists()

    compared = client.get(address(last_year, "version", 2))
    assert "Приём юриста" in compared.content.decode()
    client.post(address(last_year, "version", 2))

    back = last_year.programme.get()
    assert (back.texts.get().title, back.capacity, f"{back.starts:%H:%M}") == (
        "Приём юриста",
        30,
        "10:00",
    )
    assert last_year.steps.first().kind == Step.Kind.RESTORED
    assert versions.content_of(last_year) == last_year.versions.get(number=2).content


def test_a_story_whose_consent_is_taken_back_leaves_no_trace(client, coordinator, last_year):
    versions.keep(last_year, by=coordinator)
    client.force_login(coordinator)
    story = last_year.stories.get()

    client.post(address(last_year, "stories_remove", story.pk))

    assert not StoryText.objects.exists()
    assert all("Рустам" not in str(version.content) for version in last_year.versions.all())
    assert last_year.steps.get(kind="forgotten")


def test_only_who_may_publish_changes_what_readers_see(client, coordinator, last_year):
    """With the permission taken from the coordinator, the director approves."""
    coordinator.groups.get().permissions.remove(
        coordinator.groups.get().permissions.get(codename="publish_event")
    )
    draft = make.event(last_year.year + 3)
    client.force_login(coordinator)

    assert client.get(address(draft, "publish")).status_code == 403
    assert client.post(address(last_year, "words_ru"), {}).status_code == 403
    assert client.post(address(last_year, "withdraw"), {"reason": "Так"}).status_code == 403
    assert client.post(address(draft, "submit")).status_code == 302
    assert client.post(address(draft, "words_ru"), {}).status_code == 422

    client.force_login(make.user("director"))
    home = client.get("/staff/").content.decode()
    assert "18 декабря" in home
    comment = {"part": "text", "language": "ru", "text": "Добавьте адрес."}
    client.post(address(draft, "comment"), comment)
    assert "Добавьте адрес." in client.get(address(draft, "words_ru")).content.decode()
    assert client.post(address(draft, "publish"), {"languages": ["ru"]}).status_code == 302
    draft.refresh_from_db()
    assert draft.is_public


def test_a_withdrawn_page_says_why_and_comes_back(coordinator, last_year):
    publishing.withdraw(last_year, by=coordinator, reason="Дата неверна.")

    assert not Event.objects.published().exists()
    assert Event.objects.withdrawn().get().withdrawn_reason == "Дата неверна."
    publishing.bring_back(last_year, by=coordinator)
    assert Event.objects.published().get() == last_year


def test_a_language_becomes_public_by_itself(coordinator, last_year):
    assert Event.objects.published().for_readers().get().languages == ["ru"]

    publishing.choose_languages(last_year, by=coordinator, languages=["ru", "kk"])
    assert Event.objects.published().for_readers().get().languages == ["kk", "ru"]

    publishing.choose_languages(last_year, by=coordinator, languages=["kk"])
    assert Event.objects.published().for_readers().get().languages == ["kk"]


def test_an_article_and_the_figures_are_written_down(client, coordinator, last_year):
    client.force_login(coordinator)
    client.post(
        address(last_year, "press_add"),
        {"title": "День мигранта", "paper": "Рабат", "issue": "№ 50", "language": "ru"},
    )
    assert PressItem.objects.get().issue == "№ 50"

    page = client.get(address(last_year, "around"))
    refused = client.post(address(last_year, "around"), fields(page) | {"guests-value": "70"})
    assert refused.status_code == 422
    client.post(
        address(last_year, "around"),
        fields(page) | {"guests-value": "70", "guests-source": "список"},
    )
    handout = {
        "add_handout": "1",
        "handout-publication": make.version(by=coordinator).edition.publication.pk,
        "handout-language": "uz",
        "handout-copies": "40",
        "handout-handed_on": f"{last_year.starts_on}",
        "handout-place": "Вокзал",
    }
    assert client.post(address(last_year, "around"), handout).status_code == 302

    values = {value: source for _label, value, source in Event.objects.get().numbers}
    assert values == {70: "список", 40: ""}
