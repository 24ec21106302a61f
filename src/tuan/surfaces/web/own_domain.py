"""A market's own domain for links: it leads to the market's host, and knows nothing and nobody."""

import re
from typing import Any, Final
from urllib.parse import quote

from litestar.types import Send

from tuan.surfaces.web.markets import Market, host_name, port_of

LED_ON: Final = re.compile(r"/s/[0-9A-Za-z]+(/card|/code\.svg|/poster\.png|/packet)?")
"""What stands under a link's address, and is fetched by whoever has it: a person, or a program that shows a preview."""
OF_A_QUERY: Final = "!$&'()*+,;=:@/?%"
"""What a query may have beside letters and digits (RFC 3986); anything else is written as its bytes."""


def is_own_domain(market: Market, host: str) -> bool:
    """Whether this Host header names the domain, not the market's host."""
    return market.link_host != "" and host_name(host) == market.link_host


async def lead_on(market: Market, host: str, scope: Any, send: Send) -> None:
    """To the same link at the market's host; from anything else to its front page.

    The host is the market's own row's, whatever the request says; only scheme and port are those that it came by.
    No session is read and no cookie set: a cookie of this domain would be nobody's.
    """
    path, query = scope["path"], quote(scope["query_string"], safe=OF_A_QUERY)
    if not LED_ON.fullmatch(path):
        path, query = "/", ""
    scope["path_template"] = "own domain"
    target = f"{scope['scheme']}://{market.host}{port_of(host)}{path}" + (f"?{query}" if query else "")
    headers = [(b"location", target.encode()), (b"cache-control", b"no-store"), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 302, "headers": headers})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
