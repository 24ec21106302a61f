"""What training tells."""

from uuid import UUID

from tuan.kit.facts import Fact, fact


@fact("training.course_passed.v1")
class CoursePassed(Fact, frozen=True):
    """Somebody answered enough of a course's questions rightly; who, and what it unlocks, a reader looks up."""

    person: UUID
    course: UUID
