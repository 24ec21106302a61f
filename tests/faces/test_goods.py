"""The office's goods, stock, campaigns and teams: an operator's way through them, who may not, and what is sent to hurt. (A5–A8)"""

import base64
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from litestar import Litestar

from tests.faces.browser import JSON, Browser, form_to
from tests.faces.conftest import Clerks, Visitors
from tests.given import goods as given
from tests.given.houses import Place, make_market
from tests.given.pictures import PLACE, PRETENDERS, bomb, picture
from tuan.goods import catalog, supply
from tuan.goods.catalog.model import CATEGORY, PRODUCT, SKU
from tuan.people.parties.model import SUPPLIER
from tuan.play.groupbuy.model import CAMPAIGN_ID, TEAM_ID
from tuan.surfaces.web.reading import FILE_BODY_BYTES_MAX


async def upload(
    who: Browser, url: str, raw: bytes, *, name: str = "x.jpg", kind: str = "image/jpeg"
) -> httpx.Response:
    fields = {"_csrf_token": who.token, "key": given.fresh_key(), "reason": "photo"}
    return await who.http.post(url, data=fields, files={"picture": (name, raw, kind)})


async def pictures_of(place: Place, product: Any) -> list[str]:
    async with place.work() as work:
        found: list[str] = (await catalog.access_any_product(work, product))["pictures"]
        return found


def files_of(place: Place) -> list[str]:
    folder = place.house.settings.data / "pictures" / str(place.market)
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


async def test_an_operator_makes_a_product_with_a_picture_and_a_campaign_and_it_can_be_bought(
    place: Place, clerks: Clerks, visitors: Visitors
) -> None:
    of, clerk = await given.goods(place), await clerks()
    page = await clerk.read("/office/products/new")
    async with place.work() as work:
        category = CATEGORY.show((await catalog.categories(work))[0]["id"])
    typed = {"title": "红富士苹果", "story": "脆甜", "category": category, "supplier": SUPPLIER.show(of.supplier),
             "fulfilment": "shipped", "options": "5 斤", "price": "39.90", "reason": "new season"}  # fmt: skip
    form = form_to(page, "/office/products")
    made = await clerk.send(form, **typed)
    assert made.status_code == 303, made.text
    url = made.headers["location"]
    product = PRODUCT.parse(url.rpartition("/")[2])
    assert product is not None
    again = await clerk.send(form, **typed)
    assert again.headers["location"] == "/office/products", "the same form again makes no second one"
    assert (await clerk.get("/")).text.count("红富士苹果") == 0
    assert (await upload(clerk, f"{url}/pictures", picture())).status_code == 303
    sku = re.findall(r"/office/stock/(sku_\w+)", await clerk.read(url))[0]
    form = form_to(await clerk.read(f"/office/stock/{sku}"), f"/office/stock/{sku}/receipts")
    assert (await clerk.send(form, units="20", reason="first harvest")).status_code == 303
    assert "first harvest" in await clerk.read(f"/office/stock/{sku}")
    form = form_to(await clerk.read(url), f"{url}/shelf")
    assert (await clerk.send(form, state="listed", reason="ready")).status_code == 303
    look = f"/office/campaigns/new?product={PRODUCT.show(product)}&look=1&{sku}=29.90&aside-{sku}=5"
    preview = await clerk.read(look)
    assert "No conflict was found" in preview
    launched = await clerk.send(form_to(preview, "/office/campaigns"), reason="opening week")
    assert launched.status_code == 303, launched.text
    campaign = await clerk.read(launched.headers["location"])
    assert "29<" in campaign and "opening week" not in campaign
    buyer = await visitors()
    shop = await buyer.read(f"/p/{PRODUCT.show(product)}")
    shown = re.findall(r'<img src="(/pictures/[^"]+)"', shop)[0]
    sent = await buyer.get(shown)
    assert sent.status_code == 200 and sent.headers["content-type"] == "image/webp"
    assert sent.headers["x-content-type-options"] == "nosniff" and PLACE.encode() not in sent.content
    who = await given.buyer(place)
    bought = given.Goods(
        of.supplier, product, SKU.parse(sku), 3990, CAMPAIGN_ID.parse(launched.headers["location"][18:])
    )  # type: ignore[arg-type]
    assert (await given.paid_team(place, who, bought)).team
    assert await place.breaches() == {}


