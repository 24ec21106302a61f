"""The rules of sourcing: licences and their days, what differs between two pages, how far a price moves alone."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuan.goods.catalog.model import PricePoint
from tuan.goods.sourcing.errors import (
    ApplicationInvalid,
    LicenceInvalid,
    LicencesUndecided,
    NoFoundingLicence,
    NothingChanged,
    ProposalInvalid,
)
from tuan.goods.sourcing.model import (
    APPLICATION,
    LICENCE,
    PROPOSAL,
    Applying,
    Licence,
    LicenceId,
    NewLicence,
    Proposed,
    ProposedSku,
    band_of,
    changes,
    has_standing,
    read_proposed,
    why_not_admit,
    why_not_apply,
    why_not_licence,
    why_not_propose,
    why_not_reprice,
    why_not_sell,
    word_diff,
    write_proposed,
)
from tuan.kit.time import utc

TODAY = date(2026, 11, 23)
SOME = UUID(int=1)
ORCHARD = Applying("果园", "王小明", "")
BUSINESS = NewLicence("business", "9135", None, "upload/x")
PAGE = Proposed("脐橙", "现摘", str(SOME), "shipped", "", ("a", "b"), (ProposedSku(str(SOME), "5 斤", 1990),))


def licence(state: str, kind: str = "business", until: date | None = None) -> Licence:
    return Licence(LicenceId(SOME), SOME, SOME, kind, state, until)


@pytest.mark.parametrize(
    ("applying", "licences", "field"),
    [
        (Applying("", "x", ""), [BUSINESS], "name"),
        (Applying("x" * 61, "x", ""), [BUSINESS], "name"),
        (Applying("x", " ", ""), [BUSINESS], "contact"),
        (Applying("x", "y", "z" * 61), [BUSINESS], "promise"),
        (Applying("x\n", "y", ""), [BUSINESS], "name"),
        (ORCHARD, [], "licences"),
        (ORCHARD, [BUSINESS] * 9, "licences"),
        (ORCHARD, [NewLicence("food", "1", None, "p")], "licences"),
    ],
)
def test_an_application_names_the_field_that_does_not_fit(
    applying: Applying, licences: list[NewLicence], field: str
) -> None:
    assert why_not_apply(applying, licences, TODAY) == ApplicationInvalid(field=field)
    assert why_not_apply(ORCHARD, [BUSINESS], TODAY) is None


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (NewLicence("x", "1", None, "p"), "kind"),
        (NewLicence("food", "--", None, "p"), "number"),
        (NewLicence("food", "1" * 41, None, "p"), "number"),
        (NewLicence("food", "1", TODAY - timedelta(days=1), "p"), "valid_until"),
        (NewLicence("food", "1", date(2500, 1, 1), "p"), "valid_until"),
        (NewLicence("food", "1", None, ""), "picture"),
    ],
)
def test_a_licence_names_the_field_that_does_not_fit(wrong: NewLicence, field: str) -> None:
    assert why_not_licence(wrong, TODAY) == LicenceInvalid(field=field)
    assert why_not_licence(NewLicence("food", "1", TODAY, "p"), TODAY) is None


@given(st.lists(st.tuples(st.sampled_from(tuple(LICENCE.moves)), st.sampled_from(("business", "own_produce", "food")),
                          st.none() | st.dates(date(2026, 1, 1), date(2027, 1, 1)))))  # fmt: skip
def test_who_is_admitted_may_sell_and_each_licence_was_decided(some: list[tuple[str, str, date | None]]) -> None:
    licences = [licence(*one) for one in some]
    refusal = why_not_admit(licences, TODAY)
    waits = any(one.state in ("submitted", "in_check") for one in licences)
    assert (refusal == LicencesUndecided()) == waits
    if refusal is None:
        assert has_standing(licences, TODAY) and why_not_sell(licences, TODAY) is None
    founded = any(one.kind != "food" and one.state in ("approved", "expired", "renewed") for one in licences)
    assert (why_not_sell(licences, TODAY) == NoFoundingLicence()) == (founded and not has_standing(licences, TODAY))


def test_a_licence_stands_on_its_last_day_and_not_after_it() -> None:
    one = licence("approved", until=TODAY)
    assert one.stands(TODAY) and not one.stands(TODAY + timedelta(days=1))
    assert not licence("expired").stands(TODAY)


def test_nothing_is_decided_twice() -> None:
    for table in (APPLICATION, PROPOSAL):
        assert all(not table.moves[state] for state in ("approved", "refused", "withdrawn"))
    assert LICENCE.ends() == {"refused", "renewed", "withdrawn"}


texts = st.text(st.sampled_from("脐橙苹果 ab,。\n1"), max_size=40)


@given(texts, texts)
def test_the_words_of_both_sides_make_both_sides(before: str, after: str) -> None:
    parts = word_diff(before, after)
    assert "".join(text for kind, text in parts if kind != "new") == before
    assert "".join(text for kind, text in parts if kind != "gone") == after
    assert all(text for _, text in parts)


def test_a_word_is_a_word_and_a_chinese_character_is_one() -> None:
    assert word_diff("fresh oranges", "fresh apples") == (("same", "fresh "), ("gone", "oranges"), ("new", "apples"))
    assert word_diff("赣南脐橙", "赣南甜橙") == (("same", "赣南"), ("gone", "脐"), ("new", "甜"), ("same", "橙"))


def test_two_long_texts_are_shown_whole() -> None:
    before, after = "a " * 2000, "b " * 2000
    assert word_diff(before, after) == (("gone", before), ("new", after))


def test_what_is_proposed_is_kept_as_it_is() -> None:
    assert read_proposed(write_proposed(PAGE)) == PAGE


def proposed(**other: object) -> Proposed:
    return Proposed(**{name: other.get(name, getattr(PAGE, name)) for name in PAGE.__slots__})


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"pictures": ()}, "pictures"),
        ({"pictures": ("a", "a")}, "pictures"),
        ({"pictures": tuple(map(str, range(10)))}, "pictures"),
        ({"skus": ()}, "skus"),
        ({"skus": (ProposedSku(str(UUID(int=2)), "x", 1),)}, "skus"),
        ({"skus": (ProposedSku("", "x", 1),)}, "skus"),
        ({"skus": (PAGE.skus[0], ProposedSku(str(SOME), "y", 1))}, "skus"),
    ],
)
def test_a_proposal_names_the_field_that_does_not_fit(other: dict[str, object], field: str) -> None:
    assert why_not_propose(proposed(**other), PAGE, is_draft=False) == ProposalInvalid(field=field)


def test_a_proposal_changes_something_unless_the_product_was_never_shown() -> None:
    assert why_not_propose(PAGE, PAGE, is_draft=False) == NothingChanged()
    assert why_not_propose(PAGE, PAGE, is_draft=True) is None
    other = proposed(title="甜橙", skus=(*PAGE.skus, ProposedSku("", "10 斤", 1)))
    assert why_not_propose(other, PAGE, is_draft=False) is None
    assert [change.field for change in changes(PAGE, other)] == ["title", "skus"]


NOW = utc(2026, 11, 23)


@given(st.lists(st.tuples(st.integers(0, 120), st.integers(1, 10**6)), min_size=1, max_size=8))
def test_prices_that_a_supplier_moves_alone_climb_a_tenth_in_thirty_days(some: list[tuple[int, int]]) -> None:
    history = [PricePoint(NOW - timedelta(days=ago, seconds=1), price) for ago, price in sorted(some, reverse=True)]
    least, most = band_of(history, NOW)
    now = history[-1].price_minor
    stood = [p.price_minor for p in history if p.since >= NOW - timedelta(days=30)] or [now]
    assert least <= min(*stood, now) and most * 10 <= min(*stood, now) * 11
    for price in (least, most):
        assert price == 0 or (why_not_reprice(history, price, NOW) is None) == (least <= most)
    assert why_not_reprice(history, most + 1, NOW) is not None
    assert least == 0 or why_not_reprice(history, least - 1, NOW) is not None
