"""Attacks by what is typed: A3, A4, A10, A17, A21, A22 (docs/design/threats.md)."""

import ast
import time
from html.parser import HTMLParser

import pytest

from tests.faces.attacks.test_files import UPLOADS
from tests.faces.attacks.trying import ask, code_of, forms_of, get, lawful, own, who
from tests.faces.conftest import Visitors
from tests.faces.test_doors import owner_of
from tests.faces.test_every_route import Probe, request_of
from tests.faces.wire import Sent
from tests.given import goods as given
from tests.given.houses import Place
from tests.tidy.house import files, name, nodes
from tuan.goods import catalog, supply
from tuan.goods.catalog.model import PRODUCT, SKU
from tuan.kit.refusals import granted
from tuan.people import accounts, parties
from tuan.people.accounts.model import Address
from tuan.play.groupbuy.model import TEAM_ID
from tuan.trade.orders.model import ORDER_ID

SQL = (
    "'", "' OR '1'='1", "') OR 1=1 --", "1; SELECT pg_sleep(5)", "'||pg_sleep(5)--", "x' UNION SELECT phone FROM accounts.persons --",
    "(SELECT pg_sleep(5))", "1) OR (SELECT 1 FROM pg_sleep(5))=1", "id DESC, (SELECT pg_sleep(5))", "%' AND pg_sleep(5) IS NULL AND '%'='",
    "\\'; DROP TABLE catalog.products; --", "$1", "$$;SELECT 1;$$", "%s", "{0}", ":market_id", "%", "_", "*",
)  # fmt: skip
SLEPT_SECONDS = 4.0
SCRIPTS = (
    "<script>alert(1)</script>", '"><script src=//evil.test></script>', "<img src=x onerror=alert(1)>", "'onmouseover='alert(1)",
    '" autofocus onfocus="alert(1)', "<svg/onload=alert(1)>", "</title><script>alert(1)</script>", "{{7*7}}${7*7}", "<!--<script>-->",
    "javascript:alert(1)", "<a href=javascript:alert(1)>x</a>", "<style>*{display:none}</style>", "<base href=//evil.test>",
    "<meta http-equiv=refresh content=0;url=//evil.test>", "\u202e<b>", "&lt;script&gt;", "</textarea><script>alert(1)</script>",
)  # fmt: skip


async def test_a03_the_public_list_of_products_takes_no_sql(probe: Probe) -> None:
    """Whatever is searched for is a text: it finds what has these letters, and nothing runs."""
    nobody = who(probe, "nobody")
    everything = (await get(probe, nobody, "/")).json()["products"]
    assert everything
    began = time.monotonic()
    for text in SQL:
        for field in ("q", "category"):
            answer = await ask(probe, nobody, request_of("GET", "/", {("query", field): text}))
            assert answer.status == 200 and answer.json()["products"] == [], (field, text)
        answer = await ask(probe, nobody, request_of("GET", "/", {("query", "page"): text}))
        assert answer.status < 500, text
    assert time.monotonic() - began < SLEPT_SECONDS
    assert (await get(probe, nobody, "/")).json()["products"] == everything


async def test_a04_no_order_filter_page_or_id_becomes_sql(probe: Probe) -> None:
    """Every field of every query and path of every route, as whoever may ask: nothing sleeps, nothing is a mistake of ours."""
    tried = 0
    for route, operation in probe.routes.items():
        places = [(p["in"], p["name"]) for p in operation["parameters"] if p["name"] != "lang"]
        for place, field in places:
            for visitor in (who(probe, "buyer"), who(probe, "supplier")):
                for text in SQL[3:10]:
                    values = probe.lawful(route, visitor) | {(place, field): text}
                    began = time.monotonic()
                    answer = await ask(probe, visitor, request_of(*route.split(), values))
                    assert answer.status < 500 and time.monotonic() - began < SLEPT_SECONDS, (route, field, text)
                    tried += 1
    assert tried > 200


UNSAFE_IMPORTS = frozenset({"pickle", "marshal", "shelve", "dill", "yaml", "zipfile", "tarfile", "ctypes"})
ARCHIVES = frozenset(
    (
        "src/tuan/platform/sheets.py: zipfile",
        "src/tuan/platform/gateways/alipay/provider.py: zipfile",
        "src/tuan/platform/sealed.py: zipfile",
    )
)
"""A workbook, of which every part is bounded before it is unpacked, a provider's signed statement, and a signed report, which
only the command line reads, within bounds."""
UNSAFE_CALLS = frozenset({"eval", "exec", "compile", "__import__"})


def test_a10_nothing_that_is_read_can_run() -> None:
    """Requests are read by msgspec into shapes of texts; nothing unpickles, evaluates or loads code."""
    found = []
    for path in files("src"):
        for node in nodes(path):
            if isinstance(node, ast.Import | ast.ImportFrom):
                modules = [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module or ""]
                found += [f"{name(path)}: {m}" for m in modules if m.partition(".")[0] in UNSAFE_IMPORTS]
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in UNSAFE_CALLS:
                found.append(f"{name(path)}: {node.func.id}()")
    assert set(found) == ARCHIVES


