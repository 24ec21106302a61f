"""What compliance tells."""

from uuid import UUID

from tuan.kit.facts import Fact, fact


@fact("compliance.alarm_began.v1")
class AlarmBegan(Fact, frozen=True):
    """Something of the market's day has to be looked at, which did not ring the day before."""

    alarm: str
    article: str
    day: str


@fact("compliance.alarm_ended.v1")
class AlarmEnded(Fact, frozen=True):
    """It rings no more: a day was measured without it."""

    alarm: str
    day: str


@fact("compliance.sign_off_revoked.v1")
class SignOffRevoked(Fact, frozen=True):
    """A person took back what two had signed: what rests on it (the fingerprint's plan) is refused from now on."""

    sign_off: UUID
    fingerprint: str
