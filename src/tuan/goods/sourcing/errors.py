"""What sourcing may refuse."""

from tuan.kit.refusals import Conflict, Invalid


class ApplicationInvalid(Invalid):
    """A field of an application does not fit; `field` names it."""

    code = "sourcing.application_invalid"


class LicenceInvalid(Invalid):
    """A field of a licence does not fit; `field` names it."""

    code = "sourcing.licence_invalid"


class AlreadyApplied(Conflict):
    """He has applied and is not answered yet, or is a supplier already."""

    code = "sourcing.already_applied"


class CheckMoved(Conflict):
    """It is no longer where the check believed it: somebody else was faster, or it was withdrawn."""

    code = "sourcing.check_moved"


class LicencesUndecided(Conflict):
    """A licence of the application waits for its own decision."""

    code = "sourcing.licences_undecided"


class NoFoundingLicence(Conflict):
    """No valid licence says who the supplier is."""

    code = "sourcing.no_founding_licence"


class ProposalInvalid(Invalid):
    """A field of what is proposed does not fit; `field` names it."""

    code = "sourcing.proposal_invalid"


class AlreadyProposed(Conflict):
    """The product has a proposal that nobody has decided yet."""

    code = "sourcing.already_proposed"


class NothingChanged(Conflict):
    """What is proposed is what is shown already."""

    code = "sourcing.nothing_changed"


class ProposalNeeded(Conflict):
    """Buyers would see it: somebody of the market looks at it first."""

    code = "sourcing.proposal_needed"


class ProposalOver(Conflict):
    """It was decided or withdrawn before."""

    code = "sourcing.proposal_over"


class ProposalOvertaken(Conflict):
    """The product has changed since it was proposed: the two sides that were compared are no longer the two sides."""

    code = "sourcing.proposal_overtaken"


class PriceBeyondBand(Conflict):
    """Further from the price than a supplier moves it alone; least and most are in the data."""

    code = "sourcing.price_beyond_band"
