"""Attacks by files, addresses and machinery: A5–A9, A13, A14, A25, A27 (docs/design/threats.md)."""

import ast
from urllib.parse import quote, urlsplit

import asyncpg
import pytest

from tests.faces.attacks.trying import ask, code_of, get, own, post, who
from tests.faces.browser import Browser, forms
from tests.faces.conftest import Visitors
from tests.faces.matrix import routes_of
from tests.faces.test_every_route import Probe, request_of
from tests.faces.wire import Sent
from tests.given import goods as given
from tests.given.houses import Place
from tests.tidy.house import files, name, nodes
from tuan.goods import catalog
from tuan.kit.refusals import granted
from tuan.surfaces.web.assets import TYPES, Assets
from tuan.surfaces.web.policies import HOOK, POLICY

UPLOADS = frozenset(
    (
        "POST /orders/{order}/cases",
        "POST /orders/{order}/cases/{number}/log",
        "POST /desk/cases/{order}/{number}/log",
        "POST /desk/goods",
        "POST /desk/organisation/members/preview",
        "POST /desk/goods/{product}/proposals",
        "POST /desk/shop/giving/materials",
        "POST /desk/shop/giving/materials/{material}/pictures",
        "POST /desk/shop/settings/cover",
        "POST /me/supplier",
        "POST /me/supplier/licences",
    )
)
"""Take photos of what went wrong, of goods, of a shop and of licences, which are made anew (tests/faces/test_hostile_uploads.py), and a
table of numbers, which is read and kept nowhere;
any other route outside the office refuses files."""
PART = (
    b'--x\r\ncontent-disposition: form-data; name="%s"; filename="%s"\r\ncontent-type: %s\r\n\r\n<?php system($_GET[0]);'
    b"<script>alert(1)</script>\r\n--x--\r\n"
)
NAMES = (b"a.php", b"../../../a.php", b"a.php\0.jpg", b"a.svg", b"a.html", b"shell.jsp", b"..\\..\\a.asp")
MULTIPART = [(b"content-type", b"multipart/form-data; boundary=x")]
CALLERS = {
    "src/tuan/platform/gateways/sandbox/courier.py": "posts notices to our own hook",
    "src/tuan/platform/gateways/sandbox_carrier/courier.py": "posts letters to our own hook",
    "src/tuan/platform/gateways/wechat_share.py": "asks WeChat for a ticket, at its own address or that of the operator's file",
    "src/tuan/platform/gateways/alipay/downloads.py": "fetches a statement from where the provider's signed answer says it lies",
    "src/tuan/platform/gateways/posting.py": "posts events to addresses that were looked at: tests/verbs/test_posting.py",
}
"""The only files that may open a connection to somewhere, and where to."""
ELSEWHERE = (
    "//evil.test", "https://evil.test/", "http:evil.test", "/\\evil.test", "\\\\evil.test", "///evil.test", "javascript:alert(1)",
    "/a\nb", "/\t/evil.test", " //evil.test", "/%0d%0aset-cookie:a=b".replace("%0d%0a", "\r\n"), "@evil.test", "data:text/html,x", ".evil.test",
    "/" + "a" * 600, "\u2215\u2215evil.test", "",
)  # fmt: skip


async def uploads(probe: Probe, visitor: str) -> list[tuple[str, int]]:
    """What each route that is no upload says to files with such names."""
    told = []
    for route in routes_of(probe.app):
        if route.name.startswith("POST") and route.opt[POLICY] != HOOK[POLICY] and route.name not in UPLOADS:
            method, path = route.name.split()
            target = request_of(method, path, probe.lawful(route.name, who(probe, "buyer"))).target
            for filename in NAMES:
                body = PART % (b"chunk", filename, b"text/html")
                answer = await ask(probe, who(probe, visitor), Sent(method, target, MULTIPART, body))
                told.append((route.name, answer.status))
    return told


async def test_a05_no_route_takes_a_file_whatever_it_is_called(probe: Probe) -> None:
    before = await probe.world.place.snapshot()
    told = [status for visitor in ("buyer", "supplier") for _, status in await uploads(probe, visitor)]
    assert set(told) <= {415, 403, 401} and told.count(415) > 50
    assert await probe.world.place.snapshot() == before


