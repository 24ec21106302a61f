"""Which reports there are, over which months, for whom, and the integer arithmetic of shares. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias
from uuid import UUID

from tuan.kit.time import Instant, day_of, start_of

WHOLE_PERMYRIAD = 10_000
MONTHS_CHOICES = (3, 6, 12, 24)
MONTHS_USUAL = 12
TOP_SELLERS = 10
PRICE_BANDS_MINOR = (1_000, 5_000, 10_000, 50_000)
"""Where one band of prices ends and the next begins, in minor units."""

Value: TypeAlias = int | str | None
"""A count, minor units or ten-thousandths; a word; None where there is nothing to divide by."""
Row: TypeAlias = tuple[Value, ...]


class Whom(StrEnum):
    MARKET = "market"
    SUPPLIER = "supplier"
    SHOP = "shop"


class Kind(StrEnum):
    """How a column is told: `month` is a number from 1 within the span, `share` and `ratio` are in ten-thousandths."""

    MONTH = "month"
    LATER = "later"
    COUNT = "count"
    MONEY = "money"
    SHARE = "share"
    RATIO = "ratio"
    WORD = "word"
    BAND = "band"


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Report:
    """A table of figures by its name: who may read it, and what stands in each of its columns."""

    name: str
    whom: frozenset[Whom]
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks: the market, or one supplier, or one shop."""

    supplier: UUID | None = None
    shop: UUID | None = None

    @property
    def whom(self) -> Whom:
        return Whom.SUPPLIER if self.supplier else Whom.SHOP if self.shop else Whom.MARKET


@dataclass(frozen=True, slots=True)
class Span:
    """Whole months of a market's calendar: the instant and the day each begins at, and where the last one ends."""

    starts: tuple[Instant, ...]
    end: Instant
    days: tuple[date, ...]
    last_day: date
    """The first day that is no longer in it."""

    @property
    def since(self) -> Instant:
        return self.starts[0]


def span_until(now: Instant, time_zone: str, months: int) -> Span:
    """So many months, the last of which is the one that `now` is in there."""
    today = day_of(now, time_zone)
    first = today.year * 12 + today.month - months
    days = [date(at // 12, at % 12 + 1, 1) for at in range(first, first + months + 1)]
    starts = [start_of(day, time_zone) for day in days]
    return Span(tuple(starts[:-1]), starts[-1], tuple(days[:-1]), days[-1])


def _columns(**kinds: Kind) -> tuple[Column, ...]:
    return tuple(Column(name, kind) for name, kind in kinds.items())


K = Kind
SELLERS = frozenset({Whom.MARKET, Whom.SUPPLIER})
SHARERS = frozenset({Whom.MARKET, Whom.SHOP})
EVERYBODY = frozenset(Whom)
MARKET = frozenset({Whom.MARKET})
_FUNNEL = {
    "bots": K.COUNT, "visits": K.COUNT, "visitors": K.COUNT, "orders": K.COUNT, "paid_orders": K.COUNT,
    "kept_orders": K.COUNT, "kept": K.MONEY, "bought": K.SHARE,
}  # fmt: skip
_FACTOR = {"newcomers": K.COUNT, "invites": K.RATIO, "conversion": K.SHARE, "factor": K.RATIO}
_CONCENTRATION = {"month": K.MONTH, "sellers": K.COUNT, "kept": K.MONEY, "top": K.SHARE, "gini": K.SHARE}
_TIERS = {"tier": K.WORD, "sellers": K.COUNT, "before": K.MONEY, "now": K.MONEY, "growth": K.SHARE}

REPORTS: Mapping[str, Report] = {
    one.name: one
    for one in (
        Report(
            "waterfall",
            SELLERS,
            _columns(
                month=K.MONTH, orders=K.COUNT, placed=K.MONEY, unpaid=K.MONEY, paid=K.MONEY, refunded=K.MONEY,
                kept=K.MONEY, waiting=K.MONEY, settled=K.MONEY, late=K.MONEY, borne=K.MONEY, fee=K.MONEY, cut=K.MONEY,
                withheld=K.MONEY, share=K.MONEY,
            ),
        ),
        Report(
            "shops",
            SHARERS,
            _columns(
                month=K.MONTH, orders=K.COUNT, paid=K.MONEY, refunded=K.MONEY, kept=K.MONEY, promised_minor=K.MONEY,
                commission=K.MONEY, matured=K.MONEY,
            ),
        ),
        Report("channels", EVERYBODY, _columns(channel=K.WORD, **_FUNNEL)),
        Report("campaigns", EVERYBODY, _columns(campaign=K.WORD, **_FUNNEL)),
        Report("sharers", SHARERS, _columns(sharer=K.WORD, **_FUNNEL)),
        Report("referrals", MARKET, _columns(month=K.MONTH, sharers=K.COUNT, visitors=K.COUNT, **_FACTOR)),
        Report("invitations", EVERYBODY, _columns(month=K.MONTH, leaders=K.COUNT, joined=K.COUNT, **_FACTOR)),
        Report("cohorts", EVERYBODY, _columns(month=K.MONTH, later=K.LATER, buyers=K.COUNT, kept=K.MONEY)),
        Report(
            "teams",
            EVERYBODY,
            _columns(
                size=K.COUNT, price=K.BAND, opened=K.COUNT, formed=K.COUNT, promised=K.COUNT, lapsed=K.COUNT,
                gathering=K.COUNT, success=K.SHARE,
            ),
        ),
        Report("shop_concentration", MARKET, _columns(**_CONCENTRATION)),
        Report("shop_tiers", MARKET, _columns(**_TIERS)),
        Report("concentration", MARKET, _columns(**_CONCENTRATION)),
        Report("tiers", MARKET, _columns(**_TIERS)),
        Report(
            "retail",
            MARKET,
            _columns(
                month=K.MONTH, kept=K.MONEY, outside=K.MONEY, retail=K.SHARE, recommended=K.MONEY,
                recommended_outside=K.MONEY, recommended_retail=K.SHARE,
            ),
        ),
    )
}  # fmt: skip

GROWING = frozenset({"campaigns", "sharers"})
"""Reports with a row for each of what there may be any number of: they are shown page by page, the most visited first."""


def reports_for(whom: Whom) -> list[Report]:
    """What somebody of this kind may read, in the order of the pages."""
    return [one for one in REPORTS.values() if whom in one.whom]


# ── arithmetic ──
def share_permyriad(part: int, whole: int) -> int | None:
    """A part of a whole in ten-thousandths, rounded down; None of nothing."""
    return part * WHOLE_PERMYRIAD // whole if whole else None


def growth_permyriad(before: int, now: int) -> int | None:
    """By how much `now` is more than `before`, in ten-thousandths of it, rounded down; None where there was nothing before."""
    return (now - before) * WHOLE_PERMYRIAD // before if before else None


def gini_permyriad(count: int, total: int, weighted: int) -> int | None:
    """The Gini coefficient of `count` amounts that sum to `total`, in ten-thousandths, rounded down; None where all is nothing.

    weighted: the sum of place times amount, the smallest amount at place 1. The mean difference between any two of them,
    over twice their mean, is (2 · weighted − (count + 1) · total) / (count · total): no float, no rounding before the last step.
    """
    return (2 * weighted - (count + 1) * total) * WHOLE_PERMYRIAD // (count * total) if total else None


def weigh(amounts: Sequence[int]) -> int:
    """The sum of place times amount that `gini_permyriad` asks for."""
    return sum(place * amount for place, amount in enumerate(sorted(amounts), 1))
