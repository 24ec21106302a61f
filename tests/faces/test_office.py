"""The office: who comes in, how, and what each route says to those who may not."""

import csv
import importlib
import io
from datetime import timedelta
from typing import Any

import pytest
from litestar import Litestar

from tests.faces.browser import JSON, Browser, form_to, forms
from tests.faces.conftest import Visitors
from tests.faces.test_doors import routes
from tests.given import goods as given
from tests.given import houses, office
from tests.given.houses import Place
from tuan.kit.ids import new_uuid
from tuan.kit.pages import encode_key
from tuan.kit.refusals import granted
from tuan.people import accounts, staff
from tuan.people.accounts.model import PERSON
from tuan.people.staff.model import TRIES_MAX
from tuan.surfaces.backoffice.tables import Cell, plain
from tuan.surfaces.web.policies import POLICY, STAFF, handlers_of
from tuan.surfaces.web.policies import staff as members_only
from tuan.surfaces.web.routes import OFFICE


async def arrive(visitors: Visitors, place: Place, who: office.Clerk, accept: str = JSON) -> Browser:
    """A visitor with an office session."""
    browser = await visitors(accept=accept, host=place.host)
    browser.http.cookies.set("tuan-office", await office.signed_in(place, who))
    return browser


async def knock(visitor: Browser, method: str, path: str) -> tuple[int, str]:
    """The status and the code of the refusal, for a program."""
    answer = await (visitor.get(path) if method == "GET" else visitor.post(path, reason="test"))
    is_problem = answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"] if is_problem else ""


async def elsewhere_of(place: Place) -> Place:
    market, host = await houses.make_market(place.house)
    return Place(place.house, place.relay, market, host)


async def test_every_route_of_the_office_asks_who_may(app: Litestar, place: Place, visitors: Visitors) -> None:
    """Each route as each visitor who may not, and as an owner."""
    elsewhere = await elsewhere_of(place)
    owner, blocked, stale = [await office.clerk(place) for _ in range(3)]
    await place.do(staff.set_role, "nothing", ["system.see"], reason="test")
    without = await office.clerk(place, "nothing")
    foreigner = await office.clerk(elsewhere)
    outside = {
        "nobody": await visitors(accept=JSON),
        "buyer": await visitors(await given.buyer(place), accept=JSON),
        "blocked": await arrive(visitors, place, blocked),
        "elsewhere": await arrive(visitors, elsewhere, foreigner),
    }
    granted(await place.do(staff.block_member, blocked.person, reason="test"))
    outside["elsewhere"].http.base_url = f"http://{place.host}"
    inside = {name: await arrive(visitors, place, who) for name, who in (("stale", stale), ("without", without))}
    await place.move_clock(timedelta(minutes=6))
    inside["owner"] = await arrive(visitors, place, owner)
    found = [(m, path, right_of(app, m, path)) for m, path, policy in routes(app) if policy == "staff"]
    assert len(found) >= 15
    before = await place.snapshot()
    for method, path, opt in found:
        where = f"{method} {path}"
        for name, visitor in outside.items():
            assert await knock(visitor, method, path) == (401, "web.office_sign_in_needed"), f"{name} {where}"
        if set(opt["permissions"]) - {"system.see"}:
            assert await knock(inside["without"], method, path) == (403, "web.not_permitted"), where
        if opt["fresh"]:
            assert await knock(inside["stale"], method, path) == (403, "web.confirm_needed"), where
        if method == "GET":
            status, code = await knock(inside["owner"], method, path)
            assert status in (200, 404) and code in ("", "not_found"), where
    after = await place.snapshot()
    changed = {table for table in before if before[table] != after[table]}
    assert changed <= {"staff.sessions", "audit.entries", "audit.unsealed"}, "seen, and exports that the owner took"


def right_of(app: Litestar, method: str, path: str) -> dict[str, Any]:
    """What the route of this path (ids filled in) asks for."""
    for handler in handlers_of(app):
        for known in handler.paths:
            parts, asked = known.split("/"), path.split("/")
            fits = len(parts) == len(asked) and all(
                a == b or a.startswith("{") for a, b in zip(parts, asked, strict=True)
            )
            if fits and method in handler.http_methods:
                return dict(handler.opt)
    raise AssertionError(path)


