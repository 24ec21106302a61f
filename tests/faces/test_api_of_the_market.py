"""What programs do for the whole market in place of its office: the same acts, refused alike, each with its reason in the audit."""

import base64
from datetime import timedelta
from html import unescape

from tests.faces.browser import form_to
from tests.faces.client import refused
from tests.faces.conftest import Clerks, Programs
from tests.given import commissions as earning
from tests.given import goods as given
from tests.given import leagues as play
from tests.given import office
from tests.given import promotions as promo
from tests.given.houses import Place
from tests.given.pictures import picture
from tests.verbs.test_held_commissions import held
from tuan.goods.catalog.model import SKU
from tuan.people import accounts
from tuan.people.accounts.model import PERSON
from tuan.people.compliance.model import Rule
from tuan.people.parties.model import SHOP
from tuan.platform import audit
from tuan.play import distribution
from tuan.play.distribution.model import COMMISSION_ID, PLAN_ID
from tuan.play.groupbuy.model import CAMPAIGN_ID
from tuan.trade.orders.model import number_of
from tuan.value.promotions.model import TEMPLATE

WHY = "nightly sync"


async def test_a_plan_is_written_checked_switched_on_and_off(place: Place, programs: Programs) -> None:
    who = await office.clerk(place)
    program = await programs(who.person, "plans.read", "plans.write")
    made = await program.draft_plan(name="一成", rates=[{"rate_bp": 1000}], reason=WHY, key="k")
    assert await program.draft_plan(name="一成", rates=[{"rate_bp": 1000}], reason=WHY, key="k") == made
    deep = [{"rate_bp": 1000}, {"rate_bp": 300, "level": 2}]
    second = await program.draft_plan_version(made.plan, rates=deep, reason=WHY)
    check = await program.check_plan_version(made.plan, str(second.version))
    assert [(one.rule, one.object, one.channel) for one in check.findings] == [
        ("level_not_signed", None, None),
        ("downline_in_channel", None, "wechat_h5"),
        ("downline_in_channel", None, "wechat_mp"),
    ]
    assert [one.is_signed for one in check.to_sign] == [False]
    problem = await refused(program.switch_plan(made.plan, "2", state="on", reason=WHY))
    assert (problem.code, problem.problem["data"]["rule"]) == ("distribution.plan_unlawful", Rule.LEVEL_NOT_SIGNED)
    assert (await program.check_plan_version(made.plan, "1")).findings == []
    await program.switch_plan(made.plan, "1", state="on", reason=WHY)
    assert [(one.state, one.versions) for one in (await program.list_plans()).items] == [("on", 2)]
    await program.switch_plan(made.plan, "1", state="off", reason=WHY)
    versions = (await program.show_plan(made.plan)).versions
    assert [(one.version, one.state, len(one.rates)) for one in versions] == [(2, "draft", 2), (1, "ending", 1)]
    acts = await place.do(audit.about, f"{made.plan} v1")
    assert [(act["action"], act["actor_id"], act["reason"]) for act in acts] == [
        (f"distribution.{name}", who.person, WHY) for name in ("switch_off", "switch_on", "draft")
    ]


async def test_a_campaign_has_an_amount_a_piece_of_its_own_by_page_and_by_program(
    place: Place, programs: Programs, clerks: Clerks
) -> None:
    who, of = await office.clerk(place), await given.campaign(place, await given.goods(place))
    program, shown = await programs(who.person, "plans.read", "plans.write"), CAMPAIGN_ID.show(of.campaign)
    own = {"scope": "campaign", "object": shown, "fixed_minor": 150}
    made = await program.draft_plan(name="活动", rates=[{"rate_bp": 1000}, own], reason=WHY, key="k")
    assert (await program.check_plan_version(made.plan, "1")).findings == []
    bold = await program.draft_plan_version(made.plan, rates=[own], line_most_bp=5000, reason=WHY)
    findings = (await program.check_plan_version(made.plan, str(bold.version))).findings
    assert [(one.rule, one.scope, one.object) for one in findings] == [("rate_too_high", "campaign", shown)]
    await program.switch_plan(made.plan, "1", state="on", reason=WHY)
    clerk, url = await clerks(), f"/office/commissions/plans/{made.plan}"
    typed = {"scope0": "campaign", "object0": shown, "rate0": "", "fixed0": "1.50", "line_most": "30", "hold_days": "8"}
    form = form_to(await clerk.read(url), f"{url}/versions")
    assert (await clerk.send(form, **typed, reason=WHY)).status_code == 303
    newest = (await program.show_plan(made.plan)).versions[0]
    assert [(one.scope, one.object, one.fixed_minor) for one in newest.rates] == [("campaign", shown, 150)]
    page = await clerk.read(url)
    assert shown in page and "¥1.50" in page and "at the campaign's own prices" in unescape(page)


