"""Alarms of the law begin and end once, each with a fact, and whoever watches the market sees how many ring."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.given import guarding
from tests.given.houses import Place
from tuan.people import compliance
from tuan.people.compliance.model import Alarm, Chain, Pay
from tuan.people.compliance.sweeps import count_ringing
from tuan.platform.telemetry import LAW_ALARMS

LONG = [Chain(UUID(int=1), 3, 3)]
A_DAY = timedelta(days=1)


async def told(place: Place) -> list[tuple[str, Any]]:
    async with place.work() as work:
        rows = await work.fetch(
            "SELECT name, body FROM outbox.facts WHERE market_id = $1 AND name LIKE 'compliance.alarm%' ORDER BY id"
        )
    return [(row["name"].split(".")[1], row["body"]["alarm"]) for row in rows]


async def ringing(place: Place) -> list[str]:
    async with place.work() as work:
        return [row["alarm"] for row in await compliance.ringing(work)]


async def test_an_alarm_begins_once_and_ends_with_a_day_without_it(place: Place) -> None:
    await guarding.measured(place, LONG)
    assert await ringing(place) == [Alarm.CHAIN_LONG]
    assert await told(place) == [("alarm_began", Alarm.CHAIN_LONG)]
    await place.move_clock(A_DAY)
    await guarding.measured(place, LONG, Pay(1000, 100, 0))
    assert await ringing(place) == [Alarm.CHAIN_LONG, Alarm.RETAIL_LOW]
    await place.move_clock(A_DAY)
    await guarding.measured(place)
    assert await ringing(place) == []
    assert sorted(await told(place)) == [
        ("alarm_began", Alarm.CHAIN_LONG),
        ("alarm_began", Alarm.RETAIL_LOW),
        ("alarm_ended", Alarm.CHAIN_LONG),
        ("alarm_ended", Alarm.RETAIL_LOW),
    ]
    async with place.work() as work:
        rows = (await compliance.search_alarms(work)).items
    assert [(row["alarm"], row["ended_at"] is None) for row in rows] == [
        (Alarm.RETAIL_LOW, False),
        (Alarm.CHAIN_LONG, False),
    ]


async def test_a_measure_ends_only_what_it_knows_of_and_an_older_day_ends_nothing(place: Place) -> None:
    day = await guarding.measured(place, LONG)
    await place.do(compliance.record_pay, day, guarding.QUIET, unlawful_plans=0)
    assert await ringing(place) == [Alarm.CHAIN_LONG]
    await place.do(compliance.record_chains, day - A_DAY, [])
    assert await ringing(place) == [Alarm.CHAIN_LONG]


async def test_how_many_ring_is_a_metric(place: Place) -> None:
    await guarding.measured(place, LONG)
    await place.do(count_ringing)
    gauge = LAW_ALARMS.labels(str(place.market))
    assert gauge._value.get() == 1
    await place.move_clock(A_DAY)
    await guarding.measured(place)
    await place.do(count_ringing)
    assert gauge._value.get() == 0
