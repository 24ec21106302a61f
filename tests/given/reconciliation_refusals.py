"""What reconciliation refuses; see tests/given/refusals.py."""

from datetime import date
from typing import Any
from uuid import UUID

from tests.given.houses import Place
from tests.given.refusals import Act, gives
from tuan.kit.ids import new_uuid
from tuan.kit.time import utc
from tuan.platform.gateways.payment import StatementLine
from tuan.trade import reconciliation
from tuan.trade.reconciliation.errors import ResolutionUnknown, TicketEnded

DAY = date(2026, 11, 20)


async def ticket(place: Place) -> UUID:
    """A pay-out in a statement that nobody of ours has asked for."""
    line = StatementLine("transfer", new_uuid(), "t1", 100, "CNY", utc(2026, 11, 20, 9))
    await place.do(reconciliation.read_statement, "sandbox", DAY, [line])
    async with place.work() as work:
        found: Any = await reconciliation.tickets(work)
    identity: UUID = found.items[0]["id"]
    return identity


@gives(ResolutionUnknown)
async def _(place: Place) -> Act:
    one = await ticket(place)
    return lambda: place.do(reconciliation.settle_ticket, one, "forgotten", reason="test")


@gives(TicketEnded)
async def _(place: Place) -> Act:
    one = await ticket(place)
    assert await place.do(reconciliation.settle_ticket, one, "accepted", reason="test") is None
    return lambda: place.do(reconciliation.settle_ticket, one, "accepted", reason="test")
