"""Twins of real providers: small servers on this machine that keep books, sign and encrypt as each provider documents."""

from tests.given.twins.alipay import AlipayTwin
from tests.given.twins.books import Twin
from tests.given.twins.stripe import StripeTwin
from tests.given.twins.wechat import WechatTwin

__all__ = ["AlipayTwin", "StripeTwin", "Twin", "WechatTwin"]
