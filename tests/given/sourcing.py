"""Suppliers who come by themselves, for tests: applications, licences, proposals."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from tests.given import goods as given
from tests.given.houses import Place
from tuan.goods import catalog, sourcing
from tuan.goods.catalog.model import Customs, ProductText
from tuan.goods.sourcing.model import Applying, NewLicence, Proposed
from tuan.kit.refusals import granted
from tuan.kit.time import day_of
from tuan.people import parties

PICTURE = "upload/" + "0" * 32
ORCHARD = Applying("王家果园", "王小明 13800138000", "48 小时发货")
BUSINESS = NewLicence("business", "91350100M000100Y43", None, PICTURE)
CUSTOMS = Customs("0409000000", "NZ", 1000, 910)
FOOD = NewLicence("food", "JY13501000000001", None, PICTURE)


async def from_abroad(place: Place, **terms: Any) -> given.Goods:
    """Goods with what customs ask: from New Zealand, with a tax of 9.1 % within their price."""
    of = await given.goods(place, **terms)
    assert await place.do(catalog.set_customs, of.supplier, of.sku, CUSTOMS, reason="test") is None
    return of


async def today(place: Place) -> date:
    async with place.work() as work:
        return day_of(work.now, work.market.time_zone)


async def ending(place: Place, days: int, licence: NewLicence = BUSINESS) -> NewLicence:
    """The licence, with its last day in so many days."""
    return replace(licence, valid_until=await today(place) + timedelta(days=days))


async def applied(place: Place, *licences: NewLicence, applying: Applying = ORCHARD) -> tuple[UUID, UUID]:
    """Person and application."""
    who = await given.buyer(place)
    return who.id, granted(await place.do(sourcing.apply, who.id, applying, licences or (BUSINESS,)))


async def in_check(place: Place, *licences: NewLicence) -> tuple[UUID, UUID]:
    who, application = await applied(place, *licences)
    assert await place.do(sourcing.take_up, application, reason="test") is None
    return who, application


async def licences_of(place: Place, **of: UUID) -> list[Any]:
    """By kind, the last of the alphabet first: those of one application are of one moment."""
    async with place.work() as work:
        return sorted(await sourcing.licence_rows(work, **of), key=lambda row: str(row["kind"]), reverse=True)


async def decide_licences(place: Place, application: UUID, *, approve: bool = True) -> None:
    for row in await licences_of(place, application=application):
        assert await place.do(sourcing.decide_licence, row["id"], approve=approve, reason="test") is None


async def admitted(place: Place, *licences: NewLicence) -> tuple[UUID, UUID]:
    """Person and supplier."""
    who, application = await in_check(place, *licences)
    await decide_licences(place, application)
    assert await place.do(sourcing.decide_application, application, approve=True, reason="test") is None
    async with place.work() as work:
        supplier = await parties.supplier_of(work, who)
    assert supplier is not None
    return who, supplier


async def proposed_product(place: Place, supplier: UUID, *, title: str = "红富士苹果") -> tuple[UUID, UUID]:
    """Product and proposal of a new one."""
    async with place.work() as work:
        category = await catalog.add_category(work, f"c-{supplier.hex[-8:]}-{title}", "水果", 1)
        text = ProductText(title, "脆甜", category, "shipped")
        pictures = ["goods/navel-orange.svg"]
        made = await sourcing.propose_product(work, supplier, text, [("5 斤", 1990)], pictures, reason="test")
    return granted(made)


async def shown(place: Place, product: UUID) -> Proposed:
    async with place.work() as work:
        return (await sourcing.shown_of(work, product))[1]


async def proposed(place: Place, of: given.Goods, **other: Any) -> UUID:
    """A proposal of another title, or of other fields."""
    wanted = replace(await shown(place, of.product), **(other or {"title": "赣南脐橙"}))
    return granted(await place.do(sourcing.propose, of.supplier, of.product, wanted))


async def approve(place: Place, proposal: UUID) -> Any:
    return await place.do(sourcing.decide_proposal, proposal, approve=True, reason="test")


async def shelf_of(place: Place, product: UUID) -> str:
    async with place.work() as work:
        return (await catalog.access_any_product(work, product))["state"]