GIVES_AWAY = {"exports.make", "people.export", "people.erase", "refunds.give"}
SHOWS_WHOLE = {"/office/orders/slips", "/office/people/{person}/whole"}
"""What hands out whole names, numbers and addresses under a permission that does more than that."""


def test_what_gives_money_data_or_power_away_asks_for_the_second_factor(app: Litestar) -> None:
    asked = {
        path.replace(":str", ""): handler.opt["fresh"]
        for handler in handlers_of(app)
        if handler.opt[POLICY] == STAFF
        for path in handler.paths
        if set(handler.opt["permissions"]) & GIVES_AWAY
        or path.replace(":str", "") in SHOWS_WHOLE
        or ("staff.edit" in handler.opt["permissions"] and "POST" in handler.http_methods)
    }
    assert asked.keys() > SHOWS_WHOLE and len(asked) > 20
    assert [path for path, is_fresh in asked.items() if not is_fresh] == []


def test_a_permission_that_there_is_not_stops_the_server() -> None:
    with pytest.raises(ValueError, match=r"orders\.eat"):
        members_only("orders.see", "orders.eat")


async def test_signing_in_with_password_and_code(place: Place, visitors: Visitors) -> None:
    who = await office.clerk(place)
    visitor = await visitors()
    answer = await visitor.get("/office/audit?subject=x")
    assert answer.headers["location"] == "/office/sign-in?next=/office/audit%3Fsubject%3Dx"
    form = form_to(await visitor.read(answer.headers["location"]), "/office/sign-in")
    before = visitor.http.cookies["tuan-office"]
    wrong = await visitor.send(form, phone=who.phone, password="x", code="000000")
    assert (
        wrong.status_code == 422 and "Nobody was signed in" not in wrong.text and "do not belong together" in wrong.text
    )
    code = await who.code(place)
    answer = await visitor.send(form, phone=who.phone, password=who.password, code=f"{code[:3]} {code[3:]}")
    assert answer.headers["location"] == "/office/audit?subject=x"
    assert visitor.http.cookies["tuan-office"] != before
    (cookie,) = [c for c in answer.headers.get_list("set-cookie") if c.startswith("tuan-office=")]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Max-Age=43200" in cookie and "Path=/;" in cookie
    page = await visitor.read("/office")
    assert 'aria-current="page"' in page and "/office/staff" in page
    answer = await visitor.send(form_to(page, "/office/sign-out"))
    assert answer.status_code == 303
    assert (await visitor.get("/office")).headers["location"] == "/office/sign-in?next=/office"


async def test_no_browser_keeps_anything_of_the_office(place: Place, visitors: Visitors) -> None:
    visitor = await arrive(visitors, place, await office.clerk(place))
    for path in ("/office", "/office/people", "/office/orders.csv", "/office/nothing", "/office/sign-in"):
        headers = (await visitor.get(path)).headers
        assert headers.get_list("cache-control") == ["no-store"] and "Cookie" in headers["vary"], path


async def test_signing_in_anew_leaves_no_session_behind(place: Place, visitors: Visitors) -> None:
    who = await office.clerk(place)
    visitor, before = await visitors(accept=JSON), await office.signed_in(place, who)
    visitor.http.headers["cookie"] = f"tuan-office={before}"
    answer = await visitor.post("/office/sign-in", phone=who.phone, password=who.password, code=await who.code(place))
    assert answer.status_code == 200 and before not in answer.headers["set-cookie"]
    async with place.work() as work:
        assert await staff.member_of(work, before) is None


async def test_nobody_shuts_the_office_to_whom_he_could_not_block(place: Place, visitors: Visitors) -> None:
    owner = await office.clerk(place)
    await place.do(staff.set_role, "doorman", ["people.see", "people.block"], reason="test")
    doorman = await office.clerk(place, "doorman")
    visitor = await arrive(visitors, place, doorman)
    for who, code in [(owner.person, "staff.beyond_yours"), (doorman.person, "staff.not_yourself")]:
        url = f"/office/people/{PERSON.show(who)}"
        answer = await visitor.post(f"{url}/block", key=given.fresh_key(), reason="test")
        assert answer.json()["code"] == code
    assert await place.do(accounts.block, owner.person, reason="by the operator") is None
    answer = await visitor.post(
        f"/office/people/{PERSON.show(owner.person)}/unblock", key=given.fresh_key(), reason="test"
    )
    assert answer.json()["code"] == "staff.beyond_yours"


