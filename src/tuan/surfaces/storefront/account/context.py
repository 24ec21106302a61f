"""What signing in and one's own page show."""

from typing import Literal

import msgspec

from tuan.surfaces.storefront.parts import Address, Face


class SignInPage(msgspec.Struct, frozen=True, kw_only=True):
    """Two steps: a phone number, then the code sent to it. `shown_code` is told in development only."""

    step: Literal["phone", "code"]
    phone: str = ""
    next_url: str = "/"
    shown_code: str | None = None
    code_minutes: int | None = None
    errors: dict[str, str] = {}


class MePage(msgspec.Struct, frozen=True, kw_only=True):
    """The viewer's own page; counts stand beside the parts of the order list.

    `desk_url` leads a supplier to his desk; `shop` is the name of the viewer's own shop, if he has one.
    """

    face: Face
    name: str
    phone: str
    addresses: list[Address]
    to_pay_count: int = 0
    gathering_count: int = 0
    on_the_way_count: int = 0
    points: int = 0
    desk_url: str | None = None
    shop: str = ""
