"""`tuan check` finds damage: for every invariant, rows are broken as only a superuser can, and it is told."""

import os
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest

from tests.given import carts, guarding, houses, invoicing, organisations, settling
from tests.given import commissions as earning
from tests.given import goods as given
from tests.given import leagues as play
from tests.given import points as wallets
from tests.given import presale as sales
from tests.given import promotions as promo
from tests.given import sharing as share
from tests.given import shipping as parcels
from tests.given import shops as shopping
from tests.given import sourcing as suppliers
from tests.given import training as learn
from tests.given.aftersales import ask, asked, bought, disputed
from tests.given.damage import CHECKS, DAMAGES
from tests.given.houses import Place
from tests.given.identities import importer
from tests.given.importing import imported
from tests.given.planning import played as simulated
from tuan.kit.refusals import granted
from tuan.main import House, load_modules
from tuan.people import accounts
from tuan.platform import invariants
from tuan.platform.database import open_pool
from tuan.platform.embedded import EmbeddedServer
from tuan.platform.gateways.payment import ChargeState, TransferState
from tuan.platform.relay import Relay
from tuan.platform.work import SYSTEM, Market, Work
from tuan.play import distribution, groupbuy, loyalty, presale
from tuan.play.distribution.model import Rate, Scope, Terms
from tuan.trade import aftersales, orders, settlement
from tuan.trade.aftersales.model import Decision, Kind
from tuan.trade.settlement.model import Rules
from tuan.value import points


async def _invoices(place: Place) -> None:
    """An issued one of which a part has become red, more than ten minutes ago."""
    who, of, order, _ = await invoicing.issued(place)
    assert await place.do(orders.ship, order, of.supplier, carrier="SF", tracking="1") is None
    granted(await ask(place, who, order, Kind.REFUND_ONLY, "damaged", (1, 1)))
    assert await place.do(aftersales.agree, order, 1, of.supplier) is None
    await place.later(timedelta(hours=1))


async def _payouts(place: Place) -> None:
    """A withdrawal that was paid with its fee, and came back."""
    assert await place.do(settlement.set_rules, Rules(100, 50, 5_000_000), reason="test") is None
    withdrawal = await settling.agreed(place, await settling.earned(place))
    for state in (TransferState.DONE, TransferState.FAILED):
        await settling.answered(place, withdrawal, state)


async def _supply(place: Place) -> None:
    """A supplier who came by himself with what he proposed, and a parcel that has arrived."""
    _, supplier = await suppliers.admitted(place)
    _, proposal = await suppliers.proposed_product(place, supplier)
    assert await suppliers.approve(place, proposal) is None
    await parcels.announced(place)
    await place.later(timedelta(hours=31))


async def _abroad(place: Place) -> None:
    """Goods from abroad: an order that was sent, and one that waits for its parcel."""
    of, who = await suppliers.from_abroad(place), await importer(place)
    sent, waits = [granted(await given.place_order(place, who, of)) for _ in range(2)]
    await given.pay(place, who, sent)
    await given.pay(place, who, waits)
    assert await place.do(orders.ship, sent.orders[0], of.supplier, carrier="SF", tracking="1") is None


async def _presales(place: Place) -> None:
    """One that waits for its balance, one that never got it, one that was bought, one that the supplier failed."""
    await sales.deposited(place)
    await place.later(sales.BALANCE_UNTIL + timedelta(hours=1))
    of, _, booked = await sales.deposited(place)
    assert await place.do(presale.fail, booked.order, of.supplier, reason="test") is None
    await sales.bought(place)


async def _ladders(place: Place) -> None:
    """A team that reached the last step of its ladder."""
    of = await given.campaign(
        place, await given.goods(place), size=3, promise_min=2, ladder=((3, 100),), leader_points=7
    )
    leader, *others = await given.buyers(place, 3)
    team = await given.paid_team(place, leader, of)
    for who in others:
        await given.paid_join(place, who, team.team, of)


