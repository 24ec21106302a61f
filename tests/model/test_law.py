"""What the law asks of lotteries, prices, offers, reviews and shares; fingerprints of plans, texts of consents, chains as the law counts them.

Each rule is broken alone, so that it is this rule and no other that is told.
"""

from dataclasses import replace
from datetime import date
from itertools import combinations_with_replacement
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuan.people.compliance.errors import TextChanged
from tuan.people.compliance.model import (
    CHANNELS,
    CN,
    CONSENTS,
    EU,
    HOUSE,
    PROFILES,
    STRICTEST_FIRST,
    US,
    Alarm,
    Chain,
    Channel,
    Kind,
    Lottery,
    Metrics,
    Offer,
    Pay,
    Plan,
    Profile,
    Reviews,
    Reward,
    Rule,
    Share,
    StruckPrice,
    Trigger,
    alarms,
    chains,
    check_lottery,
    check_offer,
    check_plan,
    check_reviews,
    check_reward,
    check_share,
    check_struck_price,
    disclosure,
    fingerprint_of,
    stricter,
    summed,
    why_not_consent,
)

CHECKS: dict[type, Any] = {
    Lottery: check_lottery, StruckPrice: check_struck_price, Offer: check_offer, Reviews: check_reviews, Share: check_share
}  # fmt: skip
FINE: dict[type, Any] = {
    Lottery: Lottery((5_000_000, 100)),
    StruckPrice: StruckPrice(100, 80, 100, 30, 20),
    Offer: Offer((100, 20), 120, 90, 90),
    Reviews: Reviews(),
    Share: Share(),
}
"""Of each kind one that breaks nothing, in no place."""

BROKEN: list[tuple[type, dict[str, Any], Rule, Profile, str]] = [
    (Lottery, {"prizes_minor": (5_000_001,)}, Rule.PRIZE_TOO_HIGH, CN, "反不正当竞争法 art. 11"),
    (Lottery, {"entry_minor": 1}, Rule.PAID_CHANCE, CN, HOUSE),
    (Lottery, {"losers_paid_minor": 1}, Rule.PAID_LOSERS, CN, "禁止传销条例 art. 7 (2)"),
    (Lottery, {"fixed_before": False}, Rule.ODDS_NOT_FIXED, CN, "反不正当竞争法 art. 11"),
    (StruckPrice, {"shown_minor": 101}, Rule.STRUCK_TOO_HIGH, EU, "98/6/EC art. 6a"),
    (StruckPrice, {"days": 6}, Rule.STRUCK_TOO_HIGH, CN, "明码标价和禁止价格欺诈规定 art. 16–17"),
    (StruckPrice, {"least_minor": None, "percent": 0}, Rule.STRUCK_TOO_HIGH, CN, "明码标价和禁止价格欺诈规定 art. 16–17"),
    (StruckPrice, {"percent": 21}, Rule.PERCENT_WRONG, EU, "98/6/EC art. 6a, C-330/23"),
    (Offer, {"reads_person": True}, Rule.PROFILED_PRICE, CN, "个人信息保护法 art. 24"),
    (Offer, {"total_minor": 121}, Rule.HIDDEN_CHARGE, CN, "明码标价和禁止价格欺诈规定 art. 6"),
    (Offer, {"detail_minor": 91}, Rule.PRICES_DIFFER, CN, "明码标价和禁止价格欺诈规定 art. 19"),
    (Offer, {"pre_ticked": 1}, Rule.PRE_TICKED, CN, "电子商务法 art. 19"),
    (Offer, {"deposit_minor": 1, "tells_deposit_terms": False}, Rule.DEPOSIT_TERMS_MISSING, CN, "电子商务法 art. 21"),
    (Offer, {"scarcity_is_real": False}, Rule.FALSE_SCARCITY, EU, "2005/29/EC Annex I 7"),
    (Offer, {"is_paid_place": True}, Rule.AD_NOT_MARKED, CN, "电子商务法 art. 40"),
    (Offer, {"tells_ranking": False}, Rule.RANKING_NOT_TOLD, EU, "2005/29/EC art. 7 (4a)"),
    (Offer, {"names_seller": False}, Rule.SELLER_NOT_NAMED, EU, "2011/83/EU art. 6a"),
    (Reviews, {"only_of_kept_lines": False}, Rule.INVENTED_REVIEWS, US, "16 CFR 465.2"),
    (Reviews, {"deletes": True}, Rule.REVIEWS_SUPPRESSED, CN, "电子商务法 art. 39"),
    (Reviews, {"hides_by_stars": True}, Rule.REVIEWS_SUPPRESSED, US, "16 CFR 465.7"),
    (Reviews, {"rewards_praise": True}, Rule.PAY_FOR_PRAISE, US, "16 CFR 465.4"),
    (Reviews, {"names_insiders": False}, Rule.INSIDERS_NOT_NAMED, US, "16 CFR 465.5"),
    (Reviews, {"tells_checks": False}, Rule.CHECKS_NOT_TOLD, EU, "2005/29/EC art. 7 (6)"),
    (Reviews, {"counts_are_counted": False}, Rule.INVENTED_COUNTS, US, "16 CFR 465.8"),
    (Share, {"reward": Trigger.SHARE}, Rule.PAY_FOR_SHARES, CN, HOUSE),
    (Share, {"reward": Trigger.RECRUIT, "channel": Channel.WECHAT_MP}, Rule.PAY_FOR_SHARES, CN, "微信小程序平台运营规范"),
    (Share, {"gates": True, "channel": Channel.WECHAT_MP}, Rule.FORCED_SHARE, CN, "微信小程序平台运营规范"),
    (Share, {"discloses": False}, Rule.NOT_DISCLOSED, US, "16 CFR 255.5"),
]  # fmt: skip


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.code)
def test_what_keeps_to_everything_is_told_nothing(profile: Profile) -> None:
    assert {kind.__name__: CHECKS[kind](fine, profile) for kind, fine in FINE.items()} == {k.__name__: [] for k in FINE}


