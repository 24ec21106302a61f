"""What shops tell."""

from uuid import UUID

from tuan.kit.facts import Fact, fact


@fact("shops.opened.v1")
class ShopOpened(Fact, frozen=True):
    """An application has become a shop."""

    shop: UUID