async def test_who_may_do_what(place: Place, clerks: Clerks, visitors: Visitors) -> None:
    of = await given.campaign(place, await given.goods(place))
    seated = await given.paid_team(place, await given.buyer(place), of)
    product, sku = PRODUCT.show(of.product), SKU.show(of.sku)
    pages = {
        "/office/products": "products.see",
        f"/office/products/{product}": "products.see",
        "/office/products/new": "products.edit",
        "/office/products/bulk": "products.edit",
        "/office/products/export": "exports.make",
        "/office/stock": "stock.see",
        f"/office/stock/{sku}": "stock.see",
        "/office/campaigns": "campaigns.see",
        f"/office/campaigns/{CAMPAIGN_ID.show(of.campaign)}": "campaigns.see",
        "/office/campaigns/new": "campaigns.launch",
        "/office/teams": "teams.see",
        f"/office/teams/{TEAM_ID.show(seated.team)}": "teams.see",
    }
    roles = {
        "owner": set(pages.values()),
        "goods": {"products.see", "products.edit", "stock.see", "campaigns.see", "teams.see"},
        "orders": {"products.see", "stock.see", "teams.see"},
        "audit": set[str](),
    }
    for role, allowed in roles.items():
        clerk = await clerks(role)
        for url, permission in pages.items():
            assert (await clerk.get(url)).status_code == (200 if permission in allowed else 403), (role, url)
    for stranger in (await visitors(), await visitors(await given.buyer(place))):
        for url in pages:
            answer = await stranger.get(url)
            assert answer.status_code == 303 and answer.headers["location"].startswith("/office/sign-in"), url
    before = await place.snapshot()
    seer = await clerks("orders", accept=JSON)
    acts = [f"/office/products/{product}/shelf", f"/office/products/{product}/pictures", f"/office/stock/{sku}/counts",
            f"/office/campaigns/{CAMPAIGN_ID.show(of.campaign)}/ending", "/office/products/bulk/prices"]  # fmt: skip
    now = await place.snapshot()
    for url in acts:
        answer = await seer.post(url, key="k", reason="because")
        assert answer.status_code == 403 and answer.json()["code"] == "web.not_permitted"
    assert await place.snapshot() == now and before["catalog.products"] == now["catalog.products"]


async def test_what_may_not_be_done_is_not_shown(place: Place, clerks: Clerks) -> None:
    of = await given.campaign(place, await given.goods(place))
    seer = await clerks("orders")
    for url in (
        "/office/products",
        f"/office/products/{PRODUCT.show(of.product)}",
        f"/office/stock/{SKU.show(of.sku)}",
    ):
        page = await seer.read(url)
        assert 'name="reason"' not in page and "New product" not in page


@pytest.mark.parametrize("raw", [*PRETENDERS.values(), bomb()], ids=[*PRETENDERS, "a bomb"])
async def test_a5_a7_a_file_that_is_no_picture_leaves_nothing(place: Place, clerks: Clerks, raw: bytes) -> None:
    of, clerk = await given.goods(place), await clerks("goods")
    url, before = f"/office/products/{PRODUCT.show(of.product)}/pictures", await pictures_of(place, of.product)
    for name, kind in (("x.php", "image/jpeg"), ("../../x.html", "text/html"), ("x.svg", "image/svg+xml")):
        answer = await upload(clerk, url, raw, name=name, kind=kind)
        assert answer.status_code == 422 and "data-code" in answer.text
    assert await pictures_of(place, of.product) == before and files_of(place) == []


