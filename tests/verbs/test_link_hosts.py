"""A market's own domain for links: set, changed and given up with a reason; no name leads to two markets."""

import asyncpg
import pytest

from tests.given import houses
from tests.given import sharing as share
from tests.given.houses import Place, owner_url
from tuan.people import sharing
from tuan.people.sharing import LinkHostInvalid, LinkHostTaken
from tuan.platform import markets


async def another(place: Place) -> Place:
    market, host = await houses.make_market(place.house)
    return Place(place.house, place.relay, market, host)


async def held(place: Place) -> str | None:
    async with place.work() as work:
        found: str | None = (await markets.hosts(work))["link_host"]
        return found


async def told(place: Place) -> list[tuple[str, str, str]]:
    """What the audit has of it, the newest last."""
    async with place.work() as work:
        rows = await work.fetch(
            "SELECT reason, before, after FROM audit.entries WHERE market_id = $1 AND action = 'sharing.set_link_host' ORDER BY id"
        )
    return [(row["reason"], row["before"]["link_host"], row["after"]["link_host"]) for row in rows]


async def test_a_domain_is_set_changed_and_given_up(place: Place) -> None:
    first, second = f"go.{place.host}", f"t.{place.host}"
    for domain in (f" {first.upper()} ", first, second, ""):
        assert await place.do(sharing.set_link_host, domain, reason="shorter") is None
    assert await held(place) is None
    assert await told(place) == [("shorter", "", first), ("shorter", first, second), ("shorter", second, "")]


async def test_every_process_is_told(place: Place) -> None:
    async with place.work() as work:
        assert await sharing.set_link_host(work, f"go.{place.host}", reason="test") is None
        assert work.topics == {sharing.HOST_TOPIC}


@pytest.mark.parametrize(
    "name", ["127.0.0.1", "[::1]", "localhost", "go.localhost", "https://go.example", "go.example:80"]
)
async def test_what_is_no_domain_is_refused(place: Place, name: str) -> None:
    assert await place.do(sharing.set_link_host, name, reason="test") == LinkHostInvalid()
    assert await held(place) is None and await told(place) == []


async def test_no_name_leads_to_two_markets(place: Place) -> None:
    """Not the host of another, not its domain, not one's own host; and what stood before stands."""
    other = await another(place)
    theirs, own = await share.own_domain(other), await share.own_domain(place)
    for name in (other.host, theirs, place.host):
        async with place.work() as work:
            assert await sharing.set_link_host(work, name, reason="test") == LinkHostTaken()
    assert await held(place) == own and len(await told(place)) == 1
    assert await other.do(sharing.set_link_host, "", reason="test") is None
    assert await place.do(sharing.set_link_host, theirs, reason="test") is None, "it is free again"


async def test_no_market_is_made_where_links_of_another_stand(place: Place) -> None:
    domain = await share.own_domain(place)
    owner = await asyncpg.connect(owner_url(place.house))
    try:
        with pytest.raises(asyncpg.ExclusionViolationError):
            await markets.make(owner, name="Test", host=domain, kind="test", currency="CNY")
        again = await markets.make(owner, name="Test", host=place.host, kind="test", currency="CNY")
    finally:
        await owner.close()
    assert again == place.market, "and making a market twice is making it once, as before"
    assert await held(place) == domain


async def test_the_database_takes_nothing_but_a_domain(place: Place) -> None:
    for name in ("127.0.0.1", "Go.example", "localhost", place.host):
        with pytest.raises(asyncpg.CheckViolationError):
            async with place.work() as work:
                await work.execute(markets.SET_LINK_HOST_SQL, name)
