"""What the pages of parcel cards know."""

import msgspec

from tuan.surfaces.storefront.parts import Disclosed


class CardChoice(msgspec.Struct, frozen=True, kw_only=True):
    """Something a printed card may open; `what` names it for the form."""

    what: str
    name: str
    words: str


class CardsPage(msgspec.Struct, frozen=True, kw_only=True):
    """What one may have printed on cards for one's parcels."""

    choices: list[CardChoice]
    shop: str


class SheetPage(msgspec.Struct, frozen=True, kw_only=True):
    """A sheet of the same card. sender: whose parcels they lie in. address: short, for whoever types it."""

    code: str
    sender: str
    headline: str
    words: str
    address: str
    is_packet: bool
    disclosed: Disclosed | None
    count: int
