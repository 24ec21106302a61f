"""What suppliers, managers, the worker and the clock do."""

from collections.abc import Awaitable
from datetime import timedelta
from random import Random

from tuan.goods import catalog, supply
from tuan.platform import sweeps
from tuan.platform.database import may_run_again
from tuan.platform.outbox import flush
from tuan.platform.work import SYSTEM, open_work
from tuan.play import groupbuy
from tuan.simulate.actors import UNKNOWN, Play, some
from tuan.simulate.books import Asked
from tuan.simulate.cast import REASON, launch
from tuan.trade import aftersales, orders

LAPSE_ORDERS = "trade.orders.lapse_unpaid"
LAPSE_TEAMS = "play.groupbuy.lapse_due_teams"
ALONE = (LAPSE_ORDERS, LAPSE_TEAMS, "trade.orders.queries", "trade.payments.refunds", "trade.orders.receive_due",
         "trade.settlement.settle_due", "trade.settlement.withdrawals", "trade.aftersales.end_due_cases")  # fmt: skip
"""What the worker may do by itself while facts wait; named here, so that a new sweep does not change what a seed plays."""


# ── suppliers and managers ──
async def ship(play: Play, rng: Random) -> bool:
    order = some(
        rng, play.orders("to_ship") if rng.random() < 0.95 else play.orders("gathering", "shipped", "cancelled")
    )
    if order is None:
        return False
    play.title(f"{play.books.name_of(order['id'])} is sent")
    await play.call("orders.ship", orders.ship, order["id"], order["supplier_id"], carrier="SF", tracking="1")
    return True


async def give_back(play: Play, rng: Random) -> bool:
    order = some(rng, play.orders("to_ship", "shipped", "received", "gathering", "placed"))
    if order is None:
        return False
    supplier = order["supplier_id"] if rng.random() < 0.95 else rng.choice(play.books.suppliers)
    play.title(f"the supplier gives {play.books.name_of(order['id'])} back")
    await play.call("aftersales.refund_whole", aftersales.refund_whole, order["id"], supplier, reason=REASON)
    return True


async def remove(play: Play, rng: Random) -> bool:
    order = some(rng, play.orders("gathering") if rng.random() < 0.9 else play.orders("to_ship", "paid"))
    if order is None:
        return False
    play.title(f"the supplier removes {play.books.name_of(order['id'])} from its team")
    await play.call("groupbuy.remove_member", groupbuy.remove_member, order["id"], order["supplier_id"], reason=REASON)
    return True


async def receive(play: Play, rng: Random) -> bool:
    ware = rng.choice(list(play.books.wares.values()))
    units = rng.choice((1, 2, 5, 0))
    play.title(f"{units} of ware{ware.number} come in")
    asked = await play.manage("supply.receive", (ware.sku, units), supply.receive, {ware.sku: units}, reason=REASON)
    if not asked.code:
        play.books.received[ware.sku] += units
    return True


async def reprice(play: Play, rng: Random) -> bool:
    ware = rng.choice(list(play.books.wares.values()))
    price = rng.choice((rng.randint(101, 4999), 0))
    play.title(f"ware{ware.number} costs {price} from now on")
    asked = await play.manage("catalog.set_price", (ware.sku, price), catalog.set_price, ware.sku, price, reason=REASON)
    if not asked.code:
        ware.price_minor = price
    return True


async def take_off(play: Play, rng: Random) -> bool:
    ware = list(play.books.wares.values())[-1]
    play.title(f"ware{ware.number} is taken off the shelf")
    asked = await play.manage("catalog.take_off", (ware.product,), catalog.take_off, ware.product, reason=REASON)
    if not asked.code:
        ware.is_listed = False
    return True


async def end_campaign(play: Play, rng: Random) -> bool:
    """A campaign is ended, and mostly revised at once: its open teams keep their terms."""
    terms = some(rng, list(play.books.campaigns.values())[-3:])
    if terms is None:
        return False
    play.title(f"campaign {terms.number} ends")
    await play.manage("groupbuy.end_campaign", (terms.id,), groupbuy.end_campaign, terms.id, reason=REASON)
    return True


async def new_campaign(play: Play, rng: Random) -> bool:
    found = list(play.books.campaigns.values())
    ended = [terms for terms in found if play.seen.campaigns[terms.id] == "ended"]
    terms = rng.choice(ended if ended and rng.random() < 0.9 else found)
    play.title(f"a new campaign in the place of campaign {terms.number}")
    async with play.stage.site.sound_work(play.stage.market) as work:
        aside, answer = await launch(work, play.books, terms.product, rng, revises=terms.id)
    play.account.asked.append(Asked("groupbuy.launch_campaign", (terms.product, aside), answer, True))
    return True


# ── the worker ──
async def _as_far_as_it_gets(play: Play, round: Awaitable[object]) -> None:
    """A round that fails for a planned reason is simply taken up again later, as `Relay.run` does."""
    play.account.worked = True
    try:
        await round
    except UNKNOWN as error:
        play.account.cut_off(error)
    except Exception as error:
        if not may_run_again(error):
            raise
        play.account.notes.append(type(error).__name__)


async def hand_up(play: Play, rng: Random) -> bool:
    """Facts are delivered, and nothing else is done."""
    play.title("facts are delivered")
    await _as_far_as_it_gets(play, play.stage.processes[0].relay.hand_up())
    return True


async def sweep(play: Play, rng: Random, *, name: str = "") -> bool:
    """One sweep or one call to the outside, although facts may wait."""
    name = name or rng.choice(ALONE)
    play.title(f"the worker does {name}")
    relay = play.stage.processes[0].relay

    async def act() -> None:
        if name in sweeps.intents:
            await relay.call_out(sweeps.intents[name], play.stage.market)
        else:
            for hand in sweeps.sweeps[name].hands:
                async with open_work(relay.works, play.stage.market, SYSTEM, flush=flush) as work:
                    await hand(work)

    await _as_far_as_it_gets(play, act())
    return True


async def work(play: Play, rng: Random) -> bool:
    """The worker does everything once that is due, as far as it gets."""
    play.title("the worker is at work")
    await work_all(play)
    return True


async def work_all(play: Play) -> None:
    await _as_far_as_it_gets(play, play.stage.processes[0].relay.settle_all(play.stage.market))


# ── the clock ──
async def wait(play: Play, rng: Random) -> bool:
    seconds = rng.choice((5, 20, 40, 70, 200))
    play.jump = timedelta(seconds=seconds)
    play.title(f"{seconds} seconds go by")
    return True


async def wait_for(play: Play, rng: Random) -> bool:
    """Until just before or just after something is due."""
    ahead = sorted(one for one in play.seen.deadlines() if one > play.time)
    if not ahead:
        return False
    due = rng.choice(ahead[:6])
    by = due + timedelta(seconds=rng.choice((-1.5, 0.5, 2, 4, 5, 130))) - play.time
    play.jump = max(by, timedelta(0))
    play.title(f"{round(by.total_seconds())} seconds go by, to about when something is due")
    return True


async def days(play: Play, rng: Random, *, count: int = 0) -> bool:
    count = count or rng.choice((1, 7, 8, 16))
    play.jump = timedelta(days=count)
    play.title(f"{count} days go by")
    return True


async def step_back(play: Play, rng: Random) -> bool:
    """A clock is corrected: the market's goes back, never more than a few seconds behind where it has been."""
    play.jump = -timedelta(seconds=rng.choice((1.5, 3)))
    play.title("the clock is set back a little")
    return True
