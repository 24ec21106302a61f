"""What buyers do, but for paying: place alone, open, join, run after the last unit, repeat, leave, cancel, confirm."""

from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from tuan.platform import housekeeping
from tuan.play import groupbuy
from tuan.play.groupbuy.model import JoinTeam, OpenTeam
from tuan.simulate import saving
from tuan.simulate.actors import Play, another_input, some
from tuan.simulate.books import Buyer, Terms
from tuan.simulate.saving import Items
from tuan.trade import aftersales, orders
from tuan.trade.orders.model import PlaceOrder

UNITS = (1, 1, 1, 2, 2, 3)
ODD_UNITS = (0, -1, 1000)
REPEATED_MAX = housekeeping.KEPT - timedelta(days=1)
"""Later the key may have been forgotten, by a clock that was ahead: then either answer would be lawful."""


def _units(rng: Random) -> int:
    return rng.choice(ODD_UNITS if rng.random() < 0.03 else UNITS)


def _address(play: Play, who: Buyer, rng: Random) -> UUID | None:
    """Mostly his own; now and then none, or a neighbour's."""
    chance = rng.random()
    if chance < 0.02:
        return None
    return play.buyer(rng).address if chance < 0.05 else who.address


def _quoted(total: int, rng: Random) -> int | None:
    """What the page showed: mostly the right total or nothing, now and then a stale one."""
    return total - 1 if rng.random() < 0.03 else rng.choice((None, total))


def _means(
    play: Play, rng: Random, who: Buyer, items: Items, terms: Terms | None = None
) -> tuple[tuple[UUID, ...], int, int | None]:
    """(coupons, points, what the page showed): half of them pay a part otherwise than in money."""
    if rng.random() < 0.5:
        coupons, points, total = saving.pay_with(play, rng, who, items, terms)
    else:
        coupons, points, total = (), 0, saving.total_of(play, who, items, terms=terms)
    return coupons, points, None if total is None else _quoted(total, rng)


def _place(play: Play, rng: Random, who: Buyer) -> tuple[str, Any, Any]:
    wares = list(play.books.wares.values())
    items = tuple((ware.sku, _units(rng)) for ware in rng.sample(wares, rng.choice((1, 1, 1, 2, 3))))
    coupons, points, quoted = _means(play, rng, who, items)
    return "orders.place", orders.place_orders, PlaceOrder(
        who.id, play.key(), items, _address(play, who, rng), quoted, coupons, points
    )  # fmt: skip


def _open(play: Play, rng: Random, who: Buyer) -> tuple[str, Any, Any] | None:
    found = list(play.books.campaigns.values())
    running = [terms for terms in found if play.seen.campaigns[terms.id] == "running" and terms.ends_at > play.time]
    terms = some(rng, running if rng.random() < 0.95 else found)
    if terms is None:
        return None
    sku, units = rng.choice(list(terms.prices)), _units(rng)
    coupons, points, quoted = _means(play, rng, who, ((sku, units),), terms)
    return "groupbuy.open_team", groupbuy.seat_buyers, OpenTeam(
        who.id, play.key(), terms.id, sku, units, _address(play, who, rng), quoted, coupons=coupons, points=points
    )  # fmt: skip


def _join(play: Play, rng: Random, who: Buyer, team: Any = None) -> tuple[str, Any, Any] | None:
    open_ones = play.teams("gathering")
    if team is None:
        team = some(rng, open_ones[-3:] if rng.random() < 0.95 else play.teams("opening", "formed", "lapsed"))
    if team is None:
        return None
    terms = play.books.campaigns[team["campaign_id"]]
    sku, units = rng.choice(list(terms.prices)), _units(rng)
    coupons, points, quoted = _means(play, rng, who, ((sku, units),), terms)
    return "groupbuy.join_team", groupbuy.seat_buyers, JoinTeam(
        who.id, play.key(), team["id"], sku, units, _address(play, who, rng), quoted, coupons=coupons, points=points
    )  # fmt: skip


async def _ask(play: Play, call: tuple[str, Any, Any], rng: Random, process: int = 0) -> None:
    asked = await play.ask(*call, process=process)
    if rng.random() < 0.6:
        play.books.keyed.append((play.time, asked))


async def place(play: Play, rng: Random) -> bool:
    who = play.buyer(rng)
    play.title(f"buyer {who.number} buys alone")
    await _ask(play, _place(play, rng, who), rng)
    return True


async def check_out(play: Play, rng: Random, *, who: Buyer | None = None) -> bool:
    """What is in somebody's cart, of however many suppliers, under one payment."""
    command = saving.checked_out(play, rng, who)
    if command is None:
        return False
    await _ask(play, ("orders.place", orders.place_orders, command), rng)
    return True