@pytest.mark.parametrize(
    ("kind", "bad", "rule", "profile", "article"), BROKEN, ids=lambda v: str(getattr(v, "value", ""))
)
def test_each_rule_is_told_alone_with_its_article(
    kind: type, bad: dict[str, Any], rule: Rule, profile: Profile, article: str
) -> None:
    (found,) = CHECKS[kind](replace(FINE[kind], **bad), profile)
    assert (found.rule, found.place, found.article) == (rule, 0, article)


def test_every_rule_is_broken_by_some_test() -> None:
    """Those of plans are in test_compliance.py, where plans are."""
    here = {rule for _, _, rule, _, _ in BROKEN}
    of_plans = {
        Rule.PAY_FOR_RECRUITS, Rule.PAID_ENTRY, Rule.PAY_FOR_FEES, Rule.TEAM_PAY, Rule.TOO_DEEP, Rule.LEVEL_NOT_SIGNED,
        Rule.PURCHASE_QUOTA, Rule.PAY_FOR_OWN_PURCHASE, Rule.RATE_TOO_HIGH, Rule.HOLD_TOO_SHORT, Rule.NOTICE_TOO_SHORT,
        Rule.NOT_A_REWARD, Rule.DOWNLINE_IN_CHANNEL,
    }  # fmt: skip
    assert here | of_plans == set(Rule)


def test_a_prize_may_be_worth_more_where_no_sum_is_named() -> None:
    assert check_lottery(Lottery((5_000_001,)), EU) == check_lottery(Lottery((5_000_001,)), US) == []


@given(st.sampled_from(list(PROFILES.values())), st.integers(0, 100), st.integers(0, 100), st.none() | st.integers(0, 100),
       st.integers(0, 40))  # fmt: skip
def test_a_struck_price_was_paid_lately_and_is_more_than_now(
    profile: Profile, shown: int, price: int, least: int | None, days: int
) -> None:
    is_honest = not check_struck_price(StruckPrice(shown, price, least, days), profile)
    assert is_honest == (least is not None and price < shown <= least and days >= profile.struck_days)


@given(st.integers(1, 10**6), st.integers(0, 10**6), st.integers(1, 100))
def test_a_per_cent_is_counted_from_the_lowest_price_before(least: int, price: int, percent: int) -> None:
    found = {b.rule for b in check_struck_price(StruckPrice(least, price, least, 30, percent), EU)}
    assert (Rule.PERCENT_WRONG in found) == (price * 100 > least * (100 - percent))


@pytest.mark.parametrize("channel", Channel)
def test_every_channel_has_its_profile_and_none_lets_a_share_be_paid(channel: Channel) -> None:
    said = check_reward(channel, Trigger.SHARE)
    assert said is not None and said.article == CHANNELS[channel].refused[Trigger.SHARE]
    assert check_reward(channel, Trigger.KEPT_PURCHASE) is None


@pytest.mark.parametrize(("one", "other"), [*combinations_with_replacement(STRICTEST_FIRST, 2)])
def test_of_two_channels_the_stricter_refuses_all_that_the_other_does(one: Channel, other: Channel) -> None:
    assert stricter(one, other) == stricter(other, one) == one
    assert CHANNELS[one].levels <= CHANNELS[other].levels
    assert set(CHANNELS[one].refused) >= set(CHANNELS[other].refused)


# ── signatures and texts ──
PLAN = Plan((Reward(Trigger.KEPT_PURCHASE, 1, rate_bp=1000),), hold_days=15)


@pytest.mark.parametrize(
    "other", [{"hold_days": 16}, {"discloses": False}, {"channels": frozenset({Channel.APP})}, {"unit_price_minor": 1},
              {"rewards": (Reward(Trigger.KEPT_PURCHASE, 1, rate_bp=1001),)}],
)  # fmt: skip
def test_another_plan_has_another_fingerprint(other: dict[str, Any]) -> None:
    assert fingerprint_of(replace(PLAN, **other)) != fingerprint_of(PLAN)


