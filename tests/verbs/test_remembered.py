"""What never changes is read once; what is not there is asked for again; the oldest is forgotten first."""

from collections.abc import Mapping
from uuid import UUID

import pytest

from tests.given import goods as given
from tests.given.houses import Place
from tuan.kit.ids import new_uuid
from tuan.kit.refusals import Refusal, granted
from tuan.platform.remembered import Remembered
from tuan.play import groupbuy


async def test_each_is_read_once_and_the_oldest_is_forgotten() -> None:
    asked: list[list[UUID]] = []
    there = [new_uuid(), new_uuid()]
    kept: Remembered[str] = Remembered(2)

    async def read(missing: list[UUID]) -> Mapping[UUID, str]:
        asked.append(missing)
        return {one: one.hex for one in missing if one in there}

    first, second = there
    nobody = new_uuid()
    assert await kept.get(1, [first, nobody], read) == {first: first.hex}
    assert await kept.get(1, [first, nobody, second], read) == {first: first.hex, second: second.hex}
    assert asked == [[first, nobody], [nobody, second]]
    assert await kept.get(2, [first], read) == {first: first.hex} and asked[-1] == [first], (
        "another market's is another"
    )
    assert await kept.get(1, [first], read) == {first: first.hex} and asked[-1] == [first], "the oldest was forgotten"


async def test_an_ending_that_was_taken_back_leaves_no_memory(place: Place) -> None:
    """This process first hears of the campaign inside a transaction that ends it and then fails."""
    of = await given.campaign(place, await given.goods(place))
    with pytest.raises(ZeroDivisionError):
        async with place.work() as work:
            assert await groupbuy.end_campaign(work, of.campaign, reason="test") is None
            raise ZeroDivisionError
    granted(await given.open_team(place, await given.buyer(place), of))


async def test_a_campaign_that_ended_is_not_opened_on_although_its_terms_are_remembered(place: Place) -> None:
    of = await given.campaign(place, await given.goods(place), size=3)
    leader, member, late = await given.buyers(place, 3)
    team = await given.paid_team(place, leader, of)
    async with place.work() as work:
        assert await groupbuy.end_campaign(work, of.campaign, reason="test") is None
    granted(await given.join_team(place, member, team.team, of))
    assert isinstance(await given.open_team(place, late, of), Refusal)
    assert await place.breaches() == {}
