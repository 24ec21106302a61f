"""What identities may refuse."""

from tuan.kit.refusals import Forbidden, Gone, Invalid


class IdentityMissing(Invalid):
    """Goods from abroad are declared to customs for somebody, and the buyer has not said who he is."""

    code = "identities.missing"


class IdentityInvalid(Invalid):
    """A field does not fit; `field` names it: name, number, or agrees where he has not."""

    code = "identities.invalid"


class TooYoung(Forbidden):
    """Of a child nothing of this is kept without its parents; from how many years on it is, is in the data."""

    code = "identities.too_young"


class IdentityUnreadable(Gone):
    """Nobody may read it any more, or can."""

    code = "identities.unreadable"
