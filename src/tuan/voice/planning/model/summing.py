"""What many runs say together: quantiles rather than one number, and what the law says of the plan."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from tuan.people.compliance.model import PROFILES, Breach, Plan, Reward, Trigger, check_plan
from tuan.voice.insight.model import gini_permyriad, share_permyriad
from tuan.voice.planning.model.graphs import Graph
from tuan.voice.planning.model.running import Shops
from tuan.voice.planning.model.words import Run, Terms, What

QUANTILES = (5, 25, 50, 75, 95)
FigureKind: TypeAlias = Literal["count", "money", "share"]

COUNTS: Mapping[str, Callable[[Run], int]] = {"formed": lambda run: run.formed, "joined": lambda run: run.joined}
MONEY: Mapping[str, Callable[[Run], int]] = {
    "captured": lambda run: run.captured_minor,
    "refunded": lambda run: run.refunded_minor,
    "kept": lambda run: run.kept_minor,
    "discount": lambda run: run.discount_minor,
    "leader_off": lambda run: run.leader_off_minor,
    "first": lambda run: run.first_minor,
    "second": lambda run: run.second_minor,
    "cost": lambda run: run.cost_minor,
}
SHARES: Mapping[str, Callable[[Run], int | None]] = {
    "success": lambda run: share_permyriad(run.formed, run.formed + run.lapsed),
    "top": lambda run: share_permyriad(run.top_minor, run.commission_minor),
    "gini": lambda run: gini_permyriad(run.earners, run.commission_minor, run.weighted),
    "retail": lambda run: share_permyriad(run.outside_minor, run.recommended_minor),
}
OF_PLANS = frozenset({"first", "second", "top", "gini", "retail"})
OF_CAMPAIGNS = frozenset({"formed", "success", "captured", "refunded", "discount", "leader_off"})


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure over all runs: its kind (count, money in minor units, share in ten-thousandths), quantiles and mean, rounded down."""

    name: str
    kind: FigureKind
    quantiles: tuple[int, ...]
    mean: int


@dataclass(frozen=True, slots=True)
class Legality:
    """What stands against the plan; the longest chain and the most shops under one, by the legal count; how many runs had
    less retail than the law's least."""

    breaches: tuple[Breach, ...]
    chain: int
    under: int
    retail_low: int


def measures(terms: Terms, runs: Sequence[Run]) -> list[Measure]:
    """What is told of these terms, in the order of the page; a share is taken over the runs that have one."""
    skipped = (frozenset() if terms.pays_shops else OF_PLANS) | (
        frozenset() if terms.what is What.CAMPAIGN else OF_CAMPAIGNS
    )
    found = []
    kinds: tuple[tuple[FigureKind, Mapping[str, Callable[[Run], int | None]]], ...] = (
        ("count", COUNTS), ("money", MONEY), ("share", SHARES),
    )  # fmt: skip
    for kind, named in kinds:
        for name, read in named.items():
            values = sorted(value for run in runs if (value := read(run)) is not None)
            if values and name not in skipped:
                found.append(Measure(name, kind, quantiles(values), sum(values) // len(values)))
    return found


def quantiles(values: Sequence[int]) -> tuple[int, ...]:
    """The values at 5, 25, 50, 75 and 95 of a hundred, of values that are not empty."""
    ranked = sorted(values)
    return tuple(ranked[(len(ranked) - 1) * part // 100] for part in QUANTILES)


def why_unlawful(terms: Terms) -> list[Breach]:
    """Everything that the two rates of these terms break by their profile, in the words of `compliance`; nothing where nobody is
    paid. A version of a plan is judged by the law of its market (`planning.legality_of`)."""
    rates = ((1, terms.rate_one), (2, terms.rate_two))
    rewards = tuple(Reward(Trigger.KEPT_PURCHASE, depth, rate_bp=rate) for depth, rate in rates if rate)
    signed = frozenset({2}) if terms.is_signed else frozenset()
    plan = Plan(rewards, hold_days=terms.hold_days, signed_levels=signed)
    return check_plan(plan, PROFILES[terms.profile]) if rewards else []


def legality(terms: Terms, graph: Graph, runs: Sequence[Run]) -> Legality:
    """The checker's word on the plan, and what the simulated market would show the law."""
    chain, under = Shops.of(graph, terms).chain()
    least = PROFILES[terms.profile].retail_least_bp
    shares = (share_permyriad(run.outside_minor, run.recommended_minor) for run in runs)
    low = sum(share is not None and share < least for share in shares)
    return Legality(tuple(why_unlawful(terms)), chain, under, low)