async def test_a_held_commission_is_decided_once(place: Place, programs: Programs) -> None:
    *_, commission = await held(place)
    shown, who = COMMISSION_ID.show(commission), await office.clerk(place)
    program = await programs(who.person, "plans.read", "plans.write")
    (one,) = (await program.list_market_commissions(state="held")).items
    assert (one.commission, one.held_for) == (shown, "looked_at")
    await program.decide_commission(shown, after="void", reason=WHY)
    assert (await program.show_market_commission(shown)).answer == WHY
    problem = await refused(program.decide_commission(shown, after="released", reason=WHY))
    assert problem.code == "distribution.not_in_hold"
    assert (await refused(program.hold_commission(shown, reason="  "))).code == "audit.reason_missing"
    act = (await place.do(audit.about, shown))[0]
    assert (act["action"], act["actor_id"], act["reason"]) == ("distribution.void", who.person, WHY)


async def test_the_office_switches_a_version_on_or_off_and_nothing_else(place: Place, clerks: Clerks) -> None:
    plan = PLAN_ID.show(await earning.plan(place))
    url, clerk = f"/office/commissions/plans/{plan}/versions/1/state", await clerks(accept="application/json")
    answer = await clerk.post(url, key="k", reason="test", after="x")
    assert (answer.status_code, answer.json()["data"]) == (422, {"field": "after"})
    assert [row["state"] for row in await place.do(distribution.plans)] == ["on"]


async def test_a_shops_orders_go_on_after_what_it_may_know(place: Place, programs: Programs) -> None:
    of = await given.goods(place)
    shop = await earning.shop(place, of)
    orders = [await earning.buy(place, await earning.neighbour(place), of, shop.code) for _ in range(3)]
    program, seen, after = await programs(shop.owner.id, "shop.read"), [], None
    while not seen or after:
        page = await program.list_shop_orders(size=1, after=after)
        seen += [one.number for one in page.items]
        after = page.next
        key = base64.urlsafe_b64decode(after + "==").decode() if after else ""
        assert not any(str(order) in key or order.hex[:-12] in key for order in orders), "an order's id is its buyer's"
    assert seen == [number_of(order) for order in reversed(orders)]


async def test_a_course_is_written_published_and_ended(place: Place, programs: Programs) -> None:
    who = await office.clerk(place)
    program = await programs(who.person, "growth.read", "growth.write")
    made = await program.draft_course(title="开店第一课")
    steps = [{"title": "小店是什么", "text": "推荐好货。"}, {"title": "怎么分享"}]
    asks = [{"text": "开店要交钱吗?", "answers": ["不用", "要"], "right": [0]}]
    await program.write_course(
        made.course, title="开店第一课", steps=steps, questions=asks, draft=1, rights=["open_shop"]
    )
    image = base64.b64encode(picture(8, 8)).decode()
    await program.set_step_picture(made.course, "2", draft=2, picture=image)
    assert (await refused(program.set_step_picture(made.course, "3", draft=3, picture=image))).code == "not_found"
    draft = await program.show_course_draft(made.course)
    assert (draft.draft, draft.missing, draft.steps[0].kept_picture) == (3, None, None)
    steps[0]["kept_picture"] = draft.steps[1].kept_picture
    told = {"title": "开店", "questions": asks, "draft": 3}
    await program.write_course(made.course, steps=steps, **told)
    assert (await refused(program.write_course(made.course, steps=steps, **told))).code == "training.draft_changed"
    steps[0]["kept_picture"] = "../../secret"
    problem = (await refused(program.write_course(made.course, steps=steps, **{**told, "draft": 4}))).problem
    assert problem["data"] == {"field": "kept_picture"}
    assert (await program.publish_course(made.course, draft=4, reason=WHY)).version == 1
    await program.end_course(made.course, reason=WHY)
    assert [one.state for one in (await program.list_market_courses(state="over")).items] == ["over"]
    assert (await program.list_course_passes(made.course)).items == []
    acts = await place.do(audit.about, made.course)
    assert {(act["actor_id"], act["reason"]) for act in acts} == {(who.person, WHY)} and len(acts) == 2


async def test_levels_are_set_and_a_season_is_planned_and_called_off(place: Place, programs: Programs) -> None:
    who = await office.clerk(place)
    program = await programs(who.person, "growth.read", "growth.write")
    (shop, *_), levels = await play.shops(place, 4), [{"name": "新芽"}, {"name": "小店", "sales_minor": 100}]
    assert (await program.show_levels()).version == 0
    assert (await refused(program.set_levels(levels=levels[::-1], reason=WHY))).code == "leagues.table_invalid"
    assert (await program.set_levels(levels=levels, reason=WHY)).version == 1
    assert [one.name for one in (await program.show_levels()).levels] == ["新芽", "小店"]
    async with place.work() as work:
        starts = work.now + timedelta(days=1)
    season = {"name": "冬季", "ends_at": (starts + play.LENGTH).isoformat(), "size": 4, "moved": 1, "reason": WHY}
    made = await program.plan_season(starts_at=starts.isoformat(), **season)
    clash = await refused(program.plan_season(starts_at=starts.isoformat(), **season))
    assert clash.code == "leagues.season_clash"
    whole = await program.show_market_season(made.season)
    assert (whole.season.state, len(whole.places), whole.leagues) == ("planned", 4, [])
    assert SHOP.show(shop) in {one.shop for one in whole.places}
    await program.call_off_season(made.season, reason=WHY)
    assert [one.state for one in (await program.list_market_seasons()).items] == ["called_off"]


