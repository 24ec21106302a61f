"""A naive but correct implementation with an ORM: the same POSTs, tables and effects, one request after the other.

    python -m benchmarks.peers.orm DATA PORT MARKET

It checks what must be checked and locks what must be locked, as a careful programmer would write it on a first day:
objects are loaded when they are needed, changed, and flushed. No logging, no pages, no translated refusals: that is in
its favour. Litestar and uvicorn serve it, as they serve Tuan.
"""

import hashlib
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import uvicorn
import uvloop
from litestar import Litestar, Request, Response, post
from litestar.exceptions import HTTPException
from litestar.params import FromPath
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import registry

from tuan.goods.catalog.model import SKU
from tuan.kit.ids import new_uuid
from tuan.launch import stand_on
from tuan.main import load_modules
from tuan.people.accounts.model import ADDRESS
from tuan.platform.database import BY_KEY
from tuan.platform.schema import metadata
from tuan.play.groupbuy.model import CAMPAIGN_ID, TEAM_ID
from tuan.surfaces.web import sessions
from tuan.trade.orders.model import ORDER_ID
from tuan.trade.payments.model import PAYABLE

VERB = "groupbuy.seat_buyer"
POOL_SIZE = 16
"""More than that only queue at the hot row; fewer leave the processor idle."""


class Row:
    """An object of one row; the mapper gives it a constructor and attributes."""


def mapped(table: str) -> Any:
    """A class over one of our tables."""
    kind = type(table.replace(".", "_"), (Row,), {})
    REGISTRY.map_imperatively(kind, metadata.tables[table])
    return kind


load_modules()
REGISTRY = registry(metadata=metadata)
Session, Key = mapped("platform.sessions"), mapped("platform.idempotency")
Campaign, Price = mapped("groupbuy.campaigns"), mapped("groupbuy.campaign_prices")
Team, Seat = mapped("groupbuy.teams"), mapped("groupbuy.seats")
Sku, Product, Address = mapped("catalog.skus"), mapped("catalog.products"), mapped("accounts.addresses")
Stock, Movement = mapped("supply.stock"), mapped("supply.movements")
Payable, Order = mapped("payments.payables"), mapped("orders.orders")
Line, Allocation = mapped("orders.lines"), mapped("orders.allocations")


class Buying:
    """One request in one transaction."""

    def __init__(self, market: int, secret: bytes, session: AsyncSession, request: "Request[Any, Any, Any]") -> None:
        self.market, self.secret, self.session, self.request = market, secret, session, request

    async def get(self, kind: Any, *key: Any, lock: bool = False) -> Any:
        found = await self.session.get(kind, (self.market, *key), with_for_update=lock or None)
        if found is None:
            raise HTTPException(status_code=404)
        return found

    def add(self, kind: Any, /, **values: Any) -> Any:
        row = kind(market_id=self.market, **values)
        self.session.add(row)
        return row

    async def begin(self) -> None:
        """Who is asking, and has he asked this before?"""
        await self.session.execute(text("SELECT set_config('tuan.market', :m, true)"), {"m": str(self.market)})
        self.now = await self.session.scalar(select(func.clock_timestamp()))
        token = self.request.cookies["tuan"]
        self.person = (await self.get(Session, sessions.hash_of(token))).person_id
        if not sessions.is_form_token(self.secret, token, self.request.headers["x-csrf-token"]):
            raise HTTPException(status_code=403)
        self.form = msgspec.json.decode(await self.request.body())
        digest = hashlib.blake2b(msgspec.json.encode(self.form), digest_size=16).digest()
        if await self.session.get(Key, (self.market, self.person, VERB, self.form["key"])) is not None:
            raise HTTPException(status_code=409)
        self.key = self.add(Key, actor_id=self.person, verb=VERB, key=self.form["key"], input_hash=digest, at=self.now)

    async def seat(self, campaign: Any, team: Any) -> dict[str, str]:
        """Hold the stock, take the seat, place the order."""
        sku = await self.get(Sku, SKU.parse(self.form["sku"]))
        product = await self.get(Product, sku.product_id)
        price = await self.get(Price, campaign.id, sku.id)
        address = await self.get(Address, ADDRESS.parse(self.form["address"]))
        stock = await self.get(Stock, sku.id, lock=True)
        if product.state != "listed" or address.person_id != self.person:
            raise HTTPException(status_code=404)
        if stock.on_hand - stock.held - stock.allotted < 1:
            raise HTTPException(status_code=409)
        stock.held += 1
        hold, payable, order = new_uuid(), new_uuid(), new_uuid()
        pay_by = self.now + timedelta(seconds=campaign.pay_seconds)
        self.add(Movement, id=new_uuid(), sku_id=sku.id, hold_id=hold, kind="hold", units=1, at=self.now)
        self.add(Payable, id=payable, person_id=self.person, currency="CNY", amount_minor=price.price_minor,
                 pay_by=pay_by, created_at=self.now)  # fmt: skip
        await self.session.flush()
        where = {name: getattr(address, name) for name in ("recipient", "phone", "region", "street")}
        self.add(Order, id=order, payable_id=payable, person_id=self.person, supplier_id=product.supplier_id,
                 state="placed", release="on_command", fulfilment=product.fulfilment, address=where, currency="CNY",
                 total_minor=price.price_minor, placed_at=self.now, pay_by=pay_by, holds_stock=True)  # fmt: skip
        await self.session.flush()
        discount = sku.price_minor - price.price_minor
        self.add(Line, order_id=order, number=1, sku_id=sku.id, title=product.title, options=sku.options,
                 picture=product.pictures[0], units=1, list_price_minor=sku.price_minor, discount_minor=discount,
                 freight_minor=0, tax_minor=0, amount_minor=price.price_minor, hold_id=hold)  # fmt: skip
        self.add(Seat, team_id=team.id, order_id=order, person_id=self.person, units=1, state="held", held_at=self.now)
        await self.session.flush()
        self.add(Allocation, order_id=order, line_number=1, reason="team_price", bearer="supplier",
                 amount_minor=discount)  # fmt: skip
        self.key.outcome = {"team": str(team.id), "order": str(order), "payable": str(payable)}
        return {"team": TEAM_ID.show(team.id), "order": ORDER_ID.show(order), "payable": PAYABLE.show(payable)}


