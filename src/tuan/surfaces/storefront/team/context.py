"""What a team's page shows, and its live fragment."""

from datetime import datetime
from typing import Literal

import msgspec

from tuan.kit.money import Money
from tuan.surfaces.storefront.ladders import Ladder
from tuan.surfaces.storefront.parts import Disclosed, Face, Picture, Refund


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """A place in the team. Held: somebody is paying for it right now. An empty seat has no face."""

    state: Literal["taken", "held", "empty"]
    face: Face | None = None
    is_leader: bool = False
    is_viewer: bool = False
    since: datetime | None = None


class TeamGoods(msgspec.Struct, frozen=True, kw_only=True):
    """What the team buys."""

    product: str
    sku: str
    name: str
    option: str
    url: str
    picture: Picture
    team_price: Money
    single_price: Money


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """How to bring a friend: an absolute link, words to go with it, a picture of its code."""

    url: str
    words: str
    qr_url: str


class TeamPage(msgspec.Struct, frozen=True, kw_only=True):
    """One team, as the viewer may see it.

    `seats` has `size` entries: taken ones first in order of payment, then held, then empty. `needed` counts seats not
    yet taken, `seats_left` those that can be joined now. `action` is the one thing this viewer can do next;
    `action_url` leads there where it is a link. `pay_by` stands while the viewer's own seat is held.
    """

    team: str
    url: str
    state: Literal["opening", "gathering", "formed", "lapsed", "void"]
    size: int
    needed: int
    seats_left: int
    seats: list[Seat]
    goods: TeamGoods
    action: Literal["join", "pay", "invite", "order", "open", "none"]
    action_url: str | None = None
    deadline: datetime | None = None
    pay_by: datetime | None = None
    ended_at: datetime | None = None
    forms_from: int | None = None
    leader_points: int = 0
    """What whoever opened it gets when it forms and he keeps his goods."""
    ladder: Ladder | None = None
    is_member: bool = False
    can_leave: bool = False
    leave_key: str = ""
    back: Money | None = None
    """What leaving would give back."""
    beside: list[str] = []
    """What leaving would do to coupons and points, a sentence for each."""
    order_url: str | None = None
    disclosed: Disclosed | None = None
    """For whoever came by a link that somebody may be paid for."""
    refund: Refund | None = None
    share: Share