async def test_unknown_and_wrong_answer_alike_and_five_are_enough(place: Place, visitors: Visitors) -> None:
    who = await office.clerk(place)
    visitor = await visitors(accept=JSON)
    buyer = await given.buyer(place)
    await office.begin_quarter(place)
    async with place.work() as work:
        phone = (await accounts.access_person(work, buyer.id))["phone"]
    said = []
    for number in (who.phone, phone, "+8613700000000", who.phone, phone):
        answer = await visitor.post("/office/sign-in", phone=number, password="x", code="000000")
        said.append((answer.status_code, answer.json() | {"trace": ""}))
    assert all(one == said[0] for one in said) and said[0][0] == 422
    assert len(said) == TRIES_MAX
    answer = await visitor.post("/office/sign-in", phone=who.phone, password=who.password, code=await who.code(place))
    assert answer.status_code == 429 and 0 < int(answer.headers["retry-after"]) <= 900


@pytest.mark.parametrize("path", ["//evil.test", "https://evil.test/office", "/me", "/officer", "/office\\@evil.test"])
async def test_nobody_is_led_out_of_the_office(place: Place, visitors: Visitors, path: str) -> None:
    visitor = await visitors()
    page = (await visitor.http.get("/office/sign-in", params={"next": path})).text
    assert {form.fields["next"] for form in forms(page) if "next" in form.fields} == {"/office"}


async def test_what_gives_power_away_asks_for_a_code_and_comes_back(place: Place, visitors: Visitors) -> None:
    owner, other = await office.clerk(place), await office.clerk(place, "orders")
    visitor = await arrive(visitors, place, owner, "text/html")
    await place.move_clock(timedelta(minutes=6))
    url = f"/office/staff/{PERSON.show(other.person)}"
    page = await visitor.read(url)
    assert "/roles" not in "".join(form.action for form in forms(page))
    confirm = f"/office/confirm?next={url}"
    assert confirm in page
    answer = await visitor.get("/office/roles/care")
    assert answer.headers["location"] == "/office/confirm?next=/office/roles/care"
    form = form_to(await visitor.read(confirm), "/office/confirm")
    assert (await visitor.send(form, code="000000")).status_code == 422
    answer = await visitor.send(form, code=await owner.code(place))
    assert answer.headers["location"] == url
    page = await visitor.read(url)
    answer = await visitor.send(form_to(page, f"{url}/roles"), role="care", reason="")
    assert answer.status_code == 422 and "audit.reason_missing" in answer.text
    answer = await visitor.send(form_to(page, f"{url}/roles"), role="care", reason="helps out")
    assert answer.headers["location"] == url and "Take the role care away" in await visitor.read(url)
    trail = await visitor.read(f"/office/audit?subject={PERSON.show(other.person)}")
    assert "helps out" in trail and "roles: orders → care, orders" in trail
    await place.quiet()
    assert "The chain is whole" in await visitor.read("/office/audit/chain")


async def test_a_new_member_comes_in_and_sets_his_own_password(place: Place, visitors: Visitors) -> None:
    owner = await office.clerk(place)
    visitor = await arrive(visitors, place, owner)
    answer = await visitor.post("/office/staff", phone="13912349999", name="小新", role="orders", reason="joins")
    told = answer.json()
    clerk = office.Clerk(owner.person, "+8613912349999", told["password"], told["key"])
    newcomer = await arrive(visitors, place, clerk, "text/html")
    assert (await newcomer.get("/office")).headers["location"] == "/office/password?next=/office"
    form = form_to(await newcomer.read("/office/password"), "/office/password")
    answer = await newcomer.send(form, password="too short", again="too short")
    assert answer.status_code == 422 and "easy to guess" in answer.text
    answer = await newcomer.send(form, password="a sentence that is mine", again="a sentence that is mine")
    assert answer.headers["location"] == "/office"
    page = await newcomer.read("/office")
    assert "/office/staff" not in page, "what he may not open is not shown"
    again = await visitor.post("/office/staff", phone="13912349999", name="", role="orders", reason="joins")
    assert again.json()["code"] == "staff.already_member"


