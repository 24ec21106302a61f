"""Programs in the office: a key is shown once and reaches no further, a webhook has its log, what was not taken is sent again."""

import re
from datetime import timedelta
from typing import Any

import pytest

from tests.faces.browser import HTML, Browser
from tests.faces.client import refused
from tests.faces.conftest import Programs, Visitors
from tests.faces.test_office import arrive
from tests.given import goods as given
from tests.given import office
from tests.given.houses import Place
from tests.given.receivers import Receiver, poster, relay_through
from tuan.kit.refusals import granted
from tuan.people import staff
from tuan.people.developers.model import BUYER_SCOPES
from tuan.people.parties.model import SUPPLIER
from tuan.people.staff.model import CONFIRMED_FOR
from tuan.platform import audit
from tuan.platform.lists import Wanted
from tuan.trade import orders

HERE = "/office/developers"
TOLD = re.compile(r'first-key">([^<]+)<')
KEY = {"name": "ERP", "reason": "the new warehouse", "goods_read": "on", "shipments_read": "on", "days": "90"}
HOOK = {"url": "https://erp.example.com/tuan", "kinds": "orders.paid.v1", "reason": "the new warehouse"}


async def done(place: Place) -> list[tuple[str, str]]:
    """What the audit has of it."""
    async with place.work() as work:
        rows = (await audit.trail(work, Wanted())).items
    return [(row["action"], row["reason"]) for row in rows if row["action"].startswith("developers.")]


async def test_a_key_is_shown_once_acts_as_the_supplier_and_ends(
    place: Place, visitors: Visitors, programs: Programs
) -> None:
    of = await given.goods(place)
    clerk = await office.clerk(place)
    owner, by_program = await arrive(visitors, place, clerk, HTML), await arrive(visitors, place, clerk)
    wish = {**KEY, "supplier": SUPPLIER.show(of.supplier), "key": "once"}
    page = (await owner.post(f"{HERE}/keys", **wish)).text
    text = TOLD.search(page)
    assert text and text[1].startswith("tuan_")
    again = await owner.post(f"{HERE}/keys", **wish)
    assert again.status_code == 200 and not TOLD.search(again.text), "the same form makes no second one and shows none"
    erp = await programs()
    erp.token = text[1]
    assert (await erp.list_own_products()).items and (await erp.list_orders_to_ship()).items == []
    assert (await refused(erp.receive(lines=[], reason="x"))).code == "web.scope_missing"
    assert (await refused(erp.show_account())).code == "web.scope_missing"
    (card,) = (await by_program.json(HERE))["keys"]
    assert (card["name"], card["scopes"], bool(card["used_at"])) == ("ERP", ["goods.read", "shipments.read"], True)
    assert text[1] not in (await owner.get(HERE)).text
    await by_program.post(f"{HERE}/keys/{card['api_key']}/revocation", key="two", reason="left the house")
    assert (await refused(erp.list_own_products())).code == "web.credentials_wrong"
    (card,) = (await by_program.json(HERE))["keys"]
    assert not card["revoke_key"]
    assert await done(place) == [
        ("developers.revoke_key", "left the house"), ("developers.make_key", "the new warehouse"),
    ]  # fmt: skip
    await place.quiet()
    assert await place.breaches() == {}


@pytest.mark.parametrize("scope", BUYER_SCOPES)
async def test_nobody_of_staff_makes_a_key_that_buys_or_reads_for_another(
    place: Place, visitors: Visitors, scope: str
) -> None:
    owner = await arrive(visitors, place, await office.clerk(place))
    before = await place.snapshot()
    answer = await owner.post(f"{HERE}/keys", **KEY, key="x", **{scope.replace(".", "_"): "on"})
    assert (answer.status_code, answer.json()["code"]) == (422, "web.field_invalid")
    assert await place.snapshot() == before


async def test_nobody_makes_the_key_that_signs_for_somebody_else(place: Place, visitors: Visitors) -> None:
    """One who made it for a supplier could ask for a signature himself and give it by the key: two persons who are one."""
    of, owner = await given.goods(place), await arrive(visitors, place, await office.clerk(place))
    wish = {**KEY, "law_write": "on", "key": "x"}
    answer = await owner.post(f"{HERE}/keys", **wish, supplier=SUPPLIER.show(of.supplier))
    assert (answer.status_code, answer.json()["data"]) == (422, {"field": "supplier"})
    assert (await owner.post(f"{HERE}/keys", **wish)).status_code == 200


