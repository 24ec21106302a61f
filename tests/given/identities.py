"""Who buyers are to customs, for tests."""

from datetime import date

from tests.given import goods as given
from tests.given.houses import Place
from tuan.kit.time import day_of
from tuan.people import identities
from tuan.people.identities.model import CHECK_LETTERS, WEIGHTS, Identity

WANG = Identity("王德明", "11010519491231002X")
"""The number is the example of GB 11643 itself."""
LI = Identity("李雷", "440524198801010011")


async def identify(place: Place, who: given.Buyer, identity: Identity = WANG) -> given.Buyer:
    secret = place.house.settings.secret
    assert await place.do(identities.keep_identity, who.id, identity, secret, agrees=True) is None
    return who


async def importer(place: Place) -> given.Buyer:
    """A buyer for whom goods from abroad can be declared."""
    return await identify(place, await given.buyer(place))


def numbered(seventeen: str) -> str:
    """With its check letter."""
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, seventeen, strict=True))
    return seventeen + CHECK_LETTERS[total % 11]


def born(day: date) -> str:
    """A number of somebody who was born on that day."""
    return numbered(f"110105{day:%Y%m%d}001")


async def born_years_ago(place: Place, years: int) -> str:
    async with place.work() as work:
        today = day_of(work.now, work.market.time_zone)
    return born(date(today.year - years, 1, 1))
