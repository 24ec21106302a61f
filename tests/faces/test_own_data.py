"""A copy of one's data and being forgotten: each by a code of its own, from one's own number, in one's own browser."""

import re
from datetime import timedelta

from tests.faces.browser import Browser
from tests.faces.conftest import Visitors
from tests.given.houses import Place
from tuan.people import accounts

PHONE = "+8613800138077"


async def arrived(visitors: Visitors) -> Browser:
    visitor = await visitors()
    await visitor.sign_in(PHONE)
    return visitor


async def code_for(place: Place, visitor: Browser, act: str) -> str:

    await place.move_clock(timedelta(seconds=31))
    answer = await visitor.post("/me/data/code", asked=act)
    assert answer.status_code == 200, answer.text[:300]
    (code,) = re.findall(r"shown-code\">(\d+)<", answer.text)
    return str(code)


async def test_a_copy_has_what_is_kept(place: Place, visitors: Visitors) -> None:
    visitor = await arrived(visitors)
    code = await code_for(place, visitor, "copy")
    wrong = await visitor.post("/me/data/copy", code="x")
    assert wrong.status_code == 422 and "aria-invalid" in wrong.text
    assert (await visitor.post("/me/data/erasure", code=code)).status_code == 422, "good for a copy only"
    answer = await visitor.post("/me/data/copy", code=code)
    assert answer.status_code == 200 and "attachment" in answer.headers["content-disposition"]
    assert PHONE in answer.text and answer.json()["accounts"]["person"]["phone"] == PHONE
    assert (await visitor.post("/me/data/copy", code=code)).status_code == 422, "a code works once"


async def test_who_is_forgotten_is_signed_out_and_a_stranger_again(place: Place, visitors: Visitors) -> None:
    visitor = await arrived(visitors)
    async with place.work() as work:
        known = await accounts.person_of(work, PHONE)
    code = await code_for(place, visitor, "erasure")
    answer = await visitor.post("/me/data/erasure", code=code)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert (await visitor.get("/me")).status_code == 303
    async with place.work() as work:
        assert await accounts.person_of(work, PHONE) is None
        assert (await accounts.access_whole_person(work, known))["erased_at"] is not None
    assert await place.breaches() == {}
