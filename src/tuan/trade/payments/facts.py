"""What payments tell."""

from uuid import UUID

from tuan.kit.facts import Fact, fact


@fact("payments.refunded.v1")
class Refunded(Fact, frozen=True):
    """The provider has given money back; `order` is None for money that came too much."""

    refund: UUID
    order: UUID | None


@fact("payments.transfer_ended.v1")
class TransferEnded(Fact, frozen=True):
    """A pay-out has arrived, or will never: then its money is back where it was taken from, and `why` is the provider's word."""

    transfer: UUID
    is_done: bool
    why: str
