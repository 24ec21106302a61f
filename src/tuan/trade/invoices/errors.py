"""What invoices may refuse."""

from tuan.kit.refusals import Conflict, Invalid


class TitleInvalid(Invalid):
    """Whom it is for cannot be written so; `field` says where."""

    code = "invoices.title_invalid"


class TaxNumberWrong(Invalid):
    """No such number exists: its last sign does not fit the others."""

    code = "invoices.tax_number_wrong"


class NothingToInvoice(Conflict):
    """Nothing of the order's money is kept, or it is not bought yet."""

    code = "invoices.nothing"


class AlreadyAsked(Conflict):
    """The order has an invoice, or one is asked for."""

    code = "invoices.already_asked"


class InvoiceOver(Conflict):
    """It was issued, refused or withdrawn before."""

    code = "invoices.over"


class NumberInvalid(Invalid):
    """The number, the day or the rate of tax is none."""

    code = "invoices.number_invalid"


class NumberTaken(Conflict):
    """This supplier has issued another invoice under the number."""

    code = "invoices.number_taken"
