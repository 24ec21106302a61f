"""Every figure of every report is what somebody with the plain rows and a pencil finds."""

import pytest

from tests.given import commissions as earning
from tests.given import goods as given
from tests.given import houses, settling
from tests.given.by_hand import BY_HAND
from tests.given.houses import Place
from tests.given.insight import Rows, basket, months_of_trade, plain_rows
from tuan.kit.refusals import Refused
from tuan.platform.lists import Wanted
from tuan.play import distribution
from tuan.voice import insight
from tuan.voice.insight.model import GROWING, REPORTS, Row, Span, Viewer, Whom, span_until


async def span_of(place: Place, months: int) -> Span:
    async with place.work() as work:
        return span_until(work.now, work.market.time_zone, months)


async def test_every_figure_is_what_the_rows_say(place: Place) -> None:
    """For the market, each supplier and each shop, over spans that have everything, begin in the middle, and begin yesterday.
    A supplier reads no report that compares sellers, and another market's trade is nobody's here."""
    elsewhere = Place(place.house, place.relay, *await houses.make_market(place.house))
    pears, plums = await months_of_trade(place)
    rows = await plain_rows(place)
    assert set(BY_HAND) == set(REPORTS)
    shops = [Viewer(shop=shop["id"]) for shop in rows["parties.shops"]]
    for viewer in (Viewer(), Viewer(supplier=pears.supplier), Viewer(supplier=plums.supplier), *shops):
        for months in (12, 4, 3, 1):
            await _compare(place, rows, months, viewer)
    await _has_something_of_everything(place)
    span = await span_of(elsewhere, 12)
    async with elsewhere.work() as work:
        assert [await insight.read_report(work, name, span, Viewer()) for name in REPORTS] == [[]] * len(REPORTS)
        assert await insight.read_report(work, "waterfall", span, Viewer(supplier=pears.supplier)) == []
    assert await place.breaches() == {}


async def _compare(place: Place, rows: Rows, months: int, viewer: Viewer) -> None:
    span = await span_of(place, months)
    for name, report in REPORTS.items():
        async with place.work() as work:
            if viewer.whom not in report.whom:
                with pytest.raises(Refused):
                    await insight.read_report(work, name, span, viewer)
                continue
            found = await insight.read_report(work, name, span, viewer)
        assert found == BY_HAND[name](rows, span, viewer), (name, months, viewer)
        assert all(len(row) == len(report.columns) for row in found)


async def _has_something_of_everything(place: Place) -> None:
    """Else the pencil and the query could agree about nothing at all."""
    span = await span_of(place, 6)
    found = {}
    async with place.work() as work:
        for name in REPORTS:
            rows = await insight.read_report(work, name, span, Viewer())
            columns = [column.name for column in REPORTS[name].columns]
            found[name] = {c: [row[at] for row in rows] for at, c in enumerate(columns)}
    money = found["waterfall"]
    assert all(sum(map(int, money[name])) > 0 for name in ("unpaid", "refunded", "waiting", "settled", "fee", "share"))
    assert {0, 1} <= set(found["cohorts"]["later"])
    brought = zip(found["invitations"]["newcomers"], found["invitations"]["joined"], strict=True)
    assert any(0 < int(new) < int(joined) for new, joined in brought)
    assert any(found["teams"]["lapsed"]) and len(set(found["teams"]["price"])) > 1
    assert any(found["concentration"]["gini"])
    assert "head" in found["tiers"]["tier"] and len(found["tiers"]["tier"]) > 1
    assert any(share and int(share) < 10_000 for share in found["retail"]["retail"])
    assert any(found["referrals"]["newcomers"]) and len(set(found["shop_concentration"]["sellers"])) > 1
    assert sum(map(int, found["shops"]["matured"])) > 0 and sum(map(int, found["shops"]["refunded"])) > 0
    assert sum(map(int, found["shops"]["matured"])) < sum(map(int, found["shops"]["commission"])), "some is on its way"
    assert sum(map(int, found["channels"]["kept_orders"])) < sum(map(int, found["channels"]["orders"]))
    assert any(share and int(share) < 10_000 for share in found["retail"]["recommended_retail"])
    assert len(found["sharers"]["sharer"]) > 1 and "autumn" in found["campaigns"]["campaign"]