async def _commissions(place: Place) -> None:
    """One that is the shop's and was lowered, one that is held after it was settled, one that is promised; terms that pay less."""
    of = await given.goods(place, units=50)
    plan = await earning.plan(place)
    shop, who = await earning.shop(place, of), await earning.neighbour(place)
    paid, looked_at = [await earning.buy(place, who, of, shop.code, units=2) for _ in range(2)]
    assert (
        await place.do(distribution.hold, (await earning.commissions(place, looked_at))[0]["id"], reason="test") is None
    )
    await earning.receive(place, of, who, paid)
    await earning.give_back(place, of, who, paid, 1)
    await earning.keep(place, of, who, looked_at)
    await place.later(timedelta(days=2))
    await earning.buy(place, who, of, shop.code)
    less = Terms((Rate(Scope.MARKET, None, 1, rate_bp=500),))
    number = granted(await place.do(distribution.draft_version, plan, less, reason="test"))
    assert await place.do(distribution.switch_on, plan, number, reason="test") is None


async def _seasons(place: Place) -> None:
    """Two leagues whose season is over, shops that have risen."""
    shops = await play.shops(place, 8)
    with pytest.MonkeyPatch.context() as patch:
        sold = play.Sold(patch)
        async with place.work() as work:
            sold.kept(shops, *(100_000 * number for number in range(9, 1, -1)), at=work.now)
        await play.levels(place)
        await play.begun(place, benefits=("more_picks",))
        await place.later(play.CLOSES)


async def _carts(place: Place) -> None:
    """Sets of a bundle that wait in somebody's cart."""
    bundle = await carts.bundle(place, await given.goods(place), await given.goods(place))
    assert await carts.put_sets(place, await given.buyer(place), bundle, 2) is None


@pytest.fixture(scope="module")
async def lived(house: House, relay: Relay) -> Place:
    """A market in which a bit of everything has happened, and nothing is wrong."""
    place = Place(house, relay, *await houses.make_market(house))
    await _seasons(place)
    await _cases(place)
    await _payouts(place)
    await _supply(place)
    await _presales(place)
    await _abroad(place)
    await _ladders(place)
    await _invoices(place)
    await _commissions(place)
    await _carts(place)
    await share.come(place, await given.buyer(place), (await share.shops_link(place))[1])
    await shopping.lived(place)
    await organisations.lived(place)
    await guarding.signed(place)
    await guarding.measured(place)
    granted(await learn.answer(place, await given.buyer(place), await learn.course(place)))
    made = await given.goods(place, units=50)
    pair = await given.campaign(place, made, allotments={made.sku: 20}, units_per_person_max=9, size=2)
    trio = await given.campaign(place, await given.goods(place), size=3)
    people = await given.buyers(place, 9)
    alone = granted(await given.place_order(place, people[0], made))
    await given.pay(place, people[0], alone)
    assert await place.do(orders.ship, alone.orders[0], made.supplier, carrier="SF", tracking="1") is None
    assert await place.do(orders.confirm_receipt, alone.orders[0], people[0].id) is None
    await place.later(timedelta(days=5))
    lapsing = await given.paid_team(place, people[1], trio)
    granted(await given.join_team(place, people[2], lapsing.team, trio))
    await place.later(timedelta(days=2))  # the first order completes, the team lapses
    await settling.asked_for(place, made, 100)
    await settling.asked_for(place, made, 200, mode="split")
    trio = await given.campaign(place, await given.goods(place), size=3)
    doubled = granted(await given.place_order(place, people[4], made))
    first = await given.begin_paying(place, people[4], doubled)
    await given.place_notice(place, first, state=ChargeState.DECLINED, transaction="", paid_at=None)
    await given.place_notice(place, await given.start_paying(place, people[4], doubled))
    await given.place_notice(place, first)
    pair = await given.campaign(place, await given.goods(place), units_per_person_max=9, size=2)
    full = await given.paid_team(place, people[5], pair)
    await given.paid_join(place, people[6], full.team, pair)
    gathering = await given.paid_team(place, people[7], trio)
    left = await given.paid_join(place, people[6], gathering.team, trio)
    assert await place.do(groupbuy.leave_team, gathering.team, people[6].id) is None
    await place.quiet()
    granted(await given.place_order(place, people[8], made))
    chosen = [await promo.coupon(place, people[8], stacks=True) for _ in range(2)]
    await given.pay(place, people[8], granted(await promo.buy(place, people[8], made, chosen[:1])))
    granted(await promo.buy(place, people[8], made, chosen[1:]))
    await promo.presents(place, people[7], people[6])
    await wallets.terms(place)
    await wallets.grant(place, people[8].id, 100)
    await place.do(points.follow, [points.Bought(alone.orders[0], people[0].id, 1990, 0)])
    assert await place.do(loyalty.set_ladder, [5, 10], reason="test") is None
    granted(await place.do(loyalty.check_in, people[8].id))
    by_points = granted(await wallets.place_order(place, people[8], made, 50))
    await given.pay(place, people[8], by_points)
    gone = await given.buyer(place)
    assert await place.do(accounts.erase_person, gone.id, reason="test") is None
    await imported(place)
    await simulated(place)
    await asked(place)
    await sales.deposited(place)
    await place.quiet()
    assert left and await place.breaches() == {}
    return place