async def test_a06_nobody_uploads_anything(probe: Probe) -> None:
    assert {status for _, status in await uploads(probe, "nobody")} <= {415, 401, 403}


async def test_a07_only_built_files_are_served_as_what_they_were_built_as(visitors: Visitors) -> None:
    """A fixed table of types, none of which is a page; and a browser may not guess another one."""
    assert not {"text/html", "application/xhtml+xml", "application/octet-stream"} & set(TYPES.values())
    visitor = await visitors()
    assets = Assets()
    for logical in ("base.css", "mark.svg", "live.js"):
        answer = await visitor.get(assets.url(logical), accept="text/html", **{"content-type": "text/html"})
        assert answer.headers["content-type"].partition(";")[0] in TYPES.values()
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")


async def test_a08_no_key_reaches_another_file(probe: Probe) -> None:
    buyer = who(probe, "buyer")
    for path in ("../app.py", "..%2f..%2fapp.py", "%2e%2e/%2e%2e/pyproject.toml", "....//app.py", "/etc/passwd", "%00", "manifest.json", "..\\app.py",
                 "base.css/../../web/app.py", "file:///etc/passwd"):  # fmt: skip
        for method in ("GET", "DELETE", "PUT", "POST"):
            answer = await ask(probe, buyer, Sent(method, f"/assets/{path}"))
            assert answer.status in (404, 405, 400), (method, path)
            assert b"root:" not in answer.body and b"import" not in answer.body
    assert not [route.name for route in routes_of(probe.app) if route.name.startswith(("DELETE", "PUT"))]


async def test_a09_no_address_that_somebody_gave_is_fetched(probe: Probe) -> None:
    """Whoever calls out is on a list; a picture is named and never fetched; a notice goes to this process's own port."""
    opening = {"httpx", "aiohttp", "requests", "urllib3", "urllib.request", "http.client", "smtplib", "ftplib"}
    found = set()
    for path in files("src"):
        for node in nodes(path):
            modules = (
                [a.name for a in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            found |= {name(path) for module in modules if module in opening or module.partition(".")[0] in opening}
    assert found == CALLERS.keys()
    inner = "http://169.254.169.254/latest/meta-data"
    place = probe.world.place
    of = await given.goods(place)
    async with place.work() as work:
        category = await catalog.add_category(work, "inner", "x", 1)
        new = catalog.NewProduct(
            of.supplier, category, "Inner", "", [inner, "//127.1/x", "../../etc/passwd"], [("a", 1)], "shipped"
        )
        granted(await catalog.list_products(work, [new]))
    nobody = who(probe, "nobody")
    page = await get(probe, nobody, "/?q=Inner", (b"accept", b"text/html"))
    assert (
        b"Inner" in page.body
        and b"169.254" not in page.body
        and b"127.1" not in page.body
        and b"passwd" not in page.body
    )
    buyer = who(probe, "buyer")
    answer = await post(
        probe,
        buyer,
        f"/pay/{own(buyer, 'pay')}/attempts",
        (b"host", f"{place.host}:6379".encode()),
        key="k",
        provider="sandbox",
    )
    assert answer.status in (201, 409, 410), answer
    async with place.work() as work:
        urls = await work.fetch("SELECT DISTINCT url FROM sandbox.deliveries WHERE market_id = $1")
        asked = await work.fetch("SELECT DISTINCT notify_url FROM sandbox.charges WHERE market_id = $1")
    assert not [row for row in (*urls, *asked) if "6379" in str(row)]


async def test_a13_there_is_no_installer(probe: Probe) -> None:
    """The market is made by commands; no path of the web makes, resets or shows an installation."""
    for path in ("/install", "/install.php", "/setup", "/installer/index", "/admin/install", "/migrate", "/wp-admin/setup-config.php", "/actuator/env",
                 "/debug", "/console", "/phpinfo.php", "/.env", "/.git/config", "/server-status", "/docs", "/schema", "/dev"):  # fmt: skip
        for visitor in ("nobody", "buyer", "supplier"):
            assert (await get(probe, who(probe, visitor), path)).status == 404, path


def test_a14_no_code_comes_in_by_the_web() -> None:
    """There are no plug-ins and no themes. What is loaded by name is loaded from two constants of ours."""
    loaders = {
        name(path)
        for path in files("src/tuan/surfaces")
        for node in nodes(path)
        if isinstance(node, ast.Attribute)
        and node.attr in ("import_module", "exec_module", "unpack_archive", "extractall")
    }
    assert loaders == {"src/tuan/surfaces/web/routes.py"}
    shells = {
        name(path)
        for path in files("src/tuan/surfaces", "src/tuan/trade", "src/tuan/play", "src/tuan/goods", "src/tuan/people")
        for node in nodes(path)
        if isinstance(node, ast.Name) and node.id == "subprocess"
    }
    assert shells == set()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT pg_read_file('PG_VERSION')",
        "SELECT pg_ls_dir('.')",
        "SELECT lo_import('/etc/passwd')",
        "COPY platform.markets TO '/tmp/tuan-a25'",
        "COPY platform.limits FROM '/etc/passwd'",
        "COPY platform.limits FROM PROGRAM 'id'",
        "ALTER SYSTEM SET log_min_messages = 'debug5'",
        "SET ROLE tuan_owner",
        "SET session_replication_role = replica",
        "CREATE FUNCTION public.f() RETURNS int LANGUAGE c AS '/tmp/a', 'f'",
    ],
)
async def test_a25_no_request_reaches_files_through_the_database(place: Place, sql: str) -> None:
    """No setting comes from a request, and the role that serves requests can read no file, whatever SQL it were made to run."""
    async with place.house.database.requests.acquire() as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(sql)


