"""What invoices tell."""

from uuid import UUID

from tuan.kit.facts import Fact, fact


@fact("invoices.issued.v1")
class InvoiceIssued(Fact, frozen=True):
    """The supplier has issued it."""

    invoice: UUID


@fact("invoices.red_due.v1")
class RedDue(Fact, frozen=True):
    """Money went back after the invoice was issued: the supplier owes a red one of exactly that sum."""

    red: UUID