async def open_team(play: Play, rng: Random) -> bool:
    who = play.buyer(rng)
    call = _open(play, rng, who)
    if call is None:
        return False
    play.title(f"buyer {who.number} opens a team on campaign {play.books.campaigns[call[2].campaign].number}")
    await _ask(play, call, rng)
    return True


async def join_team(play: Play, rng: Random) -> bool:
    who = play.buyer(rng)
    call = _join(play, rng, who)
    if call is None:
        return False
    play.title(f"buyer {who.number} joins {play.books.name_of(call[2].team)}")
    await _ask(play, call, rng)
    return True


async def join_this(play: Play, rng: Random, *, team: UUID, who: Buyer) -> bool:
    """This buyer wants a seat in this team, as plainly as can be."""
    campaign = play.seen.teams[team]["campaign_id"]
    command = JoinTeam(
        who.id, play.key(), team, rng.choice(list(play.books.campaigns[campaign].prices)), 1, who.address
    )
    play.title(f"buyer {who.number} joins {play.books.name_of(team)}")
    await play.ask("groupbuy.join_team", groupbuy.seat_buyers, command)
    return True


async def crowd(play: Play, rng: Random) -> bool:
    """Several want the same at the same moment, in one process or in two; one of them may press the button twice."""
    people = rng.sample(play.books.people, rng.choice((2, 3, 4)))
    team = some(rng, play.teams("gathering")[-2:])
    kinds = rng.choice(("join", "join", "join", "open", "place", "mixed"))
    calls = []
    for who in people:
        kind = rng.choice(("join", "open", "place")) if kinds == "mixed" else kinds
        join = _join(play, rng, who, team) if kind == "join" and team else None
        calls.append(join or (_open(play, rng, who) if kind == "open" else None) or _place(play, rng, who))
    if rng.random() < 0.3:
        calls.append(calls[0])
    processes = [rng.choice((0, 1)) if rng.random() < 0.3 else 0 for _ in calls]
    play.title(f"buyers {', '.join(str(who.number) for who in people)} at once: {kinds}")
    await play.at_once([_ask(play, call, rng, process) for call, process in zip(calls, processes, strict=True)])
    return True


VERBS = {
    "orders.place": orders.place_orders,
    "groupbuy.open_team": groupbuy.seat_buyers,
    "groupbuy.join_team": groupbuy.seat_buyers,
}


async def repeat(play: Play, rng: Random) -> bool:
    """A form sent again while its key is kept for sure: the same key, mostly with the same input."""
    chosen = some(rng, play.books.keyed[-12:])
    if chosen is None or play.time - chosen[0] > REPEATED_MAX:
        return False
    asked = chosen[1]
    command = another_input(asked.command) if rng.random() < 0.2 else asked.command
    play.title("the same again" if command is asked.command else "the same key, another input")
    await play.ask(asked.verb, VERBS[asked.verb], command, process=rng.choice((0, 0, 1)))
    return True


async def cancel_unpaid(play: Play, rng: Random) -> bool:
    order = some(rng, play.orders("placed", "placed", "paid", "closed", "to_ship"))
    if order is None:
        return False
    person = order["person_id"] if rng.random() < 0.95 else play.buyer(rng).id
    play.title(f"{play.books.name_of(order['id'])} is not wanted any more")
    await play.call("orders.cancel_unpaid", orders.cancel_unpaid, order["id"], person, reason="world")
    return True


async def cancel(play: Play, rng: Random) -> bool:
    order = some(rng, play.orders("to_ship", "gathering", "shipped", "paid"))
    if order is None:
        return False
    person = order["person_id"] if rng.random() < 0.95 else play.buyer(rng).id
    play.title(f"{play.books.name_of(order['id'])} is cancelled")
    await play.call("aftersales.cancel", aftersales.cancel, order["id"], person, reason="world")
    return True


async def leave(play: Play, rng: Random) -> bool:
    """Somebody leaves his team; now and then one where he is not, or one that is over."""
    team = some(rng, play.teams("gathering", "opening", "formed") if rng.random() < 0.9 else play.teams("lapsed"))
    if team is None:
        return False
    seat = some(rng, play.seen.live_seats(team["id"]))
    person = seat["person_id"] if seat is not None else play.buyer(rng).id
    play.title(f"{play.books.name_of(person)} leaves {play.books.name_of(team['id'])}")
    await play.call("groupbuy.leave_team", groupbuy.leave_team, team["id"], person)
    return True


async def confirm(play: Play, rng: Random) -> bool:
    order = some(rng, play.orders("shipped"))
    if order is None:
        return False
    play.title(f"{play.books.name_of(order['id'])} has arrived")
    await play.call("orders.confirm_receipt", orders.confirm_receipt, order["id"], order["person_id"])
    return True