async def test_the_parts_sum_up_to_the_market(place: Place) -> None:
    """One truth, cut in several ways: what links brought by channel, by campaign and by sharer; what all shops sold, what all
    suppliers kept, which teams formed."""
    await months_of_trade(place)
    rows, span = await plain_rows(place), await span_of(place, 12)
    shops = [Viewer(shop=shop["id"]) for shop in rows["parties.shops"]]
    suppliers = [Viewer(supplier=one) for one in {o["supplier_id"] for o in rows["orders.orders"]}]
    async with place.work() as work:
        (market,) = await insight.read_whole(work, "sharers", span, Viewer())
        for name in ("channels", "campaigns", "sharers"):
            assert summed(await insight.read_report(work, name, span, Viewer())) == list(market[1:8])
        for viewer in (Viewer(), *shops):
            whole = await insight.read_whole(work, "campaigns", span, viewer)
            assert summed(await insight.read_report(work, "sharers", span, viewer)) == (summed(whole) if whole else [])
        for name, parts, keys in (("shops", shops, 1), ("waterfall", suppliers, 1), ("teams", suppliers, 2)):
            found = [row for one in parts for row in await insight.read_report(work, name, span, one)]
            of_market = await insight.read_report(work, name, span, Viewer())
            assert added_up(found, keys) == added_up(of_market, keys) and len(of_market) > 1


def summed(rows: list[Row]) -> list[int]:
    """Of a funnel, each column but its name and its share."""
    return [sum(map(int, column)) for column in zip(*(row[1:8] for row in rows), strict=True)]  # type: ignore[arg-type]


def added_up(rows: list[Row], keys: int) -> dict[Row, list[int]]:
    """By the month, or the size and price, each column of counts and amounts; the last one may be divided, and is left out."""
    found: dict[Row, list[int]] = {}
    for row in rows:
        before = found.get(row[:keys], [0] * len(row[keys:-1]))
        found[row[:keys]] = [one + int(other or 0) for one, other in zip(before, row[keys:-1], strict=True)]
    return found


async def test_a_report_that_grows_is_read_page_by_page_to_its_end(place: Place) -> None:
    await months_of_trade(place, 1)
    span = await span_of(place, 3)
    for name in REPORTS:
        async with place.work() as work:
            whole = await insight.read_report(work, name, span, Viewer())
            pages, after = [], None
            while not pages or after:
                page = await insight.read_page(work, name, span, Viewer(), Wanted(after=after, size=1))
                pages, after = [*pages, list(page.items)], page.next_key
        assert [row for rows in pages for row in rows] == whole
        assert len(pages) == (len(whole) if name in GROWING else 1), name
    supplier = Viewer(supplier=(await given.goods(place)).supplier)
    async with place.work() as work:
        with pytest.raises(Refused):
            await insight.read_page(work, "sharers", span, supplier, Wanted())
        with pytest.raises(Refused):
            await insight.read_whole(work, "sharers", span, supplier)


async def test_a_basket_of_two_suppliers_brings_one_newcomer(place: Place) -> None:
    pears, plums = await given.goods(place), await given.goods(place)
    await basket(place, (pears, plums), await earning.shop(place, pears))
    span = await span_of(place, 1)
    async with place.work() as work:
        rows = await insight.read_report(work, "referrals", span, Viewer())
    columns = [column.name for column in REPORTS["referrals"].columns]
    assert [row[columns.index("newcomers")] for row in rows] == [1]


async def test_what_is_promised_or_void_has_not_matured(place: Place) -> None:
    of = await given.goods(place, price_minor=1000)
    await earning.plan(place)
    shop = await earning.shop(place, of)
    kept, looked_at = await earning.neighbour(place), await earning.neighbour(place)
    first, second = [await earning.buy(place, who, of, shop.code) for who in (kept, looked_at)]
    for who, order in ((kept, first), (looked_at, second)):
        await earning.receive(place, of, who, order)
    await place.later(settling.KEPT)
    assert await matured(place) == 0, "settled, and not the shop's yet"
    (one,) = await earning.commissions(place, second)
    assert await place.do(distribution.hold, one["id"], reason="test") is None
    assert await place.do(distribution.void, one["id"], reason="test") is None
    await place.later(earning.HOLD)
    assert await matured(place) == 100


async def matured(place: Place) -> int:
    span = await span_of(place, 3)
    async with place.work() as work:
        rows = await insight.read_report(work, "shops", span, Viewer())
    columns = [column.name for column in REPORTS["shops"].columns]
    return sum(int(row[columns.index("matured")] or 0) for row in rows)


async def test_who_asks_for_what_there_is_not_finds_nothing(place: Place) -> None:
    span = await span_of(place, 3)
    async with place.work() as work:
        with pytest.raises(Refused):
            await insight.read_report(work, "nothing", span, Viewer())


def test_the_query_that_is_shown_is_the_one_that_is_run() -> None:
    assert all(insight.query_of(name).startswith(("SELECT", "WITH")) for name in REPORTS)
    assert len({name for name, one in REPORTS.items() if Whom.MARKET in one.whom}) == len(REPORTS)
