"""What buyers do beside buying: take coupons, check in, fill carts and check them out, and pay a part by other means than money."""

from collections.abc import Sequence
from random import Random
from typing import Any
from uuid import UUID

from tuan.play import loyalty
from tuan.simulate import means
from tuan.simulate.actors import Play, some
from tuan.simulate.books import Buyer, Kind, Terms
from tuan.trade import carts, orders
from tuan.trade.orders.model import PlaceOrder
from tuan.value.promotions.model import TakeCoupon

Items = tuple[tuple[UUID, int], ...]


async def take_coupon(play: Play, rng: Random, *, who: Buyer | None = None) -> bool:
    """One of a kind, of which a person gets a few."""
    who, kind = who or play.buyer(rng), rng.choice(list(play.books.kinds.values()))
    play.title(f"buyer {who.number} takes a coupon, {kind.number}")
    await play.ask("orders.take_coupons", orders.take_coupons, TakeCoupon(who.id, play.key(), kind.template))
    return True


async def check_in(play: Play, rng: Random, *, who: Buyer | None = None) -> bool:
    """Once on a day; now and then twice, in one moment."""
    who = who or play.buyer(rng)
    play.title(f"buyer {who.number} checks in")
    taps = [play.call("loyalty.check_in", loyalty.check_in, who.id) for _ in range(2 if rng.random() < 0.15 else 1)]
    await play.at_once(taps)
    return True


async def fill_cart(play: Play, rng: Random, *, who: Buyer | None = None) -> bool:
    """Something is put in, changed or taken out; now and then too much of it, or what is not there."""
    who, ware = who or play.buyer(rng), rng.choice(list(play.books.wares.values()))
    units = rng.choice((1, 1, 2, 3)) if rng.random() < 0.95 else rng.choice((0, -1, 1000))
    act = rng.choice(("put_in_cart",) * 4 + ("set_units", "take_out"))
    play.title(f"buyer {who.number}'s cart: {act} {units} of ware{ware.number}")
    verb: Any = getattr(carts, act)
    await play.call(f"carts.{act}", verb, who.id, ware.sku, *[units] * (act != "take_out"))
    return True


def pay_with(
    play: Play, rng: Random, who: Buyer, items: Items, terms: Terms | None = None
) -> tuple[tuple[UUID, ...], int, int | None]:
    """(coupons, points, what that comes to) for these goods: mostly what fits, now and then what is spent, of others, or too much.

    terms: of a team's campaign; mostly no coupon is tried where it takes none.
    """
    seen, numbers = play.seen, play.books.coupons
    mine = sorted((id for id, row in seen.coupons.items() if row["person_id"] == who.id), key=numbers.__getitem__)
    free = [id for id in mine if seen.coupons[id]["state"] == "free" and seen.coupons[id]["valid_until"] > play.time]
    pool = free if rng.random() < 0.9 else sorted(seen.coupons, key=numbers.__getitem__)
    most = rng.choice((0, 1, 1, 2)) if terms is None or terms.takes_coupons or rng.random() < 0.1 else 0
    wanted = rng.sample(pool, min(len(pool), most))
    has = seen.points_of(who.id, play.time)
    points = rng.choice((0, 0, has, has // 2, has + 1 if rng.random() < 0.2 else 1)) if has else 0
    chosen = [(id, play.books.kinds[seen.coupons[id]["template_id"]]) for id in wanted]
    total = total_of(play, who, items, chosen, points, terms)
    return tuple(wanted), points, total


def total_of(
    play: Play, who: Buyer, items: Items, chosen: Sequence[tuple[UUID, Kind]] = (), points: int = 0,
    terms: Terms | None = None,
) -> int | None:  # fmt: skip
    """What that comes to, sent to his own address; None if it cannot be had so."""
    if any(units < 1 for _, units in items):
        return None
    bill = means.bill_of(play.books, items, chosen, points, who.region, terms)
    return bill.total_minor if isinstance(bill, means.Bill) else None


def checked_out(play: Play, rng: Random, who: Buyer | None = None) -> PlaceOrder | None:
    """All that is in somebody's cart, now and then more of it than there is."""
    full = [who for who in play.books.people if any(person == who.id for person, _ in play.seen.carts)]
    who = some(rng, full) if who is None else next((one for one in full if one is who), None)
    if who is None:
        return None
    numbers = {ware.sku: ware.number for ware in play.books.wares.values()}
    there = sorted((numbers[sku], sku, units) for (person, sku), units in play.seen.carts.items() if person == who.id)
    wrong = rng.random() < 0.05
    items = tuple((sku, units + (wrong and not place)) for place, (_, sku, units) in enumerate(there))
    coupons, points, total = pay_with(play, rng, who, items)
    play.title(f"buyer {who.number} checks {len(items)} lines out")
    return PlaceOrder(who.id, play.key(), items, who.address, total, coupons, points, from_cart=True)
