"""What accounts may refuse."""

from tuan.kit.refusals import Conflict, Forbidden, Gone, Invalid, TooMany


class PhoneInvalid(Invalid):
    code = "accounts.phone_invalid"


class CodeWrong(Invalid):
    """Wrong, used, expired or never sent: all answer alike."""

    code = "accounts.code_wrong"


class CodeTooSoon(TooMany):
    code = "accounts.code_too_soon"


class Blocked(Forbidden):
    """This person may neither sign in nor buy."""

    code = "accounts.blocked"


class Erased(Gone):
    """There is nothing left of this person but that he was there."""

    code = "accounts.erased"


class PhoneTaken(Conflict):
    """Told only to whoever has shown that the number is his."""

    code = "accounts.phone_taken"


class NameInvalid(Invalid):
    code = "accounts.name_invalid"


class AddressInvalid(Invalid):
    code = "accounts.address_invalid"
