"""What payments tell."""

from uuid import UUID

from tuan.kit.facts import Fact, fact


@fact("payments.refunded.v1")
class Refunded(Fact, frozen=True):
    """The provider has given money back; `order` is None for money that came too much."""

    refund: UUID
    order: UUID | None
