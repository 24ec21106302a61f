"""Plans: what may be drafted, how the law reads them, and which one a line belongs to. Pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.kit.refusals import Refusal
from tuan.people.compliance.model import Plan as LegalPlan
from tuan.people.compliance.model import Reward, Trigger, check_level, check_reward
from tuan.play.distribution.errors import PlanInvalid
from tuan.play.distribution.model.words import (
    BASIS_POINTS,
    DEPTHS,
    HOLD_DAYS_MAX,
    NAME_MAX,
    RATES_MAX,
    SCOPES,
    WIDTH,
    Rate,
    Scope,
    Sold,
    Terms,
    Version,
)
from tuan.trade.orders.model import CHANNELS

Target = tuple[str, UUID | None]
"""A scope and its object."""


@dataclass(frozen=True, slots=True)
class PlanBreach:
    """A rule that a plan does not keep, where (a scope and its object), and the article that says so. channel: whose owner says
    so; "" where the law of the place does, in every channel."""

    rule: str
    article: str
    scope: str
    object_id: UUID | None
    channel: str = ""


def why_not_draft(name: str, terms: Terms) -> Refusal | None:
    """The first field that does not fit, by name. Whether it is lawful is asked when it is switched on."""
    rates = terms.rates
    wrong = {
        "name": not 0 < len(name.strip()) <= NAME_MAX,
        "rates": not 0 < len(rates) <= RATES_MAX
        or len({(r.scope, r.object_id, r.depth) for r in rates}) < len(rates)
        or not all(_is_rate(rate) for rate in rates),
        "line_most": not 0 < terms.line_most_bp <= BASIS_POINTS,
        "budget": terms.budget_minor is not None and not 0 < terms.budget_minor <= AMOUNT_MINOR_MAX,
        "hold_days": not 0 <= terms.hold_days <= HOLD_DAYS_MAX,
    }
    field = next((name for name, bad in wrong.items() if bad), None)
    return PlanInvalid(field=field) if field else None


def _is_rate(rate: Rate) -> bool:
    return (
        rate.scope in SCOPES
        and (rate.scope == Scope.MARKET) == (rate.object_id is None)
        and rate.depth in DEPTHS
        and 0 <= rate.rate_bp <= BASIS_POINTS
        and 0 <= rate.fixed_minor <= AMOUNT_MINOR_MAX
        and (rate.rate_bp > 0) != (rate.fixed_minor > 0)
        and bool(rate.channels)
        and rate.channels <= set(CHANNELS)
    )


def by_target(rates: Iterable[Rate]) -> dict[Target, list[Rate]]:
    """The rates of each scope and object together, since a line belongs to one of them only."""
    found: dict[Target, list[Rate]] = {}
    for rate in sorted(rates, key=lambda one: (WIDTH[Scope(one.scope)], str(one.object_id), one.depth)):
        found.setdefault((rate.scope, rate.object_id), []).append(rate)
    return found


def as_law_reads(terms: Terms, rates: Sequence[Rate], least_minor: int | None) -> LegalPlan:
    """What the checker is asked about one target: all that is paid on a line of it, from kept purchases of others only.

    least_minor: of a unit, the lowest price among the goods that it is for; None of a campaign, which sets its own. Every page
    that shows a commission says so.
    """
    rewards = tuple(Reward(Trigger.KEPT_PURCHASE, r.depth, r.rate_bp, r.fixed_minor) for r in rates)
    if not any(r.fixed_minor for r in rates):
        least_minor = 0
    elif least_minor is None:
        least_minor = _least_that_pays(terms, rates)
    return LegalPlan(rewards, hold_days=terms.hold_days, unit_price_minor=least_minor)


def _least_that_pays(terms: Terms, rates: Sequence[Rate]) -> int:
    """The lowest price of a unit at which fixed amounts are paid whole: of cheaper goods the cap of the line cuts them, so that
    there no more is paid, as a part, than here."""
    left_bp = max(terms.line_most_bp - sum(r.rate_bp for r in rates), 1)
    return -(-sum(r.fixed_minor for r in rates) * BASIS_POINTS // left_bp)


def breaches_in_channels(rates: Iterable[Rate]) -> list[PlanBreach]:
    """What the owners of the channels refuse of the rates that run in them, channel by channel."""
    asked = [(channel, rate) for rate in rates for channel in CHANNELS if channel in rate.channels]
    found = [
        PlanBreach(breach.rule, breach.article, rate.scope, rate.object_id, channel)
        for channel, rate in asked
        for breach in (check_reward(channel, Trigger.KEPT_PURCHASE), check_level(channel, rate.depth))
        if breach is not None
    ]
    return list(dict.fromkeys(found))


def is_signed_for(rates: Iterable[Rate]) -> bool:
    """Whether somebody has to answer for it by name: it pays the shop that invited the seller."""
    return any(rate.depth > 1 for rate in rates)


def unsigned(version: Version, targets: Collection[Target]) -> Version:
    """The version without the second level of these targets, for which nobody answers any more."""
    rates = tuple(r for r in version.terms.rates if r.depth == 1 or (r.scope, r.object_id) not in targets)
    return replace(version, terms=replace(version.terms, rates=rates)) if targets else version


def rates_for(sold: Sold, versions: Iterable[Version]) -> tuple[Version, list[Rate]] | None:
    """The version and the rates that a line belongs to: of those that stood when it was placed the narrowest, of two as narrow
    the one that was switched on later. None where none is for it."""
    best: tuple[int, Version, Target] | None = None
    for version in versions:
        if not version.stood(sold.placed_at):
            continue
        for rate in version.terms.rates:
            if sold.fits(rate) and (best is None or _is_nearer(WIDTH[Scope(rate.scope)], version, best)):
                best = WIDTH[Scope(rate.scope)], version, (rate.scope, rate.object_id)
    if best is None:
        return None
    _, version, target = best
    return version, [rate for rate in version.terms.rates if (rate.scope, rate.object_id) == target]


def _is_nearer(width: int, version: Version, best: tuple[int, Version, Target]) -> bool:
    assert version.since is not None and best[1].since is not None
    return (width, version.since, version.plan_id) > (best[0], best[1].since, best[1].plan_id)
