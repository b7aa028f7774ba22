"""What casework starts with: services, letters in all languages, terms of the law, holidays."""

import datetime

import pytest
from django.urls import reverse

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


# Where lawyers keep them


@pytest.fixture
def staff(client):
    client.force_login(make.user("lawyer", language="en"))
    return client


def texts(letter, **bodies):
    """What the form of a letter sends."""
    sent = {"code": letter.code, "order": letter.order}
    kept = list(letter.texts.exclude(language="uz-cyrl").order_by("pk"))
    sent |= {"texts-TOTAL_FORMS": len(kept), "texts-INITIAL_FORMS": len(kept)}
    for number, text in enumerate(kept):
        body = bodies.get(text.language, text.body)
        for name, value in [("id", text.pk), ("letter", letter.pk), ("title", text.title)]:
            sent[f"texts-{number}-{name}"] = value
        sent |= {f"texts-{number}-language": text.language, f"texts-{number}-body": body}
    return sent


def test_a_letter_changed_in_latin_is_changed_in_cyrillic_with_its_places_whole(staff):
    letter = LetterTemplate.objects.get(code="question")
    page = reverse("admin:legalaid_lettertemplate_change", args=[letter.pk])

    answer = staff.post(
        page, texts(letter, uz="Assalomu alaykum! Bizga {reference} kerak, {sana}.")
    )

    assert answer.status_code == 302, answer.context["errors"]
    assert letter.texts.get(language="uz-cyrl").body == (
        "Ассалому алайкум! Бизга {reference} керак, {sana}."
    )


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("Здравствуйте! Мы получили ваше письмо и ответим.", "This looks like Русский"),
        ("Assalomu alaykum! {sana kuni javob beramiz.", "A brace is open"),
    ],
)
def test_a_letter_in_another_language_or_with_an_open_brace_is_refused(staff, body, words):
    letter = LetterTemplate.objects.get(code="question")
    page = reverse("admin:legalaid_lettertemplate_change", args=[letter.pk])

    answer = staff.post(page, texts(letter, uz=body))

    assert answer.status_code == 200
    assert words in answer.content.decode()


def test_a_rule_says_what_it_would_give_today_and_that_it_waits_for_a_check(staff):
    rule = DeadlineRule.objects.get(code="appeal-removal")

    listed = staff.get(reverse("admin:legalaid_deadlinerule_changelist"), {"checked": "no"})
    page = staff.get(reverse("admin:legalaid_deadlinerule_change", args=[rule.pk]))

    assert rule.name in listed.content.decode()
    assert "check with the lawyer" in listed.content.decode()
    assert "the last day is" in page.content.decode()


def test_services_and_holidays_are_listed_by_name_and_year(staff):
    kinds = staff.get(reverse("admin:legalaid_servicekind_changelist")).content.decode()
    days = staff.get(reverse("admin:legalaid_holiday_changelist"), {"year": "2027"})

    assert "Contact with the consulate" in kinds
    assert "Wednesday" in days.content.decode()
    assert {row.day.year for row in days.context["cl"].result_list} == {2027}
