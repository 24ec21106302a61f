"""What the web itself may refuse, before any module is asked."""

from tuan.kit.refusals import Busy, Forbidden, Invalid, Missing, Refusal, TooMany


class FormExpired(Forbidden):
    """The form's token does not belong to this visitor: another site's form, or one from before signing in."""

    code = "web.form_expired"


class FormUnreadable(Invalid):
    """The body is no form and no JSON that fits."""

    code = "web.form_unreadable"


class FieldInvalid(Invalid):
    """One field has a value that cannot be meant."""

    code = "web.field_invalid"


class UnitsUnreadable(Invalid):
    code = "web.units_unreadable"


class LinkClosed(Missing):
    """A code that opens nothing: unknown, run out, taken back or another market's. Nobody is told which."""

    code = "web.link_closed"


class PosterFontMissing(Busy):
    """This machine has no font with Chinese letters, so that no poster can be drawn."""

    code = "web.poster_font_missing"


class SignInNeeded(Refusal):
    code = "web.sign_in_needed"
    status = 401


class CredentialsWrong(Refusal):
    """A key or token that lets nobody in here: unknown, revoked, expired or of another market all answer alike."""

    code = "web.credentials_wrong"
    status = 401


class ScopeMissing(Forbidden):
    """The key is right, and was not made for this."""

    code = "web.scope_missing"


class SuppliersOnly(Forbidden):
    code = "web.suppliers_only"


class ShopsOnly(Forbidden):
    code = "web.shops_only"


class OfficeSignInNeeded(Refusal):
    """Nobody of staff, or his session is over."""

    code = "web.office_sign_in_needed"
    status = 401


class NotPermitted(Forbidden):
    """No role of this member of staff allows it."""

    code = "web.not_permitted"


class ConfirmNeeded(Forbidden):
    """The second factor has to be shown again before this."""

    code = "web.confirm_needed"


class PasswordNeeded(Forbidden):
    """The first password, which somebody else has seen, has to be changed before anything."""

    code = "web.password_needed"


class MethodUnknown(Refusal):
    """There is such a page, but it does not take this."""

    code = "web.method_unknown"
    status = 405


class TooLarge(Refusal):
    code = "web.too_large"
    status = 413


class BodyUnknown(Refusal):
    """A body that is neither an urlencoded form nor JSON."""

    code = "web.body_unknown"
    status = 415


class TooManyStreams(TooMany):
    """This process keeps as many live pages open as it can."""

    code = "web.too_many_streams"


class Unconfirmed(Busy):
    """What was asked may have been done: the answer of the database was lost on its way."""

    code = "web.unconfirmed"


class OutOfReach(Busy):
    """The database does not answer; a page could not be shown."""

    code = "web.out_of_reach"


class Broken(Refusal):
    """A mistake of ours."""

    code = "web.broken"
    status = 500


class TooManyRows(Invalid):
    """A workbook is made whole; as comma-separated text there is no such bound."""

    code = "web.too_many_rows"