async def test_a5_a7_neither_name_nor_type_of_an_upload_is_kept(place: Place, clerks: Clerks) -> None:
    of, clerk = await given.goods(place), await clerks("goods")
    url = f"/office/products/{PRODUCT.show(of.product)}/pictures"
    hidden = picture() + b"<script>alert(1)</script>"
    answer = await upload(clerk, url, hidden, name="../../evil.php", kind="text/html")
    assert answer.status_code == 303
    files = files_of(place)
    assert len(files) == 3 and all(re.fullmatch(r"[0-9a-f]{32}-(320|640|1280)\.webp", name) for name in files)
    for name in files:
        sent = await clerk.get(f"/pictures/{name}")
        assert sent.headers["content-type"] == "image/webp" and b"<script>" not in sent.content
        assert "script-src 'self'" in sent.headers["content-security-policy"]


async def test_a6_nobody_uploads_without_being_asked_who_he_is(
    place: Place, visitors: Visitors, clerks: Clerks
) -> None:
    of = await given.goods(place)
    url = f"/office/products/{PRODUCT.show(of.product)}/pictures"
    for who in (await visitors(), await visitors(await given.buyer(place)), await clerks("orders")):
        answer = await upload(who, url, picture())
        assert answer.status_code in (303, 403) and "/office/products" not in answer.headers.get("location", "")[:17]
    assert files_of(place) == []
    clerk = await clerks("goods")
    clerk.token = "f" * 64
    assert (await upload(clerk, url, picture())).status_code == 403, "another site's form has no token of ours"
    assert files_of(place) == []


async def test_a6_the_body_of_a_stranger_is_not_even_read(app: Litestar, place: Place) -> None:
    of = await given.goods(place)
    path = f"/office/products/{PRODUCT.show(of.product)}/pictures"
    read: list[int] = []

    async def endless() -> AsyncIterator[bytes]:
        while True:
            read.append(1)
            yield bytes(65536)
            assert len(read) < 4, "a stranger's upload is being read"

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=f"http://{place.host}") as http:
        answer = await http.post(path, content=endless(), headers={"content-type": "multipart/form-data; boundary=x"})
    assert answer.status_code == 303


async def test_a8_no_address_and_no_name_reaches_beyond_the_pictures(place: Place, clerks: Clerks) -> None:
    of, clerk = await given.goods(place), await clerks("goods")
    product = PRODUCT.show(of.product)
    assert (await upload(clerk, f"/office/products/{product}/pictures", picture())).status_code == 303
    files, there = files_of(place), await pictures_of(place, of.product)
    secret = place.house.settings.data / "secret.webp"
    secret.write_bytes(b"a treasure")
    for path in ("../secret.webp", "..%2f..%2fsecret.webp", "%2e%2e/secret.webp", "....//secret.webp", f"{files[0]}%00",
                 files[0].upper(), files[0][:-5], f"{place.market}/{files[0][:2]}/{files[0]}"):  # fmt: skip
        answer = await clerk.http.get(f"/pictures/{path}")
        assert answer.status_code == 404 and b"treasure" not in answer.content, path
    for act in ("remove", "first"):
        for name in ("../../secret.webp", "upload/../../secret", "/etc/passwd", "upload/" + "0" * 32):
            await clerk.post(f"/office/products/{product}/pictures/order", key=given.fresh_key(), reason="evil",
                             picture=name, act=act)  # fmt: skip
    assert secret.exists() and files_of(place) == files and await pictures_of(place, of.product) == there
    secret.unlink()


async def test_a_picture_belongs_to_its_market(place: Place, clerks: Clerks, visitors: Visitors) -> None:
    of, clerk = await given.goods(place), await clerks("goods")
    await upload(clerk, f"/office/products/{PRODUCT.show(of.product)}/pictures", picture())
    _, host = await make_market(place.house)
    stranger, here = await visitors(host=host), await visitors()
    (name, *_) = files_of(place)
    assert (await here.get(f"/pictures/{name}")).status_code == 200
    assert (await stranger.get(f"/pictures/{name}")).status_code == 404


