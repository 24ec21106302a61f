"""A visit: one request with its market, visitor and language, and the ways to read, act and answer in it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Network, ip_address
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Request, Response
from markupsafe import Markup

from tuan.kit.ids import new_uuid
from tuan.kit.refusals import Refused
from tuan.people.parties.model import Shop
from tuan.people.staff.model import PERMISSIONS, SESSION_LIFE, Member
from tuan.platform.database import LOST_CONNECTION
from tuan.platform.house import House
from tuan.platform.idempotency import KEY_LENGTH_MAX, KeyInvalid
from tuan.platform.lanes import PluralVerb
from tuan.platform.outbox import flush
from tuan.platform.work import SYSTEM, OutcomeUnknown, Work, open_work
from tuan.surfaces.web import reading, sessions
from tuan.surfaces.web.answers import Answer
from tuan.surfaces.web.assets import Assets
from tuan.surfaces.web.errors import Unconfirmed
from tuan.surfaces.web.fragments import SharedPages
from tuan.surfaces.web.i18n import LANGUAGES, Words
from tuan.surfaces.web.links import Links
from tuan.surfaces.web.markets import Market, Markets, host_name, port_of
from tuan.surfaces.web.pages import Frame, Language, Place
from tuan.surfaces.web.posters import Posters
from tuan.surfaces.web.previews import Previews
from tuan.surfaces.web.rendering import Renderer
from tuan.surfaces.web.streams import Streams

HTML = "text/html"
TOKEN_FIELD = "_csrf_token"
TOKEN_HEADER = "x-csrf-token"
CODE_FIELD = "_code"
POLICY_FIELDS = frozenset((TOKEN_FIELD, CODE_FIELD))
"""What a form carries for the policy: that it is ours, and whose it is."""
KEY_HEADER = "idempotency-key"
API_PATHS = "/api/v1/"

Shape = TypeVar("Shape", bound=msgspec.Struct)
OFFICE = "/office"
OFFICE_AGE_SECONDS = int(SESSION_LIFE.total_seconds())


@dataclass(frozen=True, slots=True)
class Front:
    """What all visits share: the house, the markets by host, words, templates, browser files, live and shared pages, links, posters,
    pictures of links."""

    house: House
    markets: Markets
    words: Mapping[str, Words]
    renderer: Renderer
    assets: Assets
    streams: Streams
    shared: SharedPages
    links: Links
    posters: Posters
    previews: Previews
    rail: Sequence[Place] = ()


@dataclass(slots=True)
class Visit:
    """One request. Reading opens a Work of its own; a command that goes to a lane holds no connection meanwhile."""

    front: Front
    market: Market
    words: Words
    origin: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    token: str
    session: sessions.Session | None
    cookies: list[str] = field(default_factory=list)
    request: Request[Any, Any, Any] | None = None
    supplier: UUID | None = None
    shop: Shop | None = None
    """Whoever answers for one: set by the policy that asks for it."""
    topics: set[str] = field(default_factory=set)
    is_personal: bool = False
    """Something in the answer is this visitor's alone."""
    staff: Member | None = None
    told: list[tuple[bytes, bytes]] = field(default_factory=list)
    """Headers of whatever answer this visit gets."""
    is_unconfirmed: bool = False
    """Said by the policy: the form that came asks for the second factor first."""
    _raw: bytes | None = None
    _fields: dict[str, Any] | None = None

    # ── who ──
    @property
    def person(self) -> UUID:
        """Whoever is signed in, in the office the member of staff; only behind a policy that asks for it."""
        viewer = self.viewer
        assert viewer is not None
        return viewer

    @property
    def viewer(self) -> UUID | None:
        if self.staff is not None:
            return self.staff.person
        return self.session.person if self.session else None

    @property
    def is_office(self) -> bool:
        """Under /office everything that says who somebody is is the office's own: cookie, session, tokens of forms."""
        return is_of_office(self.path)

    def may(self, permission: str) -> bool:
        """Whether to show what leads there; the route asks for itself."""
        assert permission in PERMISSIONS, permission
        return self.staff is not None and permission in self.staff.permissions

    @property
    def client(self) -> str:
        """The network address that this request comes from, for limits; of IPv6 the half that names one customer.

        Uvicorn reads it from X-Forwarded-For for proxies it knows: on this machine, or named in FORWARDED_ALLOW_IPS.
        """
        assert self.request is not None
        return network_of(self.request.client.host if self.request.client else "")

    @property
    def process_origin(self) -> str:
        """This process by the market's name: with the port it listens on, not with the one that the visitor says."""
        assert self.request is not None
        _, port = self.request.scope["server"] or ("", None)
        return f"http://{host_name(self.headers['host'])}" + (f":{port}" if port else "")

    @property
    def link_origin(self) -> str:
        """Where links of this market stand: at its own domain for them, else here."""
        if not self.market.link_host:
            return self.origin
        return f"{self.origin.partition('://')[0]}://{self.market.link_host}{port_of(self.headers.get('host', ''))}"

    @property
    def request_mark(self) -> bytes:
        """What binds a code to the browser that asked for it: its cookie's hash, which no other browser can show."""
        return sessions.hash_of(self.token)

    # ── what is wanted ──
    @property
    def is_api(self) -> bool:
        """A program's visit: JSON, no cookies, whatever else its headers say."""
        return self.path.startswith(API_PATHS)

    @property
    def wants_json(self) -> bool:
        if self.is_api:
            return True
        accepted = self.headers.get("accept", "")
        if "application/json" in accepted or "application/problem+json" in accepted:
            return "text/html" not in accepted
        return "text/html" not in accepted and self.headers.get("content-type", "").startswith("application/json")

    @property
    def wanted_block(self) -> str | None:
        return self.query.get("block") if self.headers.get("hx-request") else None

    async def raw(self) -> bytes:
        """The body as it came; read once."""
        if self._raw is None:
            assert self.request is not None
            self._raw = await reading.whole_body(self.request, self.headers.get("content-length", ""))
        return self._raw

    async def fields(self) -> dict[str, Any]:
        """The body's fields; read once."""
        if self._fields is None:
            assert self.request is not None
            opt, kind = self.request.route_handler.opt, self.headers.get("content-type", "")
            most = opt.get("fields_max", reading.FIELDS_MAX)
            self._fields = reading.read_body(
                await self.raw(), kind, takes_file=bool(opt.get("takes_file")), fields_max=most
            )
        return self._fields

    @property
    def unsent(self) -> dict[str, str]:
        """The texts of a form that was read and went no further, to be shown with it once more; never a file's."""
        assert self.request is not None
        opt = self.request.route_handler.opt
        if self._fields is None or opt.get("takes_file") or opt.get("first_password"):
            return {}  # a password that was typed is never written into a page
        return {
            name: text for name, text in self._fields.items() if name not in POLICY_FIELDS and isinstance(text, str)
        }

    @property
    def key(self) -> str:
        """The Idempotency-Key, which every changing request of a program carries; raises Refused."""
        key = self.headers.get(KEY_HEADER, "")
        if not 0 < len(key) <= KEY_LENGTH_MAX:
            raise Refused(KeyInvalid(longest=KEY_LENGTH_MAX))
        return key

    async def body(self, shape: type[Shape]) -> Shape:
        """The JSON body as `shape`, its members of their own types. Raises Refused."""
        return reading.read_json(await self.raw(), self.headers.get("content-type", ""), shape)

    async def form(self, shape: type[Shape]) -> Shape:
        """The body as `shape`; what the policy has read of it is not part of it. Raises Refused."""
        fields = {name: value for name, value in (await self.fields()).items() if name not in POLICY_FIELDS}
        if (key := self.headers.get(KEY_HEADER)) and "key" in shape.__struct_fields__:
            fields.setdefault("key", key)
        return reading.shaped(fields, shape)

    # ── reading and acting ──
    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Work]:
        """A read-only transaction."""
        pool = self.front.house.database.requests
        async with open_work(pool, self.market.id, self.viewer or SYSTEM, flush=flush, read_only=True) as work:
            yield work

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Work]:
        """A transaction for plain verbs; it commits at the end."""
        pool = self.front.house.database.requests
        async with open_work(pool, self.market.id, self.viewer or SYSTEM, flush=flush) as work:
            yield work

    async def submit(self, verb: PluralVerb, command: Any) -> Any:
        """The outcome of a command that goes through a lane; no connection is held here.

        Raises Refused(Unconfirmed) if nobody can say whether it was done.
        """
        try:
            return await self.front.house.lanes.submit(verb, self.market.id, command)
        except (OutcomeUnknown, *LOST_CONNECTION) as error:
            raise Refused(Unconfirmed()) from error

    def shows(self, topic: str) -> None:
        """Said before reading: a wake-up of this topic makes the page old."""
        self.topics.add(topic)

    # ── answering ──
    def gettext(self, text: str, **values: object) -> str:
        return self.words.gettext(text) % values if values else self.words.gettext(text)

    def fresh_key(self) -> str:
        """What makes sending a form twice the same as sending it once."""
        self.is_personal = True
        return new_uuid().hex

    def csrf_token(self) -> str:
        """The token of this visitor's forms; a visitor without a cookie gets one."""
        self.is_personal = True
        if not self.token:
            self.token = sessions.new_token()
            self.keep_token(self.token)
        return sessions.form_token(self.front.house.settings.secret, self.token)

    def keep_token(self, token: str) -> None:
        """Hand the visitor this token in his cookie."""
        self.is_personal = True
        secure = "" if self.front.house.settings.development else "; Secure"
        age = OFFICE_AGE_SECONDS if self.is_office else int(sessions.LIFE.total_seconds())
        site = "Strict" if self.is_office else "Lax"
        name = cookie_name(self.front, is_office=self.is_office)
        self.token = token
        self.cookies.append(f"{name}={token}; Path=/; Max-Age={age}; HttpOnly; SameSite={site}{secure}")

    def frame(self, place: str = "") -> Frame:
        return Frame(
            market=self.market.name,
            origin=self.origin,
            url=self.origin + self.url_with(),
            language=self.words.tag,
            languages=[Language(tag=tag, name=name, url=self.url_with(lang=tag)) for tag, name in LANGUAGES.items()],
            place=place,
            is_signed_in=self.session is not None,
            rail=self._rail(),
            staff=self.staff.name if self.staff else "",
            is_confirmed=self.staff is not None and self.staff.is_confirmed,
        )

    def _rail(self) -> list[Place]:
        """The places of the office that this member of staff may open, named in his language."""
        if self.staff is None:
            return []
        mine = [one for one in self.front.rail if not one.permission or self.may(one.permission)]
        return [msgspec.structs.replace(one, label=self.gettext(one.label)) for one in mine]

    def url_with(self, **changes: str | None) -> str:
        """This page's path and query with some fields changed; None takes one away."""
        fields = {name: value for name, value in self.query.items() if name not in ("block", "lang")} | changes
        query = urlencode({name: value for name, value in fields.items() if value is not None})
        return f"{self.path}?{query}" if query else self.path

    def page(
        self, template: str, page: msgspec.Struct, *, place: str = "", blocks: Sequence[str] = (), status: int = 200
    ) -> Response[Any]:
        """The same context as a page, as one of its blocks, or as JSON."""
        if self.wants_json:
            return self.json(page, status, headers={TOKEN_HEADER: self.csrf_token()})
        if (block := self.wanted_block) and block in blocks:
            return self.html(self._render(template, page, place, block), status)
        return self.html(self._render(template, page, place, None), status)

    def _render(self, template: str, page: msgspec.Struct, place: str, block: str | None) -> str:
        renderer, frame, zone = self.front.renderer, self.frame(place), self.market.zone
        if block is None:
            return renderer.page(template, page, frame, FormToken(self), zone)
        return renderer.block(template, block, page, frame, FormToken(self), zone)

    def html(self, text: str, status: int = 200) -> Response[Any]:
        return Answer(content=text.encode(), status_code=status, media_type=HTML)

    def json(
        self, body: object, status: int = 200, *, media_type: str = "application/json", headers: Any = None
    ) -> Response[Any]:
        return Answer(
            content=msgspec.json.encode(body), status_code=status, media_type=media_type, headers=headers or {}
        )

    def go_on(self, url: str, body: object = None, *, status: int = 200) -> Response[Any]:
        """After a command: the next page for a person, the outcome for a program."""
        if self.wants_json:
            return self.json(body if body is not None else {"url": url}, status)
        return Answer(content=b"", status_code=303, media_type=HTML, headers={"Location": url})


@dataclass(frozen=True, slots=True)
class FormToken:
    """The hidden field of every form that changes something; made when a template writes one, and no sooner."""

    visit: Visit

    def __html__(self) -> Markup:
        return Markup('<input type="hidden" name="{}" value="{}">').format(TOKEN_FIELD, self.visit.csrf_token())


def network_of(address: str) -> str:
    """An IPv4 address as it is, an IPv6 one as its /64: whoever has one of these has all of it. What is none, as said."""
    try:
        read = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(read, IPv4Address):
        return str(read)
    return str(read.ipv4_mapped or IPv6Network((int(read), 64), strict=False))


def cookie_name(front: Front, *, is_office: bool) -> str:
    name = "tuan-office" if is_office else "tuan"
    return name if front.house.settings.development else f"__Host-{name}"


def is_of_office(path: str) -> bool:
    return path == OFFICE or path.startswith(f"{OFFICE}/")
