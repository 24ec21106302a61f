"""What settlement may refuse."""

from tuan.kit.refusals import Conflict, Gone, Invalid


class TermsInvalid(Invalid):
    """A share outside 0 to all, or one that begins in the past."""

    code = "settlement.terms_invalid"


class AmountInvalid(Invalid):
    code = "settlement.amount_invalid"


class CutTooLarge(Conflict):
    """What is promised to others of a line is more than is left of it."""

    code = "settlement.cut_too_large"


class AlreadySettled(Gone):
    """The line's money has been shared out."""

    code = "settlement.already_settled"


class AccountInvalid(Invalid):
    code = "settlement.account_invalid"


class AccountNotActive(Conflict):
    """Money goes only to an account that was checked."""

    code = "settlement.account_not_active"


class BalanceTooSmall(Conflict):
    code = "settlement.balance_too_small"


class PaidDirect(Conflict):
    """The buyers' money goes to this supplier's own accounts: there is nothing that he could be paid out."""

    code = "settlement.paid_direct"


class SeveralSuppliers(Conflict):
    """Where one supplier's own accounts take the money, nobody else may have goods for sale, an open order, a balance or a debt."""

    code = "settlement.several_suppliers"


class MoneyOpen(Conflict):
    """Orders of this supplier are not settled, or he has a balance: that money is where it was paid to."""

    code = "settlement.money_open"


class SplitTooSmall(Conflict):
    """Less than was asked for can be split from what buyers paid by the account's provider."""

    code = "settlement.split_too_small"


class BelowMinimum(Invalid):
    code = "settlement.below_minimum"


class InDebt(Conflict):
    """What is owed is paid back from what comes in before anything is paid out."""

    code = "settlement.in_debt"


class NotThisState(Conflict):
    """It has gone on, or ended, meanwhile."""

    code = "settlement.not_this_state"


class SamePerson(Conflict):
    """Above the limit two persons must agree, and neither may be the one who asked."""

    code = "settlement.same_person"


class PayoutUnderWay(Conflict):
    """Money that this person asked for has not arrived yet."""

    code = "settlement.payout_under_way"
