"""Sellers, goods, buyers and campaigns for tests."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.given.houses import Place
from tuan.goods import catalog, supply
from tuan.goods.catalog.model import ProductText
from tuan.kit.ids import new_uuid
from tuan.kit.refusals import granted
from tuan.kit.time import Instant
from tuan.people import accounts, parties
from tuan.people.accounts.model import Address
from tuan.platform.gateways.payment import Charge, ChargeState, Notice
from tuan.play import groupbuy
from tuan.play.groupbuy.model import JoinTeam, OpenTeam, Seated
from tuan.trade import orders, payments
from tuan.trade.orders.model import Placed, PlaceOrder
from tuan.trade.payments import StartAttempt

_numbers = itertools.count(1)

HOME = Address("王小明", "13800138000", "浙江省 杭州市 西湖区", "文三路 1 号")


@dataclass(slots=True)
class Buyer:
    id: UUID
    address: UUID


@dataclass(slots=True)
class Goods:
    supplier: UUID
    product: UUID
    sku: UUID
    price_minor: int
    campaign: Any = None
    team_price_minor: int = 0
    extra: list[UUID] = field(default_factory=list)


def fresh_key() -> str:
    return f"key-{next(_numbers)}"


async def buyer(place: Place) -> Buyer:
    number = next(_numbers)
    async with place.work() as work:
        person = await accounts.admit(work, f"+86139{number:08d}", name=f"买家{number}", locale="zh-CN")
        return Buyer(person, granted(await accounts.add_address(work, person, HOME)))


async def buyers(place: Place, count: int) -> list[Buyer]:
    return [await buyer(place) for _ in range(count)]


async def crowd(place: Place, count: int) -> list[Buyer]:
    """Many buyers in one transaction; they have no phone."""
    people = [(new_uuid(), f"买家{number}") for number in range(count)]
    async with place.work() as work:
        await accounts.admit_many(work, people)
        return [Buyer(person, granted(await accounts.add_address(work, person, HOME))) for person, _ in people]


async def goods(
    place: Place, *, units: int = 100, price_minor: int = 1990, fulfilment: str = "shipped", skus: int = 1
) -> Goods:
    owner = await buyer(place)
    async with place.work() as work:
        supplier = await parties.admit_supplier(work, "果园", owner.id, promise="48 小时发货", reason="test")
        category = await catalog.add_category(work, f"fruit-{next(_numbers)}", "水果", 1)
        options = [(f"{n} kg", price_minor + 100 * (n - 1)) for n in range(1, skus + 1)]
        new = catalog.NewProduct(supplier, category, "脐橙", "现摘", ["goods/navel-orange.svg"], options, fulfilment)
        ((product, made),) = granted(await catalog.list_products(work, [new]))
        if units:
            assert await supply.receive(work, dict.fromkeys(made, units), reason="test") is None
    return Goods(supplier, product, made[0], price_minor, extra=list(made[1:]))


async def draft(place: Place, skus: Sequence[tuple[str, int]] = (("1 kg", 1990),)) -> Any:
    """A product that nobody sees yet, without a picture."""
    of = await goods(place)
    async with place.work() as work:
        category = (await catalog.categories(work))[0]["id"]
        text = ProductText("红富士苹果", "脆甜", category, "shipped")
        return granted(await catalog.draft_product(work, of.supplier, text, skus, reason="test"))


async def except_from_return(place: Place, of: Goods, exception: str) -> None:
    """Not taken back without a reason from now on, for this one."""
    async with place.work() as work:
        row = await catalog.access_any_product(work, of.product)
        text = ProductText(row["title"], row["story"], row["category_id"], row["fulfilment"], exception)
        assert await catalog.edit_product(work, of.product, text, reason="test") is None


async def launch(
    place: Place, of: Goods, *, size: int = 2, price_minor: int = 990, revises: Any = None, **more: Any
) -> Any:
    """Launch a campaign that runs now; what the verb answers."""
    async with place.work() as work:
        new = groupbuy.NewCampaign(
            product=of.product,
            prices={of.sku: price_minor},
            size=size,
            starts_at=work.now - timedelta(minutes=1),
            ends_at=work.now + timedelta(days=7),
            **{"team_seconds": 3600, "pay_seconds": 600, **more},
        )
        return await groupbuy.launch_campaign(work, new, reason="test", revises=revises)


async def campaign(place: Place, of: Goods, *, price_minor: int = 990, **more: Any) -> Goods:
    """The goods with a campaign that runs on them now."""
    launched = granted(await launch(place, of, price_minor=price_minor, **more))
    return replace(of, campaign=launched, team_price_minor=price_minor)


async def place_order(place: Place, who: Buyer, of: Goods, units: int = 1, **more: Any) -> Any:
    command = PlaceOrder(who.id, more.pop("key", fresh_key()), ((of.sku, units),), who.address, None)
    return await place.one(orders.place_orders, command)


async def open_team(
    place: Place, who: Buyer, of: Goods, units: int = 1, *, key: str | None = None, **chosen: Any
) -> Any:
    command = OpenTeam(who.id, key or fresh_key(), of.campaign, of.sku, units, who.address, **chosen)
    return await place.one(groupbuy.seat_buyers, command)


async def join_team(
    place: Place, who: Buyer, team: UUID, of: Goods, units: int = 1, *, key: str | None = None, **chosen: Any
) -> Any:
    command = JoinTeam(who.id, key or fresh_key(), team, of.sku, units, who.address, **chosen)
    return await place.one(groupbuy.seat_buyers, command)


async def start_paying(place: Place, who: Buyer, placed: Placed | Seated) -> Any:
    sandbox = place.house.sandbox
    command = StartAttempt(who.id, fresh_key(), placed.payable, sandbox.name, sandbox.merchant, sandbox.app)
    return granted(await place.one(payments.start_attempts, command))


async def charge_of(place: Place, attempt: UUID) -> Charge:
    async with place.work() as work:
        found = (await payments.load_attempts(work, [attempt]))[attempt]
        return Charge(place.market, attempt, found.amount_minor, found.currency)


async def provider_pays(place: Place, attempt: UUID, payer: str = "") -> Notice:
    """The money is taken at the provider, from this account of his; nobody of ours has heard of it yet."""
    charge = await charge_of(place, attempt)
    await place.house.sandbox.start([charge])
    (notice,) = await place.house.sandbox.decide([charge], pay=True, payer=payer)
    return notice


async def pay(place: Place, who: Buyer, placed: Placed | Seated, payer: str = "") -> Notice:
    """Start, pay at the provider, hear the notice, let facts run."""
    notice = await provider_pays(place, await start_paying(place, who, placed), payer)
    await place.one(orders.apply_notices, notice)
    await place.quiet()
    return notice


async def paid_team(place: Place, who: Buyer, of: Goods, units: int = 1, **chosen: Any) -> Seated:
    seated = granted(await open_team(place, who, of, units, **chosen))
    await pay(place, who, seated)
    return seated


async def paid_join(place: Place, who: Buyer, team: UUID, of: Goods, units: int = 1, **chosen: Any) -> Seated:
    seated = granted(await join_team(place, who, team, of, units, **chosen))
    await pay(place, who, seated)
    return seated


async def state_of(place: Place, order: UUID) -> str:
    async with place.work() as work:
        return await work.fetch_value("SELECT state FROM orders.orders WHERE market_id = $1 AND id = $2", order)


async def team_of(place: Place, team: UUID) -> Any:
    async with place.work() as work:
        return await groupbuy.access_team(work, team)


async def begin_paying(place: Place, who: Buyer, placed: Placed | Seated) -> UUID:
    """Start, and the provider knows of it; the money has not moved."""
    attempt: UUID = await start_paying(place, who, placed)
    await place.house.sandbox.start([await charge_of(place, attempt)])
    return attempt


async def money_comes(place: Place, attempt: UUID) -> Notice:
    """The provider takes the money now and tells us; facts run."""
    notice = await provider_pays(place, attempt)
    await place.one(orders.apply_notices, notice)
    await place.quiet()
    return notice


async def seats_of(place: Place, team: UUID) -> dict[UUID, str]:
    """State of each seat by the member's person."""
    async with place.work() as work:
        return {row["person_id"]: row["state"] for row in (await groupbuy.seats_of(work, [team]))[team]}


