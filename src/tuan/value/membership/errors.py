"""What membership may refuse."""

from tuan.kit.refusals import Conflict, Invalid


class GradesInvalid(Invalid):
    """Grades that do not rise, or a discount that cannot be; `place` says which one, from 1."""

    code = "membership.grades_invalid"


class ListInvalid(Invalid):
    """A list without a line, or with more than `most`."""

    code = "membership.list_invalid"


class AlreadyMember(Conflict):
    """Who is a member need not join."""

    code = "membership.already_member"


class NotMember(Conflict):
    """Who is no member cannot leave."""

    code = "membership.not_member"
