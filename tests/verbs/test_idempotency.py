"""Asking twice is asking once, whoever asks how."""

from tests.given import goods as given
from tests.given.houses import Place
from tuan.goods import supply
from tuan.goods.supply.errors import SoldOut
from tuan.kit.refusals import granted
from tuan.platform.idempotency import KeyReused
from tuan.play import groupbuy
from tuan.play.groupbuy.model import JoinTeam
from tuan.trade import orders
from tuan.trade.orders.model import PlaceOrder


async def test_the_same_command_again_gives_the_same_outcome_and_changes_nothing(place: Place) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    first = granted(await given.place_order(place, who, of, 2, key="same"))
    before = await place.snapshot()
    assert await given.place_order(place, who, of, 2, key="same") == first
    assert await given.place_order(place, who, of, 3, key="same") == KeyReused()
    assert await place.snapshot() == before


async def test_a_key_is_of_one_person_and_one_verb(place: Place) -> None:
    of = await given.campaign(place, await given.goods(place))
    who, other = await given.buyers(place, 2)
    first = granted(await given.place_order(place, who, of, key="same"))
    second = granted(await given.place_order(place, other, of, key="same"))
    granted(await given.open_team(place, who, of, key="same"))
    assert first != second


async def test_twins_in_one_batch_share_one_outcome(place: Place) -> None:
    of, who = await given.goods(place, units=1), await given.buyer(place)
    one = PlaceOrder(who.id, "twin", ((of.sku, 1),), who.address, None)
    other = PlaceOrder(who.id, "twin", ((of.sku, 2),), who.address, None)
    async with place.work() as work:
        first, twin, reused, rival = await orders.place_orders(
            work, [one, one, other, PlaceOrder(who.id, "rival", ((of.sku, 1),), who.address, None)]
        )
    assert first == twin == granted(first)
    assert (reused, rival) == (KeyReused(), SoldOut())
    assert await given.free_units(place, of) == 0
    assert await place.breaches() == {}


async def test_twins_that_are_refused_are_refused_alike_and_may_ask_again(place: Place) -> None:
    of, who = await given.goods(place, units=1), await given.buyer(place)
    async with place.work() as work:
        two = PlaceOrder(who.id, "again", ((of.sku, 2),), who.address, None)
        first, twin = await orders.place_orders(work, [two, two])
    assert first == twin and first.code == "supply.not_enough"
    async with place.work() as work:
        await supply.receive(work, {of.sku: 1}, reason="test")
    granted(await given.place_order(place, who, of, 2, key="again"))


async def test_a_replay_in_a_batch_does_not_disturb_its_neighbours(place: Place) -> None:
    of = await given.campaign(place, await given.goods(place), size=5)
    leader, one, two, stranger = await given.buyers(place, 4)
    team = await given.paid_team(place, leader, of)
    joins = [JoinTeam(who.id, "k", team.team, of.sku, 1, who.address) for who in (one, two)]
    known = granted(await place.one(groupbuy.seat_buyers, joins[0]))
    wrong = JoinTeam(stranger.id, "k", team.team, of.sku, 1, one.address)
    async with place.work() as work:
        replayed, fresh, refused = await groupbuy.seat_buyers(work, [joins[0], joins[1], wrong])
    assert replayed == known
    assert granted(fresh).team == team.team and refused.code == "not_found"
    assert sorted(await given.seats_of(place, team.team)) == sorted([leader.id, one.id, two.id])
    assert await place.breaches() == {}