async def given_back(place: Place, order: UUID) -> int:
    """Minor units that the provider has given back for this order."""
    async with place.work() as work:
        refunds = (await payments.refunds_of(work, [order])).get(order, [])
    return sum(row["amount_minor"] for row in refunds if row["state"] == "done")


async def free_units(place: Place, of: Goods) -> int:
    async with place.work() as work:
        return (await supply.free_units(work, [of.sku]))[of.sku]


def paid_notice_of(place: Place, attempt: UUID, amount_minor: int, currency: str, paid_at: Instant) -> Notice:
    sandbox = place.house.sandbox
    return Notice(sandbox.name, attempt, ChargeState.PAID, f"sandbox-{attempt.hex}", sandbox.merchant, sandbox.app,
                  amount_minor, currency, paid_at)  # fmt: skip


async def paid_notice(place: Place, attempt: UUID, /, **other: Any) -> Notice:
    """What a provider would say of this attempt if it was paid right now; `other` replaces what it says."""
    charge = await charge_of(place, attempt)
    async with place.work() as work:
        now = work.now
    return replace(paid_notice_of(place, attempt, charge.amount_minor, charge.currency, now), **other)


async def place_notice(place: Place, attempt: UUID, /, **other: Any) -> Any:
    """A notice that comes whatever the provider had said before; facts run. The verb's answer."""
    outcome = await place.one(orders.apply_notices, await paid_notice(place, attempt, **other))
    await place.quiet()
    return outcome
