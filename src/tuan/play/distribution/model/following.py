"""What becomes of a commission: it lands when its line is settled, matures in its time, is lowered by what goes back. Pure."""

from uuid import UUID

from tuan.kit.ids import new_uuid
from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant
from tuan.play.distribution.errors import CannotHold, NotInHold
from tuan.play.distribution.model.words import Commission, CommissionState, Lowering, Why
from tuan.trade.settlement.model import UNEARNED
from tuan.value.ledger.model import Postings, shop_debt, shop_payable, shop_pending, supplier_payable

VOID = "void"


class Purses:
    """What shops may claim at this moment, locked; what is taken back from there first, and the rest is their debt."""

    def __init__(self, payable_minor: dict[UUID, int]) -> None:
        self._payable = payable_minor

    def take(self, shop: UUID, minor: int) -> int:
        """How much of it is there."""
        taken = min(minor, self._payable.get(shop, 0))
        self._payable[shop] = self._payable.get(shop, 0) - taken
        return taken


def lower(
    one: Commission,
    left_minor: int,
    why: str,
    supplier: UUID,
    asset: str,
    purses: Purses,
    postings: Postings,
    now: Instant,
) -> Lowering | None:
    """Lower it to what is left of it: whoever paid for the refund, the supplier, gets back what it had cost him.

    None where nothing changed. What was not settled yet moves no money: settlement pays out so much less by itself.
    """
    fell = one.kept_minor - left_minor
    if fell <= 0:
        return None
    one.kept_minor = left_minor
    # One that is void is so once, and settlement knows it by what it is about.
    debt, about = 0, one.id if why == VOID else new_uuid()
    if one.state == CommissionState.MATURED:
        taken = purses.take(one.shop_id, fell)
        debt = fell - taken
        if taken:
            postings.post("commission_back", shop_payable(one.shop_id), supplier_payable(supplier), asset, taken, about)
        if debt:
            postings.post(
                "commission_back_owed", shop_debt(one.shop_id), supplier_payable(supplier), asset, debt, about
            )
    elif one.landed_minor is not None:
        postings.post(UNEARNED, shop_pending(one.shop_id), supplier_payable(supplier), asset, fell, about)
    if one.state in (CommissionState.PENDING, CommissionState.HELD) and not left_minor:
        one.state, one.ended_at = CommissionState.REVERSED, now
    return Lowering(about, one.id, fell, debt, why, now)


def land(
    one: Commission, landed_minor: int, matures_at: Instant, supplier: UUID, asset: str, postings: Postings
) -> None:
    """Its line was settled: so much of it lies with the shop, pending. What it has lost meanwhile goes back at once."""
    one.landed_minor, one.matures_at = landed_minor, matures_at
    if lost := landed_minor - one.kept_minor:
        postings.post(UNEARNED, shop_pending(one.shop_id), supplier_payable(supplier), asset, lost, one.id)


def mature(one: Commission, asset: str, postings: Postings, now: Instant) -> None:
    """It is the shop's to claim."""
    assert one.state == CommissionState.PENDING and one.kept_minor and one.landed_minor is not None
    one.state, one.ended_at = CommissionState.MATURED, now
    postings.post(
        "commission_matured", shop_pending(one.shop_id), shop_payable(one.shop_id), asset, one.kept_minor, one.id
    )


def why_not_hold(one: Commission) -> Refusal | None:
    return None if one.state == CommissionState.PENDING else CannotHold(state=one.state)


def hold(one: Commission, why: Why) -> None:
    one.state, one.held_for = CommissionState.HELD, why


def why_not_decide(one: Commission) -> Refusal | None:
    """Whether somebody may release or void it."""
    return None if one.state == CommissionState.HELD else NotInHold(state=one.state)


def void(
    one: Commission, supplier: UUID, asset: str, purses: Purses, postings: Postings, now: Instant
) -> Lowering | None:
    """It was no sale to a customer: what it had cost goes back to the supplier, now or when it is settled."""
    lowered = lower(one, 0, VOID, supplier, asset, purses, postings, now)
    one.state, one.ended_at = CommissionState.VOID, now
    return lowered
