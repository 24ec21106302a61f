"""How the API answers: refusals in words, keys, pages, limits, and a document that says what is true."""

import json
import sys
from typing import Any

import msgspec
import pytest
from litestar import Litestar

from tests.faces.client import Refused, refused
from tests.faces.conftest import Programs, Visitors
from tests.given import goods as given
from tests.given.houses import Place
from tuan.goods import supply
from tuan.goods.catalog.model import SKU
from tuan.people.accounts.model import ADDRESS
from tuan.people.developers.model import SCOPES
from tuan.surfaces.api.operations import OPERATION
from tuan.surfaces.api.reference.document import JSON, document, operations
from tuan.surfaces.web.callers import REQUESTS_FROM_AN_ADDRESS_MAX
from tuan.surfaces.web.policies import API, POLICY, SCOPE, handlers_of


# ── how it answers ──
async def test_a_refusal_is_told_in_the_language_asked(place: Place, programs: Programs) -> None:
    of, who = await given.goods(place, units=0), await given.buyer(place)
    program = await programs(who.id)
    await place.do(supply.receive, {of.sku: 1}, reason="test")
    wish = {
        "lines": [{"sku": SKU.show(of.sku), "units": 2}],
        "address": ADDRESS.show(who.address),
        "quoted_minor": 1990,
    }
    told = {}
    for language in ("zh-CN", "en", "es"):
        program.language = language
        problem = (await refused(program.place_order(**wish))).problem
        assert (problem["code"], problem["data"]) == ("supply.not_enough", {"left": 1})
        assert program.last.headers["content-type"] == "application/problem+json"
        told[language] = problem["detail"]
    assert len(set(told.values())) == 3
    assert (await refused(program.place_order(lang="zh-CN", **wish))).problem["detail"] == told["zh-CN"]


async def test_the_same_key_gives_the_first_outcome_and_other_input_is_refused(
    place: Place, programs: Programs
) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    program = await programs(who.id)
    wish = {"lines": [{"sku": SKU.show(of.sku)}], "address": ADDRESS.show(who.address), "quoted_minor": 1990}
    first = await program.place_order(key="once", **wish)
    assert await program.place_order(key="once", **wish) == first
    wish["lines"][0]["units"] = 2
    assert (await refused(program.place_order(key="once", **wish))).code == "idempotency.key_reused"
    for bad in ("", "k" * 256):
        assert (await refused(program.place_order(key=bad, **wish))).code == "idempotency.key_invalid"
    assert len((await program.list_orders()).items) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"lines": 1}, "lines"),
        ({"lines": [{"sku": "sku_x"}]}, "lines[0].sku"),
        ({"lines": [{"sku": "SKU", "units": 0}]}, "lines[0].units"),
        ({"lines": [{"sku": "SKU", "units": "1"}]}, "lines[0].units"),
        ({"lines": [{"sku": "SKU", "units": 1.5}]}, "lines[0].units"),
        ({"lines": [{"sku": "SKU", "price": 1}]}, "lines[0].price"),
        ({"lines": [{"sku": "SKU"}], "person": "person_x"}, "person"),
        ({"lines": [{"sku": "SKU"}], "quoted_minor": -1}, "quoted_minor"),
        ({"lines": [{"sku": "SKU"}], "paid": True}, "paid"),
    ],
)
async def test_a_body_that_does_not_fit_names_its_field(
    place: Place, programs: Programs, body: Any, field: str
) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    program = await programs(who.id)
    caught = await refused(program.place_order(**json.loads(json.dumps(body).replace("SKU", SKU.show(of.sku)))))
    assert (caught.status, caught.code, caught.problem["data"]) == (422, "web.field_invalid", {"field": field})


async def test_an_unknown_field_of_a_query_is_refused(programs: Programs) -> None:
    program = await programs()
    for path, query in (("products", "sise"), ("products", "size"), ("categories", "size"), ("teams/x", "x")):
        with pytest.raises(Refused, match=r"web\.field_invalid"):
            await program.call("GET", f"/api/v1/{path}", {query: "0"}, {}, None, 200, None)


