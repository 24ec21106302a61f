"""What the shop's desk shows."""

from datetime import datetime

import msgspec

from tuan.kit.money import Money
from tuan.surfaces.storefront.parts import Picture


class ShopFrame(msgspec.Struct, frozen=True, kw_only=True):
    """Around every page of the desk: the shop, and whether it is open. `url`: its page for everybody."""

    shop: str
    name: str
    is_open: bool
    url: str


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A customer came or went; who it was stands nowhere."""

    at: datetime
    words: str


class ChangesPage(msgspec.Struct, frozen=True, kw_only=True):
    """Every customer who came or went, the latest first."""

    frame: ShopFrame
    changes: list[Change]
    next_url: str | None = None


class Pick(msgspec.Struct, frozen=True, kw_only=True):
    """One of the shop's goods. `earns`: what one brings it, in words, where something is paid."""

    product: str
    url: str
    name: str
    picture: Picture
    words: str
    is_shown: bool
    is_withheld: bool
    """Kept back from shops, so that nobody chooses it and nothing bought of it pays one."""
    is_today: bool
    key: str
    earns: str = ""


class ChangedLine(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that changes, as it is and as it will be; "" where nothing is paid."""

    what: str
    before: str
    after: str


class ComingTerms(msgspec.Struct, frozen=True, kw_only=True):
    """From `since` on a plan pays otherwise. is_end: it pays nothing any more."""

    plan: str
    since: datetime
    is_end: bool
    lines: list[ChangedLine]


class Birthday(msgspec.Struct, frozen=True, kw_only=True):
    """A customer who shows his day, as MM-DD; `name` where he shows that too."""

    day: str
    name: str
    url: str


class BirthdaysPage(msgspec.Struct, frozen=True, kw_only=True):
    """Everybody whose birthday is within a week, today's first."""

    frame: ShopFrame
    birthdays: list[Birthday]
    next_url: str | None = None


class GoodsPage(msgspec.Struct, frozen=True, kw_only=True):
    """The shop's goods in its own order."""

    frame: ShopFrame
    picks: list[Pick]
    most: int
    errors: dict[str, str] = {}


class PoolGoods(msgspec.Struct, frozen=True, kw_only=True):
    """A product that can be chosen, with what one would bring the shop, in words, where something is paid. `waits_until`:
    until then it is for shops that have won to choose first."""

    product: str
    url: str
    name: str
    picture: Picture
    price: Money
    is_picked: bool
    key: str
    earns: str = ""
    waits_until: datetime | None = None


class PoolPage(msgspec.Struct, frozen=True, kw_only=True):
    """The market's goods that suppliers offer to shops."""

    frame: ShopFrame
    goods: list[PoolGoods]
    query: str = ""
    next_url: str | None = None


class CustomerCard(msgspec.Struct, frozen=True, kw_only=True):
    """A customer as he lets himself be seen; what he does not show is empty."""

    customer: str
    url: str
    name: str
    phone: str
    birthday: str
    since: datetime
    tags: list[str]
    note: str
    shows_orders: bool


class CustomersPage(msgspec.Struct, frozen=True, kw_only=True):
    """`count`: how many customers there are, `seen` how many of them let themselves be seen."""

    frame: ShopFrame
    count: int
    seen: int
    customers: list[CustomerCard]
    changes: list[Change]
    tag: str = ""
    next_url: str | None = None


class DeskOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order that the shop recommended something of; `name` only of who shows it."""

    number: str
    placed_at: datetime
    state: str
    goods: list[str]
    total: Money
    back: Money | None = None
    name: str = ""


class OrdersPage(msgspec.Struct, frozen=True, kw_only=True):
    frame: ShopFrame
    orders: list[DeskOrder]
    next_url: str | None = None


class CustomerPage(msgspec.Struct, frozen=True, kw_only=True):
    """One customer with what the shopkeeper wrote about him, and his orders where he shows them."""

    frame: ShopFrame
    customer: CustomerCard
    orders: list[DeskOrder]
    key: str
    errors: dict[str, str] = {}


class Material(msgspec.Struct, frozen=True, kw_only=True):
    """A text with pictures to forward, the disclosure with it. `is_own`: the shop's own, which it can take away; `room`: how
    many more pictures it takes."""

    material: str
    words: str
    pictures: list[Picture]
    product_url: str
    is_own: bool
    key: str
    room: int = 0


class DeskCoupon(msgspec.Struct, frozen=True, kw_only=True):
    template: str
    name: str
    off: Money
    threshold: Money
    taken: int
    total: int
    held: Money
    until: datetime
    is_running: bool
    key: str


class GivingPage(msgspec.Struct, frozen=True, kw_only=True):
    """Materials to forward, and coupons within the budget; `left` is what may still be promised."""

    frame: ShopFrame
    materials: list[Material]
    coupons: list[DeskCoupon]
    budget: Money
    left: Money
    keys: list[str]
    next_url: str | None = None
    errors: dict[str, str] = {}


class SettingsPage(msgspec.Struct, frozen=True, kw_only=True):
    frame: ShopFrame
    words: str
    cover: Picture | None
    keys: list[str]
    errors: dict[str, str] = {}
