"""The ledger read again: what was booked, of which kind and about what."""

from tests.given.houses import Place
from tuan.kit.ids import new_uuid
from tuan.value import ledger
from tuan.value.ledger.model import PREPAYMENT, REFUNDS_PAYABLE, Postings, provider_clearing


async def test_what_was_booked_about_a_thing_is_found_by_its_kind_and_the_thing(place: Place) -> None:
    one, other, nothing = new_uuid(), new_uuid(), new_uuid()
    postings = Postings()
    postings.post("capture", provider_clearing("sandbox"), PREPAYMENT, "CNY", 900, one)
    postings.post("refund_due", PREPAYMENT, REFUNDS_PAYABLE, "CNY", 30, one)
    postings.post("capture", provider_clearing("sandbox"), PREPAYMENT, "CNY", 7, other)
    async with place.work() as work:
        await ledger.save_postings(work, postings)
        found = [
            await ledger.amounts_about(work, kinds, abouts)
            for kinds, abouts in (
                (["capture"], [one]),
                (["capture", "capture", "capture"], [one, other, nothing]),
                (["capture", "refund_due"], [one, one]),
                (["refund_due", "capture"], [one, other]),
                ([], []),
            )
        ]
    assert found == [{one: 900}, {one: 900, other: 7}, {one: 930}, {one: 30, other: 7}, {}]
