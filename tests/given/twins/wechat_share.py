"""WeChat's tickets as documented: a token for the account's secret, a ticket for the token, errors in the body of a 200."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.given.twins.books import Answer, Twin
from tuan.platform.gateways.wechat_share import Account

APP, SECRET = "wx8888888888888888", "s" * 32


class WechatShareTwin(Twin):
    """`is_wrong`: it says that it will not, as for a domain that is not in the account's list."""

    def __init__(self) -> None:
        super().__init__()
        self.account = Account(app=APP, secret=SECRET, gateway=self.url)
        self.is_wrong = False
        self.tickets = 0
        self.lasts = 7200

    def answer(self, method: str, path: str, headers: Any, body: bytes) -> Answer:
        url = urlsplit(path)
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        return 200, {"content-type": "application/json"}, json.dumps(self._said(method, url.path, asked, body)).encode()

    def _said(self, method: str, path: str, asked: dict[str, str], body: bytes) -> dict[str, Any]:
        if self.is_wrong:
            return {"errcode": 40164, "errmsg": "invalid ip, not in whitelist"}
        if (method, path) == ("POST", "/cgi-bin/stable_token"):
            wish = {"grant_type": "client_credential", "appid": APP, "secret": SECRET}
            if json.loads(body) != wish:
                return {"errcode": 40125, "errmsg": "invalid appsecret"}
            return {"access_token": "token-of-the-twin", "expires_in": 7200}
        assert (method, path) == ("GET", "/cgi-bin/ticket/getticket") and asked["type"] == "jsapi"
        if asked["access_token"] != "token-of-the-twin":
            return {"errcode": 40001, "errmsg": "invalid credential"}
        self.tickets += 1
        return {"errcode": 0, "errmsg": "ok", "ticket": f"ticket-{self.tickets}", "expires_in": self.lasts}
