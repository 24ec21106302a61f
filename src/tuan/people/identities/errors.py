"""What identities may refuse."""

from tuan.kit.refusals import Forbidden, Gone, Invalid


class IdentityMissing(Invalid):
    """Goods from abroad are declared to customs for somebody, and the buyer has not said who he is."""

    code = "identity.missing"


class IdentityInvalid(Invalid):
    """A field does not fit; `field` names it: name, number, or agrees where he has not."""

    code = "identity.invalid"


class TooYoung(Forbidden):
    """Of a child nothing of this is kept without its parents; from how many years on it is, is in the data."""

    code = "identity.too_young"


class IdentityUnreadable(Gone):
    """Nobody may read it any more, or can."""

    code = "identity.unreadable"
