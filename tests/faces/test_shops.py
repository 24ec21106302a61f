"""A shop from the question to its desk, and what the office may do about it."""

from datetime import timedelta

from tests.faces.browser import JSON, form_to
from tests.faces.client import refused
from tests.faces.conftest import Programs, Visitors
from tests.faces.test_trade_places import REASON, come_in
from tests.given import goods as given
from tests.given import office
from tests.given import sharing as share
from tests.given import shops as shopping
from tests.given import training as learn
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.people import parties, sharing, training
from tuan.people.parties.model import SHOP
from tuan.people.sharing import MakeLink
from tuan.people.sharing.model import BindRule, BindTerms, Target
from tuan.people.training.model import COURSE_ID
from tuan.play import shops
from tuan.play.shops.model import APPLICATION_ID, Opening, Terms

NEW, APPLICATIONS, RULES = "/shops/new", "/office/shops/applications", "/office/shops/rules"


async def test_a_shop_is_asked_for_let_in_and_has_a_desk(place: Place, visitors: Visitors) -> None:
    await office.clerk(place)
    who = await given.buyer(place)
    clerk, browser = await come_in(place, visitors), await visitors(who)
    assert "Open a shop of your own" in await browser.read("/me")
    assert (await browser.get("/desk/shop")).status_code == 403
    page = await browser.read(NEW)
    assert "no fee, no purchase" in page
    wrong = await browser.send(form_to(page, "/shops/applications"), name=" ", words="我家楼下")
    assert wrong.status_code == 422 and "我家楼下" in wrong.text and 'aria-invalid="true"' in wrong.text
    answer = await browser.send(form_to(page, "/shops/applications"), name="阿梅的小店", words="我家楼下的水果")
    assert (answer.status_code, answer.headers["location"]) == (303, NEW)
    assert "The market looks at it" in await browser.read(NEW)
    listed = await clerk.read("/office/shops")
    assert "1 application waits for an answer" in listed
    listed = await clerk.read(f"{APPLICATIONS}?state=waiting")
    url = listed.split(f'href="{APPLICATIONS}/')[1].split('"')[0]
    page = await clerk.read(f"{APPLICATIONS}/{url}")
    assert "我家楼下的水果" in page
    answer = await clerk.send(form_to(page, f"{APPLICATIONS}/{url}/opening"), **REASON)
    assert answer.status_code == 303, answer.text
    assert (await browser.get(NEW)).headers["location"] == "/desk/shop"
    assert "阿梅的小店" in await browser.read("/desk/shop")
    assert "阿梅的小店" in await browser.read("/me")
    assert await place.breaches() == {}


async def test_who_is_not_let_in_reads_why_and_may_take_the_next_try_back(place: Place, visitors: Visitors) -> None:
    await office.clerk(place)
    who = await given.buyer(place)
    clerk, browser = await come_in(place, visitors), await visitors(who)
    application = APPLICATION_ID.show(await shopping.waiting(place, who))
    page = await clerk.read(f"{APPLICATIONS}/{application}")
    form = form_to(page, f"{APPLICATIONS}/{application}/refusal")
    assert (await clerk.send(form, reason="a name that others know")).status_code == 303
    page = await browser.read(NEW)
    assert "a name that others know" in page
    assert (await browser.send(form_to(page, "/shops/applications"), name="另一家")).status_code == 303
    page = await browser.read(NEW)
    assert (await browser.send(form_to(page, "/shops/applications/withdrawal"))).status_code == 303
    assert "Take the application back" not in await browser.read(NEW)


async def test_who_comes_by_a_shops_link_was_invited_by_that_shop(place: Place, visitors: Visitors) -> None:
    first, owner = await shopping.shop(place)
    link = MakeLink(owner.id, Target("shop", first), "web")
    code = granted(await place.do(sharing.make_link, link))
    await shopping.terms(place, Opening.ITSELF)
    who = await given.buyer(place)
    browser = await visitors(who)
    page = await browser.read(f"{NEW}?by={code}")
    assert "You were invited by 小店." in page and "It opens at once" in page
    answer = await browser.send(form_to(page, "/shops/applications"), name="阿梅的小店")
    assert answer.headers["location"] == "/desk/shop"
    assert (await place.do(parties.shop_of, who.id)).inviter_id == first
    other = await visitors(await given.buyer(place))
    assert "You were invited" not in await other.read(f"{NEW}?by=xxxxxxxxxx")
    looked = await place.do(shops.code_of, first)
    assert "You were invited" not in await other.read(f"{NEW}?by={looked}"), (
        "to look at a page is to be invited by nobody"
    )


