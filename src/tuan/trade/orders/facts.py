"""What orders tell. A reader looks up the order; the fact only says that something happened to it."""

from uuid import UUID

from tuan.kit.facts import Fact, fact


@fact("orders.paid.v1")
class OrderPaid(Fact, frozen=True):
    """All of its money is here."""

    order: UUID


@fact("orders.deposited.v1")
class OrderDeposited(Fact, frozen=True):
    """Its deposit is here; the balance is owed later."""

    order: UUID


@fact("orders.forfeited.v1")
class OrderForfeited(Fact, frozen=True):
    """Its balance never came: what was kept of the deposit is the supplier's, the rest is on its way back."""

    order: UUID


@fact("orders.paid_late.v1")
class OrderPaidLate(Fact, frozen=True):
    """All of its money is here, but the order had been closed and holds nothing any more."""

    order: UUID


@fact("orders.released.v1")
class OrderReleased(Fact, frozen=True):
    """It may be shipped."""

    order: UUID


@fact("orders.shipped.v1")
class OrderShipped(Fact, frozen=True):
    order: UUID


@fact("orders.received.v1")
class OrderReceived(Fact, frozen=True):
    order: UUID


@fact("orders.completed.v1")
class OrderCompleted(Fact, frozen=True):
    """The return window is over; what was kept is the supplier's."""

    order: UUID


@fact("orders.closed.v1")
class OrderClosed(Fact, frozen=True):
    """It ended unpaid; what it held is free."""

    order: UUID


@fact("orders.cancelled.v1")
class OrderCancelled(Fact, frozen=True):
    """It was paid and is given back."""

    order: UUID
