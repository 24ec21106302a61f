"""What presales may refuse."""

from tuan.kit.refusals import Conflict, Gone, Invalid


class OfferInvalid(Invalid):
    """The first field of an offer that does not fit, by name."""

    code = "presale.offer_invalid"


class OfferClash(Conflict):
    """The product has a running presale already."""

    code = "presale.offer_clash"


class OfferOver(Gone):
    """Deposits are taken no more, or not yet."""

    code = "presale.offer_over"


class NotWaiting(Conflict):
    """The order does not wait for its balance."""

    code = "presale.not_waiting"


class NotAsShown(Conflict):
    """What would come back is not what the page showed."""

    code = "presale.not_as_shown"


class TooLateToFail(Conflict):
    """It was shipped or is over: what is wrong with goods that came is aftersales' matter."""

    code = "presale.too_late"


class NothingOwed(Conflict):
    """Nothing is owed to this buyer beside his money, or it was paid already."""

    code = "presale.nothing_owed"
