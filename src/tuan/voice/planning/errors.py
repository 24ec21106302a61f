"""What a planner may be told."""

from tuan.kit.refusals import Conflict, Invalid, TooMany


class TermsInvalid(Invalid):
    """A simulation of this cannot be; data: which field."""

    code = "planning.terms_invalid"


class TooManyWaiting(TooMany):
    """So many simulations wait already; data: how many at most."""

    code = "planning.too_many_waiting"


class NobodyKnown(Conflict):
    """The market has no graph of its own yet: nobody sat in a team with anybody, or follows a shop."""

    code = "planning.nobody_known"


class NothingToSell(Conflict):
    """Nothing was sold in the last year and nothing is on the shelf, so that there are no goods to pay a plan for."""

    code = "planning.nothing_to_sell"
