"""Postings from → to. The chart of accounts is small and its codes are made here only."""

from dataclasses import dataclass, field
from uuid import UUID

from tuan.kit import ids
from tuan.kit.money import AMOUNT_MINOR_MAX

PREPAYMENT = "buyers:prepayment"
"""Money of buyers for orders that are not completed."""
REFUNDS_PAYABLE = "buyers:refunds_payable"
"""Money on its way back to buyers."""
BUYERS_COMPENSATION = "buyers:compensation"
"""What suppliers owe buyers beside their money, until somebody has paid it to them."""
PLATFORM_INCOME = "platform:income"
TAX_WITHHELD = "platform:tax_withheld"
"""Tax kept back from those who are paid out, until it is paid on."""
POINTS_ISSUED = "points:issued"
"""Who gives points and takes them: minus what persons have of them, so it goes below zero by what is out."""
POINTS_DEBT = "points:debt"
"""Minus the points that persons owe, because they had spent what had to be given back."""


BY_HAND = "by_hand"
"""No provider: what persons pay each other outside."""


def provider_clearing(provider: str) -> str:
    """What a provider owes us, seen from outside: it goes below zero by what was captured and not given back."""
    return f"provider:{provider}:clearing"


def payable_of(kind: str, payee: UUID) -> str:
    """What a payee may claim; `kind` is supplier or shop."""
    return f"{kind}:{payee}:payable"


def withdrawing_of(kind: str, payee: UUID) -> str:
    """What is on its way out to a payee and may still come back."""
    return f"{kind}:{payee}:withdrawing"


def debt_of(kind: str, payee: UUID) -> str:
    """Below zero by what a payee owes, because it had been paid out before."""
    return f"{kind}:{payee}:debt"


def supplier_payable(supplier: UUID) -> str:
    return payable_of("supplier", supplier)


def supplier_withdrawing(supplier: UUID) -> str:
    return withdrawing_of("supplier", supplier)


def supplier_debt(supplier: UUID) -> str:
    return debt_of("supplier", supplier)


def shop_pending(shop: UUID) -> str:
    """Commissions of settled lines that are not the shop's to claim yet: their time is not over, or somebody looks at them."""
    return f"shop:{shop}:pending"


def shop_payable(shop: UUID) -> str:
    return payable_of("shop", shop)


def shop_debt(shop: UUID) -> str:
    return debt_of("shop", shop)


def bearer_discounts(bearer: str) -> str:
    """Below zero by what `bearer` has borne of discounts that suppliers were paid for."""
    return f"{bearer}:discounts"


def organisation_bearer(organisation: UUID) -> str:
    """An organisation as a bearer of discounts: each has an account of its own."""
    return f"organisation:{organisation}"


def points_of(person: UUID) -> str:
    """Points that he may spend, those that an unpaid order holds included."""
    return f"person:{person}:points"


def pending_points_of(person: UUID) -> str:
    """Points that he is promised."""
    return f"person:{person}:points:pending"


def may_overdraw(code: str) -> bool:
    return code.startswith(("provider:", "points:")) or code.endswith((":debt", ":discounts"))


@dataclass(frozen=True, slots=True)
class Transfer:
    """`about` is the capture, refund or order it books; a kind is booked at most once about one thing."""

    id: UUID
    kind: str
    from_code: str
    to_code: str
    asset: str
    amount: int
    about: UUID


@dataclass(slots=True)
class Postings:
    """What a batch books. Balances are checked by the database when they are written."""

    transfers: list[Transfer] = field(default_factory=list)

    def post(self, kind: str, from_code: str, to_code: str, asset: str, amount: int, about: UUID) -> None:
        assert 0 < amount <= AMOUNT_MINOR_MAX and from_code != to_code
        self.transfers.append(Transfer(ids.new_uuid(), kind, from_code, to_code, asset, amount, about))

    def deltas(self) -> dict[tuple[str, str], int]:
        """By (code, asset): what each balance changes by; they sum to zero per asset."""
        sums: dict[tuple[str, str], int] = {}
        for t in self.transfers:
            sums[t.from_code, t.asset] = sums.get((t.from_code, t.asset), 0) - t.amount
            sums[t.to_code, t.asset] = sums.get((t.to_code, t.asset), 0) + t.amount
        return sums
