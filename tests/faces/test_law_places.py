"""The law's places in the office: what counts and rings, the playground, two who sign, a report that verifies."""

from urllib.parse import urlencode

import pytest

from tests.faces.browser import Browser
from tests.faces.conftest import Visitors
from tests.faces.test_trade_places import HOSTILE, REASON, come_in, send
from tests.given import guarding, office
from tests.given.guarding import SECOND
from tests.given.houses import Place
from tuan.people import compliance
from tuan.people.compliance.model import Chain, Pay, Rule, fingerprint_of
from tuan.platform import sealed
from tuan.surfaces.backoffice.law.checking import EXAMPLES

LAW = "/office/law"


async def look(browser: Browser, **said: str) -> str:
    answer = await browser.get(f"{LAW}/check?{urlencode({**said, 'look': '1'})}")
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize("url", [LAW, f"{LAW}/check", f"{LAW}/signatures", f"{LAW}/reports"])
async def test_a_place_opens_to_who_may_see_it(place: Place, visitors: Visitors, url: str) -> None:
    await office.clerk(place)
    auditor, other = await come_in(place, visitors, "audit"), await come_in(place, visitors, "goods")
    for language in ("zh-CN", "es", "en"):
        auditor.http.cookies.set("lang", language)
        page = await auditor.read(url)
        assert 'method="post" action="/office/law' not in str(page), "who only sees is shown no form"
    answer = await other.get(url)
    assert answer.status_code == 403 and "law.see" in answer.text


async def test_another_law_is_chosen_with_a_reason_and_what_rings_names_its_article(
    place: Place, visitors: Visitors
) -> None:
    owner = await come_in(place, visitors)
    assert "Chains have not been counted." in (await owner.get(LAW)).text
    await guarding.measured(place, [Chain(guarding.SOMEBODY, 3, 30)], Pay(10_000, 5_000, 0))
    said = (await owner.get(LAW)).text
    assert "公通字〔2013〕37号" in said and "not been counted" not in said and "50 %" in said
    await send(owner, LAW, f"{LAW}/profile", profile="US", **REASON)
    said = (await owner.get(LAW)).text
    assert "FTC v. Herbalife (2016)" in said and REASON["reason"] in said
    answer = await send(owner, LAW, f"{LAW}/profile", profile="US", reason="")
    assert answer.status_code == 422


async def test_the_playground_says_what_a_plan_breaks_and_by_which_article(place: Place, visitors: Visitors) -> None:
    auditor = await come_in(place, visitors, "audit")
    retail, yunji, huasheng = [await look(auditor, **said) for _, said in EXAMPLES]
    assert "It breaks nothing" in retail
    for article in ("art. 7 (1)", "art. 7 (2)", "art. 7 (3)"):
        assert f"禁止传销条例 {article}" in yunji and f"禁止传销条例 {article}" in huasheng
    european = await look(auditor, profile="EU", **EXAMPLES[1][1])
    assert "2005/29/EC Annex I 14" in european and "禁止传销条例" not in european
    shared = await look(auditor, on_wechat_h5="yes", r1_trigger="recruit", r1_fixed="1")
    assert "微信外部链接内容管理规范" in shared


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"kind": "lottery", "prizes_minor": "50000.01"}, "反不正当竞争法"),
        ({"kind": "struck", "shown_minor": "99", "price_minor": "80"}, "明码标价和禁止价格欺诈规定"),
        ({"kind": "offer", "reads_person": "yes"}, "个人信息保护法"),
        ({"kind": "reviews", "deletes": "yes"}, "电子商务法 art. 39"),
        ({"kind": "share", "reward": "share"}, "Tuan"),
        ({"kind": "share", "reward": ""}, "It breaks nothing"),
    ],
)
async def test_the_playground_asks_about_more_than_plans(
    place: Place, visitors: Visitors, said: dict[str, str], found: str
) -> None:
    assert found in await look(await come_in(place, visitors, "audit"), **said)


@pytest.mark.parametrize(
    "said",
    [{"joining": "x"}, {"r1_trigger": HOSTILE}, {"r1_rate": "1,5"}, {"r1_trigger": "fee", "r1_depth": "-1"}, {"hold_days": "9" * 20},
     {"on_web": "perhaps"}, {"kind": "struck", "days": ""}, {"kind": "lottery", "fixed_before": "maybe"}],
)  # fmt: skip
async def test_what_means_nothing_is_told_and_breaks_nothing(
    place: Place, visitors: Visitors, said: dict[str, str]
) -> None:
    text = await look(await come_in(place, visitors, "audit"), **said)
    assert 'role="alert"' in text and 'id="answer"' not in text and "<script>alert" not in text


async def test_two_sign_and_one_takes_it_back(place: Place, visitors: Visitors) -> None:
    first, second = await come_in(place, visitors), await come_in(place, visitors)
    at, mark = f"{LAW}/signatures", fingerprint_of(SECOND)
    asked = {"fingerprint": mark, "document": "合规意见书", "document_hash": "AB" * 32, "role": "法务", **REASON}
    assert (await send(first, at, at, **asked)).status_code == 303
    async with place.work() as work:
        (one,) = await compliance.sign_offs(work)
        assert await compliance.sign_off_for(work, Rule.LEVEL_NOT_SIGNED, mark) is None
    url = f"{at}/{guarding.public(one.id)}"
    assert f"{url}/giving" not in (await first.get(at)).text, "whoever asked is not asked to sign"
    await send(second, at, f"{url}/giving", role="总经理", **REASON)
    assert "Counts" in (await second.get(at)).text
    async with place.work() as work:
        assert await compliance.sign_off_for(work, Rule.LEVEL_NOT_SIGNED, mark) is not None
    await send(first, at, f"{url}/revoking", **REASON)
    async with place.work() as work:
        assert await compliance.sign_off_for(work, Rule.LEVEL_NOT_SIGNED, mark) is None
    assert "Taken back" in (await first.get(at)).text
    wrong = await send(first, at, at, **{**asked, "document_hash": "none"})
    assert wrong.status_code == 422 and "document_hash" in wrong.text


async def test_a_report_is_made_taken_and_verifies_with_the_key_that_the_page_tells(
    place: Place, visitors: Visitors
) -> None:
    owner, auditor = await come_in(place, visitors), await come_in(place, visitors, "audit")
    at = f"{LAW}/reports"
    await guarding.measured(place)
    await send(owner, at, at, **REASON)
    (row,) = await place.do(compliance.reports)
    url = f"{at}/{guarding.public_report(row['id'])}/archive"
    answer = await owner.get(url)
    assert answer.headers["content-type"] == "application/zip"
    found = sealed.open_sealed(answer.content)
    assert found.key in (await owner.get(at)).text and "metrics.csv" in found.files
    assert (await auditor.get(url)).status_code == 403
    early = await send(owner, at, at, **{"from_day": "2099-01-01", **REASON})
    assert early.status_code == 422
