"""What sourcing tells."""

from uuid import UUID

from tuan.kit.facts import Fact, fact


@fact("sourcing.application_decided.v1")
class ApplicationDecided(Fact, frozen=True):
    """Somebody is a supplier from now on, or was told why not."""

    application: UUID


@fact("sourcing.licence_expiring.v1")
class LicenceExpiring(Fact, frozen=True):
    """It runs out within a month and nothing newer has been sent in."""

    licence: UUID


@fact("sourcing.licence_expired.v1")
class LicenceExpired(Fact, frozen=True):
    """It has run out; where it said who the supplier is, his goods are off the shelf."""

    licence: UUID


@fact("sourcing.proposal_decided.v1")
class ProposalDecided(Fact, frozen=True):
    """What was proposed is shown from now on, or was refused."""

    proposal: UUID
