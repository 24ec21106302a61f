"""Personal things stay where they belong: no page of others, no log line, no metric and no error page names somebody."""

import re
from typing import Any

import asyncpg
import httpx
import pytest
from litestar import Litestar

from tests.faces.attacks.test_input import unsafe_in
from tests.faces.attacks.trying import ask, who
from tests.faces.browser import HTML, forms
from tests.faces.matrix import made_matrix, routes_of
from tests.faces.test_every_route import request_of
from tests.given import goods as given
from tests.given import serving
from tests.given.houses import Place
from tuan.goods.catalog.model import SKU
from tuan.people import accounts
from tuan.platform import telemetry
from tuan.surfaces.web.policies import MACHINE, POLICY, STAFF, SUPPLIER

CANARY_PHONE, CANARY_NAME, CANARY_STREET = "13912340987", "金丝雀canaryname", "canarystreet 7"
SECRETS = ("13912340987", "139 1234 0987", "金丝雀", "canary")


async def test_no_page_names_another_persons_number_or_has_a_script_of_its_own(app: Litestar, place: Place) -> None:
    """Every GET of the app as every visitor; a whole number stands only where goods are sent from and in the office."""
    probe = await made_matrix(app, place)
    buyer, shown = who(probe, "buyer"), 0
    for route in routes_of(app):
        method, path = route.name.split()
        if method != "GET" or "/dev/" in path or route.opt[POLICY] in (MACHINE[POLICY], SUPPLIER[POLICY], STAFF):
            continue
        for visitor in probe.world.visitors:
            for accept in (b"text/html", b"application/json"):
                sent = request_of(method, path, probe.lawful(route.name, buyer))
                answer = await ask(probe, visitor, sent, (b"accept", accept))
                page = answer.body.decode(errors="replace")  # some answers are pictures
                if visitor is buyer and "{address}" in path and answer.status == 200:
                    continue  # his own address in the form in which he changes it
                assert given.HOME.phone not in page and not re.search(r"(\+86)?139\d{8}", page), (route, visitor.name)
                assert visitor.person is not None or given.HOME.street not in page, route
                if answer.kind.startswith("text/html"):
                    assert unsafe_in(page) == [], (route, visitor.name)
                    shown += answer.status == 200
    assert shown > 20


async def test_logs_metrics_and_error_pages_name_nobody(place: Place) -> None:
    """A real server, somebody with names that are found again, everything he can do right and wrong, and what was written."""
    settings = place.house.settings
    of = await given.campaign(place, await given.goods(place), size=2)
    log = settings.data / "serve.log"
    log.write_bytes(b"")
    async with (
        serving.server(settings) as port,
        httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}", headers={"host": place.host, "accept": HTML}, cookies={"lang": "en"}
        ) as visitor,
    ):
        token = forms((await visitor.get("/sign-in")).text)[-1].fields["_csrf_token"]
        secrets = [token, visitor.cookies["tuan"]]
        page = await visitor.post("/sign-in/code", data={"_csrf_token": token, "phone": CANARY_PHONE, "next": "/me"})
        code = re.findall(r"shown-code\">(\d+)<", page.text)[0]
        for wrong in ("000000", CANARY_PHONE):
            await visitor.post(
                "/sign-in", data={"_csrf_token": token, "phone": CANARY_PHONE, "code": wrong, "next": "/me"}
            )
        assert (
            await visitor.post(
                "/sign-in", data={"_csrf_token": token, "phone": CANARY_PHONE, "code": code, "next": "/me"}
            )
        ).status_code == 303
        token = forms((await visitor.get("/me/addresses")).text)[-1].fields["_csrf_token"]
        secrets += [token, visitor.cookies["tuan"]]
        home = {"name": CANARY_NAME, "phone": CANARY_PHONE, "region": "canary", "street": CANARY_STREET}
        assert (await visitor.post("/me/addresses", data={"_csrf_token": token, **home})).status_code == 303
        order = {
            "_csrf_token": token,
            "key": "canary-key",
            "sku": SKU.show(of.sku),
            "units": "1",
            "address": "new",
            "quoted_minor": str(of.price_minor),
            **home,
        }
        assert (await visitor.post("/orders", data=order)).status_code == 303
        for path in (f"/orders/{CANARY_PHONE}", f"/p/{CANARY_NAME}?phone={CANARY_PHONE}", f"/canary/{CANARY_PHONE}"):
            assert (await visitor.get(path, headers={"user-agent": CANARY_PHONE})).status_code == 404
        assert (await visitor.delete(f"/orders?phone={CANARY_PHONE}")).status_code == 405
        for fields in (
            {"_csrf_token": token, "key": CANARY_PHONE, "sku": CANARY_NAME},
            {"_csrf_token": CANARY_PHONE, "phone": CANARY_NAME},
        ):
            refused = await visitor.post("/orders", data=fields)
            assert 400 <= refused.status_code < 500
            assert CANARY_PHONE not in refused.text and CANARY_NAME not in refused.text
        metrics = await visitor.get("/metrics", headers={"accept": "*/*"})
        assert metrics.status_code == 200
    written = log.read_text() + metrics.text
    assert written.count("/sign-in") > 5 and "tuan_request_seconds" in written
    for secret in (*SECRETS, *secrets):
        assert secret not in written, secret
    assert not re.search(rf"code\W+{code}\b", written)


async def test_an_error_of_the_database_is_logged_without_the_row_it_quotes(place: Place) -> None:
    """PostgreSQL names the row that is there already, and the driver the value that it could not write."""
    async with place.work() as work:
        await accounts.admit(work, f"+86{CANARY_PHONE}", name=CANARY_NAME, locale="en")
    sql = "UPDATE accounts.persons SET phone = NULL, erased_at = now() WHERE market_id = $1"
    with pytest.raises(asyncpg.CheckViolationError) as checked:
        await place.do(_run, sql)
    assert CANARY_NAME not in str(checked.value), "row-level security keeps PostgreSQL from quoting rows of a market"
    with pytest.raises(asyncpg.DataError) as typed:
        await place.do(_run, "SELECT $2::int WHERE $1 > 0", CANARY_PHONE)
    unguarded = asyncpg.UniqueViolationError("duplicate key")
    unguarded.detail = f"Key (name)=({CANARY_NAME}\n\n{CANARY_PHONE}) already exists."
    for error in (typed.value, unguarded):
        assert CANARY_PHONE in str(error), "the control: the error itself does name him"
        line = telemetry._complete(None, "error", {"event": "request.broken", "exc_info": error})
        assert "Error" in line["exception"] and "(left out)" in line["exception"]
        assert CANARY_PHONE not in line["exception"] and CANARY_NAME not in line["exception"]


async def _run(work: Any, sql: str, *values: Any) -> None:
    await work.execute(sql, *values)
