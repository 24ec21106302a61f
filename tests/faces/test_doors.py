"""Who may come in, with which headers, and what is answered to those who may not."""

import gzip
import re
from collections.abc import Mapping
from typing import Any

import pytest
from litestar import Litestar, Response, get

from tests.faces.browser import JSON, Browser, forms
from tests.faces.conftest import Visitors
from tests.given import goods as given
from tests.given import houses
from tests.given.houses import Place
from tuan.kit.ids import new_uuid
from tuan.people import accounts
from tuan.surfaces.web.app import App
from tuan.surfaces.web.policies import API, MACHINE, POLICY, SIGNED_IN, PolicyMissing, handlers_of
from tuan.surfaces.web.visits import network_of

PREFIXES = {
    "product": "prod",
    "team": "team",
    "payable": "pay",
    "attempt": "try",
    "order": "ord",
    "name": "name",
    "provider": "none",
    "day": "day",
    "address": "addr",
    "session": "session",
    "person": "person",
    "role": "role",
    "refund": "refund",
    "aside": "aside",
    "sku": "sku",
    "campaign": "camp",
}


def routes(app: Litestar) -> list[tuple[str, str, str]]:
    """(method, path with ids that name nothing, policy) of every route for people that belongs to a market."""
    found = []
    for handler in handlers_of(app):
        if handler.opt[POLICY] in (MACHINE[POLICY], API):
            continue
        for path in handler.paths:
            filled = re.sub(r"{(\w+):\w+}", lambda m: f"{PREFIXES.get(m[1], m[1])}_{'0' * 26}", path)
            found += [(method, filled, handler.opt[POLICY]) for method in handler.http_methods]
    return sorted(found)


async def owner_of(place: Place, of: given.Goods) -> given.Buyer:
    sql = "SELECT owner_id FROM parties.suppliers WHERE market_id = $1 AND id = $2"
    async with place.work() as work:
        return given.Buyer(await work.fetch_value(sql, of.supplier), new_uuid())


async def ask(visitor: Browser, method: str, path: str) -> Any:
    return await (visitor.get(path) if method == "GET" else visitor.post(path, key="k"))


async def test_a_path_has_one_spelling(app: Litestar, place: Place, visitors: Visitors) -> None:
    """The router reads several slashes as one; who a visitor is, is decided by the path as he wrote it."""
    visitor = await visitors(await given.buyer(place))
    every = {(m, p.replace(":", "_")) for h in handlers_of(app) for p in h.paths for m in h.http_methods}
    for method, path in sorted(every):
        for written in (f"/{path}", path.replace("/", "//", 2), f"/%2F{path[1:]}"):
            url = visitor.http.base_url.copy_with(raw_path=written.encode())
            assert (await visitor.http.request(method, url)).status_code == 404, f"{method} {written}"


async def test_every_route_declares_who_may(app: Litestar) -> None:
    assert len(routes(app)) > 20
    assert isinstance(app, App)

    @get("/forgotten")
    async def forgotten() -> Response[Any]:
        raise NotImplementedError

    @get("/unasked", opt=SIGNED_IN)
    async def unasked() -> Response[Any]:
        raise NotImplementedError

    with pytest.raises(PolicyMissing, match="forgotten"):
        App(app.front, [forgotten])
    with pytest.raises(PolicyMissing, match="unasked"):
        App(app.front, [unasked])


@pytest.mark.parametrize("accept", ["text/html", JSON])
async def test_routes_and_visitors(app: Litestar, place: Place, visitors: Visitors, accept: str) -> None:
    of = await given.goods(place)
    nobody = await visitors(accept=accept)
    buyer = await visitors(await given.buyer(place), accept=accept)
    supplier = await visitors(await owner_of(place, of), accept=accept)
    before = await place.snapshot()
    for method, path, policy in routes(app):
        as_nobody, as_buyer, as_supplier = [
            (await ask(who, method, path)).status_code for who in (nobody, buyer, supplier) if path != "/sign-out"
        ] or (0, 0, 0)
        where = f"{method} {path} {accept}: {as_nobody} {as_buyer} {as_supplier}"
        if policy in ("signed_in", "supplier"):
            assert as_nobody == (401 if accept == JSON else 303), where
        if policy == "staff":
            assert {as_nobody, as_buyer, as_supplier} == {401 if accept == JSON else 303}, where
        if policy == "supplier":
            assert as_buyer == 403 and as_supplier in (200, 404, 422), where
        assert all(status < 500 for status in (as_nobody, as_buyer, as_supplier)), where
        if "0000" in path and policy != "staff":
            assert as_buyer in (403, 404, 422), where
    assert await place.snapshot() == before


