"""What casework starts with: services, letters in all languages, terms of the law, holidays."""

import datetime

import pytest

from legalaid import deadlines, letters
from legalaid.models import DeadlineRule, Holiday, LetterTemplate, ServiceKind
from sanasezim import starting_content
from sanasezim.shared.languages import CODES
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _started():
    starting_content.load()


def test_every_letter_and_service_has_a_text_in_all_seven_languages():
    for row in [*LetterTemplate.objects.all(), *ServiceKind.objects.all()]:
        assert {text.language for text in row.texts.all()} == set(CODES), row.code


def test_a_letter_is_in_the_language_it_says_with_the_same_places_to_fill():
    for letter in LetterTemplate.objects.all():
        texts = {text.language: text.body for text in letter.texts.all()}
        for language, body in texts.items():
            assert letters.language_of(body) == language, f"{letter.code} {language}"
            assert set(letters.unfilled(body)) == set(letters.unfilled(texts["ru"]))


def test_what_the_portal_knows_of_a_letter_it_fills(lawyer):
    make.line(phone="+77252000000", is_main=True)
    letter = LetterTemplate.objects.get(code="received")

    text, language = letters.text_of(letter, "uz-cyrl", by=lawyer)

    assert language == "uz-cyrl"
    assert "+7 725 200 00 00" in text.replace("\u00a0", " ")
    assert letters.unfilled(text) == ["{дата}"]
    assert letters.REFERENCE in text


def test_every_term_waits_for_the_lawyers_check_and_says_its_law():
    for rule in DeadlineRule.objects.all():
        assert rule.checked_on is None
        assert "проверить" in rule.law
        due_on, remind_on = deadlines.dates(rule, datetime.date(2026, 11, 24))
        assert datetime.date(2026, 11, 24) <= remind_on <= due_on


def test_thirty_days_of_stay_count_the_day_of_entry():
    rule = DeadlineRule.objects.get(code="stay-30-days")

    due_on, _remind_on = deadlines.dates(rule, datetime.date(2026, 11, 2))

    # As the booklet for migrants counts: a stay is not longer for a Sunday.
    assert due_on == datetime.date(2026, 12, 1)


def test_the_holidays_of_two_years_are_there_and_marked_to_be_checked():
    days = deadlines.kazakhstan()

    assert not days.is_working(datetime.date(2026, 12, 16))
    assert not days.is_working(datetime.date(2027, 3, 24))
    assert all("проверить" in holiday.name for holiday in Holiday.objects.all())
    assert {holiday.day.year for holiday in Holiday.objects.all()} == {2026, 2027}