async def test_a_form_of_the_storefront_is_none_of_the_office(place: Place, visitors: Visitors) -> None:
    owner = await office.clerk(place)
    visitor = await arrive(visitors, place, owner, "text/html")
    await visitor.find_token()
    answer = await visitor.http.post("/office/staff", data={"_csrf_token": visitor.token, "reason": "x"})
    assert answer.status_code == 403 and "web.form_expired" in answer.text


def hostile_pages() -> list[str]:
    """Every table of the office, by every sort, going on after what no row of ours could say."""
    places = [importlib.import_module(f"tuan.surfaces.backoffice.{name}.routes") for name in OFFICE]
    sorts = [
        (one.URL if hasattr(one, "URL") else one.PLACE.url, c)
        for one in places
        for c in getattr(one, "COLUMNS", ())
        if c.sort
    ]
    assert len(sorts) >= 10
    values = ("a\0b", 2**31, -(2**63) - 1, 2**80)
    keys = [(url, c.name, encode_key((c.sort, value, new_uuid()))) for url, c in sorts for value in values]
    return [f"{url}?sort={name}&page={key}" for url, name, key in keys]


async def test_a_page_that_nobody_of_ours_has_named_is_the_first(place: Place, visitors: Visitors) -> None:
    visitor = await arrive(visitors, place, await office.clerk(place))
    await given.goods(place)
    wrong = {url: status for url in hostile_pages() if (status := (await visitor.get(url)).status_code) != 200}
    assert wrong == {}


async def test_a_table_is_sorted_filtered_paged_kept_and_exported(place: Place, visitors: Visitors) -> None:
    owner = await office.clerk(place)
    for number in range(25):
        await place.move_clock(timedelta(seconds=1))  # a machine's clock may step back by less
        granted(await place.do(staff.set_role, f"role_{number}", ["orders.see"], reason=f"=reason {number}"))
    visitor = await arrive(visitors, place, owner)
    page = (await visitor.json("/office/audit?action=staff.set&sort=at"))["table"]
    reasons = [row[4]["text"] for row in page["rows"]]
    assert reasons == [f"=reason {number}" for number in range(20)]
    assert page["headers"][0] == {
        "label": "When", "url": "/office/audit?action=staff.set&sort=-at", "direction": "ascending", "is_number": False,
    }  # fmt: skip
    rest = (await visitor.json(page["next_url"]))["table"]
    assert [row[4]["text"] for row in rest["rows"]] == [f"=reason {number}" for number in range(20, 25)]
    assert rest["next_url"] is None
    newest = (await visitor.json("/office/audit?sort=evil"))["table"]["rows"][0]
    assert newest[4]["text"] == "=reason 24", "a sort that there is not is the usual one"
    kept = await visitor.post("/office/views", place="audit", name="roles", query=page["view"], next="/office/audit")
    assert kept.status_code == 200
    assert (await visitor.json("/office/audit"))["table"]["views"] == [
        {"name": "roles", "url": "/office/audit?action=staff.set&sort=at"}
    ]
    answer = await visitor.get(page["csv_url"])
    assert (
        answer.headers["content-type"].startswith("text/csv") and "attachment" in answer.headers["content-disposition"]
    )
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row[4] for row in rows[1:]] == [f"'=reason {number}" for number in range(25)]
    trail = (await visitor.json("/office/audit?action=staff.record_export"))["table"]["rows"]
    assert [row[5]["text"] for row in trail] == ["view: – → action=staff.set&sort=at"]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠SUM(A1)"]
)
def test_a_spreadsheet_runs_nothing_of_ours(text: str) -> None:
    assert plain(Cell(text=text)) == f"'{text}"
    assert plain(Cell(text=f"a{text}")) == f"a{text}"
