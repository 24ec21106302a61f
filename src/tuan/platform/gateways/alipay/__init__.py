"""Alipay by `python-alipay-sdk`, with certificates: the buyer pays on its page and comes back."""

from tuan.platform.gateways.alipay.provider import Account, Alipay

__all__ = ["Account", "Alipay"]