async def test_a_program_sends_a_picture_as_text_and_what_is_too_long_is_refused(place: Place, clerks: Clerks) -> None:
    of, clerk = await given.goods(place), await clerks("goods", accept=JSON)
    url = f"/office/products/{PRODUCT.show(of.product)}/pictures"
    sent = {"key": "one", "reason": "photo"}
    raw = base64.b64encode(picture()).decode()
    for _ in range(2):
        assert (await clerk.post(url, picture=raw, **sent)).status_code == 200
    assert len(files_of(place)) == 3, "asking twice is asking once, and the second picture was dropped"
    assert (await clerk.post(url, picture="!" * 10, **sent)).status_code == 422
    long = await clerk.post(url, picture="A" * FILE_BODY_BYTES_MAX, **sent)
    assert long.status_code == 413
    form = await clerk.http.post("/office/products", content=b"--", headers={
        "content-type": "multipart/form-data; boundary=x", "x-csrf-token": clerk.token})  # fmt: skip
    assert form.status_code == 415, "only where a file is asked for, a form comes in parts"
    for kind in (
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=x; charset=no",
    ):
        broken = await clerk.http.post(
            url, content=b"--x\r\nrubbish", headers={"content-type": kind, "x-csrf-token": clerk.token}
        )
        assert broken.status_code == 422, kind


async def test_a_bulk_edit_does_what_its_preview_showed_or_nothing(place: Place, clerks: Clerks) -> None:
    of, other, clerk = (
        await given.goods(place, skus=2),
        await given.goods(place, price_minor=500),
        await clerks("goods"),
    )
    picked = f"{PRODUCT.show(of.product)}=on&{PRODUCT.show(other.product)}=on"
    page = await clerk.read(f"/office/products/bulk?{picked}&step=percent_down&value=10")
    assert "3 prices would change" in page
    form = form_to(page, "/office/products/bulk/prices")
    assert await place.do(catalog.set_price, other.sku, 600, reason="meanwhile") is None
    before = await place.snapshot()
    assert (await clerk.send(form, reason="sale")).status_code == 409
    assert await place.snapshot() == before
    page = await clerk.read(f"/office/products/bulk?{picked}&step=down&value=5.50")
    assert "cannot be" not in page and "3 prices would change" in page
    assert (await clerk.send(form_to(page, "/office/products/bulk/prices"), reason="sale")).status_code == 303
    async with place.work() as work:
        skus = await catalog.skus_of(work, [of.product, other.product])
    assert [row["price_minor"] for rows in skus.values() for row in rows] == [1440, 1540, 50]
    page = await clerk.read(f"/office/products/bulk?{picked}&step=down&value=5.50")
    assert "cannot be" in page and "2 prices would change" in page
    for wrong in ("x", "", "-1", "1.234", "9" * 40):
        page = await clerk.read(f"/office/products/bulk?{picked}&step=to&value={wrong}")
        assert "data-wrong" in page and "would change" not in page.split("<form")[0]
    page = await clerk.read(f"/office/products/bulk?{picked}&shelf=off")
    assert (await clerk.send(form_to(page, "/office/products/bulk/shelf"), reason="season")).status_code == 303
    async with place.work() as work:
        assert (await catalog.access_any_product(work, other.product))["state"] == "off"


async def test_the_wizard_says_what_stands_against_a_campaign(place: Place, clerks: Clerks) -> None:
    of, clerk = await given.goods(place, units=10), await clerks()
    product, sku = PRODUCT.show(of.product), SKU.show(of.sku)
    look = f"/office/campaigns/new?product={product}&look=1&{sku}=9.90"
    assert "No conflict was found" in await clerk.read(look)
    assert "no cheaper than alone" in await clerk.read(f"{look}&{sku}=19.90")
    assert "This product is not on the shelf" not in await clerk.read(look)
    wrongs = {"size": ("1", "x", "²"), "starts_at": ("x", "2026-11-22T18:00Z", "9999-12-31T23:59"),
              "ends_at": ("2020-01-01T00:00",), "team_hours": ("0", "99999"), "pay_minutes": ("", "9999999999"),
              "per_order": ("0",), "per_person": ("0",), "promise": ("2",), "audience": ("x",),
              "late_policy": ("x",), "may_leave": ("x",)}  # fmt: skip
    for field, values in wrongs.items():
        for value in values:
            page = await clerk.read(f"{look}&{field}={value}")
            assert 'action="/office/campaigns" method="post"' not in page, (field, value)
            assert "data-wrong" in page or "field-error" in page or 'role="alert"' in page, (field, value)
    assert 'id="conflict"' in await clerk.read(f"{look}&aside-{sku}=11")
    running = await given.campaign(place, of)
    page = await clerk.read(look)
    assert f"/office/campaigns/{CAMPAIGN_ID.show(running.campaign)}" in page and "Launch it" not in page
    url = f"/office/campaigns/{CAMPAIGN_ID.show(running.campaign)}"
    assert (await clerk.send(form_to(await clerk.read(url), f"{url}/ending"), reason="over")).status_code == 303
    page = await clerk.read(f"{look}&like={CAMPAIGN_ID.show(running.campaign)}")
    launched = await clerk.send(form_to(page, "/office/campaigns"), reason="again")
    assert launched.status_code == 303
    assert (await place.breaches()) == {}


