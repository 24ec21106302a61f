"""The real payment providers that this installation has accounts at."""

from pathlib import Path
from typing import Any

import msgspec

from tuan.platform.gateways.accounts import read_accounts
from tuan.platform.gateways.payment import PaymentProvider
from tuan.platform.settings import SettingsError


def open_providers(folder: Path, secret: bytes) -> dict[str, PaymentProvider]:
    """By name, those with an account in at least one market. secret: payers are marked with it. Raises SettingsError that names all that is missing.

    The client libraries take a third of a second to load: they are loaded where an account needs them.
    """
    if not folder.is_dir():
        return {}
    from tuan.platform.gateways import alipay, stripe, wechat

    kinds: dict[str, type[msgspec.Struct]] = {
        "wechat": wechat.Account,
        "alipay": alipay.Account,
        "stripe": stripe.Account,
    }
    makers: dict[str, Any] = {"wechat": wechat.WechatPay, "alipay": alipay.Alipay, "stripe": stripe.Stripe}
    opened: dict[str, PaymentProvider] = {}
    for name, accounts in read_accounts(folder, kinds).items():
        try:
            if accounts:
                opened[name] = makers[name](accounts, secret)
        except Exception as error:  # whatever a client library says of a key that it cannot read
            raise SettingsError(f"The account at {name} cannot be used: {error!r}") from error
    return opened
