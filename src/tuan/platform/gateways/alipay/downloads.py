"""Where a bill may be fetched from: an answer is signed, yet what it names is opened by this house and must be Alipay's."""

import urllib.request
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from tuan.platform.gateways.threads import ANSWER_SECONDS_MAX, ProviderFailed

HOSTS = (".alipay.com", ".alipaydev.com")
"""Alipay's own, and its sandbox's."""
LOOPBACK = "127.0.0.1"


def address_of(told: str, gateway: str) -> str:
    """The address to open; the documentation's own example says http, and the same host answers by https.

    A gateway on this machine (a twin in a test) may name an address of its own. Raises ProviderFailed for all else.
    """
    try:
        parts, ours = urlsplit(told), urlsplit(gateway)
        if ours.hostname == LOOPBACK and (parts.scheme, parts.netloc) == (ours.scheme, ours.netloc):
            return told
        plain = parts.username is None and parts.password is None and parts.port in (None, 443)
        if parts.scheme in ("http", "https") and plain and f".{parts.hostname}".endswith(HOSTS):
            return urlunsplit(parts._replace(scheme="https"))
    except ValueError:
        pass
    raise ProviderFailed(f"a bill at an address that is not Alipay's: {told[:80]!r}")


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Elsewhere is nowhere that was allowed."""

    def redirect_request(self, *_: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirects)


def fetch(told: str, gateway: str) -> bytes:
    """What stands there. Raises ProviderFailed, or OSError where it does not answer."""
    with _OPENER.open(address_of(told, gateway), timeout=ANSWER_SECONDS_MAX) as answer:
        found: bytes = answer.read()
    return found