async def test_an_act_needs_a_reason(place: Place, clerks: Clerks) -> None:
    of, clerk = await given.goods(place), await clerks("goods", accept=JSON)
    before = await place.snapshot()
    for url, fields in (
        (f"/office/products/{PRODUCT.show(of.product)}/shelf", {"state": "off"}),
        (f"/office/stock/{SKU.show(of.sku)}/counts", {"units": "3"}),
        (f"/office/skus/{SKU.show(of.sku)}", {"options": "1 kg", "price": "1"}),
    ):
        for reason in ("", " ", "x" * 201):
            answer = await clerk.post(url, key=given.fresh_key(), reason=reason, **fields)
            assert answer.status_code == 422 and answer.json()["code"] == "audit.reason_missing"
    assert (await place.snapshot()).keys() == before.keys()
    async with place.work() as work:
        assert (await supply.stock_of(work, [of.sku]))[of.sku].on_hand == 100


async def test_lists_leave_as_csv(place: Place, clerks: Clerks) -> None:
    of = await given.campaign(place, await given.goods(place))
    await given.paid_team(place, await given.buyer(place), of)
    clerk = await clerks()
    for place_name, words in (("products", "脐橙"), ("stock", "脐橙"), ("campaigns", "Running"), ("teams", "1/2")):
        answer = await clerk.get(f"/office/{place_name}/export")
        assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/csv")
        assert words in answer.text
    assert "脐橙" not in (await clerk.get("/office/products/export?q=nothing")).text
    assert (await clerk.get("/office/teams?campaign=x")).text.count("table-none") == 1


async def test_a_sku_is_retired_and_sold_again(place: Place, clerks: Clerks, visitors: Visitors) -> None:
    of, clerk, buyer = await given.goods(place, skus=2), await clerks("goods"), await visitors()
    url, sku = f"/office/products/{PRODUCT.show(of.product)}", SKU.show(of.extra[0])
    action = f"/office/skus/{sku}/retirement"
    form = form_to(await clerk.read(url), action)
    assert (await clerk.send(form, turn="retire", reason="")).status_code == 422
    assert (await clerk.send(form, act="burn", reason="bad crop")).status_code == 422
    assert (await clerk.send(form, turn="retire", reason="bad crop")).headers["location"] == url
    page = await clerk.read(url)
    assert "Retired</span>" in page and "2 kg" in page
    shop = f"/p/{PRODUCT.show(of.product)}"
    assert "2 kg" not in await buyer.read(shop) and (await buyer.get(f"{shop}?sku={sku}")).status_code == 404
    assert "2 kg" in await clerk.read(f"/office/stock/{sku}")
    last = form_to(page, f"/office/skus/{SKU.show(of.sku)}/retirement")
    refused = await clerk.send(last, turn="retire", reason="all gone")
    assert refused.status_code == 409 and "catalog.last_sku" in refused.text
    assert (await clerk.send(form_to(page, action), turn="bring_back", reason="good again")).status_code == 303
    assert "2 kg" in await buyer.read(f"{shop}?fresh=1")
