"""After-sales in the world: buyers ask for money for units that they have, suppliers answer or say nothing."""

from random import Random
from typing import Any

from tuan.simulate.actors import Play, some
from tuan.simulate.cases import HAVING, RUNNING
from tuan.simulate.cast import REASON
from tuan.trade import aftersales
from tuan.trade.aftersales import OpenCase
from tuan.trade.aftersales.model import Ask, Kind, Saying


# ── acts ──
async def open_case(play: Play, rng: Random) -> bool:
    """Money for some units of one line; now and then too many, of somebody else's order, or of one not sent yet."""
    order = some(rng, play.orders(*HAVING) if rng.random() < 0.9 else play.orders("to_ship", "gathering"))
    if order is None:
        return False
    line = rng.choice(play.seen.details[order["id"]])
    units = rng.randint(1, line["units"]) if rng.random() < 0.9 else rng.choice((0, 1000))
    who = order["person_id"] if rng.random() < 0.95 else play.buyer(rng).id
    play.title(f"money for {units} of line {line['number']} of {play.books.name_of(order['id'])} is asked for")
    asked = OpenCase(who, order["id"], Ask(Kind.REFUND_ONLY, "damaged", ((line["number"], units),)))
    await play.call("aftersales.open_case", aftersales.open_case, asked)
    return True


def _case(play: Play, rng: Random) -> Any:
    """Mostly one that runs."""
    known = {id: number for number, id in enumerate(play.books.orders)}
    found = sorted(play.seen.cases.values(), key=lambda case: (known[case["order_id"]], case["number"]))
    running = [case for case in found if case["state"] in RUNNING]
    return some(rng, running if rng.random() < 0.9 else found)


async def agree(play: Play, rng: Random) -> bool:
    return await _by_supplier(play, rng, "agree", aftersales.agree)


async def refuse(play: Play, rng: Random) -> bool:
    return await _by_supplier(play, rng, "refuse", aftersales.refuse, Saying(REASON))


async def _by_supplier(play: Play, rng: Random, word: str, verb: Any, *more: Any) -> bool:
    case = _case(play, rng)
    if case is None:
        return False
    supplier = case["supplier_id"] if rng.random() < 0.95 else rng.choice(play.books.suppliers)
    play.title(f"{word}: case {case['number']} of {play.books.name_of(case['order_id'])}")
    await play.call(f"aftersales.{word}", verb, case["order_id"], case["number"], supplier, *more)
    return True


async def withdraw(play: Play, rng: Random) -> bool:
    case = _case(play, rng)
    if case is None:
        return False
    play.title(f"case {case['number']} of {play.books.name_of(case['order_id'])} is taken back")
    await play.call("aftersales.withdraw", aftersales.withdraw, case["order_id"], case["number"], case["person_id"])
    return True
