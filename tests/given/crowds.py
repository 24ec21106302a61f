"""Many buyers and many teams at once, through the same plural verbs: a batch is what makes them quick."""

from collections.abc import Sequence

from tests.given.goods import Buyer, Goods, crowd, fresh_key
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.platform.gateways.payment import Charge
from tuan.play import groupbuy
from tuan.play.groupbuy.model import OpenTeam, Seated
from tuan.trade import orders, payments
from tuan.trade.payments import StartAttempt

BATCH = 500


async def pay_many(place: Place, placed: Sequence[tuple[Buyer, Seated]]) -> None:
    """All of them pay; the facts are left to the relay."""
    sandbox = place.house.sandbox
    for start in range(0, len(placed), BATCH):
        some = placed[start : start + BATCH]
        async with place.work() as work:
            commands = [
                StartAttempt(who.id, fresh_key(), seated.payable, sandbox.name, sandbox.merchant, sandbox.app)
                for who, seated in some
            ]
            attempts = [granted(outcome) for outcome in await payments.start_attempts(work, commands)]
        async with place.work() as work:
            known = await payments.load_attempts(work, attempts)
        charges = [Charge(place.market, a, known[a].amount_minor, known[a].currency) for a in attempts]
        await sandbox.start(charges)
        notices = await sandbox.decide(charges, pay=True)
        async with place.work() as work:
            await orders.apply_notices(work, notices)


async def gathering_teams(place: Place, of: Goods, count: int) -> list[Seated]:
    """So many teams, each opened and paid by a person of its own."""
    leaders = await crowd(place, count)
    opened: list[Seated] = []
    for start in range(0, count, BATCH):
        commands = [
            OpenTeam(who.id, fresh_key(), of.campaign, of.sku, 1, who.address) for who in leaders[start : start + BATCH]
        ]
        async with place.work() as work:
            opened += [granted(outcome) for outcome in await groupbuy.seat_buyers(work, commands)]
    await pay_many(place, list(zip(leaders, opened, strict=True)))
    await place.quiet()
    return opened
