"""What shipping tells."""

from uuid import UUID

from tuan.kit.facts import Fact, fact


@fact("shipping.delivered.v1")
class ParcelDelivered(Fact, frozen=True):
    """The carrier says that it was handed over. The order waits on for its buyer: only he, or its own time, receives it."""

    order: UUID
