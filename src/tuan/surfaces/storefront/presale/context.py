"""What is shown of a presale: on the product's page, where it is booked, and on its order."""

from datetime import datetime
from typing import Literal

import msgspec

from tuan.kit.money import Money
from tuan.kit.time import Instant
from tuan.play.presale.model import OFFER_ID, Booking, Offer, Price, kept_of
from tuan.surfaces.storefront import showing
from tuan.surfaces.storefront.parts import Address, GoodsLine
from tuan.surfaces.web.visits import Visit


class PresaleTerms(msgspec.Struct, frozen=True, kw_only=True):
    """Deposit and balance of one order, and what becomes of the deposit: `kept` stays with the supplier if the balance is
    not paid, `back` comes back. They are frozen when it is placed."""

    kind: Literal["earnest", "prepayment"]
    deposit: Money
    balance: Money
    total: Money
    kept: Money
    back: Money
    balance_from: datetime
    balance_until: datetime
    ships_by: datetime


class PresaleCard(msgspec.Struct, frozen=True, kw_only=True):
    """A presale that takes deposits for the goods that are shown, one unit of them."""

    url: str
    ends_at: datetime
    terms: PresaleTerms


class OwnPresale(msgspec.Struct, frozen=True, kw_only=True):
    """What was agreed of the viewer's order. `pay_url` stands while the balance can be paid; `owed`: what the supplier
    owes him beside his money, paid where `is_owed_paid`."""

    terms: PresaleTerms
    pay_url: str = ""
    waits: bool = False
    owed: Money | None = None
    is_owed_paid: bool = False
    late: Money | None = None
    """A balance that came after its time and is on its way back."""


class PresalePage(msgspec.Struct, frozen=True, kw_only=True):
    """One screen between wanting and owing a deposit; see `CheckoutPage`."""

    url: str
    key: str
    ends_at: datetime
    line: GoodsLine
    units_max: int
    terms: PresaleTerms
    addresses: list[Address]
    address: str | None = None
    needs_address: bool = True
    errors: dict[str, str] = {}


def terms_of(visit: Visit, offer: Offer, price: Price, units: int) -> PresaleTerms:
    """What booking so many units would agree on."""
    deposit, total = price.deposit_minor * units, price.price_minor * units
    kept = kept_of(offer.kind, deposit, total)
    times = (offer.balance_from, offer.balance_until, offer.ships_by)
    return _terms(visit, offer.kind, deposit, total - deposit, kept, times)


def agreed(visit: Visit, booking: Booking) -> PresaleTerms:
    """What was agreed of an order."""
    times = (booking.balance_from, booking.balance_until, booking.ships_by)
    return _terms(visit, booking.kind, booking.deposit_minor, booking.balance_minor, booking.lost_minor, times)


def _terms(
    visit: Visit, kind: str, deposit: int, balance: int, kept: int, times: tuple[Instant, Instant, Instant]
) -> PresaleTerms:
    return PresaleTerms(
        kind=kind,  # type: ignore[arg-type]
        deposit=showing.amount(visit, deposit),
        balance=showing.amount(visit, balance),
        total=showing.amount(visit, deposit + balance),
        kept=showing.amount(visit, kept),
        back=showing.amount(visit, deposit - kept),
        balance_from=times[0],
        balance_until=times[1],
        ships_by=times[2],
    )


def card_of(visit: Visit, offer: Offer, price: Price, sku: str) -> PresaleCard:
    url = f"/presale/{OFFER_ID.show(offer.id)}?sku={sku}"
    return PresaleCard(url=url, ends_at=offer.ends_at, terms=terms_of(visit, offer, price, 1))
