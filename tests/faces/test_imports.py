"""Tables in the office and by a program: who may bring what, what a hostile file becomes, and what leaves cannot be run."""

import base64
from typing import Any

import httpx
import pytest

from tests.faces.browser import Browser, form_to
from tests.faces.client import refused
from tests.faces.conftest import Clerks, Programs, Visitors
from tests.given import goods as given
from tests.given.houses import Place
from tests.given.importing import checked, goods_table, moved_price, seen, worked
from tuan.goods import catalog
from tuan.goods.catalog.model import SKU
from tuan.kit.ids import new_uuid
from tuan.people.staff.model import CONFIRMED_FOR
from tuan.platform.sheets import BYTES_MAX, read_sheet, write_csv
from tuan.surfaces.web.routes import load_rail
from tuan.trade.imports.model import IMPORT, JobState

URL = "/office/imports"


async def upload(who: Browser, raw: bytes, what: str = "goods", **more: str) -> httpx.Response:
    fields = {"_csrf_token": who.token, "key": given.fresh_key(), "what": what, "name": "spring", **more}
    return await who.http.post(URL, data=fields, files={"content": ("x.csv", raw, "text/csv")})


def job_of(answer: httpx.Response) -> Any:
    return IMPORT.parse(answer.headers["location"].rpartition("/")[2])


async def test_an_upload_is_looked_at_confirmed_and_done_and_asking_twice_is_asking_once(
    place: Place, clerks: Clerks
) -> None:
    rows, clerk = await moved_price(place), await clerks("goods")
    key = given.fresh_key()
    first, again = [await upload(clerk, write_csv(rows), key=key) for _ in range(2)]
    assert first.status_code == 303 and first.headers["location"] == again.headers["location"]
    url = first.headers["location"]
    assert "http-equiv" in await clerk.read(url), "it asks again by itself while the worker reads"
    await worked(place)
    page = await clerk.read(url)
    assert "21.00" in page and "http-equiv" not in page
    form = form_to(page, f"{url}/confirmation")
    assert (await clerk.send(form, reason="spring prices")).status_code == 303
    assert (await clerk.send(form, reason="spring prices")).status_code == 303
    await worked(place)
    assert (await seen(place, job_of(first)))["state"] == JobState.DONE
    assert (await goods_table(place))[1][5] == "21.00"


async def test_each_kind_asks_for_what_it_changes_and_a_confirmation_for_the_second_factor(
    place: Place, clerks: Clerks
) -> None:
    rows, clerk, care = await moved_price(place), await clerks("goods"), await clerks("care")
    answer = await upload(clerk, write_csv(rows), "orders")
    assert answer.status_code == 403 and "settlement.pay" in answer.text
    assert (await upload(care, write_csv(rows))).status_code == 403
    job = await checked(place, rows)
    url = f"{URL}/{IMPORT.show(job)}"
    form = form_to(await clerk.read(url), f"{url}/confirmation")
    await place.move_clock(CONFIRMED_FOR)
    late = await clerk.send(form, reason="spring prices")
    assert "_code" in late.text and (await seen(place, job))["state"] == JobState.CHECKED
    dropping = form_to(await clerk.read(url), f"{url}/removal")
    assert (await clerk.send(dropping, reason="a mistake")).status_code == 303
    assert (await seen(place, job))["state"] == JobState.DROPPED


@pytest.mark.parametrize("raw", [b"", b"x" * (BYTES_MAX + 1)])
async def test_a_file_that_is_nothing_or_too_much_is_refused_at_once(place: Place, clerks: Clerks, raw: bytes) -> None:
    clerk = await clerks("goods")
    answer = await upload(clerk, raw)
    assert answer.status_code == 422 and "imports.file_unfit" in answer.text


async def test_what_leaves_cannot_be_run_and_is_a_workbook_where_one_is_asked_for(place: Place, clerks: Clerks) -> None:
    of, clerk = await given.goods(place), await clerks()
    async with place.work() as work:
        await catalog.edit_sku(work, of.sku, "=1+1", 1990, reason="test")
    job = await checked(place, [(await goods_table(place))[0], ["=cmd()", "Mango"]])
    for url in (f"{URL}/goods.csv", "/office/stock/export", f"{URL}/{IMPORT.show(job)}/refused.csv"):
        text = (await clerk.get(url)).content.decode("utf-8-sig")
        assert "'=" in text and ",=" not in text, url
    for url in (f"{URL}/goods.xlsx", "/office/stock/export?as=xlsx"):
        answer = await clerk.get(url)
        assert answer.headers["content-type"].startswith("application/vnd.openxml"), url
        cells = [cell for row in read_sheet(answer.content) for cell in row]
        assert "=1+1" in cells, "what was guarded is read as it was"


async def test_each_place_of_the_office_stands_once_in_the_rail() -> None:
    urls = [place.url for place in load_rail()]
    assert len(set(urls)) == len(urls)


async def test_a_program_brings_its_suppliers_own_table(place: Place, programs: Programs) -> None:
    of = await given.goods(place, units=10)
    async with place.work() as work:
        sql = "SELECT owner_id FROM parties.suppliers WHERE market_id = $1 AND id = $2"
        owner = await work.fetch_value(sql, of.supplier)
    program, stranger = await programs(owner), await programs((await given.buyer(place)).id)
    raw = write_csv([["sku", "title", "options", "on_hand"], [SKU.show(of.sku), "", "", "4"], ["?", "", "", "4"]])
    made = await program.upload_import(what="stock", content=base64.b64encode(raw).decode())
    assert made.state == "uploaded"
    await worked(place)
    shown = await program.show_import(made.id)
    assert (shown.state, shown.waiting, shown.refused) == ("checked", 1, 1)
    (line,) = (await program.list_refused_lines(made.id)).items
    assert (line.number, line.reason, line.cells) == (3, "sku", ["?", "", "", "4"])
    assert (await refused(stranger.show_import(made.id))).status == 403
    assert (await refused(program.show_import(IMPORT.show(new_uuid())))).status == 404
    await program.confirm_import(made.id, reason="count")
    assert (await refused(program.drop_import(made.id))).code == "imports.not_waiting"
    await worked(place)
    assert (await program.show_import(made.id)).done == 1
    assert [one.id for one in (await program.list_imports()).items] == [made.id]


@pytest.mark.parametrize("mode", ["alone", "open"])
async def test_the_checkout_asks_whether_he_knows_that_it_does_not_come_back(
    place: Place, visitors: Visitors, mode: str
) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    await given.except_from_return(place, of, "agreed")
    of = await given.campaign(place, of)
    buyer = await visitors(who)
    page = await buyer.read(f"/checkout?mode={mode}&sku={SKU.show(of.sku)}")
    assert 'name="no_return"' in page and "required" in page
    form = form_to(page, "/orders" if mode == "alone" else "/teams")
    refused = await buyer.send(form)
    assert refused.status_code == 422 and "about-no-return" in refused.text
    assert (await buyer.send(form, no_return="yes")).status_code == 303
