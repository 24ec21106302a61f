"""Organisations: the office lets one in and sets its grades, members agree or leave, its own desk tells how many and how much."""

import base64
import re
from html import unescape

from tests.faces.browser import form_to
from tests.faces.client import refused
from tests.faces.conftest import Programs, Visitors
from tests.faces.test_trade_places import REASON, come_in, send
from tests.given import goods as given
from tests.given import organisations as bank
from tests.given.houses import Place
from tuan.people import accounts, parties
from tuan.people.parties.model import ORGANISATION
from tuan.platform.sheets import write_csv, write_workbook
from tuan.value import membership
from tuan.value.membership import Counts

OFFICE, MINE, DESK = "/office/organisations", "/me/memberships", "/desk/organisation"


def carried(page: str) -> str:
    """The list that the page carries along to be sent in earnest; a browser drops a first line break."""
    (found,) = re.findall(r'<textarea name="phones" hidden[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)
    return unescape(found)


async def phone_of(place: Place, who: given.Buyer) -> str:
    return str((await place.do(accounts.access_person, who.id))["phone"])


async def test_the_office_lets_one_in_brings_members_and_sets_what_they_get(place: Place, visitors: Visitors) -> None:
    owner = await come_in(place, visitors)
    speaker, member = await given.buyers(place, 2)
    await send(owner, OFFICE, OFFICE, name="江南银行", phone=await phone_of(place, speaker), **REASON)
    async with place.work() as work:
        (row,) = await parties.organisations(work)
    url = f"{OFFICE}/{ORGANISATION.show(row['id'])}"
    assert "江南银行" in await owner.read(OFFICE)
    await send(owner, url, f"{url}/grades", levels="1 5.00\n100 10%", **REASON)
    await send(owner, url, f"{url}/code", **REASON)
    assert f"{url}/members" in await owner.read(url)
    numbers = f"{await phone_of(place, member)},王小明\n13999999999\nnobody\n,王小红"
    looked = await send(owner, f"{url}/members", f"{url}/members/preview", phones=numbers)
    assert looked.status_code == 200 and "2 persons would be invited" in looked.text and "王小明" not in looked.text
    assert "That is no phone number." in looked.text and "There is no number in this line." in looked.text
    async with place.work() as work:
        assert await membership.counts(work, [row["id"]]) == {}, "looking invites nobody"
    form = form_to(looked.text, f"{url}/members")
    for _ in range(2):
        assert "2 persons were invited" in (await owner.send(form, phones=carried(looked.text), **REASON)).text
    again = (await send(owner, f"{url}/members", f"{url}/members/preview", phones=numbers)).text
    assert "0 persons would be invited" in again and again.count("Already invited.") == 2
    late = await owner.send(form, key="another", phones="13012345679", reason="x")
    assert late.status_code == 422
    page = await owner.read(url)
    assert "100 10%" in page and "5.00" in page and "membership.set_grades" in page
    async with place.work() as work:
        assert await membership.counts(work, [row["id"]]) == {row["id"]: Counts(2, 0, 0)}
    wrong = await send(owner, url, f"{url}/grades", levels="5 1.00\n1 2.00", **REASON)
    assert wrong.status_code == 422
    for nonsense in ("x", "1 2 3", "1 x%"):
        assert (await send(owner, url, f"{url}/grades", levels=nonsense, **REASON)).status_code == 422
    assert (await owner.get(f"{OFFICE}/org_x")).status_code == 404


async def test_a_person_joins_by_a_code_reads_what_he_agrees_to_and_leaves(place: Place, visitors: Visitors) -> None:
    of, _ = await bank.organisation(place, *bank.GRADES)
    code = await bank.code(place, of)
    browser = await visitors()
    await browser.sign_in("13800138000")
    page = await browser.read(f"{MINE}?member_code={code}")
    assert code in page and "never what I buy" in page
    wrong = await send(browser, MINE, MINE, member_code="guessed")
    assert wrong.status_code == 404
    assert (await send(browser, MINE, MINE, member_code=code)).status_code == 303
    assert "江南银行" in await browser.read(MINE)
    await place.quiet()
    async with place.work() as work:
        assert (await membership.counts(work, [of]))[of].active == 1
    await send(browser, MINE, f"{MINE}/{ORGANISATION.show(of)}/leaving")
    assert "You have left." in await browser.read(MINE)
    await send(browser, MINE, f"{MINE}/{ORGANISATION.show(of)}/acceptance")
    async with place.work() as work:
        assert (await membership.counts(work, [of]))[of] == Counts(0, 1, 0)
    assert await place.breaches() == {}


async def test_an_organisation_sees_its_own_numbers_and_nobody_elses(place: Place, visitors: Visitors) -> None:
    browser = await visitors()
    await browser.sign_in("13800138000")
    assert (await browser.get(DESK)).status_code == 404 and (await browser.get(f"{DESK}.csv")).status_code == 404
    async with place.work() as work:
        person = await accounts.person_of(work, "+8613800138000")
        assert person is not None
        of = await parties.admit_organisation(work, "江南银行", person, reason="test")
        await membership.set_grades(work, of, bank.GRADES, reason="test")  # type: ignore[arg-type]
    who = await bank.member(place, of)  # type: ignore[arg-type]
    await place.quiet()
    page = await browser.read(DESK)
    assert "江南银行" in page and "never who bought what" in page and (await phone_of(place, who))[-8:] not in page
    table = (await browser.get(f"{DESK}.csv")).text
    assert ",1,1,0,0,CNY" in table


async def test_an_organisation_brings_a_table_and_is_told_how_many_are_known_and_not_what_they_did(
    place: Place, visitors: Visitors
) -> None:
    browser = await visitors()
    await browser.sign_in("13800138000")
    members = f"{DESK}/members"
    assert (await browser.get(members)).status_code == 404
    assert (await browser.post(members, key="k", phones="13012345678")).status_code == 404
    async with place.work() as work:
        person = await accounts.person_of(work, "+8613800138000")
        assert person is not None
        of = await parties.admit_organisation(work, "江南银行", person, reason="test")
    who = await bank.member(place, of)  # type: ignore[arg-type]
    rows = [
        ["Phone", "Name"],
        [await phone_of(place, who), "王"],
        ["", "李"],
        ["", ""],
        ["13012345678", "张"],
        ["x", "赵"],
    ]
    for write in (write_csv, write_workbook):
        table = base64.b64encode(write(rows)).decode()
        looked = await send(browser, members, f"{members}/preview", content=table)
        assert looked.status_code == 200 and "1 person would be invited" in looked.text and "张" not in looked.text
        assert looked.text.count("Already known.") == 1 and "Already a member." not in looked.text
        for line in (2, 3, 6):
            assert f'<span class="one-line">{line} ·' in looked.text, "a line keeps its number"
    done = await browser.send(form_to(looked.text, members), phones=carried(looked.text))
    assert done.status_code == 200 and "1 person was invited" in done.text
    async with place.work() as work:
        assert (await membership.counts(work, [of]))[of] == Counts(1, 1, 0)  # type: ignore[list-item, index]
    for wrong in (base64.b64encode(b"\xff\xfe\x00").decode(), ""):
        assert (await send(browser, members, f"{members}/preview", content=wrong)).status_code == 422
    assert (await browser.post(members, key="another", phones="")).status_code == 422
    assert await place.breaches() == {}


async def test_an_organisations_program_brings_a_list_and_asks_before(place: Place, programs: Programs) -> None:
    of, owner = await bank.organisation(place)
    who, other = await bank.member(place, of), await given.buyer(place)
    program, stranger = await programs(owner.id), await programs(other.id)
    said = [await phone_of(place, who), await phone_of(place, other), "13012345678", "", "x", "13012345678"]
    assert (await refused(stranger.preview_own_members(phones=said))).code == "not_found"
    assert (await refused(stranger.invite_own_members(phones=said))).code == "not_found"
    looked = await program.preview_own_members(phones=said)
    assert (looked.invited, looked.known) == (2, 1), "who is here and who is not are told alike"
    assert [(one.line, one.code) for one in looked.refused] == [
        (1, "known"), (4, "no_number"), (5, "not_a_phone"), (6, "named_before")
    ]  # fmt: skip
    for _ in range(2):
        assert await program.invite_own_members(phones=said, key="k") == looked
    numbers = await program.show_organisation()
    assert (numbers.active, numbers.invited) == (1, 2)
    assert [one.state for one in (await stranger.list_memberships()).items] == ["invited"]
    assert await place.breaches() == {}