class Reader(HTMLParser):
    """What in a page could run or lead elsewhere; also what the content security policy would stop."""

    def __init__(self) -> None:
        super().__init__()
        self.unsafe: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self._in_script = tag == "script" and values.get("type") != "application/ld+json"  # data, which nothing runs
        if tag in ("base", "object", "embed", "iframe", "style") or (tag == "meta" and "http-equiv" in values):
            self.unsafe.append(f"<{tag}>")
        for attribute, value in values.items():
            if attribute.startswith("on") or attribute in ("style", "srcdoc", "formaction"):
                self.unsafe.append(f"<{tag} {attribute}>")
            if attribute in ("href", "src", "action") and not leads_home(value or ""):
                self.unsafe.append(f"<{tag} {attribute}={value}>")

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script and data.strip():
            self.unsafe.append(f"a script of the page's own: {data[:60]}")


def leads_home(url: str) -> bool:
    """A path of ours, a place in the page, or the team's own address to share."""
    return url.startswith(("#", "http://m")) or (url.startswith("/") and not url.startswith("//"))


def unsafe_in(page: str) -> list[str]:
    reader = Reader()
    reader.feed(page)
    return reader.unsafe


@pytest.mark.parametrize("text", ["".join(SCRIPTS[at : at + 4]) for at in range(0, len(SCRIPTS), 4)])
async def test_a17_what_was_typed_is_text_on_every_page(place: Place, visitors: Visitors, text: str) -> None:
    """A name, an address, a product, a supplier with scripts in it: read back as its buyer, another one, the supplier, nobody."""
    async with place.work() as work:
        seller = await accounts.admit(work, "+8613700000001", name=text, locale="en")
        supplier = await parties.admit_supplier(work, text, seller, promise=text, reason="test")
        category = await catalog.add_category(work, "x", text, 1)
        new = catalog.NewProduct(
            supplier, category, text, f"{text}\n{text}", [text], [(text, 1990), ("b", 2990)], "shipped"
        )
        ((product, skus),) = granted(await catalog.list_products(work, [new]))
        assert await supply.receive(work, dict.fromkeys(skus, 5), reason="test") is None
        person = await accounts.admit(work, "+8613700000002", name=text, locale="en")
    async with place.work() as work:
        address = granted(await accounts.add_address(work, person, Address(text, "13800138000", text, text)))
    of = await given.campaign(place, given.Goods(supplier, product, skus[0], 1990), size=3)
    buyer = given.Buyer(person, address)
    placed = granted(await given.place_order(place, buyer, of))
    await given.pay(place, buyer, placed)
    team = await given.paid_team(place, buyer, of)
    everybody = [
        await visitors(),
        await visitors(buyer),
        await visitors(await given.buyer(place)),
        await visitors(await owner_of(place, of)),
    ]
    urls = ["/", f"/p/{PRODUCT.show(product)}", f"/t/{TEAM_ID.show(team.team)}", "/orders", f"/orders/{ORDER_ID.show(placed.orders[0])}",
            f"/checkout?mode=open&sku={SKU.show(of.sku)}", "/me", "/me/addresses", "/desk/orders", "/sign-in"]  # fmt: skip
    read = 0
    for visitor in everybody:
        for url in [*urls, "/?q=" + text.replace("&", "%26").replace("#", "%23")[:60], "/sign-in?next=" + text[:60]]:
            answer = await visitor.get(url)
            assert answer.status_code in (200, 303, 403, 404), (url, answer.status_code)
            assert unsafe_in(answer.text) == [], (url, text)
            read += answer.status_code == 200
    assert read > 25


def test_a17_the_reader_sees_what_is_unsafe() -> None:
    """The control: a page that does not escape."""
    for text in SCRIPTS[:6]:
        assert unsafe_in(
            f"<p title='{text}'>{text}</p>" if text.startswith("'") else f'<p title="{text}">{text}</p>'
        ), text
    assert unsafe_in('<a href="javascript:alert(1)">x</a>') and not unsafe_in(
        '<a href="/me">x</a><script src="/a.js"></script>'
    )


def test_a21_no_template_takes_text_as_markup() -> None:
    """There is no rich text: nothing is marked safe, and only the house's own pieces are made of markup."""
    for path in (*files("src/tuan/surfaces", suffix=".html"),):
        text = path.read_text()
        assert "|safe" not in text and "| safe" not in text and "autoescape" not in text, path
    makers = {
        name(path)
        for path in files("src")
        for node in nodes(path)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "Markup"
        and not isinstance(node.args[0], ast.Constant)
    }
    assert makers == set()


async def test_a22_one_request_is_one_command(probe: Probe) -> None:
    """Lists of commands, lists in a field, thousands of fields, long bodies: refused before anything is done."""
    buyer = who(probe, "buyer")
    before = await probe.world.place.snapshot()
    json = [(b"content-type", b"application/json")]
    for route in forms_of(probe):
        sent = lawful(probe, route, buyer)
        many = b"[" + b",".join([sent.body] * 100) + b"]"
        for body in (
            many,
            b'{"key":[' + b'"a",' * 1000 + b'"b"]}',
            b"{" + b",".join(b'"f%d":"1"' % n for n in range(2000)) + b"}",
        ):
            answer = await ask(probe, buyer, Sent(sent.method, sent.target, json, body))
            assert answer.status in (400, 403, 401, 404, 413, 422), (route, answer)
        if route not in UPLOADS:  # whose bodies may be as long as a picture
            long = Sent(sent.method, sent.target, json, b" " * 70_000 + sent.body)
            answer = await ask(probe, buyer, long)  # some tell that nothing is there before they read what was sent
            assert answer.status in (413, 401, 403, 404), (route, answer)
    assert await probe.world.place.snapshot() == before
    units = await ask(probe, buyer, lawful(probe, "POST /orders", buyer, units="1000", address=own(buyer, "addr")))
    assert code_of(units) == "web.units_unreadable"
