"""What parties may refuse."""

from tuan.kit.refusals import Conflict, Invalid


class StillOwns(Conflict):
    """Whoever answers for a supplier or a shop cannot be forgotten before somebody else does."""

    code = "parties.still_owns"


class ShopNameInvalid(Invalid):
    """A shop's name has one to thirty letters."""

    code = "parties.shop_name_invalid"


class NotInState(Conflict):
    """The shop is suspended already, or not suspended."""

    code = "parties.not_in_state"


class OrganisationNameInvalid(Invalid):
    """An organisation is called something, and not at length."""

    code = "parties.organisation_name_invalid"
