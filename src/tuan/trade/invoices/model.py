"""The rules of invoices: for whom, how the tax in a price is told, and what a refund makes red. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NewType
from uuid import UUID

from tuan.kit import ids, states
from tuan.kit.money import part, split
from tuan.kit.refusals import Refusal
from tuan.trade.invoices.errors import NothingToInvoice, NumberInvalid, TaxNumberWrong, TitleInvalid
from tuan.trade.orders.model import OrderState

InvoiceId = NewType("InvoiceId", UUID)
INVOICE_ID: ids.IdKind[InvoiceId] = ids.IdKind("inv")
RED_ID: ids.IdKind[UUID] = ids.IdKind("red")

TITLE_MAX, EMAIL_MAX, NUMBER_MAX, RATE_MAX = 100, 254, 40, 10_000
PERMYRIAD = 10_000
KEPT_BY_LAW = timedelta(days=10 * 366)
"""Invoices are kept for ten years (Rules for the Implementation of the Law on Tax Collection, art. 29)."""
LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The signs of a unified social credit code, in the order of their values (GB 32100-2015)."""
CODE = re.compile(f"[1-9A-Y][{LETTERS}][0-9]{{6}}[{LETTERS}]{{10}}", re.ASCII)
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
BOUGHT = (OrderState.TO_SHIP, OrderState.SHIPPED, OrderState.RECEIVED, OrderState.COMPLETED)


class Kind(StrEnum):
    PERSONAL = "personal"
    COMPANY = "company"


KINDS = tuple(Kind)


class InvoiceState(StrEnum):
    ASKED = "asked"
    ISSUED = "issued"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


S = InvoiceState
INVOICE = states.table(
    {S.ASKED: {S.ISSUED, S.REFUSED, S.WITHDRAWN}, S.ISSUED: (), S.REFUSED: (), S.WITHDRAWN: ()}, start=S.ASKED
)
RED = states.table({"due": {"issued"}, "issued": ()}, start="due")


@dataclass(frozen=True, slots=True)
class Titled:
    """For whom: a person's or a company's name, a company's number, and where it is sent to."""

    kind: str
    title: str
    tax_number: str
    email: str


@dataclass(slots=True)
class InvoiceLine:
    """A line of an invoice, its tax within its amount, and what of both has become red."""

    line_number: int
    title: str
    options: str
    units: int
    amount_minor: int
    rate_permyriad: int
    tax_minor: int
    red_minor: int = 0
    red_tax_minor: int = 0


def check_letter(first: str) -> str:
    """The last sign of a unified social credit code by its first seventeen (GB 32100-2015: weights 3^n mod 31)."""
    weighed = sum(LETTERS.index(letter) * pow(3, place, 31) for place, letter in enumerate(first))
    return LETTERS[(31 - weighed % 31) % 31]


def why_not_title(titled: Titled) -> Refusal | None:
    """A company's name needs its number, a person's has none."""
    is_company = titled.kind == Kind.COMPANY
    wrong = {
        "kind": titled.kind not in KINDS,
        "title": not 0 < len(titled.title.strip()) <= TITLE_MAX or not titled.title.isprintable(),
        "tax_number": (is_company and not CODE.fullmatch(titled.tax_number))
        or (not is_company and titled.tax_number != ""),
        "email": len(titled.email) > EMAIL_MAX or not titled.email.isprintable() or not EMAIL.fullmatch(titled.email),
    }
    if field := next((name for name, bad in wrong.items() if bad), None):
        return TitleInvalid(field=field)
    if is_company and check_letter(titled.tax_number[:-1]) != titled.tax_number[-1]:
        return TaxNumberWrong()
    return None


def why_not_ask(state: str, kept_minor: int) -> Refusal | None:
    """What was bought and is kept has an invoice; what went back whole has none."""
    return None if state in BOUGHT and kept_minor > 0 else NothingToInvoice()


def why_not_number(number: str, issued_on: date, rate_permyriad: int, today: date) -> Refusal | None:
    wrong = {
        "number": not 0 < len(number) <= NUMBER_MAX or not number.isascii() or not number.isalnum(),
        "issued_on": not timedelta(0) <= today - issued_on <= KEPT_BY_LAW,
        "rate": not 0 <= rate_permyriad <= RATE_MAX,
    }
    field = next((name for name, bad in wrong.items() if bad), None)
    return NumberInvalid(field=field) if field else None


def with_tax(lines: Sequence[InvoiceLine]) -> list[InvoiceLine]:
    """The same lines, the tax in each price told: of all lines with one rate at once, split by largest remainder."""
    by_rate: dict[int, list[InvoiceLine]] = {}
    for line in lines:
        by_rate.setdefault(line.rate_permyriad, []).append(line)
    for rate, some in by_rate.items():
        amounts = [line.amount_minor for line in some]
        for line, tax in zip(some, split(sum(amounts) * rate // (PERMYRIAD + rate), amounts), strict=True):
            line.tax_minor = tax
    return list(lines)


@dataclass(frozen=True, slots=True)
class RedLine:
    line_number: int
    amount_minor: int
    tax_minor: int


def reds_of(lines: Iterable[InvoiceLine], kept: Mapping[int, int]) -> list[RedLine]:
    """What has to become red so that the invoice says no more than `kept` (minor units by line); the lines are told.

    The tax is a part of the line's tax, so any number of reds comes to all of it when all has gone back.
    """
    found = []
    for line in lines:
        red = line.amount_minor - kept[line.line_number] - line.red_minor
        if red <= 0:
            continue
        now = line.red_minor + red
        tax = part(line.tax_minor, done=line.red_minor, now=now, of=line.amount_minor)
        line.red_minor, line.red_tax_minor = now, line.red_tax_minor + tax
        found.append(RedLine(line.line_number, red, tax))
    return found
