"""What bringing in a table may be refused."""

from tuan.kit.refusals import Conflict, Invalid, TooMany


class FileUnfit(Invalid):
    """Empty, or larger than is taken."""

    code = "imports.file_unfit"


class StillWaiting(TooMany):
    """Too many files wait already."""

    code = "imports.still_waiting"


class NotWaiting(Conflict):
    """It is not waiting for anybody's word: not read yet, on its way, or over."""

    code = "imports.not_waiting"


class NothingToDo(Conflict):
    """No line of it would change anything."""

    code = "imports.nothing_to_do"
