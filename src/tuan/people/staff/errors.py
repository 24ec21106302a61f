"""What staff may refuse."""

from tuan.kit.refusals import Conflict, Forbidden, Invalid


class SignInWrong(Invalid):
    """No member, blocked, wrong password, wrong or used code: all answer alike."""

    code = "staff.sign_in_wrong"


class CodeWrong(Invalid):
    """The second factor's code is wrong or was used already."""

    code = "staff.code_wrong"


class AlreadyMember(Conflict):
    code = "staff.already_member"


class RoleInvalid(Invalid):
    """A name that cannot be one, a permission that there is not, or the owner's role."""

    code = "staff.role_invalid"


class LastOwner(Conflict):
    """Nobody would be left who may do everything."""

    code = "staff.last_owner"


class NotYourself(Conflict):
    code = "staff.not_yourself"


class BeyondYours(Forbidden):
    """Nobody gives a permission that he does not have."""

    code = "staff.beyond_yours"


class PasswordWeak(Invalid):
    code = "staff.password_weak"


class PasswordsDiffer(Invalid):
    code = "staff.passwords_differ"


class ViewInvalid(Invalid):
    """A saved view without a name, or one too many."""

    code = "staff.view_invalid"


class StillMember(Conflict):
    """Who works in the office answers for what he did there, so he is not forgotten."""

    code = "staff.still_member"
