"""What the supplier's desk shows of invoices."""

from datetime import date, datetime

import msgspec

from tuan.kit.money import Money


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """An invoice, or what it would be over; the forms stand where `key` does."""

    invoice: str
    number_of_order: str
    kind: str
    state: str
    words: str
    title: str
    tax_number: str
    email: str
    asked_at: datetime
    number: str = ""
    issued_on: date | None = None
    amount: Money
    red: Money
    key: str = ""


class RedAsked(msgspec.Struct, frozen=True, kw_only=True):
    """A red invoice that has to be issued against `number`."""

    red: str
    number: str
    title: str
    amount: Money
    tax: Money
    made_at: datetime
    key: str


class DeskInvoicesPage(msgspec.Struct, frozen=True, kw_only=True):
    """Red ones that are owed, then the invoices, newest first."""

    supplier: str
    reds: list[RedAsked]
    invoices: list[Asked]
    today: date
    next_url: str | None = None
