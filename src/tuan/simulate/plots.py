"""Little plots: what chance alone rarely brings together, step by step, each step with its own faults."""

from datetime import timedelta
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

from tuan.kit.time import Instant
from tuan.simulate import buying, paying, running, saving
from tuan.simulate.actors import Play, some
from tuan.simulate.books import Buyer
from tuan.simulate.running import LAPSE_ORDERS, LAPSE_TEAMS

TRIES = 3
"""So often others come for who was refused a seat."""


async def last_minute(play: Play, rng: Random, *, opens: bool = True) -> bool:
    """Whoever is missing in a team comes and pays, and at its deadline the sweep is faster than the facts."""
    team = some(rng, [t for t in play.teams("gathering") if t["deadline"] > play.time])
    if team is None:
        return opens and await _open_one(play, rng)
    play.title(f"{play.books.name_of(team['id'])} fills up at the last minute")
    play.plot += [partial(_fill, team=team["id"])] * TRIES
    play.plot.append(partial(_pay_all, team=team["id"], after=timedelta(seconds=rng.choice((1.5, 3, 4, 122)))))
    return True


async def _open_one(play: Play, rng: Random) -> bool:
    """Where nobody gathers somebody opens a team and pays, half of the time."""
    if rng.random() < 0.5:
        return False
    play.title("somebody is about to open a team")
    play.plot += [buying.open_team, _pay_opener, partial(paying.deliver, newest=True), running.work]
    play.plot.append(partial(last_minute, opens=False))
    return True


async def _pay_opener(play: Play, rng: Random) -> bool:
    """Whoever opened a team last, if it waits for his money."""
    held = [seat["order_id"] for team in play.teams("opening")[-1:] for seat in play.seen.live_seats(team["id"])]
    play.title(f"{len(held)} are about to pay for a team of their own")
    for order in held:
        await paying.pay_now(play, rng, order=order)
    return True


async def _fill(play: Play, rng: Random, *, team: UUID) -> bool:
    """As many as are missing come at once; whoever of them is refused is missing still, and others come."""
    live = play.seen.live_seats(team)
    seated = {seat["person_id"] for seat in live}
    strangers = [who for who in play.books.people if who.id not in seated]
    missing = rng.sample(strangers, min(len(strangers), max(play.seen.teams[team]["size"] - len(live), 0)))
    play.title(f"{len(missing)} are missing in {play.books.name_of(team)}")
    play.plot.extendleft(partial(buying.join_this, team=team, who=who) for who in missing)
    return True


async def _pay_all(play: Play, rng: Random, *, team: UUID, after: timedelta) -> bool:
    """Now it is known who sits there: each of them pays and is heard of; then time passes, and the sweep comes first."""
    held = [seat["order_id"] for seat in play.seen.live_seats(team) if seat["state"] == "held"]
    play.title(f"{len(held)} are about to pay for {play.books.name_of(team)}")
    for order in held:
        play.plot += [partial(paying.pay_now, order=order), partial(paying.deliver, newest=True)]
    play.plot.append(partial(_until, moment=play.seen.teams[team]["deadline"] + after))
    play.plot.append(partial(running.sweep, name=LAPSE_TEAMS))
    return True


async def too_late(play: Play, rng: Random) -> bool:
    """A payment is declined, the order ends unpaid, and the buyer pays after all, while facts wait."""
    order: Any = some(rng, [o for o in play.orders("placed") if not play.seen.pending_on(o["payable_id"])])
    if order is None:
        return False
    play.title(f"{play.books.name_of(order['id'])} will be paid too late")
    play.plot += [
        partial(paying.pay_now, order=order["id"], pay=False),
        partial(paying.deliver, newest=True),
        partial(_until, moment=order["pay_by"] + timedelta(seconds=1)),
        partial(running.sweep, name=LAPSE_ORDERS),
    ]
    if rng.random() < 0.5:
        play.plot.append(running.hand_up)
    play.plot += [partial(paying.pay_after_all, order=order["id"]), partial(paying.deliver, newest=True)]
    seats = play.seen.seats_of(order["id"])
    deadline = play.seen.teams[seats[0]["team_id"]]["deadline"] if seats else None
    if deadline is not None:
        play.plot += [partial(_until, moment=deadline + timedelta(seconds=4)), partial(running.sweep, name=LAPSE_TEAMS)]
    return True


async def thrift(play: Play, rng: Random) -> bool:
    """Somebody comes by, takes coupons and fills his cart; then he checks it out with what he has, and mostly pays."""
    who = play.buyer(rng)
    play.title(f"buyer {who.number} is about to save")
    acts = (
        saving.check_in,
        saving.take_coupon,
        saving.take_coupon,
        saving.fill_cart,
        saving.fill_cart,
        buying.check_out,
    )
    play.plot += [partial(act, who=who) for act in acts]
    if rng.random() < 0.8:
        play.plot.append(partial(_pay_newest, who=who))
    return True


async def _pay_newest(play: Play, rng: Random, *, who: Buyer) -> bool:
    """What he checked out last, if it waits for money."""
    mine = [order for order in play.orders("placed") if order["person_id"] == who.id]
    play.title(f"buyer {who.number} is about to pay for {len(mine)} orders")
    for order in mine[-1:]:
        play.plot += [partial(paying.pay_now, order=order["id"]), partial(paying.deliver, newest=True)]
    return True


async def _until(play: Play, rng: Random, *, moment: Instant) -> bool:
    play.jump = max(moment - play.time, timedelta(0))
    play.title(f"{round(play.jump.total_seconds())} seconds go by, and facts wait")
    return True
