"""The mark of a browser: random, kept by it for two years, so that two people who sign in on one device can be told.

Set when somebody signs in and read only then; the database has its keyed hash, from which nobody gets back to the mark.
"""

import hashlib
import hmac
import secrets

from tuan.surfaces.web.reading import read_cookies
from tuan.surfaces.web.visits import Visit

MARK_BYTES = 16
MARK_LETTERS = 2 * MARK_BYTES
KEPT_SECONDS = 2 * 365 * 86_400


def browser_of(visit: Visit) -> bytes:
    """The hash of this browser's mark; one that has none, or none of ours, gets one."""
    mark = read_cookies(visit.headers.get("cookie", "")).get(_name(visit), "")
    if len(mark) != MARK_LETTERS or not set("0123456789abcdef").issuperset(mark):
        mark = secrets.token_hex(MARK_BYTES)
    secure = "" if visit.front.house.settings.development else "; Secure"
    visit.cookies.append(f"{_name(visit)}={mark}; Path=/; Max-Age={KEPT_SECONDS}; HttpOnly; SameSite=Lax{secure}")
    return hmac.digest(visit.front.house.settings.secret, f"browser {visit.market.id} {mark}".encode(), hashlib.sha256)


def _name(visit: Visit) -> str:
    return "browser" if visit.front.house.settings.development else "__Host-browser"
