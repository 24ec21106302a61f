"""What the viewer's addresses, and one of them, show."""

import msgspec

from tuan.surfaces.storefront.divisions.context import Divisions
from tuan.surfaces.storefront.parts import Address, AddressDraft


class AddressesPage(msgspec.Struct, frozen=True, kw_only=True):
    """The viewer's addresses, the usual one first, and a form for one more."""

    addresses: list[Address]
    draft: AddressDraft = AddressDraft()
    places: Divisions
    next_url: str = "/me"
    errors: dict[str, str] = {}


class AddressPage(msgspec.Struct, frozen=True, kw_only=True):
    """One of them, to be changed or removed; its phone number is whole, since it is the viewer's own to correct."""

    address: str
    draft: AddressDraft
    places: Divisions
    is_preferred: bool
    errors: dict[str, str] = {}
