"""Learning, levels and leagues on the faces: written in the office, learned on a phone, read by shops, the same for programs."""

import base64
import re
from html import unescape
from typing import Any

import pytest

from tests.faces.browser import Browser, form_to
from tests.faces.client import refused
from tests.faces.conftest import Programs, Visitors
from tests.faces.test_trade_places import come_in, send
from tests.given import commissions as paid
from tests.given import goods as given
from tests.given import leagues as play
from tests.given import training as learn
from tests.given.goods import Buyer
from tests.given.houses import Place
from tests.given.pictures import picture
from tuan.kit.refusals import granted
from tuan.people import parties
from tuan.people.training.model import COURSE_ID
from tuan.play.leagues.model import SEASON_ID, Sales, Service

HERE = "/office/courses"
DESK = "/desk/shop/courses"
REASON = {"reason": "because of the test"}


@pytest.fixture
def sold(monkeypatch: pytest.MonkeyPatch) -> play.Sold:
    return play.Sold(monkeypatch)


def chosen(page: str, right: set[str]) -> dict[str, str]:
    """The fields of a quiz's page that tick these answers."""
    found = re.findall(r'<input type="(radio|checkbox)" name="([^"]+)" value="([^"]+)"[^>]*><span>([^<]+)</span>', page)
    return {name: value for _, name, value, text in found if unescape(text) in right}


async def test_a_course_is_written_in_the_office_and_passed_on_a_phone(place: Place, visitors: Visitors) -> None:
    clerk = await come_in(place, visitors)
    answer = await send(clerk, HERE, HERE, title="开店第一课")
    course = answer.headers["location"]
    assert "None yet" in await clerk.read(course) and "Publish version" not in await clerk.read(course)
    image = base64.b64encode(picture(64, 64)).decode()
    await _write(clerk, course, "steps", title="小店是什么", text="推荐好货。\n不收费。", video="", picture=image)
    evil = await _write(clerk, course, "steps", title="片子", video="https://evil.example/x")
    assert evil.status_code == 422
    await _write(clerk, course, "steps", title="怎么分享", video="https://www.bilibili.com/video/BV1")
    await _write(clerk, course, "questions", text="开店要交钱吗?", answers="* 不用\n要交押金\n要先买货")
    await _write(clerk, course, "questions", text="哪些算收入?", answers="* 别人买的\n自己买的\n* 没退的\n拉人头")
    await _write(clerk, course, "terms", title="开店第一课", pass_mark="2", tries_per_day="3", rights="fresh_goods")
    assert (await send(clerk, course, f"{course}/publishing", **REASON)).status_code == 303
    who = await given.buyer(place)
    phone, here = await visitors(who), course.replace(HERE, DESK)
    assert "开店第一课" in await phone.read(DESK) and "Sell fresh goods" in await phone.read(DESK)
    page = await phone.read(f"{here}/steps/1")
    assert "/pictures/" in page and "<p>推荐好货。</p>" in page and "<iframe" not in page
    answer = await phone.send(form_to(page, f"{here}/steps/1"))
    assert answer.headers["location"] == f"{here}/steps/2"
    page = await phone.read(f"{here}/steps/2")
    assert 'href="https://www.bilibili.com/video/BV1"' in page and 'rel="noopener noreferrer external"' in page
    assert (await phone.send(form_to(page, f"{here}/steps/2"))).headers["location"] == f"{here}/quiz"
    quiz = await phone.read(f"{here}/quiz")
    answer = await phone.send(form_to(quiz, f"{here}/tries"), **chosen(quiz, {"要交押金", "别人买的", "没退的"}))
    failed = await phone.read(answer.headers["location"])
    assert "Not yet" in failed and "1 of 2 right" in failed and "别人买的" not in failed
    quiz = await phone.read(f"{here}/quiz")
    answer = await phone.send(form_to(quiz, f"{here}/tries"), **chosen(quiz, {"不用", "别人买的", "没退的"}))
    passed = await phone.read(answer.headers["location"])
    assert "Passed" in passed and "Unlocked: Sell fresh goods" in passed and "别人买的" in passed
    assert "Passed on" in await phone.read(DESK)
    assert await learn.has_right(place, who, "fresh_goods")
    assert "/office/people/person_" in await clerk.read(f"{course}/passes")