async def test_a_shop_is_suspended_in_the_office_and_its_owner_is_told(place: Place, visitors: Visitors) -> None:
    await office.clerk(place)
    shop, owner = await shopping.shop(place)
    clerk, browser = await come_in(place, visitors), await visitors(owner)
    url = f"/office/shops/{SHOP.show(shop)}"
    assert (await clerk.send(form_to(await clerk.read(url), f"{url}/suspension"), **REASON)).status_code == 303
    assert "The market has suspended this shop" in await browser.read("/desk/shop")
    page = await clerk.read(url)
    assert "because of the test" in page
    assert (await clerk.send(form_to(page, f"{url}/reopening"), **REASON)).status_code == 303
    assert "suspended" not in await browser.read("/desk/shop")
    assert "Open" in await clerk.read("/office/shops?state=open")


async def test_the_market_sets_its_rules_and_moves_nobody_by_them(place: Place, visitors: Visitors) -> None:
    await office.clerk(place)
    clerk, who = await come_in(place, visitors), await given.buyer(place)
    at, link = await share.shops_link(place)
    assert await share.come(place, who, link) == at
    page = await clerk.read(RULES)
    assert "there is no way for the market to move one" in page
    answer = await clerk.send(form_to(page, f"{RULES}/opening"), opening="tasks", member_days="3", **REASON)
    assert answer.status_code == 303 and await place.do(shops.terms) == Terms(Opening.TASKS, 3)
    form = form_to(await clerk.read(RULES), f"{RULES}/binding")
    answer = await clerk.send(form, rule="latest", valid_days="", protected_days="15", **REASON)
    assert answer.status_code == 303
    assert await place.do(sharing.bind_terms) == BindTerms(BindRule.LATEST, None, 15)
    assert (await clerk.send(form, rule="mine", **REASON)).status_code == 422
    assert await share.customer_of(place, who) == at


async def test_the_market_names_a_course_and_who_waits_is_led_to_it(
    place: Place, visitors: Visitors, programs: Programs
) -> None:
    await office.clerk(place)
    course, who = await learn.course(place), await given.buyer(place)
    named, url = COURSE_ID.show(course), f"/desk/shop/courses/{COURSE_ID.show(course)}"
    clerk, browser = await come_in(place, visitors), await visitors(who)
    form = form_to(await clerk.read(RULES), f"{RULES}/opening")
    wrong = await clerk.send(form, opening="tasks", member_days="0", course=f"course_{'0' * 26}", key="x", **REASON)
    assert wrong.status_code == 422
    answer = await clerk.send(form, opening="tasks", member_days="0", course=named, **REASON)
    assert answer.status_code == 303 and (await place.do(shops.terms)).course == course
    assert f'value="{named}" selected' in await clerk.read(RULES)
    page = await browser.read(NEW)
    assert f'href="{url}"' in page and "开店第一课" in page
    await browser.send(form_to(page, "/shops/applications"), name="阿梅的小店", words="好" * 20)
    assert f'href="{url}"' in await browser.read(NEW) and "开店第一课" in await browser.read(url)
    program = await programs(who.id, "account.read")
    left = (await program.show_shop_application()).left
    assert [(one.task, one.course) for one in left] == [("course", named)]
    granted(await learn.answer(place, who, course))
    assert "the shop opens within minutes" in await browser.read(NEW)
    assert (await program.show_shop_application()).left == []
    assert await place.do(training.end_course, course, reason="test") is None
    assert "taught no more" in await clerk.read(RULES) and f'value="{named}" selected' in await clerk.read(RULES)
    other = await visitors(await given.buyer(place))
    page = await other.read(NEW)
    assert "开店第一课" in page and url not in page
    await place.later(timedelta(minutes=11))
    assert (await browser.get(NEW)).headers["location"] == "/desk/shop"
    assert await place.breaches() == {}


async def test_a_program_asks_for_a_shop_and_takes_the_question_back(place: Place, programs: Programs) -> None:
    program = await programs((await given.buyer(place)).id, "account.read", "account.write")
    assert (await refused(program.show_shop_application())).code == "not_found"
    sent = await program.apply_for_shop(name="阿梅的小店", words="水果")
    assert sent.shop is None
    assert (await program.show_shop_application()).state == "waiting"
    await program.withdraw_shop_application()
    assert (await program.show_shop_application()).state == "withdrawn"
    await shopping.terms(place, Opening.ITSELF)
    assert (await program.apply_for_shop(name="阿梅的小店")).shop is not None


async def test_the_pages_of_a_shop_are_json_too(place: Place, visitors: Visitors) -> None:
    _, owner = await shopping.shop(place, name="阿梅的小店")
    browser = await visitors(owner, accept=JSON)
    assert (await browser.json("/desk/shop"))["frame"]["name"] == "阿梅的小店"
    assert (await browser.json(NEW))["state"] == "none"