@pytest.mark.parametrize("target", ELSEWHERE)
async def test_a27_no_link_of_ours_leads_elsewhere(place: Place, visitors: Visitors, target: str) -> None:
    """In a link, in a form, as where somebody came from: one goes on within this market, on this scheme."""
    visitor = await visitors()
    await visitor.find_token()
    number = f"+86137{abs(hash(target)) % 10**8:08d}"
    page = await visitor.http.get("/sign-in", params={"next": target})
    assert {_lands(place, form.fields["next"]) for form in forms(page.text) if "next" in form.fields} == {place.host}
    answer = await visitor.http.post(
        "/me/addresses", data={"_csrf_token": visitor.token}, headers={"referer": quote(target, safe=":/?@\\")}
    )
    assert _lands(place, answer.headers["location"]) == place.host
    code = await _code(visitor, number, target)
    answer = await visitor.http.post(
        "/sign-in", data={"_csrf_token": visitor.token, "phone": number, "code": code, "next": target}
    )
    assert answer.status_code == 303 and _lands(place, answer.headers["location"]) == place.host
    assert "\n" not in answer.headers["location"] and "a=b" not in answer.headers.get("set-cookie", "")


async def _code(visitor: Browser, number: str, target: str) -> str:
    answer = await visitor.post("/sign-in/code", phone=number, next=target)
    return answer.text.partition('shown-code">')[2].partition("<")[0]


def _lands(place: Place, url: str) -> str:
    """The host on which a browser would be after following this from a page of ours."""
    seen = url.replace("\\", "/").replace("\t", "").replace("\n", "").replace("\r", "").strip()
    if seen.startswith("//"):
        return urlsplit(f"http:{seen}").hostname or ""
    parts = urlsplit(seen)
    return (parts.hostname or "") if parts.scheme else place.host


async def test_a27_a_team_cannot_be_guessed(probe: Probe) -> None:
    """A link names a team of this market by 80 bits and more; what is near a real one is nothing."""
    nobody = who(probe, "nobody")
    public = probe.world.ids["team"][0]
    assert (await get(probe, nobody, f"/t/{public}")).status == 200
    for at in range(len("team_") + 12, len(public)):
        near = public[:at] + ("0" if public[at] != "0" else "1") + public[at + 1 :]
        assert code_of(await get(probe, nobody, f"/t/{near}")) == "not_found"
