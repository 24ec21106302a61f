"""What came back after it was settled, on every page and in every file of a supplier's statement; each sums up to its total."""

import csv
import io

from tests.faces.conftest import Clerks, Programs, Visitors
from tests.faces.test_settlement_places import ROOT, at_desk, owner_of, words_of
from tests.given import commissions as sold
from tests.given import goods as given
from tests.given.goods import Goods
from tests.given.houses import Place
from tuan.people.parties.model import SUPPLIER
from tuan.trade import settlement
from tuan.trade.orders.model import ORDER_ID


async def returned(place: Place) -> Goods:
    """Three were kept and settled, and then one came back; and somebody charged the supplier."""
    of, who = await given.goods(place, units=10, price_minor=1990), await sold.neighbour(place)
    order = await sold.buy(place, who, of, None, 3)
    await sold.keep(place, of, who, order)
    await sold.give_back(place, of, who, order, 1)
    assert await place.do(settlement.charge, of.supplier, 500, reason="a secret of the house") is None
    return of


async def test_every_page_of_the_statement_shows_the_line_and_the_total(
    place: Place, clerks: Clerks, visitors: Visitors
) -> None:
    of = await returned(place)
    clerk, desk = await clerks(), await at_desk(place, visitors, of)
    url = f"{ROOT}/payees/{SUPPLIER.show(of.supplier)}"
    for visitor, address in ((clerk, url), (clerk, f"{url}/print"), (desk, "/desk/money"), (desk, "/desk/money/print")):
        said = words_of(await visitor.read(address))
        for words in ("Came back after it was settled", "−¥19.90", "58.51", "33.61"):
            assert words in said, (address, words)
    assert "a secret of the house" not in await desk.read("/desk/money"), "what staff write to each other"
    for language, words in (("zh-CN", "结算后退回"), ("es", "Devuelto después de liquidarse")):
        desk.http.cookies.set("lang", language)
        for address in ("/desk/money", "/desk/money/print"):
            assert words in await desk.read(address)


async def test_the_file_has_the_line_and_its_shares_sum_up_to_the_total(
    place: Place, clerks: Clerks, visitors: Visitors
) -> None:
    of = await returned(place)
    clerk, desk = await clerks(), await at_desk(place, visitors, of)
    url = f"{ROOT}/payees/{SUPPLIER.show(of.supplier)}/lines.csv"
    for answer in (await clerk.get(url), await desk.get("/desk/money.csv")):
        rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
        assert [(row["kind"], row["share"]) for row in rows] == [
            ("charged", "-500"),
            ("returned", "-1990"),
            ("kept", "5851"),
        ]
        assert [row["order"] == rows[2]["order"] for row in rows] == [False, True, True] and rows[0]["order"] == ""
        assert rows[1]["goods"] == "Came back after it was settled" and "a secret" not in answer.text


async def test_what_a_shop_gives_back_stands_on_every_page_and_in_every_file(
    place: Place, clerks: Clerks, visitors: Visitors, programs: Programs
) -> None:
    await sold.plan(place)
    of, who = await given.goods(place, units=10, price_minor=1990), await sold.neighbour(place)
    order = await sold.buy(place, who, of, (await sold.shop(place, of)).code, 2)
    await sold.keep(place, of, who, order)
    await place.later(sold.HOLD)
    await sold.give_back(place, of, who, order, 1)
    clerk, desk = await clerks(), await at_desk(place, visitors, of)
    url = f"{ROOT}/payees/{SUPPLIER.show(of.supplier)}"
    for visitor, address in ((clerk, url), (clerk, f"{url}/print"), (desk, "/desk/money"), (desk, "/desk/money/print")):
        said = words_of(await visitor.read(address))
        assert said.count("Commission that came back with it") == 2 and "1.99" in said, address
    erp = await programs((await owner_of(place, of)).id)
    found = (await erp.list_statement_lines()).items
    (back,) = [one for one in found if one.kind == "commission_back"]
    assert (back.order, back.share.amount_minor) == (ORDER_ID.show(order), 199)
    rows = list(csv.DictReader(io.StringIO((await desk.get("/desk/money.csv")).text.removeprefix("\ufeff"))))
    async with place.work() as work:
        balance = await settlement.balance_of(work, of.supplier)
    assert {row["order"] for row in rows} == {ORDER_ID.show(order)}
    assert (
        sum(int(row["share"]) for row in rows) == sum(one.share.amount_minor for one in found) == balance.payable_minor
    )


async def test_a_program_reads_the_lines_and_adds_them_up(place: Place, programs: Programs) -> None:
    of = await returned(place)
    erp = await programs((await owner_of(place, of)).id)
    found = (await erp.list_statement_lines()).items
    assert [(one.kind, one.line, one.share.amount_minor) for one in found] == [
        ("charged", None, -500), ("returned", None, -1990), ("kept", 1, 5851),
    ]  # fmt: skip
    assert (found[0].order, found[1].order) == (None, found[2].order)
    async with place.work() as work:
        balance = await settlement.balance_of(work, of.supplier)
    assert sum(one.share.amount_minor for one in found) == balance.payable_minor
