"""Rows as strangers may see them: masked names, addresses of pictures, amounts with their currency."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from tuan.goods.catalog.model import PRODUCT, SKU
from tuan.kit.money import Money
from tuan.people.accounts.model import ADDRESS, masked_name, masked_phone
from tuan.surfaces.storefront.parts import Address, Face, ForNow, GoodsLine, Picture, Refund
from tuan.surfaces.web.visits import Visit
from tuan.value.promotions.model import PriceNow

TINTS = 8
REFUND_STATES = {"due": "on_its_way", "done": "arrived", "stuck": "needs_hand"}


def face(person: UUID, name: str) -> Face:
    return Face(name=masked_name(name), tint=person.int % TINTS)


def picture(visit: Visit, name: str, words: str) -> Picture:
    widths, kind = visit.front.assets.widths(name)
    return Picture(url=visit.front.assets.picture(name), words=words, widths=widths, kind=kind)


def amount(visit: Visit, minor: int) -> Money:
    return Money(minor, visit.market.currency)


def address(row: Any, *, is_first: bool = False) -> Address:
    """One of the viewer's own, from its row."""
    return Address(
        address=ADDRESS.show(row["id"]),
        name=row["recipient"],
        phone=masked_phone(row["phone"]),
        region=row["region"],
        street=row["street"],
        is_preferred=row["preferred_at"] is not None and is_first,
    )


def addresses(rows: Iterable[Any]) -> list[Address]:
    """In their order; of those that were once called the usual one, the first is."""
    return [address(row, is_first=number == 0) for number, row in enumerate(rows)]


def return_words(visit: Visit, exception: str) -> str:
    """Why goods are not taken back without a reason; nothing where they are."""
    words = {
        "": "",
        "made_to_order": visit.gettext("Made to order: not taken back without a reason."),
        "perishable": visit.gettext("Fresh goods: not taken back without a reason."),
        "opened_digital": visit.gettext("Digital goods: not taken back without a reason once downloaded or unsealed."),
        "newspaper": visit.gettext("Newspapers and magazines are not taken back without a reason."),
        "agreed": visit.gettext("By its nature it is not taken back without a reason."),
    }
    return words[exception]


def product_url(product: UUID, sku: UUID | None = None) -> str:
    return f"/p/{PRODUCT.show(product)}" + (f"?sku={SKU.show(sku)}" if sku else "")


def goods_lines(visit: Visit, lines: Iterable[Any], product_of: dict[UUID, UUID]) -> list[GoodsLine]:
    """Lines of an order as they were frozen; each leads to its product."""
    return [
        GoodsLine(
            sku=SKU.show(line["sku_id"]),
            name=line["title"],
            option=line["options"],
            picture=picture(visit, line["picture"], line["title"]),
            url=product_url(product_of[line["sku_id"]], line["sku_id"]),
            unit_price=amount(
                visit, (line["amount_minor"] + line["later_minor"] - line["freight_minor"]) // line["units"]
            ),
            units=line["units"],
        )
        for line in lines
    ]


def refunds(visit: Visit, rows: Iterable[Any]) -> list[Refund]:
    """Money given back for an order, in the order in which it was asked for."""
    return [
        Refund(
            amount=amount(visit, row["amount_minor"]),
            state=REFUND_STATES[row["state"]],  # type: ignore[arg-type]
            way=provider_name(visit, row["provider"]),
            at=row["done_at"] or row["asked_at"],
            asked_at=row["asked_at"],
        )
        for row in rows
    ]


def provider_name(visit: Visit, provider: str) -> str:
    names = {
        "sandbox": visit.gettext("Sandbox"),
        "wechat": visit.gettext("WeChat Pay"),
        "alipay": visit.gettext("Alipay"),
        "stripe": visit.gettext("Card or wallet (Stripe)"),
    }
    return names.get(provider, provider)


def for_now(visit: Visit, now: PriceNow | None, single_minor: int) -> ForNow | None:
    """How long a price stands, instead of which, and of what was set aside for it how much is taken."""
    if now is None:
        return None
    taken = None if not now.units or now.left is None else (now.units - now.left) * 100 // now.units
    return ForNow(until=now.ends_at, instead_of=amount(visit, single_minor), left=now.left, taken_percent=taken)
