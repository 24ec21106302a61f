"""What compliance may refuse."""

from tuan.kit.refusals import Conflict, Gone, Invalid


class ProfileUnknown(Invalid):
    """A law that is not written down here."""

    code = "compliance.profile_unknown"


class SignOffInvalid(Invalid):
    """A sign-off without a document, a role or a time, or for what nobody can sign for; `field` says which."""

    code = "compliance.sign_off_invalid"


class SecondPersonNeeded(Conflict):
    """Whoever asked for a sign-off is not the one who gives it."""

    code = "compliance.second_person_needed"


class SignOffOver(Gone):
    """It was given, taken back or ran out already."""

    code = "compliance.sign_off_over"


class TextChanged(Conflict):
    """What a person agreed to is not what is asked now: he has to see it."""

    code = "compliance.text_changed"


class PeriodInvalid(Invalid):
    """A report of days that have not been, in the wrong order, or of more than a year."""

    code = "compliance.period_invalid"
