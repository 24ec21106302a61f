"""What a packet out of a parcel knows."""

from datetime import datetime

import msgspec

from tuan.surfaces.storefront.parts import Disclosed


class PacketPage(msgspec.Struct, frozen=True, kw_only=True):
    """A coupon to take, and the shop to follow by one's own wish.

    is_taken: this visitor has taken all that one person may. shop: whose card it is, "" where no shop's. follows: he does already.
    """

    code: str
    key: str
    name: str
    worth: str
    limits: str
    until: datetime
    is_taken: bool
    is_over: bool
    shop: str
    follows: bool
    disclosed: Disclosed | None
