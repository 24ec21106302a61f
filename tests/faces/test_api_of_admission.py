"""What programs do in place of the office about who may sell: shops, their rules, the links' domain, suppliers, licences, proposals."""

from typing import Any

from tests.faces.client import refused
from tests.faces.conftest import Clerks, Programs, Visitors
from tests.faces.test_api import owner_of
from tests.given import goods as given
from tests.given import office, sourcing
from tests.given import shops as shopping
from tests.given.houses import Place
from tests.given.training import course
from tuan.goods import sourcing as goods_sourcing
from tuan.goods.catalog.model import PRODUCT
from tuan.goods.sourcing.model import APPLICATION_ID, LICENCE_ID, PROPOSAL_ID
from tuan.kit.refusals import granted
from tuan.people import sharing
from tuan.people.accounts.model import PERSON
from tuan.people.parties.model import SHOP, SUPPLIER
from tuan.people.training.model import COURSE_ID
from tuan.platform import audit
from tuan.play import shops
from tuan.play.shops.model import APPLICATION_ID as SHOP_APPLICATION

WHY = "looked at"


async def member(place: Place, programs: Programs, *scopes: str, role: str = "owner") -> tuple[Any, Any]:
    clerk = await office.clerk(place, role)
    return clerk, await programs(clerk.person, *scopes)


async def acts_on(place: Place, subject: str) -> list[tuple[str, Any, str]]:
    return [(act["action"], act["actor_id"], act["reason"]) for act in await place.do(audit.about, subject)]


# ── shops ──
async def test_an_application_is_decided_once_and_by_whoever_may(place: Place, programs: Programs) -> None:
    who, other = await given.buyer(place), await given.buyer(place)
    wished, unwished = [
        SHOP_APPLICATION.show(await shopping.waiting(place, one, words="我家楼下的水果")) for one in (who, other)
    ]
    clerk, program = await member(place, programs, "shops.read", "shops.write")
    assert [one.application for one in (await program.list_asked_shops(state="waiting")).items] == [unwished, wished]
    seen = await program.show_asked_shop(wished)
    assert (seen.person, seen.words, seen.shop, seen.state) == (PERSON.show(who.id), "我家楼下的水果", None, "waiting")
    before = await place.snapshot()
    problem = await refused(program.decide_shop_application(wished, verdict="approve", reason="  "))
    assert problem.code == "audit.reason_missing"
    after = await place.snapshot()
    assert {name for name in after if after[name] != before[name]} <= {"platform.limits", "developers.keys"}
    await program.decide_shop_application(wished, verdict="approve", reason=WHY, key="k")
    await program.decide_shop_application(wished, verdict="approve", reason=WHY, key="k")
    await program.decide_shop_application(unwished, verdict="refuse", reason=WHY)
    for verdict in ("approve", "refuse"):
        problem = await refused(program.decide_shop_application(wished, verdict=verdict, reason=WHY))
        assert problem.code == "shops.not_waiting", "it is decided once"
    shown, told = await program.show_asked_shop(wished), await program.show_asked_shop(unwished)
    assert (shown.state, told.state, told.why) == ("opened", "refused", WHY)
    assert [one.shop for one in (await program.list_market_shops()).items] == [shown.shop]
    assert {(who, why) for _, who, why in await acts_on(place, unwished)} == {(clerk.person, WHY)}
    unknown = SHOP_APPLICATION.show(SHOP_APPLICATION.new())
    assert (await refused(program.show_asked_shop(unknown))).code == "not_found"
    await place.quiet()
    assert await place.breaches() == {}


async def test_a_shop_is_suspended_and_opened_again(place: Place, programs: Programs) -> None:
    shop, owner = await shopping.shop(place)
    shown = SHOP.show(shop)
    clerk, program = await member(place, programs, "shops.read", "shops.write")
    await program.move_shop(shown, state="suspended", reason=WHY)
    assert (await refused(program.move_shop(shown, state="suspended", reason=WHY))).code == "parties.not_in_state"
    assert (await refused(program.show_shop(shown))).code == "not_found", "nobody sees it"
    one = await program.show_market_shop(shown)
    assert (one.state, one.owner, one.inviter, one.budget.amount_minor) == ("suspended", PERSON.show(owner.id), None, 0)
    assert [each.shop for each in (await program.list_market_shops(state="suspended")).items] == [shown]
    await program.move_shop(shown, state="open", reason=WHY)
    assert (await program.show_shop(shown)).shop == shown
    assert [act for act, who, _ in await acts_on(place, shown) if who == clerk.person] == [
        "parties.reopen_shop", "parties.suspend_shop",
    ]  # fmt: skip
    unknown = SHOP.show(SHOP.new())
    assert (await refused(program.move_shop(unknown, state="open", reason=WHY))).code == "not_found"


