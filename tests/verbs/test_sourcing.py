"""Suppliers who come by themselves: from the application to the shelf, and off it when a licence runs out."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.given import goods as given
from tests.given import sourcing as suppliers
from tests.given.houses import Place
from tuan.goods import catalog, sourcing
from tuan.goods.catalog.errors import ProductOff
from tuan.goods.catalog.model import ShelfState
from tuan.goods.sourcing.errors import CheckMoved, NoFoundingLicence, ProposalOver
from tuan.goods.sourcing.model import ProposedSku, why_not_sell
from tuan.kit.refusals import NotFound
from tuan.people import accounts, parties


async def states(place: Place, **of: object) -> list[tuple[str, str]]:
    return [(row["kind"], row["state"]) for row in await suppliers.licences_of(place, **of)]  # type: ignore[arg-type]


async def test_somebody_applies_is_checked_and_has_a_desk(place: Place) -> None:
    who, application = await suppliers.applied(place, suppliers.BUSINESS, suppliers.FOOD)
    assert await states(place, application=application) == [("food", "submitted"), ("business", "submitted")]
    assert await place.do(sourcing.take_up, application, reason="test") is None
    assert await place.do(sourcing.take_up, application, reason="test") == CheckMoved(state="in_check")
    food, business = await suppliers.licences_of(place, application=application)
    assert await place.do(sourcing.decide_licence, food["id"], approve=False, reason="看不清") is None
    assert await place.do(sourcing.decide_licence, business["id"], approve=True, reason="test") is None
    assert await place.do(sourcing.decide_application, application, approve=True, reason="test") is None
    async with place.work() as work:
        supplier = await parties.supplier_of(work, who)
        assert supplier is not None
        card = (await parties.supplier_cards(work, [supplier]))[supplier]
        assert (card["name"], card["promise"]) == ("王家果园", "48 小时发货")
        row = await sourcing.application_of(work, who)
        assert (row["state"], row["supplier_id"]) == ("approved", supplier)
    assert await states(place, supplier=supplier) == [("food", "refused"), ("business", "approved")]
    await place.quiet()
    assert await place.breaches() == {}


async def test_who_is_refused_reads_why_and_may_apply_anew(place: Place) -> None:
    who, application = await suppliers.in_check(place)
    assert await place.do(sourcing.decide_application, application, approve=False, reason="执照看不清") is None
    async with place.work() as work:
        row = await sourcing.application_of(work, who)
    assert (row["state"], row["reason"]) == ("refused", "执照看不清")
    assert await states(place, application=application) == [("business", "refused")]
    again = await place.do(sourcing.apply, who, suppliers.ORCHARD, [suppliers.BUSINESS])
    assert again != application
    assert await place.do(sourcing.withdraw, who) is None
    assert await states(place, application=again) == [("business", "withdrawn")]


async def test_a_licence_can_be_added_until_the_check_begins(place: Place) -> None:
    who, application = await suppliers.applied(place)
    await place.do(sourcing.send_licence, who, suppliers.FOOD)
    assert len(await states(place, application=application)) == 2
    assert await place.do(sourcing.take_up, application, reason="test") is None
    assert await place.do(sourcing.send_licence, who, suppliers.FOOD) == CheckMoved(state="in_check")
    stranger = await given.buyer(place)
    assert await place.do(sourcing.send_licence, stranger.id, suppliers.FOOD) == NotFound()


async def test_a_licence_is_warned_of_runs_out_stops_sales_and_is_renewed(place: Place) -> None:
    who, supplier = await suppliers.admitted(place, await suppliers.ending(place, 20))
    product, proposal = await suppliers.proposed_product(place, supplier)
    assert await suppliers.approve(place, proposal) is None
    assert await suppliers.shelf_of(place, product) == "listed"
    await place.later(timedelta(minutes=20))
    async with place.work() as work:
        facts = await work.fetch("SELECT name FROM outbox.facts WHERE market_id = $1 AND name LIKE 'sourcing.licence%'")
    assert [row["name"] for row in facts] == ["sourcing.licence_expiring.v1"]
    await place.later(timedelta(days=21))
    assert await states(place, supplier=supplier) == [("business", "expired")]
    assert await suppliers.shelf_of(place, product) == "off"
    who_buys = await given.buyer(place)
    async with place.work() as work:
        sku = (await catalog.skus_of(work, [product]))[product][0]["id"]
    refused = await given.place_order(place, who_buys, given.Goods(supplier, product, sku, 1990))
    assert refused == ProductOff()
    other, waiting = await suppliers.proposed_product(place, supplier, title="梨")
    assert await suppliers.approve(place, waiting) == NoFoundingLicence()
    await place.do(sourcing.send_licence, who, await suppliers.ending(place, 365))
    newest, _ = await suppliers.licences_of(place, supplier=supplier)
    assert await place.do(sourcing.take_up_licence, newest["id"], reason="test") is None
    assert await place.do(sourcing.decide_licence, newest["id"], approve=True, reason="test") is None
    assert await states(place, supplier=supplier) == [("business", "approved"), ("business", "renewed")]
    assert await suppliers.shelf_of(place, product) == "listed"
    assert await suppliers.approve(place, waiting) is None
    assert await suppliers.shelf_of(place, other) == "listed"
    await place.quiet()
    assert await place.breaches() == {}


async def test_who_sends_the_next_one_in_time_never_rests(place: Place) -> None:
    who, supplier = await suppliers.admitted(place, await suppliers.ending(place, 20))
    product, proposal = await suppliers.proposed_product(place, supplier)
    assert await suppliers.approve(place, proposal) is None
    await place.do(sourcing.send_licence, who, await suppliers.ending(place, 365))
    newest = (await suppliers.licences_of(place, supplier=supplier))[0]["id"]
    assert await place.do(sourcing.take_up_licence, newest, reason="test") is None
    assert await place.do(sourcing.decide_licence, newest, approve=True, reason="test") is None
    await place.later(timedelta(days=40))
    assert await suppliers.shelf_of(place, product) == "listed"


async def test_what_was_off_before_stays_off_when_the_others_come_back(place: Place) -> None:
    _, supplier = await suppliers.admitted(place)
    made = [await suppliers.proposed_product(place, supplier, title=title) for title in ("苹果", "梨")]
    for _, proposal in made:
        assert await suppliers.approve(place, proposal) is None
    (on, _), (off, _) = made
    assert await place.do(catalog.shelve, [off], ShelfState.OFF, reason="test") is None
    assert await place.do(catalog.pause, supplier, reason="test") == 1
    assert await place.do(catalog.resume, supplier, reason="test") == 1
    assert [await suppliers.shelf_of(place, one) for one in (on, off)] == ["listed", "off"]


async def test_a_supplier_of_the_house_needs_no_licence(place: Place) -> None:
    of = await given.goods(place)
    await place.later(timedelta(days=400))
    assert await suppliers.shelf_of(place, of.product) == "listed"
    async with place.work() as work:
        assert why_not_sell(await sourcing.standing_of(work, of.supplier), await suppliers.today(place)) is None


async def test_a_proposal_changes_nothing_until_it_is_approved(place: Place) -> None:
    of = await given.goods(place)
    before = await suppliers.shown(place, of.product)
    wanted = replace(
        before, title="赣南脐橙", story="当天采摘", pictures=("goods/navel-orange.svg", suppliers.PICTURE),
        skus=(ProposedSku(str(of.sku), "五斤", 2990), ProposedSku("", "十斤", 4990)),
    )  # fmt: skip
    proposal = await place.do(sourcing.propose, of.supplier, of.product, wanted)
    assert await suppliers.shown(place, of.product) == before
    assert await suppliers.approve(place, proposal) is None
    after = await suppliers.shown(place, of.product)
    new = after.skus[1].sku
    assert after == replace(wanted, skus=(wanted.skus[0], ProposedSku(new, "十斤", 4990)))
    assert await suppliers.approve(place, proposal) == ProposalOver(state="approved")


async def test_a_refused_proposal_changes_nothing_and_another_may_follow(place: Place) -> None:
    of = await given.goods(place)
    before = await suppliers.shown(place, of.product)
    proposal = await suppliers.proposed(place, of)
    assert await place.do(sourcing.decide_proposal, proposal, approve=False, reason="夸大") is None
    assert await suppliers.shown(place, of.product) == before
    async with place.work() as work:
        row = await sourcing.access_proposal(work, proposal, of.supplier)
    assert (row["state"], row["reason"]) == ("refused", "夸大")
    assert await suppliers.proposed(place, of) != proposal


async def test_a_stranger_proposes_and_withdraws_nothing(place: Place) -> None:
    of, other = await given.goods(place), await given.goods(place)
    wanted = replace(await suppliers.shown(place, of.product), title="x")
    assert await place.do(sourcing.propose, other.supplier, of.product, wanted) == NotFound()
    proposal = await suppliers.proposed(place, of)
    assert await place.do(sourcing.withdraw_proposal, proposal, other.supplier) == NotFound()


@pytest.mark.parametrize(("price", "is_alone"), [(1100, True), (1101, False), (500, True), (499, False)])
async def test_a_price_within_the_band_needs_nobody(place: Place, price: int, is_alone: bool) -> None:
    of = await given.goods(place, price_minor=1000)
    outcome = await place.do(sourcing.reprice, of.sku, price, reason="test")
    assert (outcome is None) == is_alone


async def test_small_steps_climb_no_faster_than_a_large_one(place: Place) -> None:
    of = await given.goods(place, price_minor=1000)
    assert await place.do(sourcing.reprice, of.sku, 1100, reason="test") is None
    assert await place.do(sourcing.reprice, of.sku, 1101, reason="test") is not None
    await place.later(timedelta(days=31))
    assert await place.do(sourcing.reprice, of.sku, 1210, reason="test") is None


async def test_whoever_never_became_a_supplier_is_forgotten(place: Place) -> None:
    who, application = await suppliers.applied(place)
    async with place.work() as work:
        told = await accounts.export_person(work, who, reason="he asked")
    assert "91350100M000100Y43" in str(told)
    assert await place.do(accounts.erase_person, who, reason="he asked") is None
    (row,) = await suppliers.licences_of(place, application=application)
    assert (row["number"], row["picture"], row["state"]) == ("", "", "withdrawn")
    async with place.work() as work:
        kept = await sourcing.access_application(work, application)
    assert (kept["name"], kept["contact"]) == ("", "")
