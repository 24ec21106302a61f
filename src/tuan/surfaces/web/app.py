"""The web application: routes, and around them what every request goes through."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog
from litestar import Litestar, Request
from litestar.di import Provide
from litestar.enums import ScopeType
from litestar.types import LifeSpanReceive, LifeSpanScope, LifeSpanSend, Message, Receive, Scope, Send

from tuan.kit.refusals import NotFound, Refused
from tuan.platform.database import LOST_CONNECTION
from tuan.platform.house import House
from tuan.platform.lanes import ServerBusy
from tuan.platform.outbox import flush
from tuan.platform.spans import span
from tuan.platform.telemetry import REQUESTS
from tuan.platform.work import SYSTEM, OutcomeUnknown, new_trace, open_work, trace
from tuan.surfaces.web import sessions
from tuan.surfaces.web.assets import Assets
from tuan.surfaces.web.errors import OutOfReach
from tuan.surfaces.web.fragments import SharedPages
from tuan.surfaces.web.i18n import LANGUAGES, choose_language, load_words
from tuan.surfaces.web.links import Links
from tuan.surfaces.web.markets import Market, Markets, host_name, port_of
from tuan.surfaces.web.own_domain import is_own_domain, lead_on
from tuan.surfaces.web.policies import admit, require_policies
from tuan.surfaces.web.posters import Posters
from tuan.surfaces.web.previews import Previews
from tuan.surfaces.web.problems import answer_error, bare
from tuan.surfaces.web.reading import read_cookies, read_query
from tuan.surfaces.web.rendering import Renderer
from tuan.surfaces.web.routes import load_rail, load_routes
from tuan.surfaces.web.shared import kept_for, send_kept
from tuan.surfaces.web.streams import Streams
from tuan.surfaces.web.visits import API_PATHS, Front, Visit, cookie_name, is_of_office

log = structlog.get_logger()

BODY_BYTES_MAX = 64 * 1024
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
MACHINE_PATHS = ("/health/", "/metrics", "/assets/", "/pictures/", "/previews/")

HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        b"form-action 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
PRIVATE = (
    (b"cache-control", b"private, no-cache"),
    (b"vary", b"Accept, Accept-Encoding, Accept-Language, Cookie, HX-Request"),
)

NOT_KEPT = (b"cache-control", b"no-store")
"""Of the office nothing is on the disk of who worked there, nor shown by going back after he has signed out."""


class App(Litestar):
    """The framework's app with our own entry: trace, market, visitor and headers also stand around 404 and 405."""

    def __init__(self, front: Front, routes: Sequence[Any]) -> None:
        self.front = front
        self.is_leaving = False
        super().__init__(
            routes,
            dependencies={"visit": Provide(admitted)},
            exception_handlers={Exception: answer_error},
            lifespan=[_listening],
            openapi_config=None,
            request_max_body_size=BODY_BYTES_MAX,
            logging_config=None,
            pdb_on_exception=False,
        )
        require_policies(self)

    def leave(self) -> None:
        """This process is to be replaced: live pages come back to another, kept connections end with their next answer."""
        self.is_leaving = True
        self.front.streams.stop()

    async def __call__(
        self, scope: Scope | LifeSpanScope, receive: Receive | LifeSpanReceive, send: Send | LifeSpanSend
    ) -> None:
        if scope["type"] != ScopeType.HTTP:
            await super().__call__(scope, receive, send)
            return
        await self._answer(scope, receive, send)  # type: ignore[arg-type]

    async def _answer(self, scope: Any, receive: Receive, send: Send) -> None:
        """One request: traced, timed, logged without anything personal in it."""
        trace.set(new_trace())
        began = time.perf_counter()
        answered = _Answered(self, scope, send)
        if answered.method == "HEAD":  # in a scope of ours, since the server reads in its own that no body follows
            scope = {**scope, "method": "GET"}
        try:
            with span("request") as noted:
                await self._enter(scope, receive, answered)
                noted.note("http.request.method", answered.method if answered.method in METHODS else "_OTHER")
                noted.note("http.route", scope.get("path_template") or "none")
                noted.note("http.response.status_code", answered.status)
        finally:
            if answered.visit is not None:  # it and its request know each other: only the collector would find them
                answered.visit.request = None
            seconds = time.perf_counter() - began
            route = scope.get("path_template") or "none"
            REQUESTS.labels(route, answered.status).observe(seconds)
            log.info(
                "request", method=answered.method, route=route, status=answered.status, ms=round(seconds * 1000, 1)
            )

    async def _enter(self, scope: Any, receive: Receive, send: "_Answered") -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        scope["state"] = {}
        if "//" in scope["path"]:  # to the router the same as "/", and to whoever looks how a path begins another one
            await self._bare(scope, receive, send, Refused(NotFound()))
            return
        if "\0" in scope["path"]:  # the database takes none in a text, so that no code and no name has one
            await self._bare(scope, receive, send, Refused(NotFound()))
            return
        if not scope["path"].startswith(MACHINE_PATHS):
            try:
                market = await self.front.markets.of(headers.get("host", ""))
                if market is None:
                    await self._bare(scope, receive, send, Refused(NotFound()))
                    return
                if is_own_domain(market, headers["host"]):
                    if scope["method"] != "GET":
                        await self._bare(scope, receive, send, Refused(NotFound()))
                    else:
                        await lead_on(market, headers["host"], scope, send)
                    return
                visit = send.visit = scope["state"]["visit"] = await self._meet(scope, headers, market)
            except (*LOST_CONNECTION, OutcomeUnknown):
                await self._bare(scope, receive, send, Refused(OutOfReach()))
                return
            except Refused as refused:
                await self._bare(scope, receive, send, refused)
                return
            if scope["method"] == "GET" and (page := kept_for(visit)) is not None:
                scope["path_template"] = page.route
                await send_kept(visit, page, send)
                return
        await super().__call__(scope, receive, send)

    async def _bare(self, scope: Any, receive: Receive, send: Send, refused: Refused) -> None:
        request: Request[Any, Any, Any] = Request(scope, receive, send)
        answer = bare(refused.refusal).to_asgi_response(app=None, request=request)
        await answer(scope, receive, send)

    async def _meet(self, scope: Any, headers: dict[str, str], market: Market) -> Visit:
        """Who comes, in which language."""
        query = read_query(scope["query_string"])
        cookies = {} if scope["path"].startswith(API_PATHS) else read_cookies(headers.get("cookie", ""))
        is_office = is_of_office(scope["path"])  # whose sessions are read with the policy, by whoever has one
        token = cookies.get(cookie_name(self.front, is_office=is_office), "")
        session = await self._session(market, token) if sessions.is_token(token) and not is_office else None
        asked = query.get("lang")
        language = choose_language(
            asked=asked,
            kept=cookies.get("lang"),
            person=session.language if session else None,
            accepted=headers.get("accept-language", ""),
        )
        host = headers.get("host", "")
        origin = f"{scope['scheme']}://{host_name(host)}{port_of(host)}"
        visit = Visit(
            self.front, market, self.front.words[language], origin, scope["path"], query, headers,
            token if sessions.is_token(token) else "", session,
        )  # fmt: skip
        if asked in LANGUAGES and not visit.is_api:
            secure = "" if self.front.house.settings.development else "; Secure"
            visit.cookies.append(f"lang={asked}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax{secure}")
        return visit

    async def _session(self, market: Market, token: str) -> sessions.Session | None:
        house = self.front.house
        session: sessions.Session | ServerBusy | None = await house.lanes.read(sessions.read, market.id, token)
        if isinstance(session, ServerBusy):
            raise Refused(session)
        if session is not None and session.is_due:
            async with open_work(house.database.requests, market.id, SYSTEM, flush=flush) as work:
                await sessions.renew(work, token)
        return session


