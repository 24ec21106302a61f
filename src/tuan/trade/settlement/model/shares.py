"""Sharing out what was kept of a line: supplier, market, tax, and whoever was promised a cut. Pure.

What is shared is what the buyer paid and kept, and what others bear of his discounts. Every share is a part of the line
as it was placed, lowered by what was given back (`kept_of`), so a line that was given back in any number of parts
leaves nothing behind.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from tuan.kit.ids import new_uuid
from tuan.kit.money import AMOUNT_MINOR_MAX
from tuan.kit.refusals import Refusal
from tuan.trade.settlement.errors import CutTooLarge, TermsInvalid
from tuan.value.ledger.model import (
    BY_HAND,
    PLATFORM_INCOME,
    PREPAYMENT,
    TAX_WITHHELD,
    Postings,
    bearer_discounts,
    provider_clearing,
    supplier_payable,
)

PERMYRIAD = 10_000
SHARE = "supplier_share"
UNEARNED = "commission_unearned"
"""What a supplier gets back of a cut that was given and never earned. About the cut itself: all that was left of it."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the market keeps of a supplier's goods, and what of his share is withheld as tax, in 1/10,000."""

    fee_permyriad: int
    withheld_permyriad: int


DEFAULT_TERMS = Terms(200, 0)


@dataclass(frozen=True, slots=True)
class Cut:
    """A part of a line that is promised to somebody, as it was promised when the line was whole.

    `code` is the ledger account it goes to, `kind` what it is called there; `id` is what it is booked about.
    """

    id: UUID
    kind: str
    code: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Recall:
    """So much of an order that was settled goes back to its buyer, by this case; of which lines, with units, money of goods
    and money of freight."""

    case_id: UUID
    order_id: UUID
    supplier_id: UUID
    amount_minor: int
    parts: Sequence[tuple[int, int, int, int]]


@dataclass(frozen=True, slots=True)
class KeptLine:
    """A line when it is settled. borne: what of its discounts others than the supplier bear, by bearer."""

    order_id: UUID
    number: int
    amount_minor: int
    freight_minor: int
    refunded_minor: int
    borne: Sequence[tuple[str, int]] = ()
    cuts: Sequence[Cut] = ()
    lowered_minor: int = 0
    """Of `refunded_minor`: what the price fell by. The buyer's discounts keep their worth by it; what was promised falls too."""
    units: int = 1
    returned_units: int = 0
    refunded_freight_minor: int = 0
    """Of `refunded_minor`."""

    @property
    def goods_minor(self) -> int:
        """What was paid for the goods, without the freight."""
        return self.amount_minor - self.freight_minor

    @property
    def goods_back_minor(self) -> int:
        """What of that went back."""
        return self.refunded_minor - self.refunded_freight_minor

    def borne_of(self, minor: int) -> int:
        """What of a discount its bearer owes: what of the goods at the price they came to was kept, or of their units where
        others paid for all of them. Nobody's discount pays for sending, so sending that is kept keeps none alive."""
        if self.goods_minor > self.lowered_minor:
            paid, back = self.goods_minor - self.lowered_minor, self.goods_back_minor - self.lowered_minor
            return kept_of(minor, paid, back)
        return kept_of(minor, self.units, self.returned_units)

    def given_back(self, units: int, goods_minor: int, freight_minor: int) -> "KeptLine":
        """The same line once so much more of it has gone back."""
        return replace(
            self, refunded_minor=self.refunded_minor + goods_minor + freight_minor,
            refunded_freight_minor=self.refunded_freight_minor + freight_minor, returned_units=self.returned_units + units,
        )  # fmt: skip

    def kept(self, whole: int) -> int:
        """What is left of what was promised of it, in the proportion of the money of its goods: freight promises nothing."""
        if self.goods_minor:
            return kept_of(whole, self.goods_minor, self.goods_back_minor)
        return kept_of(whole, self.units, self.returned_units)


@dataclass(frozen=True, slots=True)
class Promisable:
    """A line of which something may still be promised: the money of its goods, what of that went back, what may be promised yet."""

    goods_minor: int
    back_minor: int
    room_minor: int


@dataclass(slots=True)
class Claim:
    """How a line's money was shared out: share = kept + borne − fee − cut − withheld, all in minor units."""

    order_id: UUID
    line_number: int
    supplier_id: UUID
    kept_minor: int
    borne_minor: int
    fee_minor: int
    cut_minor: int
    withheld_minor: int
    share_minor: int
    settled_at: Any
    is_direct: bool = False
    """The share is with the supplier already, since his own account took the buyer's money."""


def recall_borne(lines: dict[int, KeptLine], parts: Iterable[tuple[int, int, int, int]]) -> dict[str, int]:
    """What others bore of the goods of these parts, by bearer; the lines are then as they are without them.

    The difference of two sums that are each rounded for itself, so that any number of recalls takes exactly the whole.
    """
    back: dict[str, int] = {}
    for number, *part in parts:
        before = lines[number]
        lines[number] = after = before.given_back(*part)
        for bearer, minor in before.borne:
            back[bearer] = back.get(bearer, 0) + before.borne_of(minor) - after.borne_of(minor)
    return {bearer: minor for bearer, minor in back.items() if minor}


