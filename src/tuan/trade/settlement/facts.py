"""What settlement tells."""

from uuid import UUID

from tuan.kit.facts import Fact, fact


@fact("settlement.withdrawal_paid.v1")
class WithdrawalPaid(Fact, frozen=True):
    """The provider has paid it out."""

    withdrawal: UUID


@fact("settlement.withdrawal_returned.v1")
class WithdrawalReturned(Fact, frozen=True):
    """It had been paid out and came back: it is in the balance again."""

    withdrawal: UUID