class _Answered:
    """The sending side of one request: adds headers and cookies, remembers the status, keeps a HEAD without a body."""

    def __init__(self, app: App, scope: Any, send: Send) -> None:
        self._app = app
        self.method: str = scope["method"]
        self.status = 500
        self.visit: Visit | None = None
        self._send = send
        self._has_ended = False

    async def __call__(self, message: Message) -> None:
        if self._has_ended:
            return
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message["headers"], *self._headers({n.lower(): v for n, v in message["headers"]})]
        elif message["type"] == "http.response.body" and self.method == "HEAD":
            message["body"], message["more_body"] = b"", False
            self._has_ended = True
        await self._send(message)

    def _headers(self, said: dict[bytes, bytes]) -> list[tuple[bytes, bytes]]:
        """What every answer says besides; one that caches of others may keep for everybody sets nobody's cookie."""
        added = [*HEADERS, (b"x-trace-id", trace.get().encode())]
        if self._app.is_leaving:
            added.append((b"connection", b"close"))
        if self.visit is not None:
            if self.visit.is_office and b"cache-control" not in said:
                added.append(NOT_KEPT)
            added += [header for header in PRIVATE if header[0] not in {name for name, _ in added} | said.keys()]
            if not said.get(b"cache-control", b"").startswith(b"public"):
                added += [(b"set-cookie", cookie.encode("latin-1")) for cookie in self.visit.cookies]
            added += self.visit.told
            added.append((b"content-language", self.visit.words.tag.encode()))
        return added


def make_app(house: House, *more: Any) -> App:
    """The web application over an open house, with `more` routes. Raises PolicyMissing if one does not say who may use it."""
    words, assets, shared = load_words(), Assets(), SharedPages()
    links = Links(house)
    house.hub.also(shared.heard)
    house.hub.also(links.heard)
    markets = Markets(house.database)
    house.hub.also(markets.heard)
    streams = Streams(house.hub)
    front = Front(
        house,
        markets,
        words,
        Renderer(words, assets),
        assets,
        streams,
        shared,
        links,
        Posters(),
        Previews(),
        load_rail(),
    )
    return App(front, [*load_routes(), *more])


@asynccontextmanager
async def _listening(app: Litestar) -> AsyncIterator[None]:
    """Live pages hear the database, and visits are written, for as long as the app runs."""
    assert isinstance(app, App)
    house = app.front.house
    tasks = [asyncio.create_task(house.hub.listen(house.settings.app_url)), asyncio.create_task(app.front.links.run())]
    try:
        yield
    finally:
        app.front.streams.stop()
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def admitted(request: Request[Any, Any, Any]) -> Visit:
    """The visit of this request, for a handler that the visitor may use; raises Refused."""
    await admit(request, request.route_handler)
    visit: Visit = request.scope["state"]["visit"]
    return visit
