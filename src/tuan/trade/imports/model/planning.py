"""Which sales a file's cancellations give back. Pure.

A cancellation gives back earlier sales of the same customer and the same stock code: those at its own price first, and of
these the newest first, since that is what people send back. Where a sale was cheaper than the cancellation, what was paid
comes back; where it was dearer, what the cancellation says. What finds no sale, or no money in it, is the remainder.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from tuan.kit.time import Instant
from tuan.trade.imports.model.retail import InvoiceLine, Invoices


@dataclass(slots=True)
class Sold:
    """A line of a sale, and how many of its units no cancellation has claimed yet."""

    line: InvoiceLine
    units_left: int


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What one cancellation takes from one line of a sale (counted from 1)."""

    number: int
    at: Instant
    units: int
    amount_minor: int
    is_whole: bool
    """All that these units cost; else they are not given up by it."""


@dataclass(slots=True)
class Invoice:
    """One sale to be, and what comes back of it."""

    lines: list[InvoiceLine]
    given_back: list[GivenBack] = field(default_factory=list)

    @property
    def total_minor(self) -> int:
        return sum(line.amount_minor for line in self.lines)


@dataclass(frozen=True, slots=True)
class Rest:
    """What of a cancellation no sale answers for."""

    line: InvoiceLine
    left_minor: int


@dataclass(frozen=True, slots=True)
class Plan:
    """refunds: how many cancellations are given back in full; every other one is in `rests`."""

    invoices: list[Invoice]
    refunds: int
    rests: list[Rest]
    refunded_minor: int


def plan(read: Invoices) -> Plan:
    """Every sale, with what comes back of it."""
    invoices: dict[str, Invoice] = {}
    sold: dict[tuple[str, str], list[tuple[Invoice, int, Sold]]] = defaultdict(list)
    for line in read.sales:
        invoice = invoices.setdefault(line.invoice, Invoice([]))
        invoice.lines.append(line)
        if line.customer:
            sold[line.customer, line.code].append((invoice, len(invoice.lines), Sold(line, line.units)))
    for of_code in sold.values():
        of_code.sort(key=lambda one: one[2].line.at)
    refunds, refunded, rests = 0, 0, []
    for line in sorted(read.cancellations, key=lambda one: one.at):
        back = _give_back(line, sold.get((line.customer, line.code), ()))
        refunded += back
        if back == line.amount_minor:
            refunds += 1
        else:
            rests.append(Rest(line, line.amount_minor - back))
    return Plan(list(invoices.values()), refunds, rests, refunded)


def _give_back(line: InvoiceLine, sold: Sequence[tuple[Invoice, int, Sold]]) -> int:
    """Take the units of a cancellation from sales; the money that comes back."""
    earlier = [one for one in sold if one[2].units_left and one[2].line.at <= line.at]
    newest_first = earlier[::-1]
    needed, back = line.units, 0
    for invoice, number, one in sorted(newest_first, key=lambda one: one[2].line.price_minor != line.price_minor):
        if not needed:
            break
        units = min(needed, one.units_left)
        amount = units * min(line.price_minor, one.line.price_minor)
        one.units_left -= units
        needed -= units
        back += amount
        is_whole = line.price_minor >= one.line.price_minor
        invoice.given_back.append(GivenBack(number, line.at, units, amount, is_whole))
    return back
