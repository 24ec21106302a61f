"""After-sales as pages: what may be asked, what is shown first, what strangers type, and the office that decides."""

import re
from uuid import UUID

import pytest

from tests.faces.browser import form_to
from tests.faces.client import refused
from tests.faces.conftest import Programs, Visitors
from tests.faces.test_trade_places import come_in
from tests.given import goods as given
from tests.given import points as wallets
from tests.given import promotions as promo
from tests.given.aftersales import asked, bought, case_of, disputed
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.trade import aftersales
from tuan.trade.aftersales.model import Saying, Side
from tuan.trade.orders.model import ORDER_ID
from tuan.value.promotions.model import COUPON

HOSTILE = '"><script>alert(1)</script>'


@pytest.mark.parametrize("language", ["zh-CN", "es", "en"])
async def test_the_office_sees_both_sides_and_decides(place: Place, visitors: Visitors, language: str) -> None:
    _, of, order = await disputed(place)
    assert await place.do(aftersales.say, order, 1, Side.SUPPLIER, of.supplier, Saying(HOSTILE)) is None
    clerk = await come_in(place, visitors, language=language)
    listed = await clerk.read("/office/cases")
    url = f"/office/cases/{ORDER_ID.show(order)}/1"
    assert url in listed
    page = await clerk.read(url)
    assert HOSTILE not in page and "&lt;script&gt;" in page and "完好发出" in page
    answer = await clerk.send(form_to(page, f"{url}/decision"), decision="give_back", amount="10", reason="照片清楚")
    assert answer.status_code in (200, 303)
    case = await case_of(place, order)
    assert (case["state"], case["amount_minor"]) == ("done", 1000)
    await place.quiet()
    assert await given.given_back(place, order) == 1000
    assert f"{url}/decision" not in await clerk.read(url)


async def test_who_may_only_see_gets_no_form_and_others_nothing(place: Place, visitors: Visitors) -> None:
    _, _, order = await disputed(place)
    url = f"/office/cases/{ORDER_ID.show(order)}/1"
    auditor, packer = await come_in(place, visitors, "audit"), await come_in(place, visitors, "goods")
    assert "/decision" not in await auditor.read(url)
    assert (await packer.get(url)).status_code == 403


async def test_what_is_asked_is_shown_first_and_in_the_words_of_the_refusal(place: Place, visitors: Visitors) -> None:
    who, _, order = await bought(place)
    browser = await visitors(who)
    new = f"/orders/{ORDER_ID.show(order)}/cases/new"
    assert "kind=exchange" in await browser.read(new)
    page = await browser.read(f"{new}?kind=refund_only&units_1=2&why=damaged")
    assert "39.80" in re.sub(r"<[^>]+>", "", page)
    refused = await browser.read(f"{new}?kind=refund_only&units_1=9&why=damaged")
    assert "Only 3 of this line are left" in refused and 'name="shown_minor"' not in refused
    for strange in ("x", "-1", "1e3", "²", "9" * 50, HOSTILE):
        answer = await browser.get(f"{new}?kind=refund_only&units_1={strange}&why={strange}&amount={strange}")
        assert answer.status_code in (200, 422) and HOSTILE not in answer.text


async def test_nobody_sees_or_answers_anothers_case(place: Place, visitors: Visitors) -> None:
    who, _, order = await asked(place)
    url = f"/orders/{ORDER_ID.show(order)}/cases/1"
    mine = await visitors(who)
    assert "case-act" in await mine.read(url)
    other = await visitors(await given.buyer(place))
    assert (await other.get(url)).status_code == 404
    for number in ("0", "2", "x", "9" * 40):
        assert (await mine.get(f"/orders/{ORDER_ID.show(order)}/cases/{number}")).status_code == 404


NAME = "立减 10 元"


