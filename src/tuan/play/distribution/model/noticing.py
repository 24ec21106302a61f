"""Changed terms: whether anybody would be paid less by them, and what shops are told of what is coming. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from tuan.kit.time import Instant
from tuan.play.distribution.model.plans import Target, by_target
from tuan.play.distribution.model.words import WIDTH, PlanId, Rate, Scope, Terms, Version

A_MOMENT = timedelta(microseconds=1)
Won = dict[Target, tuple[Version, list[Rate]]]
"""By target, the version whose rates count there, and these."""


@dataclass(frozen=True, slots=True)
class Change:
    """From `since` on a plan says `after` instead of `before`; None where it pays nothing."""

    plan_id: PlanId
    since: Instant
    before: Terms | None
    after: Terms | None


def succeeded(versions: Iterable[Version], plan: PlanId, wanted: Version | None, at: Instant) -> list[Version]:
    """These versions when from then on the plan stands as `wanted`, or not at all."""
    others = [one for one in versions if one.plan_id != plan]
    return others if wanted is None else [*others, replace(wanted, since=at, until=None)]


def lowers(before: Sequence[Version], after: Sequence[Version], since: Instant) -> bool:
    """Whether from `since` on somebody would be paid less for some line, later, or in fewer channels.

    It says yes where it cannot know: which goods are of which category is not asked, and a share is not weighed against an amount.
    A line of several campaigns is asked about campaign by campaign.
    """
    of_both = [*before, *after]
    begin = {one.since for one in of_both if one.since is not None and one.since > since}
    end = {one.until for one in of_both if one.until is not None and one.until > since}
    return any(_pays_less(_won(before, at), _won(after, at)) for at in {since} | begin | end)


def changes(versions: Iterable[Version], now: Instant) -> list[Change]:
    """What changes after now, the soonest first."""
    of_plans: dict[PlanId, list[Version]] = {}
    for one in versions:
        of_plans.setdefault(one.plan_id, []).append(one)
    found = []
    for plan, of in of_plans.items():
        for at in {moment for one in of for moment in (one.since, one.until) if moment is not None and moment > now}:
            change = Change(plan, at, _terms_at(of, at - A_MOMENT), _terms_at(of, at))
            if change.before != change.after:
                found.append(change)
    return sorted(found, key=lambda one: (one.since, one.plan_id))


def _terms_at(of: Iterable[Version], at: Instant) -> Terms | None:
    return next((one.terms for one in of if one.stood(at)), None)


def _won(versions: Iterable[Version], at: Instant) -> Won:
    """Of versions with rates for the same target the one that was switched on later counts, as when a line is paid."""
    found: Won = {}
    standing = [one for one in versions if one.stood(at)]
    for one in sorted(standing, key=lambda one: (one.since, one.plan_id)):
        found |= {target: (one, rates) for target, rates in by_target(one.terms.rates).items()}
    return found


def _pays_less(before: Won, after: Won) -> bool:
    return any(
        other is None or _is_less(old, rates, *other)
        for target, (old, rates) in before.items()
        for other in _instead(target, before, after)
    )


def _instead(target: Target, before: Won, after: Won) -> list[tuple[Version, list[Rate]] | None]:
    """What may count afterwards for a line for which this target counted; None for nothing."""
    width = WIDTH[Scope(target[0])]
    found: list[tuple[Version, list[Rate]] | None] = [
        won for other, won in after.items() if WIDTH[Scope(other[0])] > width and other not in before
    ]
    if target in after:
        return [*found, after[target]]
    found += [won for other, won in after.items() if WIDTH[Scope(other[0])] < width]
    return found if (Scope.MARKET, None) in after else [*found, None]


def _is_less(old: Version, before: Sequence[Rate], new: Version, after: Sequence[Rate]) -> bool:
    is_short = new.left_minor is not None and (old.left_minor is None or new.left_minor < old.left_minor)
    if is_short or new.terms.line_most_bp < old.terms.line_most_bp or new.terms.hold_days > old.terms.hold_days:
        return True
    was, will = ({rate.depth: rate for rate in rates} for rates in (before, after))
    return any(_is_below(will.get(depth), rate) for depth, rate in was.items()) or (
        2 in was and _crowds(was, will, new)
    )


def _is_below(new: Rate | None, old: Rate) -> bool:
    return (
        new is None
        or new.rate_bp < old.rate_bp
        or new.fixed_minor < old.fixed_minor
        or not new.channels >= old.channels
    )


def _crowds(was: dict[int, Rate], will: dict[int, Rate], new: Version) -> bool:
    """Whether more for the shop that sold may leave less of the line for the one that invited it."""
    first, grown = was.get(1), will.get(1)
    if grown is None or (
        first is not None and (grown.rate_bp, grown.fixed_minor) == (first.rate_bp, first.fixed_minor)
    ):
        return False
    is_fixed = new.terms.budget_minor is not None or any(rate.fixed_minor for rate in will.values())
    return is_fixed or sum(rate.rate_bp for rate in will.values()) > new.terms.line_most_bp
