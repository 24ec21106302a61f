"""What shops are told of terms: what is coming, old beside new, and what a channel lets nobody be paid."""

from datetime import timedelta

from tests.faces.browser import JSON
from tests.faces.conftest import Clerks, Programs, Visitors
from tests.faces.test_settlement_places import words_of
from tests.given import commissions as earning
from tests.given import goods as given
from tests.given import guarding
from tests.given import sharing as share
from tests.given.houses import Place
from tests.verbs.test_alarms import LONG
from tuan.kit.refusals import granted
from tuan.people import compliance
from tuan.people.compliance.model import Channel
from tuan.play import distribution
from tuan.play.distribution.model import PLAN_ID, Rate, Scope, Terms

HALF = Terms((Rate(Scope.MARKET, None, 1, rate_bp=500),), hold_days=10)
PLANS = "/office/commissions/plans"


async def test_a_shop_reads_what_its_terms_will_be_beside_what_they_are(
    place: Place, visitors: Visitors, programs: Programs
) -> None:
    of = await given.goods(place)
    plan, shop = await earning.plan(place), await earning.shop(place, of)
    desk = await visitors(shop.owner)
    assert "Terms that change" not in await desk.read("/desk/shop")
    number = granted(await place.do(distribution.draft_version, plan, HALF, reason="test"))
    assert await place.do(distribution.switch_on, plan, number, reason="test") is None
    for url in ("/desk/shop", "/desk/shop/money"):
        page = words_of(await desk.read(url))
        assert "10 % · Everywhere → 5 % · Everywhere" in page and "8 days → 10 days" in page, page
    (told,) = (await desk.get("/desk/shop", accept=JSON)).json()["coming"]
    assert told["lines"][0] == {"what": "Whole market", "before": "10 % · Everywhere", "after": "5 % · Everywhere"}
    program = await programs(shop.owner.id)
    (change,) = (await program.list_coming_terms()).items
    assert (change.plan, change.before.rates[0].rate_bp, change.after.rates[0].rate_bp) == (
        PLAN_ID.show(plan),
        1000,
        500,
    )
    await place.move_clock(timedelta(days=7, minutes=1))
    assert "Terms that change" not in await desk.read("/desk/shop")


async def test_neither_desk_nor_program_promises_a_level_that_nobody_answers_for(
    place: Place, visitors: Visitors, programs: Programs
) -> None:
    second = Rate(Scope.MARKET, None, 2, rate_bp=200, channels=frozenset({Channel.WEB}))
    terms = Terms((*earning.ten_percent().rates, second))
    async with place.work() as work:
        (fingerprint,) = (await distribution.to_sign(work, terms)).values()
        later = work.now + timedelta(days=2)
    signed = await guarding.signed(place, fingerprint=fingerprint)
    plan, shop = await earning.plan(place), await earning.shop(place, await given.goods(place))
    number = granted(await place.do(distribution.draft_version, plan, terms, reason="test"))
    assert await place.do(distribution.switch_on, plan, number, reason="test", since=later) is None
    desk, program = await visitors(shop.owner), await programs(shop.owner.id)
    assert "level 2" in await desk.read("/desk/shop")
    (change,) = (await program.list_coming_terms()).items
    assert [rate.level for rate in change.after.rates] == [1, 2]
    assert await place.do(compliance.revoke_sign_off, signed, reason="test") is None
    assert "level 2" not in await desk.read("/desk/shop")
    assert (await program.list_coming_terms()).items == []


