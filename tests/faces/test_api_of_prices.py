"""What programs do with the market's prices in place of its office: rules previewed, launched and ended, coupons, campaigns, presales."""

from datetime import timedelta

import pytest

from tests.faces.client import refused
from tests.faces.conftest import Programs
from tests.faces.test_api_of_the_office import WHY, acts_on, member
from tests.given import goods as given
from tests.given import office
from tests.given import shops as shopping
from tests.given.houses import Place
from tuan.goods.catalog.model import PRODUCT, SKU
from tuan.people.parties.model import SHOP


async def times(place: Place) -> dict[str, str]:
    async with place.work() as work:
        return {"starts_at": work.now.isoformat(), "ends_at": (work.now + timedelta(days=1)).isoformat()}


async def test_a_rule_is_previewed_launched_and_ended(place: Place, programs: Programs) -> None:
    of, who = await given.goods(place, units=20), await office.clerk(place)
    sku, product = SKU.show(of.sku), PRODUCT.show(of.product)
    program = await programs(who.person, "promotions.read", "promotions.write")
    when = await times(place)
    step = {"threshold_minor": 1000, "off_minor": 100}
    reward = await program.launch_rule(kind="reward", name="满减", steps=[step], include=[product], **when, reason=WHY)
    flash = {"kind": "flash", "name": "秒杀", "prices": [{"sku": sku, "price_minor": 500, "units": 8}], **when}
    seen = await program.preview_rule(**flash)
    (change,) = seen.changes
    assert (change.before.amount_minor, change.after.amount_minor, seen.bearer) == (of.price_minor, 500, "market")
    assert [(one.rule, one.kind) for one in seen.stands_beside] == [(reward.rule, "reward")]
    assert len((await program.list_price_rules()).items) == 1, "a preview launches nothing"
    launched = await program.launch_rule(**flash, reason=WHY, key="k")
    assert await program.launch_rule(**flash, reason=WHY, key="k") == launched
    for call in (program.preview_rule(**flash), program.launch_rule(**flash, reason=WHY)):
        problem = await refused(call)
        assert (problem.code, problem.problem["data"]) == ("promotions.rule_clash", {"name": "秒杀"})
    shown = await program.show_price_rule(launched.rule)
    assert (shown.card.state, [(one.sku, one.price_minor) for one in shown.prices]) == ("running", [(sku, 500)])
    assert [one.rule for one in (await program.list_price_rules(kind="flash")).items] == [launched.rule]
    await program.end_price_rule(launched.rule, reason=WHY)
    assert (await refused(program.end_price_rule(launched.rule, reason=WHY))).code == "not_found"
    assert (await program.show_price_rule(launched.rule)).card.state == "ended"
    assert [act for act, by, why in await acts_on(place, launched.rule) if (by, why) == (who.person, WHY)] == [
        "promotions.end_rule", "promotions.launch_rule",
    ]  # fmt: skip
    await place.quiet()
    assert await place.breaches() == {}


async def test_a_bundle_says_what_it_costs_apart_and_is_refused_where_it_saves_nothing(
    place: Place, programs: Programs
) -> None:
    of, who = await given.goods(place), await office.clerk(place)
    program, when = await programs(who.person, "promotions.read", "promotions.write"), await times(place)
    terms = {"kind": "bundle", "name": "套餐", "set_lines": [{"sku": SKU.show(of.sku), "units": 2}], **when}
    seen = await program.preview_rule(**terms, set_minor=of.price_minor)
    assert seen.set_before.amount_minor == 2 * of.price_minor and seen.changes == []
    problem = await refused(program.launch_rule(**terms, set_minor=2 * of.price_minor, reason=WHY))
    assert (problem.code, problem.problem["data"]) == ("promotions.rule_invalid", {"field": "set_minor"})
    made = await program.launch_rule(**terms, set_minor=of.price_minor, reason=WHY)
    assert [(one.units) for one in (await program.show_price_rule(made.rule)).set_lines] == [2]


@pytest.mark.parametrize("field", ["prices", "set_lines"])
async def test_a_sku_that_is_named_twice_is_refused(place: Place, programs: Programs, field: str) -> None:
    of, who = await given.goods(place), await office.clerk(place)
    program, when = await programs(who.person, "promotions.read"), await times(place)
    one = {"sku": SKU.show(of.sku), **({"price_minor": 500} if field == "prices" else {"units": 1})}
    problem = await refused(program.preview_rule(kind="limited", name="x", **{field: [one, one]}, **when))
    assert (problem.status, problem.problem["data"]) == (422, {"field": field})