async def test_the_rules_of_shops_are_set_and_move_nobody(place: Place, programs: Programs) -> None:
    of = await course(place)
    clerk, program = await member(place, programs, "shops.read", "rules.write")
    rules = await program.show_shop_rules()
    assert (rules.opening.opening, rules.binding.rule, rules.binding.valid_days) == ("approval", "first", 365)
    await program.set_opening_rule(opening="tasks", member_days=7, course=COURSE_ID.show(of), reason=WHY)
    await program.set_binding_rule(rule="latest", valid_days=None, protected_days=15, reason=WHY)
    rules = await program.show_shop_rules()
    assert (rules.opening.opening, rules.opening.member_days, rules.opening.course) == ("tasks", 7, COURSE_ID.show(of))
    assert (rules.binding.rule, rules.binding.valid_days, rules.binding.protected_days) == ("latest", None, 15)
    terms = await place.do(shops.terms)
    assert (terms.opening, terms.member_days, terms.course) == ("tasks", 7, of)
    unknown = COURSE_ID.show(COURSE_ID.new())
    problem = await refused(program.set_opening_rule(opening="tasks", course=unknown, reason=WHY))
    assert problem.status in (404, 422) and (await place.do(shops.terms)).course == of
    problem = await refused(program.set_binding_rule(rule="first", valid_days=0, protected_days=9, reason=WHY))
    assert problem.code == "sharing.rule_invalid" and (await place.do(sharing.bind_terms)).protected_days == 15
    reader = await programs(clerk.person, "shops.read", "shops.write")
    assert (await refused(reader.set_opening_rule(opening="itself", reason=WHY))).code == "web.scope_missing"


async def test_the_links_domain_is_set_and_given_up(place: Place, programs: Programs) -> None:
    clerk, program = await member(place, programs, "links.read", "domains.write")
    name = f"go-{place.market}.example.com"
    await program.set_link_domain(domain=name, reason=WHY)
    assert (await program.show_link_domain()).domain == name
    assert (await refused(program.set_link_domain(domain=place.host, reason=WHY))).status in (409, 422)
    assert (await refused(program.set_link_domain(domain="127.0.0.1", reason=WHY))).status == 422
    assert (await program.show_link_domain()).domain == name
    await program.set_link_domain(domain=None, reason=WHY)
    assert (await program.show_link_domain()).domain is None
    assert [(act, who) for act, who, _ in await acts_on(place, "links")] == [
        ("sharing.set_link_host", clerk.person)
    ] * 2


# ── suppliers ──
async def test_whoever_wants_to_supply_is_checked_and_admitted(place: Place, programs: Programs) -> None:
    _, application = await sourcing.applied(place)
    shown = APPLICATION_ID.show(application)
    clerk, program = await member(place, programs, "suppliers.read", "suppliers.write", role="goods")
    (one,) = (await program.list_applicants(state="submitted")).items
    assert (one.application, one.name, one.supplier) == (shown, "王家果园", None)
    problem = await refused(program.decide_applicant(shown, verdict="approve", reason=WHY))
    assert problem.code == "sourcing.check_moved", "it is taken up first"
    await program.take_up_applicant(shown, reason=WHY)
    problem = await refused(program.decide_applicant(shown, verdict="approve", reason=WHY))
    assert problem.code == "sourcing.licences_undecided"
    (licence,) = (await program.show_applicant(shown)).licences
    assert (licence.kind, licence.state) == ("business", "in_check") and licence.picture_url.startswith("http")
    await program.decide_licence(licence.licence, verdict="approve", reason=WHY)
    await program.decide_applicant(shown, verdict="approve", reason=WHY, key="k")
    await program.decide_applicant(shown, verdict="approve", reason=WHY, key="k")
    told = await program.show_applicant(shown)
    assert (told.state, told.reason, [one.state for one in told.licences]) == ("approved", WHY, ["approved"])
    assert told.supplier is not None and (await program.list_applicants(state="approved")).items[0].supplier
    assert {who for _, who, _ in await acts_on(place, shown)} == {clerk.person}
    await place.quiet()
    assert await place.breaches() == {}


