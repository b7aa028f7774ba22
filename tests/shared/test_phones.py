"""A phone number has one form, however it was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanasezim.shared.phones import NBSP, as_e164, in_groups, ways_to_read


@pytest.mark.parametrize(
    "text",
    """
    +77011234567
    +7 701 123 45 67
    +7 (701) 123-45-67
    +7-701-123-45-67
    +7.701.123.45.67
    +7‑701‑123‑45‑67
    +7–701–123–45–67
    +7 701 123 45 67
    ＋７７０１１２３４５６７
    8 701 123 45 67
    8-701-123-45-67
    8(701)1234567
    (8) 701 123 45 67
    87011234567
    +87011234567
    7011234567
    701 123 45 67
    77011234567
    007 701 123 45 67
    8~10 7 701 123 45 67
    tel:+77011234567
    тел. 8 701 123-45-67
    Тел.: 8 701 123-45-67 доб. 12
    +7 701 123 45 67 вн. 5
    +7 701 123 45 67 ext 5
    +7 701 123 45 67 (жена)
    внук 8 701 123 45 67
    ٨٧٠١١٢٣٤٥٦٧
    """.strip().splitlines(),
)
def test_a_kazakh_number(text):
    assert as_e164(text.strip()) == "+77011234567"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+998 90 123-45-67", "+998901234567"),
        ("998901234567", "+998901234567"),
        ("00998 90 123 45 67", "+998901234567"),
        ("8 10 998 90 123 45 67", "+998901234567"),
        ("8 998 90 123 45 67", "+998901234567"),
        ("+996 (700) 12-34-56", "+996700123456"),
        ("996700123456", "+996700123456"),
        ("0700 123 456", "+996700123456"),
        ("+992 90 123 4567", "+992901234567"),
        ("992901234567", "+992901234567"),
        ("+7 912 345 67 89", "+79123456789"),
        ("8 912 345 67 89", "+79123456789"),
        ("8 (7252) 12-34-56", "+77252123456"),
        ("+993 65 12 34 56", "+99365123456"),
        ("+90 532 123 45 67", "+905321234567"),
        ("+7 700 000 00 00", "+77000000000"),
    ],
)
def test_a_number_of_another_country(text, number):
    assert as_e164(text) == number


@pytest.mark.parametrize(
    ("region", "number"),
    [("UZ", "+998901234567"), ("TJ", "+992901234567")],
)
def test_a_number_without_a_country_is_of_the_region_asked_for(region, number):
    assert as_e164("90 123 45 67", region) == number


def test_a_number_without_a_country_may_be_several():
    assert as_e164("90 123 45 67") == ""
    assert ways_to_read("90 123 45 67") == ["+998901234567", "+992901234567"]


@pytest.mark.parametrize(
    "text", ["", " ", "abc", "12", "102", "+", "+7", "8", "9" * 1000, "\x00", "\ud800", "нет"]
)
def test_what_is_no_number(text):
    assert as_e164(text) == ""
    assert ways_to_read(text) == []


@given(st.text())
def test_any_text_is_read_without_an_error(text):
    number = as_e164(text)
    assert number == "" or (number[0] == "+" and number[1:].isdigit() and number.isascii())
    assert as_e164(number) == number


@given(st.from_regex(r"\+7(70[0-2]|747|77[1-8])[0-9]{7}", fullmatch=True), st.randoms())
def test_signs_between_digits_change_nothing(number, random):
    typed = "".join(digit + random.choice(["", "", " ", "-", ".", ") ", NBSP]) for digit in number)
    assert as_e164(typed) == as_e164("8" + number[2:]) == number


def test_a_number_is_shown_in_groups():
    assert in_groups("+998901234567").replace(NBSP, " ") == "+998 90 123 45 67"
