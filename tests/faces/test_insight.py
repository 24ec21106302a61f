"""Figures on pages, as CSV and for programs: the same rows, each with its query; a supplier sees his own alone."""

import csv
import io
import re
from html import unescape

import pytest

from tests.faces.conftest import Clerks, Programs, Visitors
from tests.given import commissions as earning
from tests.given import goods as given
from tests.given import office
from tests.given import sharing as share
from tests.given.houses import Place
from tests.given.insight import months_of_trade
from tuan.people import parties, sharing
from tuan.people.sharing import Seen
from tuan.surfaces.backoffice.insight.drawing import WIDTH, Bar, Series, bars, heat, lines
from tuan.voice import insight
from tuan.voice.insight.model import REPORTS, Viewer, Whom, reports_for, span_until

OFFICE, DESK, SHOP = "/office/insight", "/desk/insight", "/desk/shop/insight"
LANGUAGES = ("zh-CN", "es", "en")


async def owner_of(place: Place, of: given.Goods) -> given.Buyer:
    person = await place.do(parties.owner_of, of.supplier)
    return given.Buyer(person, person)


async def test_the_office_draws_every_report_with_its_table_its_file_and_its_query(
    place: Place, clerks: Clerks
) -> None:
    await months_of_trade(place, 1)
    clerk = await clerks("audit")
    assert OFFICE in await clerk.read("/office")
    overview = await clerk.read(OFFICE)
    assert overview.count('<svg class="chart-svg"') == len(REPORTS) == overview.count('<table class="table">')
    assert overview.count('role="img"') == len(REPORTS)
    for name in REPORTS:
        for language in LANGUAGES:
            clerk.http.cookies.set("lang", language)
            page = unescape(await clerk.read(f"{OFFICE}/{name}?months=6"))
        assert insight.query_of(name) in page and "<script" not in page.partition("<main")[2].partition("</main>")[0]
        answer = await clerk.get(f"{OFFICE}/{name}/table.csv?months=6")
        table = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert table[0] == [column.name for column in REPORTS[name].columns] and len(table) > 1
        async with place.work() as work:
            span = span_until(work.now, work.market.time_zone, 6)
            rows = await insight.read_report(work, name, span, Viewer())
        assert len(table) == len(rows) + 1
        plain = [at for at, column in enumerate(REPORTS[name].columns) if column.kind not in ("month", "word")]
        assert [[row[at] for at in plain] for row in table[1:]] == [
            ["" if row[at] is None else str(row[at]) for at in plain] for row in rows
        ]


CAMPAIGNS = 205


async def test_a_report_that_grows_is_shown_page_by_page_and_its_file_has_all_of_it(
    place: Place, clerks: Clerks, visitors: Visitors, programs: Programs
) -> None:
    """More campaigns than fit on many pages: the page, the file and the program end where the last one stands, and the drawing
    is of all of them."""
    of = await given.goods(place)
    shop = await earning.shop(place, of)
    for number in range(CAMPAIGNS):
        code = await share.link(place, shop.owner, of, channel="web", campaign=f"c{number:03}")
        await place.do(sharing.count_visits, [Seen(code, bytes([1]) * 16, is_bot=False)])
    clerk, keeper = await clerks("audit"), await visitors(shop.owner)
    program = await programs(shop.owner.id, "shop.read")
    for browser, url in ((clerk, OFFICE), (keeper, SHOP)):
        seen, page = [], await browser.read(f"{url}/campaigns?months=3")
        first = page
        while next_url := re.search(r'class="more"><a [^>]*href="([^"]+)"', page):
            seen += re.findall(r'<th scope="row">(c\d+)', page)
            page = await browser.read(unescape(next_url[1]))
        seen += re.findall(r'<th scope="row">(c\d+)', page)
        assert seen == [f"c{number:03}" for number in range(CAMPAIGNS)]
        for drawn in (first, page):
            assert f">{CAMPAIGNS}</text>" in drawn, "every page draws all of it"
        table = list(csv.reader(io.StringIO((await browser.get(f"{url}/campaigns/table.csv?months=3")).text)))
        assert [row[0] for row in table[1:]] == seen
    asked, after = [], None
    while not asked or after:
        found = await program.show_shops_report(
            report="campaigns", months=3, size=100, **({"after": after} if after else {})
        )
        asked, after = [*asked, *(row[0] for row in found.rows)], found.next
    assert asked == seen


async def test_only_who_may_sees_figures_and_an_empty_market_has_none(place: Place, clerks: Clerks) -> None:
    owner, other = await clerks(), await clerks("orders")
    for url in (OFFICE, f"{OFFICE}/waterfall", f"{OFFICE}/waterfall/table.csv"):
        assert (await other.get(url)).status_code == 403
    assert "Nothing in these months." in await owner.read(OFFICE)
    assert "Nothing in these months." in await owner.read(f"{OFFICE}/teams?months=x")
    assert (await owner.get(f"{OFFICE}/nothing")).status_code == 404
    assert (await owner.get(f"{OFFICE}/nothing/table.csv")).status_code == 404