def make_app(url: str, secret: bytes, market: int) -> Litestar:
    plans = {"server_settings": {**BY_KEY, "jit": "off"}}
    engine = create_async_engine(url, pool_size=POOL_SIZE, max_overflow=0, connect_args=plans)
    opened = async_sessionmaker(engine, expire_on_commit=False)

    @post("/teams")
    async def open_team(request: Request[Any, Any, Any]) -> Response[Any]:
        async with opened() as session, session.begin():
            buying = Buying(market, secret, session, request)
            await buying.begin()
            campaign = await buying.get(Campaign, CAMPAIGN_ID.parse(buying.form["campaign"]))
            if campaign.state != "running" or not campaign.starts_at <= buying.now < campaign.ends_at:
                raise HTTPException(status_code=409)
            team = buying.add(Team, id=new_uuid(), campaign_id=campaign.id, leader_id=buying.person, state="opening",
                              size=campaign.size, held=1, taken=0, opened_at=buying.now)  # fmt: skip
            await session.flush()
            body = await buying.seat(campaign, team)
        return Response(body, status_code=201)

    @post("/t/{number:str}/seats")
    async def join_team(request: Request[Any, Any, Any], number: FromPath[str]) -> Response[Any]:
        async with opened() as session, session.begin():
            buying = Buying(market, secret, session, request)
            await buying.begin()
            team = await buying.get(Team, TEAM_ID.parse(number), lock=True)
            campaign = await buying.get(Campaign, team.campaign_id)
            if team.state != "gathering" or team.deadline <= buying.now or team.held + team.taken >= team.size:
                raise HTTPException(status_code=409)
            live = Seat.state.in_(("held", "taken"))
            mine = select(Seat).where(Seat.market_id == market, Seat.team_id == team.id, live)
            if (await session.scalars(mine.where(Seat.person_id == buying.person))).first():
                raise HTTPException(status_code=409)
            team.held += 1
            body = await buying.seat(campaign, team)
        return Response(body, status_code=201)

    return Litestar([open_team, join_team], openapi_config=None)


def main(data: Path, port: int, market: int) -> None:
    with stand_on(data, say=print, development=True) as ground:
        settings = ground.settings
        app = make_app(settings.app_url.replace("postgresql://", "postgresql+asyncpg://", 1), settings.secret, market)
        uvicorn.run(app, host="127.0.0.1", port=port, http="httptools", log_config=None, access_log=False, backlog=2048)


if __name__ == "__main__":
    uvloop.install()
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
