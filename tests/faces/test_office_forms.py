"""What is typed in the office: not lost when the second factor is asked for, and shown to nobody but whom it is for."""

import re
from datetime import timedelta

import pytest
import segno
from litestar import Litestar

from tests.faces.browser import form_to
from tests.faces.conftest import Visitors
from tests.faces.test_office import arrive
from tests.given import goods as given
from tests.given import office
from tests.given.houses import Place
from tuan.people import staff
from tuan.people.accounts.model import PERSON
from tuan.people.staff.model import PERMISSIONS
from tuan.surfaces.backoffice.staff.drawing import QUIET, qr_code

TYPED = 'helps "out" & <b>learns</b>'


async def test_a_form_that_asks_for_a_code_keeps_what_was_typed(place: Place, visitors: Visitors) -> None:
    owner, other = await office.clerk(place), await office.clerk(place, "orders")
    visitor = await arrive(visitors, place, owner, "text/html")
    url = f"/office/staff/{PERSON.show(other.person)}"
    form = form_to(await visitor.read(url), f"{url}/roles")
    await place.move_clock(timedelta(minutes=6))
    asked = await visitor.send(form, role="care", reason=TYPED)
    assert asked.status_code == 403 and "<b>learns" not in asked.text
    kept = form_to(asked.text, f"{url}/roles")
    assert (kept.fields["role"], kept.fields["reason"]) == ("care", TYPED)
    wrong = await visitor.send(kept, _code="000000")
    assert wrong.status_code == 422 and form_to(wrong.text, f"{url}/roles").fields["reason"] == TYPED
    async with place.work() as work:
        assert [row["roles"] for row in await staff.members(work) if row["person_id"] == other.person] == [["orders"]]
    sent = await visitor.send(form_to(wrong.text, f"{url}/roles"), _code=await owner.code(place))
    assert sent.headers["location"] == url
    async with place.work() as work:
        assert [row["roles"] for row in await staff.members(work) if row["person_id"] == other.person] == [
            ["care", "orders"]
        ]
    again = await visitor.send(form, role="audit", reason="the code is good for five minutes")
    assert again.status_code == 303


async def test_another_sites_form_is_not_shown_again(place: Place, visitors: Visitors) -> None:
    """Else a stranger could have his own text sent on by whoever types a code."""
    owner, other = await office.clerk(place), await office.clerk(place, "orders")
    visitor = await arrive(visitors, place, owner, "text/html")
    await place.move_clock(timedelta(minutes=6))
    url = f"/office/staff/{PERSON.show(other.person)}/roles"
    answer = await visitor.http.post(url, data={"role": "owner", "reason": "x", "_code": await owner.code(place)})
    assert answer.status_code == 403 and "web.form_expired" in answer.text and 'name="role"' not in answer.text


async def test_a_password_is_never_written_into_a_page(place: Place, visitors: Visitors) -> None:
    owner = await office.clerk(place)
    visitor = await arrive(visitors, place, owner, "text/html")
    form = form_to(await visitor.read("/office/password"), "/office/password")
    await place.move_clock(timedelta(minutes=6))
    answer = await visitor.send(form, password="a sentence that is mine", again="a sentence that is mine")
    assert answer.headers["location"].startswith("/office/confirm")


async def test_wrong_codes_beside_a_form_are_counted(place: Place, visitors: Visitors) -> None:
    owner, other = await office.clerk(place), await office.clerk(place, "orders")
    visitor = await arrive(visitors, place, owner)
    await office.begin_quarter(place)
    await place.move_clock(timedelta(minutes=6))
    url = f"/office/staff/{PERSON.show(other.person)}/roles"
    said = [(await visitor.post(url, role="care", reason="x y z", _code="000000")).status_code for _ in range(7)]
    assert said[0] == 422 and said[-1] == 429 and set(said) == {422, 429}


async def test_an_enrolment_is_drawn_and_never_logged(
    app: Litestar, place: Place, visitors: Visitors, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    owner = await office.clerk(place)
    visitor = await arrive(visitors, place, owner)
    told = (
        await visitor.post("/office/staff", phone="13912348888", name="小新", role="orders", reason="joins us")
    ).json()
    assert told["code"]["path"] == qr_code(told["uri"]).path and told["key"] in told["uri"]
    page = visitor.asking_for("text/html")
    renewed = await page.http.post(
        f"/office/staff/{PERSON.show(owner.person)}/enrolment",
        data={"reason": "lost it", "_csrf_token": await visitor.office_token()},
    )
    key = re.findall(r'first-key">(\w+)<', renewed.text)[0]
    assert re.search(r'<svg class="enrolment-code" viewBox="0 0 \d+ \d+" role="img"', renewed.text)
    out, err = capfd.readouterr()
    logged = out + err + caplog.text
    assert "/office/staff" in logged, "the log was heard"
    for secret in (told["key"], told["password"], key):
        assert secret not in logged
    async with place.work() as work:
        audited = str(await work.fetch("SELECT * FROM audit.entries WHERE market_id = $1"))
    assert told["key"] not in audited and told["password"] not in audited and key not in audited


def test_a_drawn_code_is_the_code() -> None:
    """Each dark module is painted once and no light one is."""
    text = "otpauth://totp/Tuan:x?secret=JBSWY3DPEHPK3PXP&issuer=Tuan"
    drawn, matrix = qr_code(text), segno.make(text, error="m", micro=False).matrix
    painted = [
        (int(x) + n - QUIET, int(y) - QUIET)
        for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", drawn.path)
        for n in range(int(length))
    ]
    dark = [(x, y) for y, row in enumerate(matrix) for x, module in enumerate(row) if module]
    assert sorted(painted) == sorted(dark) and drawn.side == len(matrix) + 2 * QUIET


async def test_every_permission_has_words(place: Place, visitors: Visitors) -> None:
    """A new one without them breaks the page of every role."""
    owner = await office.clerk(place)
    visitor = await arrive(visitors, place, owner)
    boxes = [box for _, found in (await visitor.json("/office/roles/orders"))["places"] for box in found]
    assert {field for _, field, _ in boxes} == {one.replace(".", "_") for one in PERMISSIONS}
    assert {words for words, _, is_ticked in boxes if is_ticked} >= {"See orders", "Ship orders"}


async def test_an_export_says_how_many_rows_there_are(
    place: Place, visitors: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = await office.clerk(place)
    visitor = await arrive(visitors, place, owner)
    for number in range(7):
        assert await place.do(staff.set_role, f"role_{number}", ["orders.see"], reason="test") is None
    monkeypatch.setattr("tuan.surfaces.backoffice.tables.EXPORT_SIZE", 3)
    answer = await visitor.get("/office/audit.csv?action=staff.set_role")
    assert answer.headers["x-rows"] == "7" and answer.text.count("\r\n") == 8
    assert (await visitor.get("/office/audit.csv?action=nothing")).headers["x-rows"] == "0"
    for module in ("surfaces.backoffice.tables", "platform.lists"):
        monkeypatch.setattr(f"tuan.{module}.COUNT_MAX", 5)
    answer = await visitor.get("/office/audit.csv?action=staff.set_role")
    assert answer.headers["x-rows"] == "5+" and answer.text.count("\r\n") == 8
    paths = "audit.csv orders.csv payments.csv refunds.csv products/export stock/export campaigns/export teams/export"
    of = await given.campaign(place, await given.goods(place, skus=2))
    await given.paid_team(place, await given.buyer(place), of)
    monkeypatch.undo()
    for path in paths.split():
        answer = await visitor.get(f"/office/{path}")
        assert int(answer.headers["x-rows"]) == answer.text.count("\r\n") - 1, path
