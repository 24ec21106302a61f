"""What training may refuse."""

from tuan.kit.refusals import Conflict, Gone, Invalid


class ContentInvalid(Invalid):
    """The first part of a course that does not fit, by name: `steps`, `questions`, `rights`, …"""

    code = "training.content_invalid"


class DraftChanged(Conflict):
    """Somebody else has written at this course since the page was shown."""

    code = "training.draft_changed"


class CourseOver(Gone):
    """The course is taught no more; who has passed keeps what he has."""

    code = "training.course_over"


class TryStale(Conflict):
    """This try was answered already, or the course has a newer version: the questions have to be looked at again."""

    code = "training.try_stale"


class TriesUsed(Conflict):
    """No more tries today."""

    code = "training.tries_used"


class AnswersInvalid(Invalid):
    """Answers that are not among those shown, or of questions that there are not."""

    code = "training.answers_invalid"
