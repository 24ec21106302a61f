"""The plan checker: everything a plan breaks, before it can be switched on. Pure, so that every plan there is can be asked."""

from collections.abc import Iterator

from tuan.people.compliance.model.channels import check_level, check_reward
from tuan.people.compliance.model.profiles import DEEPEST, RETURN_BUFFER_DAYS
from tuan.people.compliance.model.words import WHOLE, Base, Breach, Plan, Profile, Rank, Reward, Rule, Trigger

BASIS_POINTS = 10_000


def check_plan(plan: Plan, profile: Profile) -> list[Breach]:
    """Every breach, in the order of the plan: first of the whole, then of each reward and each rank."""
    found = [Breach(rule, WHOLE, profile.article(rule)) for rule in _of_the_whole(plan, profile)]
    for place, reward in enumerate(plan.rewards, 1):
        found += [Breach(rule, place, profile.article(rule)) for rule in _of_a_reward(reward, plan, profile)]
        found += [Breach(rule, place, source) for rule, source in _of_channels(reward, plan)]
    for place, rank in enumerate(plan.ranks, 1):
        found += [Breach(rule, place, profile.article(rule)) for rule in _of_a_rank(rank)]
    return found


def _of_the_whole(plan: Plan, profile: Profile) -> Iterator[Rule]:
    if plan.joining_minor > 0:
        yield Rule.PAID_ENTRY
    if plan.quota_minor > 0:
        yield Rule.PURCHASE_QUOTA
    if plan.rewards and not plan.discloses:
        yield Rule.NOT_DISCLOSED
    if plan.rewards and plan.hold_days < profile.return_days + RETURN_BUFFER_DAYS:
        yield Rule.HOLD_TOO_SHORT
    if plan.notice_days < profile.notice_days:
        yield Rule.NOTICE_TOO_SHORT
    if not _fits_a_line(plan, profile):
        yield Rule.RATE_TOO_HIGH


def _fits_a_line(plan: Plan, profile: Profile) -> bool:
    """Whether all that is paid on a line together stays within its part, also on the cheapest goods of a fixed amount."""
    on_lines = [reward for reward in plan.rewards if reward.trigger == Trigger.KEPT_PURCHASE]
    left_bp = profile.line_most_bp - sum(reward.rate_bp for reward in on_lines)
    fixed = sum(reward.fixed_minor for reward in on_lines)
    return left_bp >= 0 and fixed * BASIS_POINTS <= left_bp * plan.unit_price_minor


def _of_a_reward(reward: Reward, plan: Plan, profile: Profile) -> Iterator[Rule]:
    if reward.depth < 1 or reward.rate_bp < 0 or reward.fixed_minor < 0 or not reward.rate_bp + reward.fixed_minor:
        yield Rule.NOT_A_REWARD
    if reward.trigger == Trigger.RECRUIT or reward.base == Base.HEADS:
        yield Rule.PAY_FOR_RECRUITS
    if reward.trigger == Trigger.FEE:
        yield Rule.PAY_FOR_FEES
    if reward.trigger == Trigger.OWN_PURCHASE:
        yield Rule.PAY_FOR_OWN_PURCHASE
    if reward.trigger == Trigger.GOOD_REVIEW:
        yield Rule.PAY_FOR_PRAISE
    if reward.base == Base.TEAM_SALES:
        yield Rule.TEAM_PAY
    if reward.depth > DEEPEST:
        yield Rule.TOO_DEEP
    elif reward.depth not in profile.levels | (plan.signed_levels & profile.signable):
        yield Rule.LEVEL_NOT_SIGNED


def _of_channels(reward: Reward, plan: Plan) -> Iterator[tuple[Rule, str]]:
    """What the owners of the places say, each in its own words."""
    refused = [breach for channel in sorted(plan.channels) if (breach := check_reward(channel, reward.trigger))]
    yield from dict.fromkeys((breach.rule, breach.article) for breach in refused)
    if reward.depth <= DEEPEST:
        deep = [breach for channel in sorted(plan.channels) if (breach := check_level(channel, reward.depth))]
        yield from dict.fromkeys((breach.rule, breach.article) for breach in deep)


def _of_a_rank(rank: Rank) -> Iterator[Rule]:
    if rank.recruits > 0:
        yield Rule.PAY_FOR_RECRUITS
    if rank.team_sales_minor > 0:
        yield Rule.TEAM_PAY
    if rank.fee_minor > 0 or rank.purchase_minor > 0:
        yield Rule.PAID_ENTRY