async def _cases(place: Place) -> None:
    """One that is decided for less than was asked, one that was granted."""
    _, _, order = await disputed(place)
    await place.later(timedelta(hours=47))
    who, of, given_back = await bought(place)
    granted(await ask(place, who, given_back, Kind.REFUND_ONLY, "damaged", (1, 1)))
    assert await place.do(aftersales.agree, given_back, 1, of.supplier) is None
    await place.move_clock(timedelta(hours=1, seconds=1))
    verb = (aftersales.decide, order, 1, Decision.GIVE_BACK)
    assert await place.do(*verb, reason="test", amount_minor=100) is None
    who, of, kept = await bought(place)
    await place.later(settling.KEPT)
    granted(await ask(place, who, kept, Kind.REFUND_ONLY, "damaged", (1, 1)))
    assert await place.do(aftersales.agree, kept, 1, of.supplier) is None


@pytest.fixture(scope="module")
async def superuser(server: EmbeddedServer, house: House) -> AsyncIterator[asyncpg.Pool]:
    pool = await open_pool(server.dsn("tuan_admin", f"tuan_run_{os.getpid()}"), least=1, most=1, name="damage")
    yield pool
    pool.terminate()


async def breaches_after(pool: asyncpg.Pool, place: Place, sql: str) -> dict[str, list[str]]:
    """What is found once this has been run; everything is taken back."""
    async with pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        try:
            row = await connection.fetchrow(
                "SELECT clock_timestamp() + clock_offset AS now, clock_offset FROM platform.markets WHERE id = $1",
                place.market,
            )
            await connection.execute("SET LOCAL session_replication_role = replica")
            for table, name in CHECKS:
                await connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
            for statement in sql.split("; "):
                touched = await connection.execute(statement, place.market)
                assert not touched.endswith(" 0"), f"nothing to damage: {statement}"
            market = Market(place.market, "CNY", "test", row["clock_offset"])
            found = await invariants.breaches(Work(connection, market, SYSTEM, row["now"]))
        finally:
            await transaction.rollback()
    return {name.split(":")[0]: lines for name, lines in found.items() if lines}


def test_every_invariant_has_its_damage() -> None:
    load_modules()
    assert DAMAGES.keys() == {invariant.name for invariant in invariants.registry}
    assert len({invariant.name for invariant in invariants.registry}) == len(invariants.registry)


@pytest.mark.parametrize("name", DAMAGES)
async def test_damage_is_found(lived: Place, superuser: asyncpg.Pool, name: str) -> None:
    for sql in DAMAGES[name]:
        assert name in await breaches_after(superuser, lived, sql), sql
    assert await lived.breaches() == {}