async def test_a_session_is_good_in_its_own_market_only(place: Place, visitors: Visitors) -> None:
    visitor = await visitors(await given.buyer(place), accept=JSON)
    _, elsewhere = await houses.make_market(place.house)
    token = visitor.http.cookies["tuan"]
    stranger = await visitors(accept=JSON, host=elsewhere)
    stranger.http.cookies.set("tuan", token)
    assert (await visitor.get("/me")).status_code == 200
    assert (await stranger.get("/me")).status_code == 401
    unknown = await visitors(host="nowhere.test")
    assert (await unknown.get("/")).status_code == 404


async def test_a_form_needs_the_token_of_its_visitor(place: Place, visitors: Visitors) -> None:
    visitor, other = await visitors(await given.buyer(place)), await visitors(await given.buyer(place))
    before = await place.snapshot()
    for token in ("", "f" * 64, other.token):
        answer = await visitor.http.post("/me/addresses", data={"_csrf_token": token, "name": "x"})
        assert answer.status_code == 403 and "web.form_expired" in answer.text
    assert (await visitor.http.post("/sign-out")).status_code == 403
    assert await place.snapshot() == before


async def test_signing_in_and_out_changes_the_token(place: Place, visitors: Visitors) -> None:
    visitor = await visitors()
    await visitor.read("/sign-in")
    first = visitor.http.cookies["tuan"]
    await visitor.sign_in("13912340000")
    second = visitor.http.cookies["tuan"]
    assert (await visitor.post("/sign-out")).status_code == 303
    assert len({first, second, visitor.http.cookies["tuan"]}) == 3
    visitor.http.cookies.set("tuan", second)
    assert (await visitor.get("/me")).status_code == 303, "the old session is over"


async def test_codes_are_counted_by_the_address_they_are_asked_from(place: Place, visitors: Visitors) -> None:
    visitor = await visitors()
    await visitor.sign_in("13912340001")
    await visitor.post("/sign-in", phone="13912340001", code="x")
    async with place.work() as work:
        rows = await work.fetch("SELECT bucket FROM platform.limits WHERE market_id = $1")
    assert {r["bucket"] for r in rows} >= {"codes from 127.0.0.1", "wrong codes from 127.0.0.1", "code +8613912340001"}


async def test_whoever_was_wrong_too_often_is_told_when_to_come_back(
    place: Place, visitors: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts.model, "WRONG_CODES_PER_CLIENT_AND_HOUR_MAX", 1)
    visitor = await visitors()
    assert (await visitor.post("/sign-in", phone="13912340002", code="x")).status_code == 422
    answer = await visitor.post("/sign-in", phone="13912340002", code="x")
    assert answer.status_code == 429 and 0 < int(answer.headers["retry-after"]) <= 3600


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("", ""),
        ("testclient", "testclient"),
    ],
)
def test_a_client_is_counted_by_what_one_customer_has(address: str, network: str) -> None:
    assert network_of(address) == network


async def test_headers_of_every_answer(place: Place, visitors: Visitors) -> None:
    visitor = await visitors()
    for path in ("/", "/nothing/here", "/p/x", "/checkout"):
        headers = (await visitor.get(path)).headers
        assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
        assert headers["x-content-type-options"] == "nosniff" and len(headers["x-trace-id"]) == 16
        assert headers["cache-control"] == "private, no-cache"
    visitor.http.cookies.clear()
    answer = await visitor.get("/sign-in")
    assert "HttpOnly; SameSite=Lax" in answer.headers["set-cookie"]
    assert "<style" not in answer.text and " style=" not in answer.text and "onclick" not in answer.text
    assert "Allow" in (await visitor.http.delete("/orders")).headers
    assert (await visitor.http.head("/")).content == b""


