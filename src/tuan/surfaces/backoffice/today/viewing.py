"""The numbers of the start page as figures and charts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from babel.numbers import get_currency_precision

from tuan.kit.money import Money
from tuan.kit.time import Instant
from tuan.surfaces.backoffice import saying
from tuan.surfaces.backoffice.today.context import Chart, Figure, Point
from tuan.surfaces.web.visits import Visit

DAYS = 14
Pairs = Sequence[tuple[int, int]]


@dataclass(slots=True)
class Numbers:
    """What was read; None where this member of staff may not see it. `days` are midnights, the last one is to come."""

    days: list[Instant]
    orders: Pairs | None = None
    captures: Pairs | None = None
    teams: Pairs | None = None
    refunds: Sequence[Any] | None = None
    needs: Any = None
    to_ship: int = 0


def read_days(visit: Visit, now: Instant) -> list[Instant]:
    """The midnights of the market's last two weeks, and the next one."""
    return [saying.day_start(visit, now, ago) for ago in range(DAYS - 1, -2, -1)]


def figures(visit: Visit, numbers: Numbers) -> list[Figure]:
    """Six for who may see everything."""
    found = []
    if numbers.orders is not None:
        (yesterday, _), (today, _) = numbers.orders[-2:]
        found.append(
            Figure(label=visit.gettext("Orders"), count=today, before=_count(visit, yesterday), url="/office/orders")
        )
    if numbers.captures is not None:
        (_, yesterday), (_, today) = numbers.captures[-2:]
        before = _yesterday(visit, visit.words.money_text(saying.money(visit, yesterday)))
        found.append(
            Figure(
                label=visit.gettext("Captured"),
                amount=saying.money(visit, today),
                before=before,
                url="/office/payments",
            )
        )
    if numbers.needs is not None and numbers.refunds is not None:
        back = saying.money(visit, numbers.needs["given_back_minor"])
        found.append(Figure(label=visit.gettext("Given back"), amount=back, url="/office/refunds"))
    if numbers.orders is not None:
        found.append(Figure(label=visit.gettext("To ship"), count=numbers.to_ship, url="/office/orders?state=to_ship"))
    if numbers.teams is not None:
        (formed_before, lapsed_before), (formed, lapsed) = numbers.teams[-2:]
        found += [
            Figure(label=visit.gettext("Teams formed"), count=formed, before=_count(visit, formed_before)),
            Figure(label=visit.gettext("Teams lapsed"), count=lapsed, before=_count(visit, lapsed_before)),
        ]
    return found


def _count(visit: Visit, before: int) -> str:
    return _yesterday(visit, str(before))


def _yesterday(visit: Visit, words: str) -> str:
    return visit.gettext("yesterday %(words)s") % {"words": words}


def charts(visit: Visit, numbers: Numbers) -> list[Chart]:
    """Of each kind that may be seen; the numbers of a chart are those of its table."""
    labels = [visit.words.day(day, visit.market.zone) for day in numbers.days[:-1]]
    scale = 10 ** get_currency_precision(visit.market.currency)
    found = []
    if numbers.orders is not None:
        points = [_point(label, [count]) for label, (count, _) in zip(labels, numbers.orders, strict=True)]
        found.append(_chart("orders", visit.gettext("Orders by day"), "line", [visit.gettext("Orders")], points))
    if numbers.captures is not None:
        points = [_money(visit, label, minor) for label, (_, minor) in zip(labels, numbers.captures, strict=True)]
        words = visit.gettext("Captured by day")
        found.append(_chart("captures", words, "line", [visit.gettext("Captured")], points, scale))
    if numbers.teams is not None:
        points = [_point(label, list(pair)) for label, pair in zip(labels, numbers.teams, strict=True)]
        columns = [visit.gettext("Formed"), visit.gettext("Lapsed")]
        found.append(_chart("teams", visit.gettext("Teams by day"), "bars", columns, points))
    if numbers.refunds is not None:
        reasons = saying.refund_reasons(visit)
        points = [
            _money(visit, reasons.get(row["reason"], row["reason"]), row["amount_minor"]) for row in numbers.refunds
        ]
        words = visit.gettext("Refunds by reason, two weeks")
        found.append(_chart("refunds", words, "bars", [visit.gettext("Given back")], points, scale))
    return found


def _chart(name: str, title: str, kind: Any, columns: list[str], points: list[Point], scale: int = 1) -> Chart:
    return Chart(name=name, title=title, kind=kind, columns=columns, points=points, scale=scale)


def _point(label: str, values: list[int]) -> Point:
    return Point(label=label, values=values, words=[str(value) for value in values])


def _money(visit: Visit, label: str, minor: int) -> Point:
    words = visit.words.money_text(Money(minor, visit.market.currency))
    return Point(label=label, values=[minor], words=[words])
