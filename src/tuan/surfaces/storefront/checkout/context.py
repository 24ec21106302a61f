"""What the checkout shows."""

from datetime import datetime
from typing import Literal

import msgspec

from tuan.kit.money import Money
from tuan.surfaces.storefront.divisions.context import Divisions
from tuan.surfaces.storefront.ladders import Ladder
from tuan.surfaces.storefront.parts import Address, AddressDraft, GoodsLine, MoneyLine


class TeamTerms(msgspec.Struct, frozen=True, kw_only=True):
    """The team that would be joined or opened; `needed` counts the seats missing after this one."""

    size: int
    needed: int
    team: str | None = None
    deadline: datetime | None = None
    gather_hours: int | None = None
    ladder: Ladder | None = None


class CouponChoice(msgspec.Struct, frozen=True, kw_only=True):
    """One of the viewer's coupons. `url` shows the checkout with it chosen, or left out where it is; `why_not` it cannot be used."""

    coupon: str
    name: str
    worth: str
    url: str
    is_chosen: bool = False
    why_not: str = ""


class BestCoupons(msgspec.Struct, frozen=True, kw_only=True):
    """The choice that leaves least to pay. `missed_max`: the most that any other could save beyond it, where not all were tried."""

    url: str
    saves: Money
    missed_max: Money | None = None


class PointsChoice(msgspec.Struct, frozen=True, kw_only=True):
    """So many of the viewer's points may pay so much of this; `url` shows the checkout with them, or without where they are used."""

    units: int
    saves: Money
    url: str
    is_chosen: bool


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """What one supplier sends of this; `remark` is what was typed for him so far."""

    supplier: str
    name: str
    lines: list[GoodsLine]
    remark: str = ""


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """Goods from abroad: for whom customs are told they are, masked; nothing in `shown` while he has not said so. `url` is where."""

    shown: str
    url: str


class CheckoutPage(msgspec.Struct, frozen=True, kw_only=True):
    """One screen between wanting and paying.

    `campaign` is the offer on which a team would be opened: its terms are those that were shown. `action` takes the form: `/orders` (alone), `/cart/orders` (cart), `/teams` (open) or `/t/{team}/seats` (join). `key` makes sending it
    twice the same as once; the total shown goes back with the form, so that nobody pays another price. `errors` maps
    a field's name to a sentence; the key `form` is for the whole. `is_from_aside` when the form was set aside on its way.
    """

    action: str
    key: str
    mode: Literal["alone", "cart", "open", "join"]
    sku: str
    units: int
    units_max: int
    lines: list[GoodsLine]
    parcels: list[Parcel] = []
    """Bought alone or from the cart: the lines by supplier, each of whom may be told something."""
    items: str = ""
    """From the cart: its lines and sets, as the form says them; where it is sets alone, `sku` is empty."""
    requote_url: str = ""
    """Where sending costs something: this checkout without its address, to ask what it costs to another one."""
    freight_note: str = ""
    """Why freight is not in the total, or that it is not sent there at all."""
    price_lines: list[MoneyLine]
    total: Money
    addresses: list[Address]
    address: str | None = None
    draft: AddressDraft = AddressDraft()
    is_from_aside: bool = False
    places: Divisions | None = None
    needs_address: bool = True
    team: str | None = None
    campaign: str | None = None
    terms: TeamTerms | None = None
    coupons: str = ""
    choices: list[CouponChoice] = []
    best: BestCoupons | None = None
    points: int = 0
    points_choice: PointsChoice | None = None
    no_return: str = ""
    """Why it is not taken back without a reason; nothing where it is."""
    must_accept: bool = False
    """Whether the buyer has to say that he knows."""
    declared: Declared | None = None
    errors: dict[str, str] = {}