async def _write(clerk: Browser, course: str, part: str, **fields: str) -> Any:
    """Fill the form for a new part of the draft, the last one of its kind on the page."""
    page = await clerk.read(course)
    found = re.findall(rf'<form[^>]*action="{course}/{part}"[^>]*>.*?</form>', page, re.DOTALL)[-1]
    return await clerk.send(form_to(found, f"{course}/{part}"), **fields)


async def test_two_who_write_at_once_do_not_overwrite_each_other(place: Place, visitors: Visitors) -> None:
    clerk = await come_in(place, visitors)
    course = f"{HERE}/{COURSE_ID.show(await learn.drafted(place))}"
    form = form_to(await clerk.read(course), f"{course}/terms")
    assert (await clerk.send(form, title="新名字")).status_code == 303
    late = await clerk.send(form, title="另一个", key="another")
    assert late.status_code == 409 and "Somebody else has written" in late.text
    assert (await send(clerk, course, f"{course}/ending", **REASON)).status_code == 303
    assert "Taught no more" in await clerk.read(course)


async def test_what_is_right_is_told_to_nobody_before_he_answers(
    place: Place, visitors: Visitors, programs: Programs
) -> None:
    course, who = await learn.course(place), await given.buyer(place)
    shown = COURSE_ID.show(course)
    phone = (await visitors(who)).asking_for("application/json")
    quiz = await phone.json(f"{DESK}/{shown}/quiz")
    assert {key for one in quiz["questions"] for key in one} == {"number", "text", "answers", "has_several"}
    program = await programs(who.id)
    told = await program.show_quiz(shown)
    assert [(one.text, one.answers, one.has_several) for one in told.questions] == [
        (one["text"], one["answers"], one["has_several"]) for one in quiz["questions"]
    ]
    whole = await program.show_course(shown)
    assert (whole.course.questions, whole.course.is_passed, whole.steps[0].is_read) == (2, False, False)
    ticks = learn.ticks(await learn.version_of(place, course), who, told.number)
    marked = await program.answer_quiz(shown, version=1, number=told.number, answers=ticks)
    assert (marked.right_count, marked.right, marked.is_passed) == (2, [True, True], True)
    again = await refused(program.answer_quiz(shown, version=1, number=told.number, answers=ticks))
    assert again.code == "training.try_stale"
    (row,) = (await program.list_passes()).items
    assert (row.rights, row.is_valid) == (["open_shop"], True)
    (one,) = (await program.list_courses()).items
    assert one.is_passed and one.steps_read == 0
    await program.read_course_step(shown, "1", version=1)
    assert (await program.show_course(shown)).steps[0].is_read


async def keepers(place: Place, count: int) -> list[tuple[Buyer, object]]:
    """Shopkeepers with their shops."""
    people = [await paid.neighbour(place) for _ in range(count)]
    return [(who, await place.do(parties.admit_shop, f"店{who.id.hex[-4:]}", who.id, reason="test")) for who in people]


async def test_a_shop_reads_its_level_what_is_missing_and_where_to_learn_it(
    place: Place, visitors: Visitors, programs: Programs, sold: play.Sold
) -> None:
    ((who, shop),) = await keepers(place, 1)
    desk = await visitors(who)
    assert "No levels yet" in await desk.read("/desk/shop/level")
    await play.levels(place)
    course = await learn.course(place)
    async with place.work() as work:
        sold.sales[shop] = Sales(1_500_000, 2_000, work.now, work.now)  # type: ignore[index]
    sold.service[shop] = Service(80, 1, 0)  # type: ignore[index]
    await place.quiet()
    page = await desk.read("/desk/shop/level")
    assert "Level: 小店" in page and "To 好店" in page and "Risen: 新芽 → 小店" in page and "not yet" in page
    assert COURSE_ID.show(course) not in page  # it unlocks something else
    seen = await desk.asking_for("application/json").json("/desk/shop/level")
    assert (seen["service"], seen["kept"]["amount_minor"], seen["coming"]["amount_minor"]) == (970, 1_500_000, 2_000)
    assert [(one["kind"], one["is_met"]) for one in seen["needs"]] == [
        ("sales", True),
        ("service", True),
        ("right", False),
    ]
    program = await programs(who.id)
    level = await program.show_level()
    assert (level.level, level.benefits, level.next_needs[2].right) == (1, ["badge"], "level_2")
    (change,) = (await program.list_level_changes()).items
    assert (change.before, change.after) == (0, 1)
    stranger = await visitors(await given.buyer(place))
    assert (await stranger.get("/desk/shop/level")).status_code == 403