async def test_a_licence_that_comes_later_is_taken_up_and_refused_with_its_reason(
    place: Place, programs: Programs
) -> None:
    person, supplier = await sourcing.admitted(place)
    later = granted(await place.do(goods_sourcing.send_licence, person, sourcing.FOOD))
    _, program = await member(place, programs, "suppliers.read", "suppliers.write", role="goods")
    shown = LICENCE_ID.show(later)
    (one,) = (await program.list_sent_licences(state="submitted")).items
    assert (one.licence, one.supplier, one.kind) == (shown, SUPPLIER.show(supplier), "food")
    assert (await refused(program.decide_licence(shown, verdict="refuse", reason=WHY))).code == "sourcing.check_moved"
    await program.take_up_licence(shown, reason=WHY)
    await program.decide_licence(shown, verdict="refuse", reason=WHY)
    seen = await program.show_sent_licence(shown)
    assert (seen.state, seen.reason, seen.number) == ("refused", WHY, "JY13501000000001")
    assert (await refused(program.take_up_licence(shown, reason=WHY))).code == "sourcing.check_moved"


async def test_a_proposal_is_told_with_what_differs_and_decided_once(place: Place, programs: Programs) -> None:
    of = await given.goods(place)
    before = await sourcing.shown(place, of.product)
    shown = PROPOSAL_ID.show(await sourcing.proposed(place, of, title=f"{before.title} 5 斤"))
    _, program = await member(place, programs, "suppliers.read", "suppliers.write", role="goods")
    (one,) = (await program.list_market_proposals(state="open")).items
    assert (one.proposal, one.supplier, one.is_new) == (shown, SUPPLIER.show(of.supplier), False)
    seen = await program.show_market_proposal(shown)
    assert (seen.before.title, seen.after.title, seen.is_overtaken) == (before.title, f"{before.title} 5 斤", False)
    (change,) = seen.changes
    assert change.field == "title"
    assert "".join(word.text for word in change.words if word.side in ("same", "gone")) == before.title
    assert "".join(word.text for word in change.words if word.side in ("same", "new")) == seen.after.title
    assert [(sku.price.amount_minor, sku.sku is None) for sku in seen.after.skus] == [(of.price_minor, False)]
    await program.decide_proposal(shown, verdict="approve", reason=WHY)
    assert (await sourcing.shown(place, of.product)).title == seen.after.title
    problem = await refused(program.decide_proposal(shown, verdict="refuse", reason=WHY))
    assert problem.status in (409, 410) and (await program.show_market_proposal(shown)).state == "approved"
    assert {why for _, _, why in await acts_on(place, shown)} == {WHY}


# ── what shops may have ──
async def test_goods_are_kept_back_by_their_supplier_or_by_the_market(
    place: Place, programs: Programs, clerks: Clerks, visitors: Visitors
) -> None:
    shop, keeper = await shopping.shop(place)
    of = await shopping.picked(place, shop)
    product = PRODUCT.show(of.product)
    erp = await programs(await owner_of(place, of))
    _, market = await member(place, programs, "shops.read", "shops.write")
    await erp.turn_own_pooled(product, state="kept_back")
    seen = await erp.show_own_pooled(product)
    assert (seen.by_supplier, seen.by_market, seen.since is not None) == (True, False, True)
    goods = (await (await programs(keeper.id)).list_shop_goods()).items
    assert [(one.product, one.sold_out) for one in goods] == [(product, True)], "its keeper sees that it ran out"
    desk = await visitors(keeper)
    assert "ran out for shops" in await desk.read("/desk/shop/goods")
    await market.turn_pooled(product, state="kept_back", reason=WHY)
    assert (await refused(market.turn_pooled(product, state="kept_back", reason=WHY))).code == "shops.pool_unchanged"
    (kept,) = (await market.list_kept_back()).items
    assert (kept.product, kept.by_supplier, kept.by_market) == (product, True, True)
    await erp.turn_own_pooled(product, state="offered")
    assert (await refused(erp.turn_own_pooled(product, state="offered"))).code == "shops.kept_by_market"
    clerk = await clerks()
    assert "The market keeps it back." in await clerk.read(f"/office/shops/pool/{product}")
    assert product in await clerk.read("/office/shops/pool")
    answer = await clerk.post(f"/office/shops/pool/{product}", key="k", reason=WHY, offered="yes")
    assert answer.status_code in (200, 303) and "Offered to shops" in await clerk.read(f"/office/shops/pool/{product}")
    assert (await market.show_pooled(product)).since is None and (await market.list_kept_back()).items == []
    other = await programs(await owner_of(place, await given.goods(place)))
    assert (await refused(other.turn_own_pooled(product, state="kept_back"))).code == "not_found"
    assert (await refused(other.show_own_pooled(product))).code == "not_found"
