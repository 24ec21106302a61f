"""Codes that survive being copied, and bindings that only a rule or the buyer moves."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tuan.kit.time import Instant, utc
from tuan.people.sharing.model import (
    CODE_BITS,
    PAGE,
    Attribution,
    Binding,
    BindRule,
    BindTerms,
    Code,
    How,
    Link,
    Recommenders,
    Target,
    attribute,
    check_of,
    code_of,
    find_code,
    is_link_host,
    meet,
    read_code,
    share_word,
)
from tuan.people.sharing.model.codes import ALPHABET

BUYER, OWNER, SHARER = UUID(int=1), UUID(int=2), UUID(int=3)
SHOPS = (UUID(int=10), UUID(int=11))
NOON = utc(2026, 11, 22)

codes = st.integers(0, 2**CODE_BITS - 1).map(code_of)
instants = st.integers(-800, 800).map(lambda days: NOON + timedelta(days=days))
terms = st.builds(BindTerms, st.sampled_from(BindRule), st.none() | st.integers(1, 400), st.integers(0, 60))
links = st.builds(
    Link,
    codes.map(Code),
    st.just(Target("product", UUID(int=5))),
    st.just(SHARER),
    st.sampled_from(SHOPS) | st.none(),
    st.sampled_from((OWNER, BUYER)),
    st.sampled_from(("web", PAGE)),
    st.just(""),
    st.none() | instants,
)
bindings = st.builds(Binding, st.just(BUYER), st.sampled_from(SHOPS), instants, instants, st.none() | instants)


@given(st.integers(0, 2**CODE_BITS - 1), st.integers(0, 2**CODE_BITS - 1))
def test_every_number_has_its_own_code(one: int, other: int) -> None:
    assert (code_of(one) == code_of(other)) == (one == other)
    assert read_code(code_of(one)) == code_of(one)


@given(codes)
def test_a_code_is_read_as_people_write_it(code: str) -> None:
    spoken = code.replace("0", "O").replace("1", "l").replace("v", "U")
    assert read_code(f"  {spoken.upper()} ") == code
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in code)
    assert read_code(wide) == code


@given(st.text(max_size=14))
def test_what_is_no_code_is_none(text: str) -> None:
    read = read_code(text)
    assert read is None or (len(read) == 10 and set(read) <= set(ALPHABET))


@given(codes, st.text(max_size=60), st.text(max_size=60))
def test_a_share_word_is_found_in_what_was_pasted(code: str, before: str, after: str) -> None:
    assume(not any(bracket in before for bracket in "⟨<《【〈「＜﹤"))
    assert find_code(f"{before}{share_word(code, '脐橙')}{after}") == code
    assert find_code(share_word(code, "脐橙").replace("⟨", "【").replace("⟩", "】").upper()) == code


@given(codes, st.data())
def test_a_mistaken_letter_is_seen(code: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, 9))
    letter = data.draw(st.sampled_from([other for other in ALPHABET if other != code[place]]))
    wrong = code[:place] + letter + code[place + 1 :]
    assert find_code(f"⟨{wrong}{check_of(code)}⟩") is None


@given(codes, st.integers(0, 9), st.integers(0, 9))
def test_letters_that_changed_places_are_seen(code: str, one: int, other: int) -> None:
    assume(code[one] != code[other])
    letters = list(code)
    letters[one], letters[other] = letters[other], letters[one]
    assert find_code(f"⟨{''.join(letters)}{check_of(code)}⟩") is None


@given(links, st.none() | bindings, terms, instants, st.booleans())
def test_a_binding_moves_by_rule_only(
    link: Link, held: Binding | None, by: BindTerms, now: Instant, is_new: bool
) -> None:
    after = meet(BUYER, link, held, by, now, is_new=is_new)
    if after is None:
        return
    assert after.shop_id == link.shop_id and link.shop_owner_id != BUYER and link.is_open(now) and link.channel != PAGE
    assert after.is_live(now) and after.protected_until >= now
    if held is not None and held.is_live(now) and held.shop_id != after.shop_id:
        assert by.rule == BindRule.LATEST and now >= held.protected_until
    if by.rule == BindRule.REGISTRATION:
        assert is_new and held is None


@given(links, bindings, instants, st.integers(1, 60))
def test_a_rivals_link_steals_nobody_within_the_protection(link: Link, held: Binding, now: Instant, days: int) -> None:
    held = Binding(BUYER, held.shop_id, now, now + timedelta(days=days), None)
    assume(link.shop_id != held.shop_id)
    for rule in BindRule:
        assert meet(BUYER, link, held, BindTerms(rule, None, days), now, is_new=False) is None


@given(links, terms, instants)
def test_whoever_comes_first_through_an_open_link_is_its_shops_customer(
    link: Link, by: BindTerms, now: Instant
) -> None:
    after = meet(BUYER, link, None, by, now, is_new=True)
    is_shared = link.shop_id is not None and link.channel != PAGE
    assert (after is not None) == (is_shared and link.shop_owner_id != BUYER and link.is_open(now))


@given(links | st.none(), st.none() | bindings, instants)
def test_the_link_of_this_visit_comes_before_the_binding(link: Link | None, held: Binding | None, now: Instant) -> None:
    said = attribute(BUYER, link, held, now)
    seen = (
        link if link is not None and link.is_open(now) and BUYER not in (link.sharer_id, link.shop_owner_id) else None
    )
    if seen is not None and seen.channel == PAGE and held is not None and held.is_live(now):
        seen = None  # he has looked at a shop's page, and is a customer already
    code = seen.code if seen else None
    if seen is not None and seen.shop_id is not None:
        assert said == Attribution(seen.shop_id, code, How.LINK)
    elif held is not None and held.is_live(now):
        assert said == Attribution(held.shop_id, code, How.BINDING)
    else:
        assert said == (Attribution(None, code, How.VISIT) if code else None)
    assert Recommenders([link] if link else [], [held] if held else []).of(BUYER, link and link.code, now) == said


@given(links, bindings, instants)
def test_to_look_at_a_shops_page_takes_no_order_of_another_shops_customer(
    link: Link, held: Binding, now: Instant
) -> None:
    assume(link.channel == PAGE and held.is_live(now))
    assert attribute(BUYER, link, held, now) == Attribution(held.shop_id, None, How.BINDING)


@given(links, instants)
def test_nobody_recommends_to_himself(link: Link, now: Instant) -> None:
    assume(link.shop_owner_id == BUYER)
    assert attribute(BUYER, link, None, now) is None


@pytest.mark.parametrize(
    "name", ["go.example.com", "t.cn", "xn--fiqs8s.xn--fiqs8s", "a-b.1c.example", f"{'a' * 63}.example"]
)
def test_links_may_stand_at_a_domain(name: str) -> None:
    assert is_link_host(name)


@pytest.mark.parametrize(
    "name",
    ["", "example", "localhost", "go.localhost", "127.0.0.1", "1.2", "[::1]", "::1", "go.example.com:8000", "go.example.com.",
     "https://go.example.com", "go.example.com/s", "user@go.example.com", "Go.example.com", "go..example", "-go.example",
     "go-.example", "go_1.example", "go.example\n", "中文.cn", f"{'a' * 64}.example", f"{'a.' * 130}example"],
)  # fmt: skip
def test_links_stand_at_nothing_else(name: str) -> None:
    assert not is_link_host(name)
