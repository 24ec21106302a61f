"""What distribution tells."""

from uuid import UUID

from tuan.kit.facts import Fact, fact


@fact("distribution.commission_held.v1")
class CommissionHeld(Fact, frozen=True):
    """Somebody looks at it before it is paid; the shop may appeal."""

    commission: UUID
    order: UUID
    why: str


@fact("distribution.commission_matured.v1")
class CommissionMatured(Fact, frozen=True):
    """It is the shop's to claim."""

    commission: UUID
    order: UUID
    amount_minor: int
