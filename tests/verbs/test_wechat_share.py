"""The JS-SDK's signature, over a twin that gives tickets as WeChat documents."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.given.twins.wechat_share import APP, WechatShareTwin
from tuan.kit.time import utc
from tuan.platform.gateways.wechat_share import (
    Signed,
    WechatAway,
    WechatNotSetUp,
    WechatShares,
    open_shares,
    signature_of,
)
from tuan.platform.settings import SettingsError

NOW = utc(2026, 11, 23)
PAGE = "https://market.example.com/p/prod_1?lang=zh-CN"


@pytest.fixture
def twin() -> Iterator[WechatShareTwin]:
    one = WechatShareTwin()
    yield one
    one.shut()


def test_the_signature_is_the_one_of_wechats_own_example() -> None:
    ticket = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"
    page = "http://mp.weixin.qq.com?params=value"
    for url in (page, f"{page}#part"):
        assert signature_of(ticket, "Wm3WZYTPz0wzccnW", 1414587457, url) == "0f9de62fce790f9a083d5c99e95740ceb90c27ed"


async def test_a_page_is_signed_with_a_ticket_that_is_asked_for_once(twin: WechatShareTwin) -> None:
    shares = WechatShares({1: twin.account})
    signed = await asyncio.gather(*(shares.sign(1, PAGE, NOW) for _ in range(8)))
    assert twin.tickets == 1 and len({one.nonce for one in signed if isinstance(one, Signed)}) == 8
    for one in signed:
        assert isinstance(one, Signed) and one.app == APP and one.timestamp == int(NOW.timestamp())
        assert one.signature == signature_of("ticket-1", one.nonce, one.timestamp, PAGE)


async def test_a_ticket_that_ends_soon_is_asked_for_anew(twin: WechatShareTwin) -> None:
    twin.lasts = 60
    shares = WechatShares({1: twin.account})
    for _ in range(2):
        await shares.sign(1, PAGE, NOW)
    assert twin.tickets == 2


async def test_without_a_ticket_nothing_is_signed(twin: WechatShareTwin) -> None:
    shares = WechatShares({1: twin.account})
    twin.is_wrong = True
    assert isinstance(await shares.sign(1, PAGE, NOW), WechatAway)
    twin.is_wrong, twin.lost = False, 1
    assert isinstance(await shares.sign(1, PAGE, NOW), WechatAway), "an answer that was lost"
    assert isinstance(await shares.sign(1, PAGE, NOW), Signed)
    assert isinstance(await shares.sign(2, PAGE, NOW), WechatNotSetUp), "another market has no account"
    wrong = msgspec.structs.replace(twin.account, secret="x")
    assert isinstance(await WechatShares({1: wrong}).sign(1, PAGE, NOW), WechatAway)


def test_accounts_are_read_at_start_and_faults_named(tmp_path: Path) -> None:
    assert isinstance(open_shares(tmp_path), WechatShares)
    file = tmp_path / "channels" / "1" / "wechat.json"
    file.parent.mkdir(parents=True)
    file.write_text('{"app": "wx1"}')
    with pytest.raises(SettingsError, match="secret"):
        open_shares(tmp_path)
