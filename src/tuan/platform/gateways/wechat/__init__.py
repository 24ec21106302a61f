"""WeChat Pay v3 by `wechatpayv3`: QR codes on desktops, H5 on phones, JSAPI in WeChat itself."""

from tuan.platform.gateways.wechat.provider import Account, WechatPay

__all__ = ["Account", "WechatPay"]