async def test_lists_go_on_after_a_key(place: Place, programs: Programs) -> None:
    of, who = await given.goods(place), await given.buyer(place)
    program = await programs(who.id)
    for _ in range(5):
        await given.place_order(place, who, of)
    seen, after = [], None
    while True:
        page = await program.list_orders(size=2, after=after)
        seen += [one.order for one in page.items]
        if (after := page.next) is None:
            break
    assert len(seen) == len(set(seen)) == 5 and seen == sorted(seen, reverse=True)


async def test_the_limit_is_told_and_counted_for_all_processes(place: Place, programs: Programs) -> None:
    program, mine = await programs(), await programs((await given.buyer(place)).id)
    await program.list_categories()
    assert program.last.headers["ratelimit-policy"] == f'"api";q={REQUESTS_FROM_AN_ADDRESS_MAX};w=60'
    assert program.last.headers["ratelimit"].startswith(f'"api";r={REQUESTS_FROM_AN_ADDRESS_MAX - 1};t=')
    async with place.work() as work:
        sql = "UPDATE platform.limits SET count = $2 WHERE market_id = $1 AND bucket LIKE 'api from %'"
        await work.execute(sql, REQUESTS_FROM_AN_ADDRESS_MAX - 1)
    await program.list_categories()
    assert ";r=0;" in program.last.headers["ratelimit"]
    assert (await refused(program.list_categories())).code == "platform.too_often"
    assert program.last.status_code == 429 and int(program.last.headers["retry-after"]) <= 60
    assert await mine.list_categories(), "a key has a limit of its own"


# ── the document ──
def test_the_document_has_every_route_and_every_route_has_a_scope_that_exists(app: Litestar) -> None:
    routes = [handler for handler in handlers_of(app) if handler.opt[POLICY] == API]
    declared = {handler.opt[OPERATION].name for handler in routes if OPERATION in handler.opt}
    assert declared == {one.name for one in operations()} and len(declared) == len(operations()) > 30
    assert len(routes) == len(declared) + 1, "and the document itself"
    assert {handler.opt[SCOPE] for handler in routes} == {None, *SCOPES}
    public = {one.name for one in operations() if one.scope is None}
    assert public == {
        "send_code", "sign_in", "list_categories", "list_products", "show_product", "list_open_teams", "show_team",
        "show_former_price", "list_teams", "list_divisions", "list_bundles",
        "list_showcase", "show_shop", "show_link", "find_share_word",
    }  # fmt: skip


async def test_the_document_is_served_and_its_examples_fit_it(programs: Programs, api: Any) -> None:
    program = await programs()
    served = await program.call("GET", "/api/v1/openapi.json", {}, {}, None, 200, dict[str, Any])
    assert served == msgspec.to_builtins(document()) and served["openapi"] == "3.1.0"
    shown = [content for of in served["paths"].values() for one in of.values()
             for part in (one.get("requestBody", {}), *one["responses"].values())
             for content in [part.get("content", {}).get(JSON)] if content]  # fmt: skip
    for content in shown:
        kind = getattr(sys.modules["generated_client"], content["schema"]["$ref"].rpartition("/")[2])
        msgspec.convert(content["example"], type=kind)
    assert len(shown) > 30


@pytest.mark.parametrize("language", ["zh-CN", "en", "es"])
async def test_the_reference_names_every_operation_and_refusal_without_a_script(
    visitors: Visitors, language: str
) -> None:
    browser = await visitors(language=language)
    page = await browser.read("/api/docs")
    assert all(f'id="{one.name}"' in page and f"/api/v1{one.path}" in page for one in operations())
    assert "supply.sold_out" in page and "<script" not in page and "style=" not in page
    assert f'lang="{language}"' in page


async def test_a_path_that_is_not_there_is_a_problem(programs: Programs) -> None:
    program = await programs()
    program.headers["accept"] = "text/html"
    for method, path, status in (("GET", "/api/v1/nothing", 404), ("POST", "/api/v1/categories", 405)):
        with pytest.raises(Refused) as caught:
            await program.call(method, path, {}, {}, None, 200, None)
        assert caught.value.status == status
