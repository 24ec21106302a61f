"""Why a notice of a provider is not taken in; nothing has changed, and an honest sender sends it again."""

from tuan.kit.refusals import Invalid, Refusal


class SignatureWrong(Refusal):
    """Not signed with the key that this provider and this market share."""

    code = "gateways.signature_wrong"
    status = 401


class NoticeOld(Refusal):
    """Rightly signed, but not about now: a notice that somebody kept, or a clock that is off."""

    code = "gateways.notice_old"
    status = 401


class AddressForbidden(Invalid):
    """Nothing is sent there: not https, not a public address, or an address that can be read in two ways."""

    code = "gateways.address_forbidden"


class NoticeUnreadable(Invalid):
    """Rightly signed, and no notice that we know."""

    code = "gateways.notice_unreadable"
