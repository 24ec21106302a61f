"""Identity numbers: GB 11643, and what is shown of one."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.given.identities import LI, WANG, born, numbered
from tuan.kit.ids import new_uuid
from tuan.people.identities.errors import IdentityInvalid, IdentityMissing, TooYoung
from tuan.people.identities.model import NAME_LENGTH_MAX, Identities, Identity, about, born_on, years_between

TODAY = date(2026, 11, 23)
SECRET = b"s" * 32


def test_the_example_of_the_standard_is_right() -> None:
    assert born_on(WANG.number) == date(1949, 12, 31)
    assert WANG.why_not_keep(TODAY) is None and LI.why_not_keep(TODAY) is None


@given(st.dates(date(1900, 1, 1), TODAY), st.integers(0, 999))
def test_a_number_says_its_day_of_birth_and_another_check_letter_is_seen(day: date, order: int) -> None:
    number = numbered(f"330106{day:%Y%m%d}{order:03}")
    assert born_on(number) == day
    assert [born_on(number[:-1] + letter) for letter in "0123456789X"].count(day) == 1


@given(st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_seen(place: int, by: int) -> None:
    """What ISO 7064 promises, whichever the digit."""
    digits = LI.number
    wrong = digits[:place] + str((int(digits[place]) + by) % 10) + digits[place + 1 :]
    assert born_on(wrong) is None


@given(st.integers(0, 15))
def test_two_digits_that_changed_places_are_seen(place: int) -> None:
    digits = LI.number
    swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    assert swapped == digits or born_on(swapped) is None


@pytest.mark.parametrize(
    "number",
    [
        "",
        "1101051949123100",
        LI.number[:-1],
        f"{LI.number}0",
        "11010519491231002Y",
        "１１０１０５１９４９１２３１００２X",
        numbered("00010519491231002"),
        numbered("99010519491231002"),
        numbered("11010519490230002"),
        numbered("11010519491331002"),
        numbered("11010518991231002"),
        "11010519491231002x",
    ],
)
def test_other_texts_are_no_numbers(number: str) -> None:
    assert born_on(number) is None
    assert Identity("王小明", number).why_not_keep(TODAY) == IdentityInvalid(field="number")


def test_spaces_and_a_small_check_letter_are_read() -> None:
    assert Identity(" 王德明 ", " 11010519491231002x ").read() == WANG


@pytest.mark.parametrize("name", ["", "王\n小明", "王" * (NAME_LENGTH_MAX + 1), "a\0b"])
def test_a_name_is_one_line(name: str) -> None:
    assert Identity(name, WANG.number).why_not_keep(TODAY) == IdentityInvalid(field="name")
    assert Identity("王" * NAME_LENGTH_MAX, WANG.number).why_not_keep(TODAY) is None


def test_nobody_is_born_tomorrow_and_nobody_is_under_fourteen() -> None:
    assert Identity("李", born(date(2026, 11, 24))).why_not_keep(TODAY) == IdentityInvalid(field="number")
    assert Identity("李", born(date(2026, 11, 23))).why_not_keep(TODAY) == TooYoung(years=14)
    assert Identity("李", born(date(2012, 11, 24))).why_not_keep(TODAY) == TooYoung(years=14)
    assert Identity("李", born(date(2012, 11, 23))).why_not_keep(TODAY) is None
    leap = date(2012, 2, 29)
    assert (years_between(leap, date(2026, 2, 28)), years_between(leap, date(2026, 3, 1))) == (13, 14)


def test_three_digits_and_two_are_shown_and_nothing_of_it_by_accident() -> None:
    assert (WANG.shown_name, WANG.shown_number) == ("王**", "110*************2X")
    assert "王" not in repr(WANG) and "1101" not in f"{WANG} {[WANG]!r}"


def test_a_digest_is_keyed_and_of_its_market() -> None:
    same = WANG.digest(SECRET, 1)
    assert same == Identity(WANG.name, WANG.number).digest(SECRET, 1)
    others = [WANG.digest(b"t" * 32, 1), WANG.digest(SECRET, 2), LI.digest(SECRET, 1)]
    assert same not in [*others, Identity("王大明", WANG.number).digest(SECRET, 1)]


def test_who_has_none_is_declared_for_nobody() -> None:
    who, other = new_uuid(), new_uuid()
    known = Identities({who: b"x"})
    assert (known.why_not_declare(who), known.why_not_declare(other)) == (None, IdentityMissing())
    assert known.get(who) == b"x"
    assert len({about(1, who), about(2, who), about(1, other)}) == 3
