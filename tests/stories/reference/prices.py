"""What a checkout costs, worked out anew: rewards, sending, coupons, points, shared among lines to the cent."""

from collections import Counter
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, ClassVar

from tests.stories import terms
from tests.stories.terms import KINDS, SKUS


class Refused(Exception):
    """It must be refused, and nothing has changed."""


def need(*truths: object) -> None:
    if not all(truths):
        raise Refused


class Row(SimpleNamespace):
    """Something that is kept; two that say the same are still two."""

    __eq__, __hash__ = object.__eq__, object.__hash__


class Line(Row):
    """So many units of a SKU, and what their goods and their sending cost. `borne`: what others than the seller bear of the discounts;
    `later`: what is owed after a deposit; `lowered`: what of `back` came back because the price fell; `pool`: of a flash
    session; `is_open` to rewards and coupons."""

    freight = later = lowered = back = back_freight = back_units = 0
    borne: ClassVar[Counter[str]] = Counter()
    pool, is_open = None, True
    seller = property(lambda self: SKUS[self.sku][0])
    worth = property(lambda self: self.goods + self.freight)
    given = property(lambda self: self.back + self.back_freight)
    left = property(lambda self: self.units - self.back_units)
    tax = property(lambda self: self.worth * terms.TAXED.get(self.sku, 0) // (10_000 + terms.TAXED.get(self.sku, 0)))
    rest = property(lambda self: (self.goods - self.back, self.freight - self.back_freight))


def shares(amount: int, weights: Sequence[int]) -> list[int]:
    """By weight, rounded down; what is left over goes to the largest remainders, of equal ones to the first."""
    whole = sum(weights) or 1
    order = sorted(range(len(weights)), key=lambda i: -(amount * weights[i] % whole))
    down = [amount * w // whole for w in weights]
    return [part + (order.index(i) < amount - sum(down)) for i, part in enumerate(down)]


def measure(lines: Sequence[Line]) -> tuple[int, int]:
    """How much of the goods is back, and of how much: in money at the price they came to, or in units where they cost none."""
    lowered, of = sum(x.lowered for x in lines), sum(x.goods for x in lines)
    if of > lowered:
        return sum(x.back for x in lines) - lowered, of - lowered
    return sum(x.back_units for x in lines), sum(x.units for x in lines)


def take(lines: Sequence[Line], off: int, bearer: str | None = "market") -> list[int]:
    """Lower what the goods cost by so much; somebody or (None) their seller bears it. What was taken from each."""
    parts = shares(off, [x.goods for x in lines])
    for x, part in zip(lines, parts, strict=True):
        x.goods, x.borne = x.goods - part, x.borne + Counter({bearer: part} if bearer else {})
    return parts


def send(lines: Sequence[Line], where: str) -> None:
    """Add what sending costs."""
    for seller in {x.seller for x in lines}:
        need((seller, where) in terms.SENDING)
        way, own = terms.SENDING[seller, where], [x for x in lines if x.seller == seller]
        further = -(-max(sum(x.units for x in own) - way.first, 0) // way.step)
        cost = (way.cost + further * way.more) * (sum(x.goods for x in own) < way.free)
        for x, part in zip(own, shares(cost, [x.units for x in own]), strict=True):
            x.freight = part


def priced(
    lines: Sequence[Line], where: str, chosen: Sequence[Row] = (), points: int = 0, room: int | None = None
) -> Counter[str]:
    """Lower what the lines cost. How many points are used at each seller.

    room: of a seat in a team, where no more than this may be paid otherwise than in money, and nothing else takes anything off.
    """
    need(len(set(chosen)) == len(chosen), sum(not KINDS[c.kind].stacks for c in chosen) < 2)
    simple = [x for x in lines if x.is_open and room is None]
    has = sum(x.goods for x in simple)
    take(simple, min(has, max((off for least, off in terms.REWARD if least <= has), default=0)))
    before = {x: x.goods for x in simple}
    send(lines, where)
    for coupon in sorted(chosen, key=lambda c: KINDS[c.kind].seller is None):
        kind = KINDS[coupon.kind]
        some = [x for x in simple if kind.seller in (None, x.seller)]
        rest = sum(x.goods for x in some)
        off = min(kind.off or rest * kind.share // 10_000, kind.cap or rest, rest)
        need(off, sum(before[x] for x in some) >= kind.threshold)
        for x, part in zip(some, take(some, off, None if kind.seller else kind.bearer), strict=True):
            x.coupons += [coupon] * bool(part)
    most = sum(x.goods for x in lines) * terms.POINT_CAP // 10_000
    counted = points if room is None else min(points, room * 100 // terms.POINT_HUNDRED)
    paid = min(counted * terms.POINT_HUNDRED // 100, most)
    need(points * terms.POINT_HUNDRED // 100 <= paid)
    by_seller: Any = Counter()
    for x, part in zip(lines, take(lines, paid), strict=True):
        by_seller[x.seller] += part
    need(sum(x.worth for x in lines if x.sku in terms.TAXED) <= terms.IMPORT_MOST)
    used = shares(-(-paid * 100 // terms.POINT_HUNDRED), [*by_seller.values()])
    return Counter(dict(zip(by_seller, used, strict=True)))
