"""What compliance tells."""

from uuid import UUID

from tuan.kit.facts import Fact, fact


@fact("compliance.sign_off_revoked.v1")
class SignOffRevoked(Fact, frozen=True):
    """A person took back what two had signed: what rests on it (the fingerprint's plan) is refused from now on."""

    sign_off: UUID
    fingerprint: str