async def test_a_ranking_tells_ranges_of_others_and_ones_own_figure(
    place: Place, visitors: Visitors, programs: Programs, sold: play.Sold
) -> None:
    some = await keepers(place, 8)
    who, _ = some[1]
    desk = await visitors(who)
    assert "No season yet" in await desk.read("/desk/shop/league")
    async with place.work() as work:
        sold.kept([one for _, one in some], *range(812_300, 12_300, -100_000), at=work.now)  # type: ignore[arg-type]
    season = await play.begun(place)
    await place.later(play.DAY)
    seen = await desk.asking_for("application/json").json("/desk/shop/league")
    assert (seen["league"], seen["leagues"], seen["rank"], seen["falling"]) == (1, 2, 2, 1)
    own, others = (
        [one for one in seen["ranking"] if one["is_own"]],
        [one for one in seen["ranking"] if not one["is_own"]],
    )
    assert [one["score"]["amount_minor"] for one in own] == [712_300]
    assert {one["score"] for one in others} == {None} and {one["band"]["amount_minor"] for one in others} == {500_000}
    page = await desk.read("/desk/shop/league")
    assert "League 1 of 2" in page and "falls" in page and "8,123" not in page
    program = await programs(who.id)
    (row,) = (await program.list_seasons()).items
    assert (row.rank, row.result) == (2, None)
    ranking = await program.show_season(row.season)
    assert [one.score is not None for one in ranking.places] == [False, True, False, False]
    newcomer = await visitors((await keepers(place, 1))[0][0])
    assert (await newcomer.get(f"/desk/shop/league/{SEASON_ID.show(season)}")).status_code == 404
    await place.later(play.CLOSES)
    desk = await visitors(who)
    old = await desk.read(f"/desk/shop/league/{SEASON_ID.show(season)}")
    assert "stayed" in old and "Ended" in old


async def test_the_office_sets_levels_and_plans_a_season_with_its_leagues_shown_first(
    place: Place, visitors: Visitors, sold: play.Sold
) -> None:
    some = await keepers(place, 8)
    clerk = await come_in(place, visitors)
    levels = {
        "days": "90",
        "name1": "新芽",
        "name2": "小店",
        "sales2": "1000.00",
        "service2": "800",
        "benefits2": "badge",
    }
    page = "/office/leagues/levels"
    assert (await send(clerk, page, page, **levels, **REASON)).status_code == 303
    assert "小店" in await clerk.read(page)
    money = await send(clerk, page, page, **levels | {"benefits2": "cash"}, **REASON)
    assert money.status_code == 422
    assert "do not climb" in money.text
    terms = "look=1&name=冬季&size=4&moved=1&settling_days=15&benefits=showcase"
    shown = await clerk.read(f"/office/leagues/new?{terms}")
    assert "The leagues as they would be now" in shown and shown.count('<td class="number">4</td>') == 2
    assert "moved" in (await clerk.read(f"/office/leagues/new?{terms.replace('moved=1', 'moved=9')}"))
    assert (await clerk.send(form_to(shown, "/office/leagues/seasons"), **REASON)).status_code == 303
    listed = await clerk.read("/office/leagues")
    (season,) = set(re.findall(r"/office/leagues/seasons/season_\w+", listed))
    assert "as they would be now" in await clerk.read(season)
    await place.later(2 * play.DAY)
    async with place.work() as work:
        sold.kept([one for _, one in some], *range(8, 0, -1), at=work.now)  # type: ignore[arg-type]
    clerk = await come_in(place, visitors)
    assert "Running" in await clerk.read(season)
    await place.move_clock(play.CLOSES)
    clerk = await come_in(place, visitors)
    assert (await send(clerk, season, f"{season}/closing", **REASON)).status_code == 303
    closed = await clerk.read(season)
    assert "Season settled" in closed and "risen" in closed and "fallen" in closed
    assert "Who moved in the last season" in await clerk.read("/office/leagues")
    again = granted(await play.plan(place))
    url = f"/office/leagues/seasons/{SEASON_ID.show(again)}"
    assert (await send(clerk, url, f"{url}/calling-off", **REASON)).status_code == 303
    assert "Called off" in await clerk.read(url)
    goods = await come_in(place, visitors, "goods")
    assert (await goods.get("/office/leagues")).status_code == 403