async def test_a_key_takes_a_reason_a_name_and_a_fresh_second_factor(place: Place, visitors: Visitors) -> None:
    clerk = await office.clerk(place)
    owner = await arrive(visitors, place, clerk)
    before = await place.snapshot()
    assert (await owner.post(f"{HERE}/keys", **{**KEY, "reason": " "}, key="x")).status_code == 422
    assert (await owner.post(f"{HERE}/keys", **{**KEY, "name": " "}, key="x")).status_code == 422
    assert (await owner.post(f"{HERE}/keys", **{**KEY, "days": "soon"}, key="x")).status_code == 422
    stranger = SUPPLIER.show(SUPPLIER.new())
    assert (await owner.post(f"{HERE}/keys", **KEY, supplier=stranger, key="x")).status_code == 404
    assert await place.snapshot() == before
    await place.move_clock(CONFIRMED_FOR + timedelta(seconds=1))
    answer = await owner.post(f"{HERE}/keys", **KEY, key="x")
    assert answer.json()["code"] == "web.confirm_needed"


async def test_who_may_see_programs_may_not_change_them(place: Place, visitors: Visitors) -> None:
    await place.do(staff.set_role, "looks", ["developers.see"], reason="test")
    looker = await arrive(visitors, place, await office.clerk(place, "looks"))
    page = await looker.json(HERE)
    assert (page["may_edit"], page["owners"][1:]) == (False, [])
    for path, fields in ((f"{HERE}/keys", KEY), (f"{HERE}/webhooks", HOOK)):
        assert (await looker.post(path, **fields, key="x")).json()["code"] == "web.not_permitted"


async def test_a_webhook_shows_its_log_and_what_was_not_taken_is_sent_again(place: Place, visitors: Visitors) -> None:
    owner, receiver = await arrive(visitors, place, await office.clerk(place)), Receiver([500, 204])
    made = await owner.post(f"{HERE}/webhooks", **HOOK, key="one")
    assert made.json()["text"].startswith("whsec_")
    assert (await owner.post(f"{HERE}/webhooks", **HOOK, key="one")).json() == made.json()
    inside = await owner.post(f"{HERE}/webhooks", **{**HOOK, "url": "https://10.0.0.1/"}, key="two")
    assert inside.json()["code"] == "gateways.address_forbidden"
    (card,) = (await owner.json(HERE))["hooks"]
    await one_order_paid(place)
    await relay_through(place, poster(receiver))
    (sent,) = (await owner.json(card["url"]))["deliveries"]
    assert ([one["answer"] for one in sent["tries"]], sent["again_key"]) == (["500"], "")
    await place.move_clock(timedelta(minutes=1))
    await relay_through(place, poster(receiver))
    (sent,) = (await owner.json(card["url"]))["deliveries"]
    assert [one["answer"] for one in sent["tries"]] == ["500", "204"]
    again = f"{HERE}/deliveries/{sent['delivery']}/tries"
    assert (await owner.post(again, key="x", reason="")).status_code == 422
    assert (await owner.post(again, key=sent["again_key"], reason="it was lost there")).status_code == 200
    await relay_through(place, poster(receiver))
    first, *_, last = receiver.came
    assert len(receiver.came) == 3 and first.headers["webhook-id"] == last.headers["webhook-id"]
    await ends(owner, card, made.json()["text"])
    assert [action for action, _ in await done(place)] == [
        "developers.remove_endpoint", "developers.rotate_secret", "developers.send_again", "developers.add_endpoint",
    ]  # fmt: skip
    await place.quiet()
    assert await place.breaches() == {}


async def one_order_paid(place: Place) -> None:
    """Paid, and nothing delivered yet: a webhook must not leave the machine in a test."""
    of, who = await given.goods(place), await given.buyer(place)
    attempt = await given.start_paying(place, who, granted(await given.place_order(place, who, of)))
    await place.one(orders.apply_notices, await given.provider_pays(place, attempt))


async def ends(owner: Browser, card: dict[str, Any], secret: str) -> None:
    """A new secret, and the end."""
    renewed = await owner.post(f"{card['url']}/secret", key="three", reason="the old one was in a log")
    assert renewed.json()["text"].startswith("whsec_") and renewed.json()["text"] != secret
    assert (await owner.json(card["url"]))["hook"]["overlap_until"]
    await owner.post(f"{card['url']}/removal", key="four", reason="moved")
    assert (await owner.json(HERE))["hooks"] == []
    assert (await owner.get(card["url"])).status_code == 404
