"""The plan checker: what every place refuses, two companies' plans as they were punished, and plans that may be."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuan.people.compliance.model import (
    CN,
    EU,
    HOUSE,
    PROFILES,
    US,
    Base,
    Channel,
    Plan,
    Profile,
    Rank,
    Reward,
    Rule,
    Trigger,
    check_plan,
)

KEPT = Trigger.KEPT_PURCHASE
RETAIL = Plan((Reward(KEPT, 1, rate_bp=1500),), hold_days=15)
"""One level, of goods that were paid for and kept: what a shop of an ordinary person is paid."""

profiles = st.sampled_from(sorted(PROFILES.values(), key=lambda profile: profile.code))
channels = st.frozensets(st.sampled_from(Channel), min_size=1)
own_channels = st.frozensets(st.sampled_from((Channel.WEB, Channel.APP)), min_size=1)
"""Where a second level may be paid at all: WeChat lets nobody be paid for what those below sell."""
ranks = st.tuples(st.builds(Rank, st.just("银"), own_kept_sales_minor=st.integers(0, 10**9)))
bad_rewards = st.builds(
    Reward,
    st.sampled_from(Trigger),
    st.integers(-1, 60),
    rate_bp=st.integers(-5, 9000),
    fixed_minor=st.integers(-5, 10**6),
    base=st.sampled_from(Base),
)
any_plans = st.builds(
    Plan,
    st.lists(bad_rewards, max_size=4).map(tuple),
    st.lists(
        st.builds(Rank, st.just("金"), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)),
        max_size=3,
    ).map(tuple),
    joining_minor=st.integers(0, 2),
    quota_minor=st.integers(0, 2),
    hold_days=st.integers(0, 30),
    discloses=st.booleans(),
    unit_price_minor=st.integers(0, 10**7),
    channels=channels,
    signed_levels=st.frozensets(st.integers(1, 4)),
)


def broken(plan: Plan, profile: Profile) -> set[Rule]:
    return {breach.rule for breach in check_plan(plan, profile)}


@st.composite
def lawful_plans(draw: st.DrawFn) -> tuple[Plan, Profile]:
    profile = draw(profiles)
    first = draw(st.integers(1, profile.line_most_bp - 1))
    unit = draw(st.integers(1, 10**7))
    fixed = draw(st.integers(0, (profile.line_most_bp - first) * unit // 10_000))
    signed = draw(st.booleans())
    second = draw(st.integers(0, profile.line_most_bp - first - -(-fixed * 10_000 // unit))) if signed else 0
    rewards = [Reward(KEPT, 1, rate_bp=first, fixed_minor=fixed)] + (
        [Reward(KEPT, 2, rate_bp=second)] if second else []
    )
    plan = Plan(
        tuple(rewards),
        draw(ranks),
        hold_days=draw(st.integers(profile.return_days + 1, 90)),
        unit_price_minor=unit,
        channels=draw(own_channels if second else channels),
        signed_levels=frozenset({2}) if signed else frozenset(),
    )
    return plan, profile


@given(lawful_plans())
def test_what_is_paid_of_kept_goods_within_the_bounds_may_be(given_plan: tuple[Plan, Profile]) -> None:
    plan, profile = given_plan
    assert check_plan(plan, profile) == []


SPOILED = {
    Rule.PAY_FOR_RECRUITS: [Reward(Trigger.RECRUIT, 1, fixed_minor=1), Reward(KEPT, 1, fixed_minor=1, base=Base.HEADS)],
    Rule.PAY_FOR_FEES: [Reward(Trigger.FEE, 1, rate_bp=1)],
    Rule.PAY_FOR_OWN_PURCHASE: [Reward(Trigger.OWN_PURCHASE, 1, rate_bp=1)],
    Rule.PAY_FOR_PRAISE: [Reward(Trigger.GOOD_REVIEW, 1, fixed_minor=1)],
    Rule.TEAM_PAY: [Reward(KEPT, 1, rate_bp=1, base=Base.TEAM_SALES)],
    Rule.TOO_DEEP: [Reward(KEPT, 3, rate_bp=1), Reward(KEPT, 51, rate_bp=1)],
    Rule.PAY_FOR_SHARES: [Reward(Trigger.SHARE, 1, fixed_minor=1)],
    Rule.RATE_TOO_HIGH: [Reward(KEPT, 1, rate_bp=3001), Reward(KEPT, 1, fixed_minor=10**8)],
    Rule.NOT_A_REWARD: [Reward(KEPT, 1), Reward(KEPT, 0, rate_bp=1), Reward(KEPT, 1, rate_bp=-1)],
    Rule.LEVEL_NOT_SIGNED: [Reward(KEPT, 0, rate_bp=1)],
}


@given(lawful_plans(), st.sampled_from([(rule, reward) for rule, some in SPOILED.items() for reward in some]))
def test_one_forbidden_reward_is_enough(given_plan: tuple[Plan, Profile], spoiled: tuple[Rule, Reward]) -> None:
    plan, profile = given_plan
    rule, reward = spoiled
    found = [b for b in check_plan(replace(plan, rewards=(*plan.rewards, reward)), profile) if b.rule == rule]
    assert found
    assert {b.place for b in found} <= {0, len(plan.rewards) + 1}


@given(lawful_plans())
def test_nobody_pays_or_buys_to_belong(given_plan: tuple[Plan, Profile]) -> None:
    plan, profile = given_plan
    assert broken(replace(plan, joining_minor=1), profile) == {Rule.PAID_ENTRY}
    assert broken(replace(plan, quota_minor=1), profile) == {Rule.PURCHASE_QUOTA}
    assert broken(replace(plan, ranks=(Rank("导师", recruits=1),)), profile) == {Rule.PAY_FOR_RECRUITS}
    assert broken(replace(plan, ranks=(Rank("导师", team_sales_minor=1),)), profile) == {Rule.TEAM_PAY}
    assert broken(replace(plan, ranks=(Rank("导师", fee_minor=1),)), profile) == {Rule.PAID_ENTRY}
    assert broken(replace(plan, ranks=(Rank("导师", purchase_minor=1),)), profile) == {Rule.PAID_ENTRY}


@given(lawful_plans())
def test_sharers_say_that_they_are_paid_and_wait_until_goods_are_kept(given_plan: tuple[Plan, Profile]) -> None:
    plan, profile = given_plan
    assert broken(replace(plan, discloses=False), profile) == {Rule.NOT_DISCLOSED}
    assert broken(replace(plan, hold_days=profile.return_days), profile) == {Rule.HOLD_TOO_SHORT}
    assert broken(replace(plan, notice_days=profile.notice_days - 1), profile) == {Rule.NOTICE_TOO_SHORT}


@given(profiles, st.frozensets(st.integers(1, 60)))
def test_a_second_level_is_signed_for_and_a_third_is_nobodys_to_sign(profile: Profile, signed: frozenset[int]) -> None:
    second = replace(RETAIL, rewards=(*RETAIL.rewards, Reward(KEPT, 2, rate_bp=100)), signed_levels=signed)
    assert broken(second, profile) == (set() if 2 in signed else {Rule.LEVEL_NOT_SIGNED})
    third = replace(second, rewards=(*second.rewards, Reward(KEPT, 3, rate_bp=100)))
    assert Rule.TOO_DEEP in broken(third, profile)


@given(any_plans, bad_rewards, profiles)
def test_one_more_reward_takes_no_breach_away(plan: Plan, more: Reward, profile: Profile) -> None:
    least = replace(more, rate_bp=abs(more.rate_bp), fixed_minor=abs(more.fixed_minor))
    assert broken(plan, profile) <= broken(replace(plan, rewards=(*plan.rewards, least)), profile)


@given(any_plans, profiles)
def test_what_passes_pays_for_kept_goods_only_two_deep_at_most(plan: Plan, profile: Profile) -> None:
    if check_plan(plan, profile):
        return
    assert all(reward.depth in (1, 2) and reward.base == Base.LINE for reward in plan.rewards)
    assert all(reward.trigger in (KEPT, Trigger.REVIEW) for reward in plan.rewards)
    assert plan.joining_minor == plan.quota_minor == 0
    assert all(rank.recruits == rank.team_sales_minor == rank.fee_minor == 0 for rank in plan.ranks)


def test_yunji_2017_is_refused_with_the_article() -> None:
    """云集微店, fined 9.58 million by the market bureau of 滨江 in 2017: 365 yuan a year to open a shop, a part of it to whoever
    recruited; 导师 with 160 recruits, 合伙人 with 1,000, paid by the fees and sales of those below."""
    yunji = Plan(
        rewards=(
            Reward(KEPT, 1, rate_bp=1500),
            Reward(Trigger.FEE, 2, fixed_minor=17_000),
            Reward(Trigger.FEE, 3, fixed_minor=7_000),
            Reward(KEPT, 2, rate_bp=500, base=Base.TEAM_SALES),
        ),
        ranks=(Rank("店主", fee_minor=36_500), Rank("导师", recruits=160), Rank("合伙人", recruits=1000)),
        joining_minor=36_500,
        hold_days=8,
    )
    said = {(breach.rule, breach.article) for breach in check_plan(yunji, CN)}
    assert said >= {
        (Rule.PAY_FOR_RECRUITS, "禁止传销条例 art. 7 (1)"),
        (Rule.PAID_ENTRY, "禁止传销条例 art. 7 (2)"),
        (Rule.PAY_FOR_FEES, "禁止传销条例 art. 7 (2)"),
        (Rule.TEAM_PAY, "禁止传销条例 art. 7 (3)"),
        (Rule.TOO_DEEP, "禁止传销条例 art. 7 (3)"),
    }
    assert {Rule.PAY_FOR_RECRUITS, Rule.PAID_ENTRY} <= broken(yunji, EU) & broken(yunji, US)


def test_huasheng_2019_is_refused_with_the_article() -> None:
    """花生日记, fined 74.6 million by the market bureau of 广州 in 2019 (re-decided in 2021): 99 yuan to rise, and pay by the sales of everybody below, 51 levels."""
    levels = tuple(Reward(KEPT, depth, rate_bp=50, base=Base.TEAM_SALES) for depth in range(1, 52))
    huasheng = Plan(
        rewards=(*levels, Reward(Trigger.FEE, 1, fixed_minor=3_000)),
        ranks=(Rank("超级会员", fee_minor=9_900), Rank("运营商", recruits=50, team_sales_minor=1)),
        hold_days=8,
    )
    found = check_plan(huasheng, CN)
    assert {b.article for b in found if b.rule == Rule.TEAM_PAY} == {"禁止传销条例 art. 7 (3)"}
    assert {b.article for b in found if b.rule == Rule.PAID_ENTRY} == {"禁止传销条例 art. 7 (2)"}
    assert {b.place for b in found if b.rule == Rule.TOO_DEEP} == set(range(3, 52))


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.code)
def test_a_one_level_retail_plan_may_be(profile: Profile) -> None:
    assert check_plan(RETAIL, profile) == []


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.code)
def test_every_refusal_names_its_source(profile: Profile) -> None:
    assert all(profile.article(rule) for rule in Rule)
    assert profile.article(Rule.PAID_CHANCE) == HOUSE


def test_a_share_in_wechat_is_not_rewarded_with_anything_but_a_purchase() -> None:
    review = replace(RETAIL, rewards=(Reward(Trigger.REVIEW, 1, fixed_minor=100),), unit_price_minor=0)
    assert broken(review, CN) == set()
    (found,) = check_plan(replace(review, channels=frozenset({Channel.WECHAT_H5})), CN)
    assert (found.rule, found.article) == (Rule.PAY_FOR_SHARES, "微信外部链接内容管理规范 2.1.2")


@pytest.mark.parametrize("channel", Channel)
def test_wechat_lets_nobody_be_paid_for_what_those_below_sell(channel: Channel) -> None:
    second = (*RETAIL.rewards, Reward(KEPT, 2, rate_bp=100))
    plan = replace(RETAIL, rewards=second, signed_levels=frozenset({2}), channels=frozenset({channel}))
    is_wechat = channel in (Channel.WECHAT_H5, Channel.WECHAT_MP)
    assert broken(plan, CN) == ({Rule.DOWNLINE_IN_CHANNEL} if is_wechat else set())
