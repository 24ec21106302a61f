"""One scenario per refusal: what has to be so, and the act that is refused then."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from tests.given import goods as given
from tests.given.houses import Place
from tuan.goods import catalog, supply
from tuan.goods.catalog.errors import PriceInvalid, ProductOff
from tuan.goods.supply.errors import NotEnough, SoldOut
from tuan.goods.supply.errors import UnitsInvalid as SupplyUnitsInvalid
from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.kit.refusals import NotFound, Refusal, granted
from tuan.people import accounts
from tuan.people.accounts.errors import AddressInvalid, CodeTooSoon, PhoneInvalid
from tuan.people.accounts.errors import NameInvalid as PersonNameInvalid
from tuan.people.accounts.model import CODES_PER_HOUR_MAX, Address
from tuan.platform import idempotency, limits
from tuan.platform.gateways.errors import NoticeOld, NoticeUnreadable, SignatureWrong
from tuan.platform.gateways.sandbox import signing
from tuan.platform.idempotency import KeyInvalid, KeyReused, StillRunning
from tuan.platform.limits import TooOften
from tuan.play import groupbuy
from tuan.play.groupbuy import errors as teams
from tuan.trade import aftersales, orders, payments
from tuan.trade.aftersales.errors import TooLateToCancel, WaitsForOthers
from tuan.trade.orders.errors import (
    AddressMissing,
    AmountTooLarge,
    NotNow,
    PriceChanged,
    PriceUnseen,
    ReturnUnconfirmed,
    UnitsInvalid,
)
from tuan.trade.orders.model import UNSEEN, PlaceOrder
from tuan.trade.payments import StartAttempt
from tuan.trade.payments.errors import AlreadyPaid, BeingConfirmed, NoticeRepeated, PayTimeOver

Act = Callable[[], Awaitable[Any]]
Scenario = Callable[[Place], Awaitable[Act]]

PHONE, SECRET = "+8613800138000", b"s" * 32

TABLE: dict[type[Refusal], Scenario] = {}


def gives(refusal: type[Refusal]) -> Callable[[Scenario], Scenario]:
    def declare(scenario: Scenario) -> Scenario:
        TABLE[refusal] = scenario
        return scenario

    return declare


async def team_on(place: Place, **terms: Any) -> tuple[given.Goods, given.Buyer, Any]:
    """A campaign, the leader of a gathering team on it, and the team."""
    of = await given.campaign(place, await given.goods(place), **terms)
    leader = await given.buyer(place)
    return of, leader, await given.paid_team(place, leader, of)


# ── keys ──
@gives(KeyReused)
async def _(place: Place) -> Act:
    of, who = await given.goods(place), await given.buyer(place)
    granted(await given.place_order(place, who, of, 1, key="one"))
    return lambda: given.place_order(place, who, of, 2, key="one")


@gives(KeyInvalid)
async def _(place: Place) -> Act:
    of, who = await given.goods(place), await given.buyer(place)
    return lambda: given.place_order(place, who, of, key="k" * 256)


@gives(StillRunning)
async def _(place: Place) -> Act:
    """Between meeting the key and reading its outcome, whoever had it is gone (an old key that is swept away)."""
    of, who = await given.goods(place), await given.buyer(place)
    granted(await given.place_order(place, who, of, key="swept"))
    command = PlaceOrder(who.id, "swept", ((of.sku, 1),), who.address, None)
    sweep = "DELETE FROM platform.idempotency WHERE market_id = $1 AND key = 'swept'"

    async def act() -> Any:
        async with place.work() as work:
            read = work.fetch

            async def swept(sql: str, *args: Any) -> Any:
                if sql == idempotency.READ_SQL:
                    await read(sweep)
                return await read(sql, *args)

            work.fetch = swept
            (outcome,) = await orders.place_orders(work, [command])
            raise _Undone(outcome)

    async def undone() -> Any:
        try:
            await act()
        except _Undone as error:
            return error.args[0]

    return undone


class _Undone(Exception):
    """Carries an outcome out of a transaction that is taken back."""


# ── kit and accounts ──
@gives(NotFound)
async def _(place: Place) -> Act:
    of, (who, other) = await given.goods(place), await given.buyers(place, 2)
    return lambda: given.place_order(place, given.Buyer(who.id, other.address), of)


@gives(PhoneInvalid)
async def _(place: Place) -> Act:
    async def act() -> Any:
        return accounts.read_phone("123")

    return act


@gives(AddressInvalid)
async def _(place: Place) -> Act:
    who = await given.buyer(place)
    return lambda: place.do(accounts.add_address, who.id, Address(" ", "1", "2", "3"))


@gives(PersonNameInvalid)
async def _(place: Place) -> Act:
    who = await given.buyer(place)
    return lambda: place.do(accounts.rename, who.id, " ")


@gives(CodeTooSoon)
async def _(place: Place) -> Act:
    granted(await place.do(accounts.make_code, PHONE, SECRET, client="192.0.2.1", request=b"browser"))
    return lambda: place.do(accounts.make_code, PHONE, SECRET, client="192.0.2.2", request=b"browser")


@gives(TooOften)
async def _(place: Place) -> Act:
    phone = "+8613800138009"
    for _ in range(CODES_PER_HOUR_MAX):
        assert await place.do(limits.take, f"code {phone}", most=CODES_PER_HOUR_MAX, window_seconds=3600) is None
    return lambda: place.do(accounts.make_code, phone, SECRET, client="192.0.2.1", request=b"browser")


# ── goods ──
@gives(PriceInvalid)
async def _(place: Place) -> Act:
    of = await given.goods(place)
    return lambda: place.do(catalog.set_price, of.sku, 0, reason="test")


@gives(ProductOff)
async def _(place: Place) -> Act:
    of, who = await given.goods(place), await given.buyer(place)
    await place.do(catalog.take_off, of.product, reason="test")
    return lambda: given.place_order(place, who, of)


@gives(SupplyUnitsInvalid)
async def _(place: Place) -> Act:
    of = await given.goods(place)
    return lambda: place.do(supply.receive, {of.sku: 0}, reason="test")


@gives(SoldOut)
async def _(place: Place) -> Act:
    of, (who, other) = await given.goods(place, units=1), await given.buyers(place, 2)
    granted(await given.place_order(place, who, of))
    return lambda: given.place_order(place, other, of)


@gives(NotEnough)
async def _(place: Place) -> Act:
    of, who = await given.goods(place, units=1), await given.buyer(place)
    return lambda: given.place_order(place, who, of, 2)


# ── orders ──
@gives(UnitsInvalid)
async def _(place: Place) -> Act:
    of, who = await given.goods(place), await given.buyer(place)
    return lambda: given.place_order(place, who, of, 0)


@gives(ReturnUnconfirmed)
async def _(place: Place) -> Act:
    of, who = await given.goods(place), await given.buyer(place)
    await given.except_from_return(place, of, "agreed")
    return lambda: given.place_order(place, who, of)


@gives(AddressMissing)
async def _(place: Place) -> Act:
    of, who = await given.goods(place), await given.buyer(place)
    command = PlaceOrder(who.id, given.fresh_key(), ((of.sku, 1),), None, None)
    return lambda: place.one(orders.place_orders, command)


@gives(PriceChanged)
async def _(place: Place) -> Act:
    of, who = await given.goods(place, price_minor=1990), await given.buyer(place)
    command = PlaceOrder(who.id, given.fresh_key(), ((of.sku, 1),), who.address, 1890)
    return lambda: place.one(orders.place_orders, command)


@gives(PriceUnseen)
async def _(place: Place) -> Act:
    of, who = await given.goods(place, price_minor=1990), await given.buyer(place)
    command = PlaceOrder(who.id, given.fresh_key(), ((of.sku, 1),), who.address, UNSEEN)
    return lambda: place.one(orders.place_orders, command)


@gives(AmountTooLarge)
async def _(place: Place) -> Act:
    of, who = await given.goods(place, price_minor=AMOUNT_MINOR_MAX), await given.buyer(place)
    return lambda: given.place_order(place, who, of, 2)


@gives(NotNow)
async def _(place: Place) -> Act:
    of, _, team = await team_on(place)
    return lambda: place.do(orders.ship, team.order, of.supplier, carrier="SF", tracking="1")


# ── notices of a provider ──
async def _read(place: Place, **signed: Any) -> Act:
    """Reading a body that is signed now with the right key, but for what is said otherwise."""
    sandbox, body = place.house.sandbox, b"{}"
    async with place.work() as work:
        now = work.now
    key = signed.get("key", sandbox.key_of(place.market))
    headers = signing.signed(key, "msg_1", signed.get("at", now), body)

    async def read() -> Any:
        return sandbox.read_notice(place.market, headers, body, now)

    return read


@gives(NoticeRepeated)
async def _(place: Place) -> Act:
    assert await place.do(payments.hear_once, "wechat", "nonce") is None
    return lambda: place.do(payments.hear_once, "wechat", "nonce")


@gives(SignatureWrong)
async def _(place: Place) -> Act:
    return await _read(place, key=b"another")


@gives(NoticeOld)
async def _(place: Place) -> Act:
    async with place.work() as work:
        return await _read(place, at=work.now - timedelta(minutes=6))


@gives(NoticeUnreadable)
async def _(place: Place) -> Act:
    return await _read(place)


# ── payments ──
def _start(place: Place, who: given.Buyer, payable: Any) -> Act:
    command = StartAttempt(who.id, given.fresh_key(), payable, "sandbox", "m", "a")
    return lambda: place.one(payments.start_attempts, command)


@gives(AlreadyPaid)
async def _(place: Place) -> Act:
    _, leader, team = await team_on(place)
    return _start(place, leader, team.payable)


@gives(BeingConfirmed)
async def _(place: Place) -> Act:
    of, who = await given.goods(place), await given.buyer(place)
    placed = granted(await given.place_order(place, who, of))
    await given.start_paying(place, who, placed)
    return _start(place, who, placed.payable)


@gives(PayTimeOver)
async def _(place: Place) -> Act:
    of, who = await given.goods(place), await given.buyer(place)
    placed = granted(await given.place_order(place, who, of))
    assert await place.do(orders.cancel_unpaid, placed.orders[0], who.id, reason="test") is None
    return _start(place, who, placed.payable)


# ── aftersales ──
@gives(TooLateToCancel)
async def _(place: Place) -> Act:
    of, who = await given.goods(place), await given.buyer(place)
    placed = granted(await given.place_order(place, who, of))
    await given.pay(place, who, placed)
    await place.do(orders.ship, placed.orders[0], of.supplier, carrier="SF", tracking="1")
    return lambda: place.do(aftersales.cancel, placed.orders[0], who.id, reason="test")


@gives(WaitsForOthers)
async def _(place: Place) -> Act:
    _, leader, team = await team_on(place)
    return lambda: place.do(aftersales.cancel, team.order, leader.id, reason="test")


# ── group buying ──
@gives(teams.TeamFull)
async def _(place: Place) -> Act:
    of, _, team = await team_on(place)
    second, third = await given.buyers(place, 2)
    granted(await given.join_team(place, second, team.team, of))
    return lambda: given.join_team(place, third, team.team, of)


@gives(teams.AlreadySeated)
async def _(place: Place) -> Act:
    of, leader, team = await team_on(place)
    return lambda: given.join_team(place, leader, team.team, of)


@gives(teams.TeamOver)
async def _(place: Place) -> Act:
    of, _, team = await team_on(place)
    second, third = await given.buyers(place, 2)
    await given.paid_join(place, second, team.team, of)
    return lambda: given.join_team(place, third, team.team, of)


@gives(teams.TeamNotOpen)
async def _(place: Place) -> Act:
    of = await given.campaign(place, await given.goods(place))
    leader, eager = await given.buyers(place, 2)
    team = granted(await given.open_team(place, leader, of))
    return lambda: given.join_team(place, eager, team.team, of)


@gives(teams.CampaignOver)
async def _(place: Place) -> Act:
    of = await given.campaign(place, await given.goods(place))
    who = await given.buyer(place)
    await place.later(timedelta(days=8))
    return lambda: given.open_team(place, who, of)


@gives(teams.NewcomersOnly)
async def _(place: Place) -> Act:
    of = await given.campaign(place, await given.goods(place), audience="newcomers")
    who = await given.buyer(place)
    await given.pay(place, who, granted(await given.place_order(place, who, of)))
    return lambda: given.open_team(place, who, of)


@gives(teams.PersonLimit)
async def _(place: Place) -> Act:
    of = await given.campaign(place, await given.goods(place), units_per_person_max=2)
    who = await given.buyer(place)
    granted(await given.open_team(place, who, of, 2))
    return lambda: given.open_team(place, who, of)


@gives(teams.MayNotLeave)
async def _(place: Place) -> Act:
    _, leader, team = await team_on(place, may_leave=False)
    return lambda: place.do(groupbuy.leave_team, team.team, leader.id)


@gives(teams.CampaignInvalid)
async def _(place: Place) -> Act:
    of = await given.goods(place)
    return lambda: given.launch(place, of, size=1)


@gives(teams.CampaignClash)
async def _(place: Place) -> Act:
    of = await given.campaign(place, await given.goods(place))
    return lambda: given.launch(place, of, allotments={of.sku: 5})
