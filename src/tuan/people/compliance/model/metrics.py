"""What the guard reads of a market each night, and what it is alarmed by. Pure: whoever can see the rows counts them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from tuan.people.compliance.model.words import HOUSE, Profile

LEVELS_ALARM = 3
PEOPLE_ALARM = 30
"""立案追诉标准(二): three levels and thirty people, the organiser's own level counted (公通字〔2013〕37号)."""
BASIS_POINTS = 10_000


class Alarm(StrEnum):
    CHAIN_LONG = "chain_long"
    CHAIN_WIDE = "chain_wide"
    CHAIN_BOTH = "chain_both"
    """One chain has both, which is what the criminal standard names."""
    RETAIL_LOW = "retail_low"
    RECRUITS_PAID = "recruits_paid"
    UNLAWFUL_PLANS = "unlawful_plans"


OF_CHAINS = frozenset({Alarm.CHAIN_LONG, Alarm.CHAIN_WIDE, Alarm.CHAIN_BOTH})
OF_PAY = frozenset(Alarm) - OF_CHAINS
"""Which of them is known by which measure."""

ARTICLES = {
    "CN": {
        Alarm.CHAIN_LONG: "公通字〔2013〕37号 § 1",
        Alarm.CHAIN_WIDE: "公通字〔2013〕37号 § 1",
        Alarm.CHAIN_BOTH: "公通字〔2013〕37号 § 1",
        Alarm.RECRUITS_PAID: "禁止传销条例 art. 7 (1)",
    },
    "EU": {Alarm.RECRUITS_PAID: "2005/29/EC Annex I 14"},
    "US": {Alarm.RETAIL_LOW: "FTC v. Herbalife (2016)", Alarm.RECRUITS_PAID: "FTC Act § 5, Koscot (1975)"},
}


@dataclass(frozen=True, slots=True)
class Chain:
    """One organiser with everybody who was brought in under him. `levels` and `people` count himself."""

    root: UUID
    levels: int
    people: int


@dataclass(frozen=True, slots=True)
class Pay:
    """What commissions of one day come from, in minor units: all, of buyers who sell nothing themselves, for bringing somebody in."""

    all_minor: int = 0
    retail_minor: int = 0
    recruits_minor: int = 0

    @property
    def retail_bp(self) -> int | None:
        """The share of retail in ten-thousandths; None where nothing was paid."""
        return self.retail_minor * BASIS_POINTS // self.all_minor if self.all_minor else None


@dataclass(frozen=True, slots=True)
class Chains:
    """All chains of a day. longest, widest: of all; has_both: some chain has as many levels and people as the standard names."""

    shops: int = 0
    longest: int = 0
    widest: int = 0
    has_both: bool = False


@dataclass(frozen=True, slots=True)
class Metrics:
    """One market's day under the law that counted then; None for what nobody measured. unlawful_plans: those in force that the
    checker refuses."""

    day: date
    profile: str
    chains: Chains | None
    pay: Pay | None
    unlawful_plans: int = 0


def chains(inviter_of: Mapping[UUID, UUID | None]) -> list[Chain]:
    """Every chain, from who invited whom: those whom nobody invited are its organisers, level 1.

    A ring (which the tables do not forbid) counts as a chain from each of those in it, so that it cannot hide.
    """
    levels: dict[UUID, int] = {}
    people: dict[UUID, int] = {}
    for member in inviter_of:
        level, here, seen = 1, member, {member}
        while (above := inviter_of.get(here)) is not None and above not in seen:
            level, here = level + 1, above
            seen.add(above)
        levels[here] = max(levels.get(here, 0), level)
        people[here] = people.get(here, 0) + 1
    return [Chain(root, levels[root], people[root]) for root in sorted(levels)]


def summed(found: Collection[Chain]) -> Chains:
    """What of the chains is kept: no names, the greatest of each."""
    return Chains(
        shops=sum(chain.people for chain in found),
        longest=max((chain.levels for chain in found), default=0),
        widest=max((chain.people for chain in found), default=0),
        has_both=any(chain.levels >= LEVELS_ALARM and chain.people >= PEOPLE_ALARM for chain in found),
    )


def alarms(metrics: Metrics, profile: Profile) -> list[tuple[Alarm, str]]:
    """What somebody has to look at, each with the article behind it."""
    found, pay = metrics.chains or Chains(), metrics.pay or Pay()
    ringing = {
        Alarm.CHAIN_BOTH: found.has_both,
        Alarm.CHAIN_LONG: found.longest >= LEVELS_ALARM,
        Alarm.CHAIN_WIDE: found.widest >= PEOPLE_ALARM,
        Alarm.RETAIL_LOW: pay.retail_bp is not None and pay.retail_bp < profile.retail_least_bp,
        Alarm.RECRUITS_PAID: pay.recruits_minor != 0,
        Alarm.UNLAWFUL_PLANS: metrics.unlawful_plans > 0,
    }
    articles = ARTICLES[profile.code]
    return [(alarm, articles.get(alarm, HOUSE)) for alarm, rings in ringing.items() if rings]
