"""Shapes that several places of the storefront share.

They are what a template reads and what a mini-program gets as JSON, so nothing in them is private:
names and phone numbers arrive here already masked.
"""

from datetime import datetime
from typing import Literal

import msgspec

from tuan.kit.money import Money


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """A square picture; `words` says what it shows. `widths` is a `srcset` of type `kind`, empty where there is one only."""

    url: str
    words: str
    widths: str = ""
    kind: str = ""


class Disclosed(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody is paid for a recommendation: a word that marks it, what is said, and the article that asks for it."""

    label: str
    words: str
    source: str


class Face(msgspec.Struct, frozen=True, kw_only=True):
    """A person as strangers may see them: a masked name and a colour (0–7) that stays theirs."""

    name: str
    tint: int = 0
    picture: str | None = None


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """One of the viewer's own addresses; the phone number is masked."""

    address: str
    name: str
    phone: str
    region: str
    street: str
    is_preferred: bool = False


class AddressDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed into an address form, given back when something in it was refused.

    A place in China is chosen by the codes of its divisions; `region` is one that was written freely.
    """

    name: str = ""
    phone: str = ""
    province: str = ""
    city: str = ""
    district: str = ""
    region: str = ""
    street: str = ""


class MoneyLine(msgspec.Struct, frozen=True, kw_only=True):
    """One step of how a price came about; `reason` says why it is there."""

    label: str
    amount: Money
    kind: Literal["goods", "freight", "discount", "total", "refund", "within"] = "goods"
    reason: str | None = None


class GoodsLine(msgspec.Struct, frozen=True, kw_only=True):
    """So many units of one SKU."""

    sku: str
    name: str
    option: str
    picture: Picture
    url: str
    unit_price: Money
    units: int


class Refund(msgspec.Struct, frozen=True, kw_only=True):
    """Money on its way back, or back already, since `at`; `way` names where it goes, in the viewer's language."""

    amount: Money
    state: Literal["on_its_way", "arrived", "needs_hand"]
    way: str
    at: datetime
    asked_at: datetime


class TeamCard(msgspec.Struct, frozen=True, kw_only=True):
    """An open team as it is shown outside its own page. `leader` stands first in `faces`."""

    team: str
    url: str
    product: str
    product_name: str
    picture: Picture
    sku: str
    price: Money
    size: int
    seats_left: int
    faces: list[Face]
    deadline: datetime


class Category(msgspec.Struct, frozen=True, kw_only=True):
    """A shelf of the market; the chosen one narrows the feed. `tile` is its place in the shared picture of shelves."""

    category: str
    name: str
    url: str
    tile: int | None = None
    is_chosen: bool = False


class StruckPrice(msgspec.Struct, frozen=True, kw_only=True):
    """A former price, computed from history by the market's law; `basis` says how."""

    price: Money
    basis: str


class ForNow(msgspec.Struct, frozen=True, kw_only=True):
    """A price that stands until then, instead of `instead_of`. `taken_percent` of the units set aside are taken, rounded down, and
    `left` are left; None where none are set aside."""

    until: datetime
    instead_of: Money
    left: int | None = None
    taken_percent: int | None = None
