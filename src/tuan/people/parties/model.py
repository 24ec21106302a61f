"""Those who sell: their ids, and what becomes of a shop."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType
from uuid import UUID

from tuan.kit import ids, states
from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant
from tuan.people.parties.errors import OrganisationNameInvalid, ShopNameInvalid

SupplierId = NewType("SupplierId", UUID)
ShopId = NewType("ShopId", UUID)
OrganisationId = NewType("OrganisationId", UUID)

SUPPLIER: ids.IdKind[SupplierId] = ids.IdKind("sup")
SHOP: ids.IdKind[ShopId] = ids.IdKind("shop")
ORGANISATION: ids.IdKind[OrganisationId] = ids.IdKind("org")

SHOP_NAME_MAX = 30
ORGANISATION_NAME_MAX = 40

BENEFITS = ("badge", "showcase", "early_goods", "support_first", "materials_first", "more_picks")
"""What a shop may have won: words that other modules ask for. None of them is money, nor counts heads."""


class ShopState(StrEnum):
    OPEN = "open"
    SUSPENDED = "suspended"


SHOP_STATES = states.table(
    {ShopState.OPEN: {ShopState.SUSPENDED}, ShopState.SUSPENDED: {ShopState.OPEN}}, start=ShopState.OPEN
)
"""A suspended shop is shown to nobody and earns nothing new; what it has earned stays its own."""


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop as everybody above may ask for it. inviter_id: the shop that invited it, if one did."""

    id: ShopId
    name: str
    owner_id: UUID
    inviter_id: ShopId | None
    state: str
    since: Instant

    @property
    def is_open(self) -> bool:
        return self.state == ShopState.OPEN


def why_not_shop_name(name: str) -> Refusal | None:
    """One to thirty letters, spaces around them not counted."""
    return None if 0 < len(name.strip()) <= SHOP_NAME_MAX else ShopNameInvalid(longest=SHOP_NAME_MAX)


def why_not_organisation_name(name: str) -> Refusal | None:
    """One to forty letters, spaces around them not counted."""
    if 0 < len(name.strip()) <= ORGANISATION_NAME_MAX:
        return None
    return OrganisationNameInvalid(longest=ORGANISATION_NAME_MAX)