async def test_a_shop_reads_why_it_is_not_paid(place: Place, visitors: Visitors, programs: Programs) -> None:
    of = await given.goods(place, units=90)
    on_the_web = Rate(Scope.MARKET, None, 1, rate_bp=1000, channels=frozenset({Channel.WEB}))
    await earning.plan(place, Terms((on_the_web,)))
    shop = await earning.shop(place, of)
    desk = await visitors(shop.owner)
    assert "/desk/shop/money/unpaid" not in await desk.read("/desk/shop/money")
    assert "Nothing was left unpaid" in words_of(await desk.read("/desk/shop/money/unpaid"))
    code, who = await share.link(place, shop.owner, of, channel="wechat_mp"), await earning.neighbour(place)
    for _ in range(26):
        await earning.buy(place, who, of, code)
    assert "/desk/shop/money/unpaid" in await desk.read("/desk/shop/money")
    page = words_of(await desk.read("/desk/shop/money/unpaid"))
    assert "Mini-program" in page and "The plan does not pay for orders that come this way." in page
    first = (await desk.get("/desk/shop/money/unpaid", accept=JSON)).json()
    rest = (await desk.get(first["next_url"], accept=JSON)).json()
    assert len({one["number"] for one in first["unpaid"] + rest["unpaid"]}) == 26 and rest["next_url"] is None
    program = await programs(shop.owner.id)
    line = (await program.list_unpaid_lines()).items[0]
    assert (line.level, line.channel, line.article) == (1, "wechat_mp", "")
    assert "One brings you up to ¥1.99; in some channels nothing is paid" in words_of(
        await desk.read("/desk/shop/pool")
    )
    await earning.buy(place, who, of, shop.code, channel=Channel.WECHAT_H5)
    line = (await program.list_unpaid_lines()).items[0]
    assert line.channel == "wechat_h5", "its link was one of the web"


async def test_an_operator_is_told_which_channel_and_which_day(place: Place, clerks: Clerks) -> None:
    both = Terms((*earning.ten_percent().rates, Rate(Scope.MARKET, None, 2, rate_bp=200)))
    deep = granted(await place.do(distribution.draft_plan, "两级", both, reason="test"))
    plan = await earning.plan(place)
    number = granted(await place.do(distribution.draft_version, plan, HALF, reason="test"))
    clerk = await clerks()
    page = words_of(await clerk.read(f"{PLANS}/{PLAN_ID.show(deep)}"))
    assert "In this channel nobody may be paid for what those below him sell." in page
    assert "微信外部链接内容管理规范 2.1.2 · WeChat page" in page and "· Mini-program" in page
    url = f"{PLANS}/{PLAN_ID.show(plan)}"
    async with place.work() as work:
        soon = (work.now + timedelta(days=3)).date().isoformat()
    said = {"after": "on", "since": soon, "reason": "less is enough"}
    program = await clerks(accept=JSON)
    before = await place.snapshot()
    refused = await program.post(f"{url}/versions/{number}/state", key=given.fresh_key(), **said)
    assert (refused.status_code, refused.json()["code"]) == (409, "distribution.notice_too_short"), refused.text
    assert await place.snapshot() == before
    for wrong in ("tomorrow", "0000-13-01", "2020-01-01"):
        answer = await clerk.post(f"{url}/versions/{number}/state", key=given.fresh_key(), **{**said, "since": wrong})
        assert answer.status_code == 422, answer.text
    answer = await clerk.post(f"{url}/versions/{number}/state", key=given.fresh_key(), **{**said, "since": ""})
    assert answer.status_code == 303, answer.text
    page = words_of(await clerk.read(url))
    assert "Coming" in page and "Ending" in page
    assert "Ending" in words_of(await clerk.read(PLANS))


async def test_what_rings_stands_on_the_operators_first_page(place: Place, clerks: Clerks) -> None:
    clerk = await clerks()
    assert "alarm of the law" not in await clerk.read("/office")
    await guarding.measured(place, LONG)
    page = await clerk.read("/office")
    assert "1 alarm of the law rings" in page and 'href="/office/law"' in page
    told = (await clerk.get("/office", accept=JSON)).json()
    assert {"kind": "alarms", "count": 1, "url": "/office/law"} in told["hands"]
    assert "since" in words_of(await clerk.read("/office/law"))
