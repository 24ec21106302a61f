"""What accounts may refuse."""

from tuan.kit.refusals import Invalid, TooMany


class PhoneInvalid(Invalid):
    code = "accounts.phone_invalid"


class CodeWrong(Invalid):
    """Wrong, used, expired or never sent: all answer alike."""

    code = "accounts.code_wrong"


class CodeTooSoon(TooMany):
    code = "accounts.code_too_soon"


class AddressInvalid(Invalid):
    code = "accounts.address_invalid"