def why_not_terms(terms: Terms) -> Refusal | None:
    fits = all(0 <= one <= PERMYRIAD for one in (terms.fee_permyriad, terms.withheld_permyriad))
    return None if fits else TermsInvalid(most=PERMYRIAD)


def kept_of(whole: int, of: int, back: int) -> int:
    """What is left of a part of a line after so much of it was given back, rounded down.

    Nothing was given back: the whole. All: nothing. Rounded down, the parts of a line never sum to more than what is
    left of it.
    """
    return whole if back == 0 else whole * (of - back) // of


def why_not_cut(line: KeptLine, terms: Terms, cuts: Iterable[Cut]) -> Refusal | None:
    """More may not be promised than the market's fee leaves of what the buyer pays, without the freight."""
    most = room_for(line, terms) + sum(cut.amount_minor for cut in line.cuts)
    wanted = sum(cut.amount_minor for cut in (*line.cuts, *cuts))
    return None if wanted <= most and wanted <= AMOUNT_MINOR_MAX else CutTooLarge(most_minor=max(most, 0))


def room_for(line: KeptLine, terms: Terms) -> int:
    """How much more may be promised of a line."""
    return line.goods_minor - _fee(line.goods_minor, terms) - sum(cut.amount_minor for cut in line.cuts)


def _fee(goods_minor: int, terms: Terms) -> int:
    return goods_minor * terms.fee_permyriad // PERMYRIAD


def settle(
    supplier: UUID,
    lines: Iterable[KeptLine],
    terms: Terms,
    currency: str,
    postings: Postings,
    now: Any,
    *,
    is_direct: bool = False,
) -> list[Claim]:
    """Share out the kept lines of one order: a claim each, and for the whole order one transfer per receiver."""
    claims: list[Claim] = []
    borne: dict[str, int] = {}
    cuts: dict[Cut, int] = {}
    for line in lines:
        claim = _claim(supplier, line, terms, now, is_direct)
        claims.append(claim)
        if line.borne:
            for bearer, minor in line.borne:
                borne[bearer] = borne.get(bearer, 0) + line.borne_of(minor)
        for cut in line.cuts:
            cuts[cut] = line.kept(cut.amount_minor)
    order = claims[0].order_id
    for bearer, minor in borne.items():
        if minor:
            postings.post(f"borne_by_{bearer}", bearer_discounts(bearer), PREPAYMENT, currency, minor, order)
    for cut, minor in cuts.items():
        if minor:
            postings.post(cut.kind, PREPAYMENT, cut.code, currency, minor, cut.id)
    for kind, code, minor in (
        (SHARE, supplier_payable(supplier), sum(c.share_minor for c in claims)),
        ("platform_fee", PLATFORM_INCOME, sum(c.fee_minor for c in claims)),
        ("tax_withheld", TAX_WITHHELD, sum(c.withheld_minor for c in claims)),
    ):
        if minor:
            postings.post(kind, PREPAYMENT, code, currency, minor, order)
    return claims


def _claim(supplier: UUID, line: KeptLine, terms: Terms, now: Any, is_direct: bool) -> Claim:
    kept = line.amount_minor - line.refunded_minor
    borne = sum(line.borne_of(minor) for _, minor in line.borne) if line.borne else 0
    fee = _fee(line.goods_minor - line.goods_back_minor + borne, terms)
    cut = sum(line.kept(one.amount_minor) for one in line.cuts) if line.cuts else 0
    rest = kept + borne - fee - cut
    withheld = rest * terms.withheld_permyriad // PERMYRIAD
    return Claim(line.order_id, line.number, supplier, kept, borne, fee, cut, withheld, rest - withheld, now, is_direct)  # fmt: skip


def shares_of(merchant: UUID, postings: Postings) -> dict[UUID, int]:
    """What orders of this batch brought the market's merchant, by order."""
    code = supplier_payable(merchant)
    return {t.about: t.amount for t in postings.transfers if t.kind == SHARE and t.to_code == code}


def pay_directly(merchant: UUID, currency: str, postings: Postings, providers: Mapping[UUID, str]) -> None:
    """What this batch brings the market's merchant is not to be claimed: his own account has the buyer's money, order by order
    with the provider that took it. What came otherwise (a commission that comes back, what others bore) is set off by hand."""
    code = supplier_payable(merchant)
    left = max(postings.deltas().get((code, currency), 0), 0)
    for order, minor in shares_of(merchant, postings).items():
        if part := min(minor, left):
            clearing = provider_clearing(providers.get(order, BY_HAND))
            postings.post("direct", code, clearing, currency, part, order)
            left -= part
    if left:
        postings.post("direct", code, provider_clearing(BY_HAND), currency, left, new_uuid())