async def phone_of(place: Place, who: given.Buyer) -> str:
    async with place.work() as work:
        return str((await accounts.access_person(work, who.id))["phone"])


async def test_coupons_are_given_to_people_and_a_tier_has_its_members(place: Place, programs: Programs) -> None:
    who, friend, of = await office.clerk(place), await given.buyer(place), await given.goods(place)
    phone, template = await phone_of(place, friend), TEMPLATE.show(await promo.template(place, per_person=1))
    program = await programs(who.person, "promotions.read", "promotions.write")
    said = [phone, "13800138000", phone]
    preview = await program.preview_grants(template, phones=said)
    assert (preview.given, [(one.line, one.code) for one in preview.refused]) == (
        1,
        [(2, "not_found"), (3, "named_before")],
    )
    assert await program.grant_coupons(template, phones=said, reason=WHY, key="k") == preview
    assert await program.grant_coupons(template, phones=said, reason=WHY, key="k") == preview
    assert (await program.grant_coupons(template, phones=said, reason=WHY)).given == 0
    assert [one.taken for one in (await program.list_coupon_templates()).items] == [1]
    tier = (await program.make_tier(name="银卡", reason=WHY)).tier
    await program.set_tier_price(tier, SKU.show(of.sku), price_minor=of.price_minor - 1, reason=WHY)
    assert (await refused(program.put_in_tier(tier, phone="13800138000", reason=WHY))).code == "not_found"
    assert (await refused(program.put_in_tier(tier, phone=phone, reason="  "))).code == "audit.reason_missing"
    await program.put_in_tier(tier, phone=phone, reason=WHY)
    shown = await program.show_tier(tier)
    assert ([one.person for one in shown.members], len(shown.prices)) == ([PERSON.show(friend.id)], 1)
    await program.take_out_of_tier(tier, PERSON.show(friend.id), reason=WHY)
    assert (await refused(program.take_out_of_tier(tier, PERSON.show(friend.id), reason=WHY))).code == "not_found"
    assert [(one.members, one.prices) for one in (await program.list_tiers()).items] == [(0, 1)]
    acts = await place.do(audit.about, template)
    assert [(act["actor_id"], act["reason"], act["after"]) for act in acts if act["actor_id"] == who.person] == [
        (who.person, WHY, {"coupons": 1})
    ]


async def test_an_organisation_is_let_in_and_its_members_are_invited(place: Place, programs: Programs) -> None:
    who, owner, member = await office.clerk(place), await given.buyer(place), await given.buyer(place)
    program = await programs(who.person, "organisations.read", "organisations.write")
    phone = await phone_of(place, owner)
    organisation = (await program.admit_organisation(name="江南银行", phone=phone, reason=WHY)).organisation
    problem = await refused(program.admit_organisation(name="江南银行", phone="13800138000", reason=WHY))
    assert problem.code == "not_found"
    await program.set_organisation_grades(organisation, grades=[{"least_members": 1, "off_minor": 500}], reason=WHY)
    code = (await program.renew_member_code(organisation, reason=WHY)).member_code
    said = [await phone_of(place, member), "13800138000", "x"]
    looked = await program.preview_members(organisation, phones=said)
    assert (looked.invited, looked.known, [(one.line, one.code) for one in looked.refused]) == (
        2,
        0,
        [(3, "not_a_phone")],
    )
    assert (await program.show_admitted_organisation(organisation)).numbers.invited == 0, "looking invites nobody"
    assert await program.invite_members(organisation, phones=said, reason=WHY, key="k") == looked
    assert await program.invite_members(organisation, phones=said, reason=WHY, key="k") == looked
    again = await program.preview_members(organisation, phones=said)
    assert (again.invited, again.known) == (0, 2)
    whole = await program.show_admitted_organisation(organisation)
    assert (whole.numbers.active, whole.numbers.invited, whole.numbers.code) == (0, 2, code), "he decides for himself"
    assert [(one.least_members, one.off_minor) for one in whole.grades] == [(1, 500)]
    assert [(one.organisation, one.invited) for one in (await program.list_organisations()).items] == [
        (organisation, 2)
    ]
    acts = await place.do(audit.about, organisation)
    assert {(act["actor_id"], act["reason"]) for act in acts} == {(who.person, WHY)} and len(acts) == 4