def test_who_signed_and_the_order_of_channels_make_no_other_plan() -> None:
    several = [replace(PLAN, channels=frozenset(some)) for some in (list(Channel), list(reversed(Channel)))]
    assert fingerprint_of(several[0]) == fingerprint_of(several[1])
    assert fingerprint_of(replace(PLAN, signed_levels=frozenset({2}))) == fingerprint_of(PLAN)


def test_the_fingerprint_is_the_same_in_every_release() -> None:
    """Signatures rest on it: a plan that was signed for must be found by it again."""
    assert fingerprint_of(Plan(())) == "6b8bec63531700b327951327aadb73ba736c72ff14b17b4c5962f53535fc5de3"


def test_a_consent_is_to_the_sentence_that_was_shown() -> None:
    for purpose, one in CONSENTS.items():
        assert why_not_consent(purpose, one.version) is None
        assert why_not_consent(purpose, "another") == TextChanged()
    assert len({one.version for one in CONSENTS.values()}) == len(CONSENTS)


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.code)
def test_who_is_paid_says_so_in_every_place(profile: Profile) -> None:
    assert all(disclosure(profile, kind).msgid and disclosure(profile, kind).source for kind in Kind)
    assert disclosure(US, Kind.POSTER).source == "16 CFR 255.5"


# ── chains and pay ──
def tree(*above: int | None) -> dict[UUID, UUID | None]:
    """Shops numbered from 1, each with the number of who invited it."""
    return {UUID(int=n): UUID(int=a) if a else None for n, a in enumerate(above, 1)}


def test_the_organiser_is_the_first_level() -> None:
    assert chains(tree(None)) == [Chain(UUID(int=1), 1, 1)]
    assert chains(tree(None, 1, 2)) == [Chain(UUID(int=1), 3, 3)]
    assert chains(tree(None, 1, 1, None)) == [Chain(UUID(int=1), 2, 3), Chain(UUID(int=4), 1, 1)]


@given(st.lists(st.integers(0, 10**6), max_size=60))
def test_everybody_is_in_one_chain(seeds: list[int]) -> None:
    above = [None if seed % 4 == 0 else seed % number or None for number, seed in enumerate(seeds, 1)]
    inviters = tree(*above)
    found = chains(inviters)
    assert sum(chain.people for chain in found) == len(inviters)
    assert {chain.root for chain in found} == {shop for shop, inviter in inviters.items() if inviter is None}
    assert all(1 <= chain.levels <= chain.people for chain in found)


def test_a_ring_cannot_hide() -> None:
    assert max(chain.levels for chain in chains(tree(2, 3, 1))) == 3


QUIET, DAY = Pay(), date(2026, 7, 1)


def rung(found: list[Chain], pay: Pay = QUIET, plans: int = 0, profile: Profile = CN) -> set[Alarm]:
    return {alarm for alarm, _ in alarms(Metrics(DAY, profile.code, summed(found), pay, plans), profile)}


def test_it_rings_at_three_levels_and_at_thirty_people() -> None:
    one = UUID(int=1)
    assert rung([Chain(one, 2, 29)]) == set()
    assert rung([Chain(one, 3, 3)]) == {Alarm.CHAIN_LONG}
    assert rung([Chain(one, 2, 30)]) == {Alarm.CHAIN_WIDE}
    assert rung([Chain(one, 3, 3), Chain(UUID(int=2), 2, 30)]) == {Alarm.CHAIN_LONG, Alarm.CHAIN_WIDE}
    assert rung([Chain(one, 3, 30)]) == {Alarm.CHAIN_LONG, Alarm.CHAIN_WIDE, Alarm.CHAIN_BOTH}


def test_it_rings_when_less_than_two_thirds_come_from_buyers_who_sell_nothing() -> None:
    assert rung([], Pay(10_000, 6_667, 0)) == set()
    assert rung([], Pay(10_000, 6_666, 0), profile=US) == {Alarm.RETAIL_LOW}
    assert rung([], Pay(0, 0, 0)) == set(), "where nothing is paid nothing is too little"
    assert rung([], Pay(1, 1, 1)) == {Alarm.RECRUITS_PAID}
    assert rung([], plans=1) == {Alarm.UNLAWFUL_PLANS}


def test_what_rings_names_the_law() -> None:
    day = Metrics(DAY, "CN", summed([Chain(UUID(int=1), 3, 30)]), Pay(3, 1, 1), 1)
    assert dict(alarms(day, CN))[Alarm.CHAIN_BOTH] == "公通字〔2013〕37号 § 1"
    assert alarms(Metrics(DAY, "CN", None, None), CN) == [], "what nobody measured rings nothing; the page says so"
    assert dict(alarms(day, US))[Alarm.RETAIL_LOW] == "FTC v. Herbalife (2016)"
    assert check_plan(PLAN, CN) == []