async def test_units_are_set_aside_for_a_flash_session_alone(place: Place, programs: Programs) -> None:
    of, who = await given.goods(place), await office.clerk(place)
    program, when = await programs(who.person, "promotions.read"), await times(place)
    one = {"sku": SKU.show(of.sku), "price_minor": 500, "units": 1}
    problem = await refused(program.preview_rule(kind="limited", name="x", prices=[one], **when))
    assert (problem.status, problem.problem["data"]) == (422, {"field": "prices"})


async def test_a_coupon_is_launched_and_given_and_a_shop_has_a_budget(place: Place, programs: Programs) -> None:
    who = await office.clerk(place)
    program, when = await programs(who.person, "promotions.read", "promotions.write"), await times(place)
    terms = {"name": "立减", "off_minor": 500, "way": "granted", "total": 3, **when}
    made = await program.launch_coupon_template(**terms, reason=WHY, key="k")
    assert await program.launch_coupon_template(**terms, reason=WHY, key="k") == made
    (one,) = (await program.list_coupon_templates()).items
    assert (one.template, one.off_minor, one.total, one.way) == (made.template, 500, 3, "granted")
    problem = await refused(program.launch_coupon_template(**{**terms, "off_permyriad": 100}, reason=WHY))
    assert (problem.code, problem.problem["data"]) == ("promotions.template_invalid", {"field": "off_minor"})
    coded = {**terms, "way": "code", "code": "SPRING"}
    await program.launch_coupon_template(**coded, reason=WHY)
    assert (await refused(program.launch_coupon_template(**coded, reason=WHY))).code == "promotions.code_in_use"
    assert await acts_on(place, made.template) == [("promotions.launch_template", who.person, WHY)]
    shop, _ = await shopping.shop(place)
    await program.grant_shop_budget(SHOP.show(shop), budget_minor=9000, reason=WHY)
    assert (await acts_on(place, SHOP.show(shop)))[0][1:] == (who.person, WHY)


# ── campaigns ──
async def test_a_campaign_is_launched_once_per_product_and_ended(place: Place, programs: Programs) -> None:
    of = await given.goods(place, units=30)
    clerk, program = await member(place, programs, "campaigns.read", "campaigns.write")
    price = {"sku": SKU.show(of.sku), "price_minor": 900, "units": 10}
    terms = {"product": PRODUCT.show(of.product), "prices": [price], "size": 3, **await times(place)}
    made = await program.launch_campaign(**terms, reason=WHY, key="k")
    assert await program.launch_campaign(**terms, reason=WHY, key="k") == made
    assert (await refused(program.launch_campaign(**terms, reason=WHY))).code == "groupbuy.campaign_clash"
    problem = await refused(program.launch_campaign(**{**terms, "prices": [price, price]}, reason=WHY))
    assert problem.problem["data"] == {"field": "prices"}
    shown = await program.show_campaign(made.campaign)
    assert (shown.campaign.size, shown.team_hours, shown.stacks_with) == (3, 24, ["points"])
    assert [one.campaign for one in (await program.list_campaigns(state="running")).items] == [made.campaign]
    await program.end_campaign(made.campaign, reason=WHY)
    assert [one.state for one in (await program.list_campaigns()).items] == ["ended"]
    assert {(who, why) for _, who, why in await acts_on(place, made.campaign)} == {(clerk.person, WHY)}


async def test_a_presale_is_launched_and_ended(place: Place, programs: Programs) -> None:
    of = await given.goods(place)
    clerk, program = await member(place, programs, "campaigns.read", "campaigns.write")
    async with place.work() as work:
        days = {name: (work.now + timedelta(days=day)).isoformat() for name, day in (
            ("starts_at", 0), ("ends_at", 2), ("balance_from", 2), ("balance_until", 4), ("ships_by", 6))}  # fmt: skip
    price = {"sku": SKU.show(of.sku), "price_minor": of.price_minor, "deposit_minor": 100}
    terms = {"product": PRODUCT.show(of.product), "kind": "earnest", "prices": [price], **days}
    problem = await refused(program.launch_presale(**{**terms, "ends_at": days["ships_by"]}, reason=WHY))
    assert problem.code == "presale.offer_invalid"
    made = await program.launch_presale(**terms, reason=WHY)
    assert (await refused(program.launch_presale(**terms, reason=WHY))).code == "presale.offer_clash"
    (one,) = (await program.list_market_presales()).items
    assert (one.presale, one.state, one.waiting) == (made.presale, "running", 0)
    await program.end_presale(made.presale, reason=WHY)
    assert (await program.list_market_presales(state="running")).items == []
    assert {(who, why) for _, who, why in await acts_on(place, made.presale)} == {(clerk.person, WHY)}
