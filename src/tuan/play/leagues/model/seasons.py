"""Who plays in which league, who stands before whom, who rises and falls. Pure."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from itertools import chain, pairwise
from uuid import UUID

from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant, utc
from tuan.people.parties.model import BENEFITS
from tuan.play.leagues.errors import SeasonInvalid
from tuan.play.leagues.model.words import Entry, NewSeason, Result, Seed

NAME_MAX = 40
LENGTHS = (timedelta(days=7), timedelta(days=100))
SETTLING_DAYS = range(1, 61)
SIZES = range(4, 201)
MOVED_MAX = 50
HORIZON = timedelta(days=366)
STEPS = (1, 2, 5)
NEVER = utc(9999, 1, 1)

Leagues = list[list[UUID]]
"""The strongest league first, in each its shops in order."""


def why_not_plan(new: NewSeason, now: Instant) -> Refusal | None:
    """now: the instant at which it is planned; a season begins later than that."""
    length = new.ends_at - new.starts_at
    fits = {
        "name": 0 < len(new.name.strip()) <= NAME_MAX,
        "starts_at": now < new.starts_at <= now + HORIZON,
        "ends_at": LENGTHS[0] <= length <= LENGTHS[1],
        "settling_days": new.settling_days in SETTLING_DAYS,
        "size": new.size in SIZES,
        "moved": 0 <= new.moved <= min(MOVED_MAX, new.size // 2),
        "benefits": set(new.benefits) <= set(BENEFITS) and len(set(new.benefits)) == len(new.benefits),
    }
    field = next((name for name, is_right in fits.items() if not is_right), None)
    return SeasonInvalid(field=field) if field is not None else None


def cut(ladder: Sequence[UUID], size: int) -> Leagues:
    """A ladder cut into leagues of about `size`, of which no two differ by more than one shop.

    Of two leagues or more each has between three quarters of the size and one and a half times it.
    """
    if not ladder:
        return []
    count = max(1, (len(ladder) + size // 2) // size)
    each, more = divmod(len(ladder), count)
    ends = [number * each + min(number, more) for number in range(count + 1)]
    return [list(ladder[begin:end]) for begin, end in pairwise(ends)]


def ranked(entries: Collection[Entry]) -> list[Entry]:
    """From the first: the higher score, of equal ones who had reached it first, of those the older shop."""
    return sorted(entries, key=lambda e: (-e.score_minor, e.reached_at or NEVER, e.shop_id))


def results(entries: Collection[Entry], moved: int) -> dict[UUID, tuple[int, Result]]:
    """Rank and result of each shop. Between two leagues as many rise as fall: at most `moved`, at most half of either
    league, and nobody rises who sold nothing."""
    leagues = [ranked(of) for _, of in sorted(_by_league(entries).items())]
    rising = [0] * (len(leagues) + 1)  # from the league at this place into the one above it
    for place in range(1, len(leagues)):
        upper, lower = leagues[place - 1], leagues[place]
        sellers = sum(entry.score_minor > 0 for entry in lower)
        rising[place] = min(moved, len(upper) // 2, len(lower) // 2, sellers)
    found: dict[UUID, tuple[int, Result]] = {}
    for place, league in enumerate(leagues):
        for rank, entry in enumerate(league, start=1):
            rises, falls = rank <= rising[place], rank > len(league) - rising[place + 1]
            found[entry.shop_id] = (rank, Result.PROMOTED if rises else Result.RELEGATED if falls else Result.STAYED)
    return found


def group(last: Collection[Entry], moved: int, seeds: Sequence[Seed], size: int) -> Leagues:
    """The leagues of a season: the last one's with who rises and falls, then the new shops, the largest first, cut anew.

    last: the entries of the season before, none for the first one. seeds: the shops that play, each once; who is not
    among them any more is left out. As long as no shop comes or goes, every league keeps its number of shops.
    """
    before = {entry.shop_id for entry in last}
    fresh = sorted((seed for seed in seeds if seed.shop_id not in before), key=lambda s: (-s.kept_minor, s.shop_id))
    playing = {seed.shop_id for seed in seeds}
    climbed = [shop for shop in chain.from_iterable(_moved(last, moved)) if shop in playing]
    return cut([*climbed, *(seed.shop_id for seed in fresh)], size)


def _moved(last: Collection[Entry], moved: int) -> Leagues:
    """The leagues of the season before once its results have moved its shops.

    Who came from another league stands in the middle: where an edge moves a little because shops came or went, those
    who stayed cross it, and nobody falls back at once whence he has just risen.
    """
    after = results(last, moved)
    leagues = [ranked(of) for _, of in sorted(_by_league(last).items())]
    found: Leagues = []
    for place, league in enumerate(leagues):
        stayed = [e.shop_id for e in league if after[e.shop_id][1] is Result.STAYED]
        above, below = leagues[place - 1] if place else [], leagues[place + 1] if place + 1 < len(leagues) else []
        fallen = [e.shop_id for e in above if after[e.shop_id][1] is Result.RELEGATED]
        risen = [e.shop_id for e in below if after[e.shop_id][1] is Result.PROMOTED]
        half = len(stayed) // 2
        found.append([*stayed[:half], *fallen, *risen, *stayed[half:]])
    return found


def _by_league(entries: Collection[Entry]) -> Mapping[int, list[Entry]]:
    found: dict[int, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.league, []).append(entry)
    return found


def band_of(score_minor: int, least_minor: int = 10_000) -> int:
    """What others see of a score: the largest of 1, 2, 5, 10, 20, 50 … times `least_minor` that it reaches; 0 below that."""
    band, power = 0, least_minor
    while power <= score_minor:
        band = max(step * power for step in STEPS if step * power <= score_minor)
        power *= 10
    return band