async def test_browser_files_are_kept_for_ever(place: Place, visitors: Visitors) -> None:
    visitor = await visitors()
    page = await visitor.read("/sign-in")
    for url in set(re.findall(r'"(/assets/[^"#]+)', page)):
        answer = await visitor.get(url)
        assert answer.status_code == 200 and "immutable" in answer.headers["cache-control"]
        again = await visitor.get(url, **{"if-none-match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    assert (await visitor.get("/assets/base.css")).status_code == 404
    assert (await visitor.get("/assets/../app.py")).status_code == 404


async def test_browser_files_are_sent_compressed_to_those_who_can_read_them(place: Place, visitors: Visitors) -> None:
    visitor = await visitors()
    urls = set(re.findall(r'"(/assets/[^"#]+\.(?:css|js))"', await visitor.read("/sign-in")))
    assert len(urls) >= 2
    compressed = 0
    for url in sorted(urls):
        head, sent = await taken(visitor, url, "br, gzip")
        _, plain = await taken(visitor, url, "identity")
        silent_head, silent = await taken(visitor, url, None)
        assert plain == silent and "content-encoding" not in silent_head
        assert head["vary"] == silent_head["vary"] == "Accept-Encoding"
        assert int(head["content-length"]) == len(sent)
        if "content-encoding" in head:
            compressed += 1
            assert head["content-encoding"] == "gzip" and len(sent) < len(plain)
            assert gzip.decompress(sent) == plain
        else:
            assert sent == plain
    assert compressed >= 2


async def taken(visitor: Browser, url: str, encodings: str | None) -> tuple[Mapping[str, str], bytes]:
    """(headers, body as it was sent) for whoever reads these encodings, or does not say."""
    request = visitor.http.build_request("GET", url, headers={"accept-encoding": encodings or ""})
    if encodings is None:
        del request.headers["accept-encoding"]
    answer = await visitor.http.send(request, stream=True)
    body = b"".join([part async for part in answer.aiter_raw()])
    await answer.aclose()
    assert answer.status_code == 200
    return answer.headers, body


async def test_what_machines_ask(app: Litestar, visitors: Visitors) -> None:
    visitor = await visitors(host="any.test")
    assert (await visitor.get("/health/live")).text == "alive"
    assert (await visitor.get("/health/ready")).text == "ready"
    assert "tuan_request_seconds" in (await visitor.get("/metrics")).text
    assert (await visitor.get("/metrics", **{"x-forwarded-for": "203.0.113.9"})).status_code == 404


async def test_a_page_in_each_language(place: Place, visitors: Visitors) -> None:
    visitor = await visitors()
    answer = await visitor.get("/sign-in?lang=es")
    assert answer.headers["content-language"] == "es" and '<html lang="es">' in answer.text
    visitor.http.cookies.delete("lang", domain="")
    assert "es" in (await visitor.get("/sign-in")).headers["content-language"]


@pytest.mark.parametrize("path", ["//evil.test", "https://evil.test/", "/\\evil.test", "javascript:alert(1)", "/a\nb"])
async def test_nobody_is_led_elsewhere(visitors: Visitors, path: str) -> None:
    visitor = await visitors()
    page = await visitor.http.get("/sign-in", params={"next": path})
    assert {form.fields["next"] for form in forms(page.text) if "next" in form.fields} == {"/"}


@pytest.mark.parametrize("page", ["http://[", "http://evil.test/me", "", "/me", "http://{host}/me/addresses?next=/me"])
async def test_whoever_must_sign_in_comes_back_to_his_page_only(place: Place, visitors: Visitors, page: str) -> None:
    visitor = await visitors()
    await visitor.find_token()
    referer = {"referer": page.format(host=place.host)}
    answer = await visitor.http.post("/me/addresses", data={"_csrf_token": visitor.token}, headers=referer)
    back = "/me/addresses%3Fnext%3D/me" if "{host}" in page else "/"
    assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?next={back}")
