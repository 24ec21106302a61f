"""What presales tell."""

from uuid import UUID

from tuan.kit.facts import Fact, fact


@fact("presale.balance_lapsed.v1")
class BalanceLapsed(Fact, frozen=True):
    """The time for this order's balance is over and it did not come: `kept_minor` of the deposit is the supplier's."""

    order: UUID
    kept_minor: int


@fact("presale.seller_failed.v1")
class SellerFailed(Fact, frozen=True):
    """The supplier does not deliver: all that was paid goes back, and `owed_minor` beside it."""

    order: UUID
    owed_minor: int
