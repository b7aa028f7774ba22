import random
import unicodedata

import pytest
from django.utils import timezone

from resources import publishing, search
from resources.models import EditionVersion, Publication, SearchWord
from resources.synonyms import CONCEPTS
from sanasezim.shared.folding import switch_layout
from tests import make

pytestmark = pytest.mark.django_db

LOOK_ALIKES = str.maketrans("қғүұөһіңәӯҷҳӣўʻʼ", "кгууохинеучхиу\u200b\u200b")


def found(query, language="ru", **options):
    hits = search.search(query, language=language, **options).hits
    slugs = dict(Publication.objects.values_list("pk", "slug"))
    return [slugs[hit.publication_id] for hit in hits]


def with_a_slip(title, dice):
    words = title.split()
    longest = max(words, key=len)
    place = dice.randrange(1, len(longest) - 2)
    swapped = longest[place + 1] + longest[place]
    slipped = dice.choice(
        [
            longest[:place] + swapped + longest[place + 2 :],
            longest[:place] + longest[place + 1 :],
            longest[:place] + longest[place] + longest[place:],
        ]
    )
    return title.replace(longest, slipped)


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param(lambda title, dice: title, id="as printed"),
        pytest.param(lambda title, dice: title.lower().translate(LOOK_ALIKES), id="look-alikes"),
        pytest.param(lambda title, dice: unicodedata.normalize("NFD", title), id="decomposed"),
        pytest.param(lambda title, dice: " ".join(reversed(title.split())), id="reversed"),
        pytest.param(with_a_slip, id="with a slip"),
    ],
)
def test_every_title_finds_its_publication_however_it_is_typed(demo, typed):
    dice = random.Random(7)  # noqa: S311 (the same slips every time)
    live = EditionVersion.objects.live().filter(edition__publication__replaced_by=None)

    misses = [
        version.title
        for version in live.select_related("edition__publication")
        if version.edition.publication.slug
        not in found(typed(version.title, dice), language=dice.choice(["ru", "uz", "tg"]), limit=3)
    ]

    assert not misses


@pytest.mark.parametrize(
    "title", ["Мне не заплатили: семь шагов", "Паспорт потерян или его забрали"]
)
def test_a_title_typed_with_the_other_layout_finds_its_publication(demo, title):
    result = search.search(switch_layout(title), language="ru")

    assert found(switch_layout(title))[0] == found(title)[0]
    assert result.did_you_mean


def test_a_question_finds_a_text_that_exists_only_in_another_language():
    version = make.version("en", title="Fine", summary="Tax and quota.", body="Fine. " * 3)

    for query in ["штраф налог квота", "айыппұл салық квота", "jarima soliq kvota"]:
        hit = search.search(query, language="kk").hits[0]
        assert (hit.publication_id, hit.language) == (version.edition.publication_id, "en")


def test_the_title_says_more_than_the_text():
    make.version(title="Разное", summary="Обо всём.", body="Про самовар, больницу и границу.")
    named = make.version(title="Самовар", summary="Как ставить.", body="Позвоните.")

    assert found("самовар")[0] == named.edition.publication.slug


def test_a_text_with_all_the_words_comes_before_one_with_some():
    make.version(title="Самовар", summary="Разное.", body="Позвоните.")
    both = make.version(title="Самовар и балалайка", summary="Разное.", body="Позвоните.")

    assert found("самовар балалайка")[0] == both.edition.publication.slug


@pytest.mark.parametrize("inflected", ["балалайки", "балалайкой", "балалайку", "балалайка"])
def test_another_ending_is_the_same_word(inflected):
    version = make.version(title="Самовар с балалайкою", summary="Разное.", body="Позвоните.")

    result = search.search(inflected, language="ru")

    assert [hit.publication_id for hit in result.hits] == [version.edition.publication_id]


def test_nothing_is_named_when_the_words_were_found_as_typed(demo):
    assert search.search("паспорт потерян", language="ru").did_you_mean == ""
    assert search.search("паспрот потерян", language="ru").did_you_mean.endswith("потерян")


def test_a_scheduled_version_is_found_from_its_moment_on(coordinator):
    tomorrow = timezone.now() + timezone.timedelta(days=1)
    version = make.version(title="Самовар", at=tomorrow)

    assert found("самовар") == []

    EditionVersion.objects.filter(pk=version.pk).update(publish_at=timezone.now())

    assert found("самовар") == [version.edition.publication.slug]


def test_a_new_version_takes_the_place_of_the_old_one(coordinator):
    version = make.version(title="Самовар")
    edition = version.edition
    edition.title = "Балалайка"
    edition.save()
    publishing.publish(edition, by=coordinator, change_note="Новое имя.")

    assert found("самовар") == []
    assert found("балалайка") == [edition.publication.slug]


def test_the_vocabulary_counts_what_the_index_holds(demo, coordinator):
    version = make.version(title="Самовар", body="Балалайка")
    search.index(version)
    counted = dict(SearchWord.objects.values_list("word", "entries"))
    search.reindex()

    assert dict(SearchWord.objects.values_list("word", "entries")) == counted
    assert counted["samovar"] == 1

    search.unindex(version.edition)

    assert not SearchWord.objects.filter(word="samovar").exists()


@pytest.mark.parametrize("concept", CONCEPTS)
def test_the_synonyms_of_a_concept_lead_to_it(concept):
    for member in CONCEPTS[concept].split():
        skeletons = search._skeletons(member.replace("*", "").replace("_", " "))

        assert any(
            f"={concept}" in search._concepts_at(skeletons, place)[0]
            for place in range(len(skeletons))
        ), member


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        ("Вам не заплатили зарплату?", "зарплата", ["зарплату"]),
        ("Вам не заплатили зарплату?", "oylik", ["зарплату"]),
        ("Паспорт потерян", "gfcgjhn", ["Паспорт"]),
        ("Паспорт потерян", "паспрот", ["Паспорт"]),
        ("Паспорт потерян", "врач", []),
        ("", "врач", []),
    ],
)
def test_what_was_asked_for_is_marked(text, query, marked):
    pieces = search.mark(text, query)

    assert [piece for piece, is_match in pieces if is_match] == marked
    assert "".join(piece for piece, _ in pieces) == text


def test_a_snippet_shows_the_first_match_or_else_the_summary():
    version = make.version(
        summary="Коротко.", body="Слово. " * 200 + "Самовар стоит тут. " + "Слово. " * 200
    )

    pieces = search.snippet(version, "самовара")

    assert ("Самовар", True) in pieces
    assert len("".join(piece for piece, _ in pieces)) < 220
    assert search.snippet(version, "балалайка") == [("Коротко.", False)]