async def test_a_supplier_sees_his_own_and_no_other(place: Place, visitors: Visitors, programs: Programs) -> None:
    pears, plums = await months_of_trade(place, 1)
    pages, answers = {}, {}
    for of in (pears, plums):
        who = await owner_of(place, of)
        browser, program = await visitors(who), await programs(who.id, "figures.read")
        pages[of.supplier] = await browser.read(f"{DESK}/waterfall")
        answers[of.supplier] = await program.show_suppliers_report(report="waterfall", months=6)
        assert (await browser.get(f"{DESK}/concentration")).status_code == 404
        assert "Figures" in await browser.read("/desk/orders")
        cards = (await program.list_suppliers_reports()).items
        assert {one.report for one in cards} == {one.name for one in reports_for(Whom.SUPPLIER)}
        async with place.work() as work:
            span = span_until(work.now, work.market.time_zone, 6)
            own = await insight.read_report(work, "waterfall", span, Viewer(supplier=of.supplier))
        assert [tuple(row) for row in answers[of.supplier].rows] == own
    assert answers[pears.supplier].rows != answers[plums.supplier].rows
    tables = [re.sub(r"(?s).*<tbody>(.*)</tbody>.*", r"\1", page) for page in pages.values()]
    assert tables[0] != tables[1]


async def test_a_shop_sees_what_it_sold_and_no_other_shops(
    place: Place, visitors: Visitors, programs: Programs
) -> None:
    await months_of_trade(place, 1)
    async with place.work() as work:
        rows = await work.fetch("SELECT id, owner_id FROM parties.shops WHERE market_id = $1 ORDER BY id")
    sold = {}
    for shop in rows:
        who = given.Buyer(shop["owner_id"], shop["owner_id"])
        browser, program = await visitors(who), await programs(who.id, "shop.read")
        for language in LANGUAGES:
            browser.http.cookies.set("lang", language)
            await browser.read(SHOP)
            await browser.read(f"{SHOP}/shops?months=6")
        assert (await browser.get(f"{SHOP}/waterfall")).status_code == 404
        assert (await browser.get(f"{SHOP}/shops/table.csv")).text.startswith("\ufeffmonth,")
        found = await program.show_shops_report(report="shops", months=6)
        async with place.work() as work:
            span = span_until(work.now, work.market.time_zone, 6)
            own = await insight.read_report(work, "shops", span, Viewer(shop=shop["id"]))
        assert [tuple(row) for row in found.rows] == own
        assert {one.report for one in (await program.list_shops_reports()).items} == {
            one.name for one in reports_for(Whom.SHOP)
        }
        sold[shop["id"]] = own
    assert len({str(own) for own in sold.values()}) > 1 and [] in sold.values()
    stranger = await visitors(await given.buyer(place))
    assert (await stranger.get(SHOP)).status_code == 403


async def test_a_program_reads_what_the_office_reads(place: Place, programs: Programs) -> None:
    await months_of_trade(place, 1)
    program = await programs((await office.clerk(place)).person, "insight.read")
    cards = (await program.list_reports()).items
    assert [one.report for one in cards] == list(REPORTS)
    for card in cards:
        found = await program.show_report(report=card.report, months=6)
        async with place.work() as work:
            span = span_until(work.now, work.market.time_zone, 6)
            rows = await insight.read_report(work, card.report, span, Viewer())
        assert [tuple(row) for row in found.rows] == rows
        assert found.months == [day.isoformat() for day in span.days]
        assert card.query == insight.query_of(card.report)


# ── drawings ──
def test_marks_stay_inside_their_drawing() -> None:
    drawn = [
        bars([Bar("a", 10**15, "x"), Bar("b", 5, "y", begin=10**15), Bar("c", -7, "z"), Bar("d", 0, "0")]),
        lines(["a", "b", "c"], [Series("s", "ripe", [1, None, 10**15])], str),
        lines(["a"], [Series("s", "ripe", [0])], str),
        heat(["a", "b"], [[9, 3, 0], [0, None]]),
    ]
    for drawing in drawn:
        assert drawing.marks
        for mark in drawing.marks:
            assert mark.x >= 0 and mark.y >= 0 and mark.width > 0 and mark.height > 0
            assert mark.x + mark.width <= WIDTH and mark.y + mark.height <= drawing.height


@pytest.mark.parametrize("values", [[5, 5, 5], [None, 5, None], [None] * 3])
def test_a_line_breaks_where_nothing_is_known(values: list[int | None]) -> None:
    drawing = lines(["a", "b", "c"], [Series("s", "ripe", values)], str)
    known = [value for value in values if value is not None]
    assert len(drawing.marks) == len(known) and len(drawing.lines) == bool(known)