@pytest.mark.parametrize(
    ("language", "words"), [("zh-CN", "」会退回"), ("en", "comes back; you"), ("es", "Vuelve su cup")]
)
async def test_coupons_and_points_are_told_before_anything_goes_back(
    place: Place, visitors: Visitors, language: str, words: str
) -> None:
    """On the page that asks, and on the order's page where it is cancelled; the sum stands beside them."""
    who, order, _ = await with_coupon(place)
    browser, url = await visitors(who, language=language), f"/orders/{ORDER_ID.show(order)}"
    asked = await browser.read(f"{url}/cases/new?kind=cancel&units_1=2&why=unsaid")
    cancelled = await browser.read(url)
    for page in (asked, cancelled):
        assert NAME in page and words in page and "300" in page
    part = await browser.read(f"{url}/cases/new?kind=cancel&units_1=1&why=unsaid")
    assert NAME in part and words not in part
    shown = re.sub(r"<[^>]+>", "", cancelled.partition(f'action="{url}/cancellation"')[2])
    assert re.search(r"26[.,]80", shown)


async def test_programs_are_told_the_same(place: Place, programs: Programs) -> None:
    who, order, coupon = await with_coupon(place)
    program, shown = await programs(who.id), ORDER_ID.show(order)
    whole = await program.preview_cancellation(shown)
    part = await program.preview_case(shown, kind="cancel", reason="unsaid", lines=[{"line": 1, "units": 1}])
    assert (whole.total.amount_minor, whole.points_returned, whole.points_owed) == (2680, 300, 0)
    assert [(one.coupon, one.name, one.fate) for one in whole.coupons] == [(COUPON.show(coupon), NAME, "returns")]
    assert (part.points_returned, [one.fate for one in part.coupons]) == (150, ["stays"])
    await program.cancel(shown, reason="unsaid", back_minor=0)
    await place.quiet()
    assert await promo.states(place) == {coupon: "free"}
    again = await refused(program.preview_cancellation(shown))
    assert (again.code, again.problem["data"]) == ("orders.not_now", {"state": "cancelled"})


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "50 points for leading your team go with it."), ("zh-CN", "您带团得的 50 积分也会一起收回。"),
     ("es", "Con ello se van 50 puntos por dirigir su grupo.")],
)  # fmt: skip
async def test_a_leader_reads_before_he_gives_up_that_his_points_go_with_it(
    place: Place, visitors: Visitors, programs: Programs, language: str, words: str
) -> None:
    """On his order's page, where he asks, and by a program; not for a part of it."""
    await wallets.terms(place)
    of = await given.campaign(place, await given.goods(place), size=2, leader_points=50)
    leader, member = await given.buyers(place, 2)
    seat = await given.paid_team(place, leader, of, 2)
    other = await given.paid_join(place, member, seat.team, of)
    await place.quiet()
    browser, url = await visitors(leader, language=language), f"/orders/{ORDER_ID.show(seat.order)}"
    for page in (url, f"{url}/cases/new?kind=cancel&units_1=2&why=unsaid"):
        assert words in await browser.read(page), page
    assert words not in await browser.read(f"{url}/cases/new?kind=cancel&units_1=1&why=unsaid")
    program = await programs(leader.id)
    assert (await program.preview_cancellation(ORDER_ID.show(seat.order))).points_led_taken == 50
    his = await programs(member.id)
    assert (await his.preview_cancellation(ORDER_ID.show(other.order))).points_led_taken == 0


async def with_coupon(place: Place) -> tuple[given.Buyer, UUID, UUID]:
    """A paid order of two units over 39.80, of which a coupon paid 10.00 and points 3.00."""
    await wallets.terms(place)
    who, of = await given.buyer(place), await given.goods(place)
    await wallets.grant(place, who.id, 300)
    coupon = await promo.coupon(place, who, stacks=True)
    placed = granted(await promo.buy(place, who, of, [coupon], units=2, points=300))
    await given.pay(place, who, placed)
    return who, placed.orders[0], coupon
