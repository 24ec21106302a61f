"""What is shown of an invoice: to its buyer, and at the supplier's desk."""

from datetime import date, datetime
from typing import Literal

import msgspec

from tuan.kit.money import Money


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line, its tax within its amount."""

    name: str
    units: int
    amount: Money
    tax: Money


class Red(msgspec.Struct, frozen=True, kw_only=True):
    """What was taken back of it; `number` is empty until the supplier has issued it."""

    amount: Money
    tax: Money
    made_at: datetime
    number: str = ""


class Invoice(msgspec.Struct, frozen=True, kw_only=True):
    """An invoice of an order. Number, day and amounts stand once it was issued; `reason` says why it was refused."""

    invoice: str
    kind: Literal["personal", "company"]
    state: Literal["asked", "issued", "refused", "withdrawn"]
    title: str
    tax_number: str
    email: str
    asked_at: datetime
    number: str = ""
    issued_on: date | None = None
    amount: Money
    tax: Money
    red: Money
    reason: str = ""
    lines: list[Line] = []
    reds: list[Red] = []


class InvoicePage(msgspec.Struct, frozen=True, kw_only=True):
    """The invoice of one order of the viewer, and the form where one can be asked for."""

    url: str
    order_url: str
    number: str
    kept: Money
    invoice: Invoice | None = None
    can_ask: bool = False
    key: str = ""
    typed: dict[str, str] = {}
    errors: dict[str, str] = {}
