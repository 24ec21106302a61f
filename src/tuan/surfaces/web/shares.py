"""The share of a visit: through which link somebody came, in a signed cookie for a day.

`share_of(visit)` is its code, for whoever places an order or signs somebody in. A code says nothing but which link it was;
whether that is still open, and what follows from it, is asked of `people.sharing`.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from uuid import UUID

from tuan.people import sharing
from tuan.people.sharing.model import CODE_LETTERS, Link, read_code
from tuan.platform.work import Work
from tuan.surfaces.web.links import Visited
from tuan.surfaces.web.reading import read_cookies
from tuan.surfaces.web.visits import Visit

SHARE_SECONDS = 24 * 3600
MARK_LETTERS = 32

_PROGRAM = re.compile(
    r"(?<!cu)bot\b|crawl|spider|slurp|preview|facebookexternalhit|meta-external|whatsapp/|wechatshareextension"
    r"|micromessenger client|cfnetwork|embedly|iframely|headless|curl|wget|python|httpclient|go-http|okhttp|java/|libwww"
    r"|axios|node-fetch|lighthouse|scrapy",
    re.IGNORECASE,
)
"""Of what fetches a page to show its preview, or to read it, the words it calls itself by. In WeChat, Telegram and others
people read in windows of the app, whose names are other ones. (Cubot makes telephones.)"""


def share_of(visit: Visit) -> str | None:
    """The code of the link through which this visitor came within the last day; None where there was none, or none of ours."""
    kept = read_cookies(visit.headers.get("cookie", "")).get(_name(visit), "")
    code, _, mark = kept.partition(".")
    if read_code(code) != code or not hmac.compare_digest(mark.encode(), _mark(visit, code).encode()):
        return None
    return code


def keep_share(visit: Visit, code: str) -> None:
    """From now on this visitor came through this link."""
    secure = "" if visit.front.house.settings.development else "; Secure"
    value = f"{code}.{_mark(visit, code)}"
    visit.cookies.append(f"{_name(visit)}={value}; Path=/; Max-Age={SHARE_SECONDS}; HttpOnly; SameSite=Lax{secure}")


async def shared_link(visit: Visit) -> Link | None:
    """The link of this visit's share where it is still open."""
    code = share_of(visit)
    return await visit.front.links.find(visit.market.id, code) if code else None


def count_visit(visit: Visit, link: Link, *, is_bot: bool) -> None:
    """Who came, or that it was a program; written after the answer."""
    who = f"{visit.client} {visit.headers.get('user-agent', '')}"
    visit.front.links.saw(visit.market.id, Visited(link.code, who, is_bot))


async def meet_shop(work: Work, person: UUID, link: Link | None) -> None:
    """Who came through a shop's link may become its customer, by the market's rule."""
    if link is not None and link.shop_id is not None and link.shop_owner_id != person:
        await sharing.come_through(work, person, link)


def is_program(headers: Mapping[str, str]) -> bool:
    """Whether nobody looks at what is answered: a fetcher of previews, a crawler, a browser that wants no page but a part."""
    agent = headers.get("user-agent", "")
    wants_page = headers.get("sec-fetch-dest", "document") in ("document", "empty")  # a service worker passes pages on
    return not agent or not wants_page or _PROGRAM.search(agent) is not None


def _name(visit: Visit) -> str:
    return "tuan-share" if visit.front.house.settings.development else "__Host-tuan-share"


def _mark(visit: Visit, code: str) -> str:
    """Made with the secret of this installation, for this market."""
    told = f"share {visit.market.id} {code[:CODE_LETTERS]}".encode()
    return hmac.digest(visit.front.house.settings.secret, told, hashlib.sha256).hex()[:MARK_LETTERS]
