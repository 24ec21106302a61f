"""Differences for programs and in the office: a day's alone where one is chosen, on the page and in what leaves."""

from tests.faces.client import refused
from tests.faces.conftest import Clerks, Programs
from tests.given import office
from tests.given.houses import Place
from tests.given.reconciliation_refusals import DAY, ticket
from tuan.trade.reconciliation.model import TICKET_ID

URL = "/office/payments/reconciliation"


async def test_a_program_of_the_market_sees_differences_and_says_what_became_of_them(
    place: Place, programs: Programs
) -> None:
    public = TICKET_ID.show(await ticket(place))
    who = (await office.clerk(place)).person
    program, buyer = await programs(who), await programs(who, "orders.read")
    (day,) = (await program.list_statement_days(days=90)).items
    assert (day.provider, day.lines, day.open_differences, day.paid_out.amount_minor) == ("sandbox", 1, 1, 100)
    for query in ({}, {"provider": "sandbox"}, {"day": f"{DAY}"}):
        (one,) = (await program.list_differences(**query)).items
        assert (one.ticket, one.kind, one.why, one.ours, one.theirs.amount_minor) == (
            public, "transfer", "not_here", None, 100,
        )  # fmt: skip
    assert (await program.list_differences(day="2026-11-19")).items == []
    assert (await refused(buyer.list_differences())).status == 403
    await program.settle_difference(public, settled_by="corrected_there", reason="they called")
    assert (await refused(program.settle_difference(public, settled_by="accepted", reason="x y z"))).status == 409
    (one,) = (await program.list_differences(state="settled")).items
    assert one.resolution == "corrected_there" and one.closed_at is not None


async def test_a_day_that_was_chosen_is_said_and_its_differences_alone_are_shown_and_leave(
    place: Place, clerks: Clerks
) -> None:
    await ticket(place)
    clerk = await clerks()
    for day, rows in ((DAY, 1), ("2026-11-19", 0)):
        page = await clerk.read(f"{URL}?provider=sandbox&day={day}")
        assert f"{day}" in page and page.count("/resolution") == rows
        text = (await clerk.get(f"{URL}.csv?provider=sandbox&day={day}")).text
        assert len(text.splitlines()) == rows + 1
