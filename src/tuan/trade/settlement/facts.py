"""What settlement tells."""

from uuid import UUID

from tuan.kit.facts import Fact, fact


@fact("settlement.withdrawal_paid.v1")
class WithdrawalPaid(Fact, frozen=True):
    """The provider has paid it out."""

    withdrawal: UUID
