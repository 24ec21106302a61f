"""The app on the test's house, and visitors of its market."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
from litestar import Litestar

from tests.faces import client
from tests.faces.browser import HTML, Browser
from tests.given import goods as given
from tests.given import office
from tests.given.houses import Place
from tuan.kit.refusals import granted
from tuan.main import House
from tuan.people import accounts, developers
from tuan.people.developers.model import SCOPES
from tuan.surfaces.api.reference.document import document
from tuan.surfaces.web import sessions
from tuan.surfaces.web.app import make_app

Programs = Callable[..., Awaitable[Any]]
Clerks = Callable[..., Awaitable[Browser]]
Visitors = Callable[..., Awaitable[Browser]]


@pytest.fixture(scope="session")
def app(house: House) -> Litestar:
    """The app; what the sandbox provider posts goes to it without a network."""
    app = make_app(house)
    house.sandbox.transport = httpx.ASGITransport(app=app)
    return app


@pytest.fixture
async def visitors(app: Litestar, place: Place) -> AsyncIterator[Visitors]:
    """Makes a visitor: nobody, or a buyer who has signed in."""
    async with AsyncExitStack() as stack:

        async def make(
            who: given.Buyer | None = None, *, accept: str = HTML, language: str = "en", host: str = ""
        ) -> Browser:
            browser = Browser(app, host or place.host, accept=accept, language=language)
            await stack.enter_async_context(browser.http)
            if who is not None:
                async with place.work() as work:
                    phone = (await accounts.access_person(work, who.id))["phone"]
                await browser.sign_in(phone)
            return browser

        yield make


@pytest.fixture(scope="session")
def api() -> Any:
    """The class of the client that is made from the document."""
    return client.made(document())


@pytest.fixture
def programs(app: Litestar, place: Place, api: Any) -> Programs:
    """Makes a program: nobody's, or one with a key that acts as this person within these scopes."""

    async def make(who: Any = None, *scopes: str, language: str = "en", at: Place | None = None) -> Any:
        there = at or place
        token = None
        if who is not None:
            made = await there.do(developers.make_key, who, "test", scopes or SCOPES, expires_at=None, reason="test")
            token = granted(made).text
        return api(app, there.host, token, language)

    return make


@pytest.fixture
async def clerks(app: Litestar, place: Place) -> AsyncIterator[Clerks]:
    """Makes a member of staff with these roles, at his desk; without a role he is an owner."""
    async with AsyncExitStack() as stack:

        async def make(*roles: str, accept: str = "text/html") -> Browser:
            browser = Browser(app, place.host, accept=accept)
            await stack.enter_async_context(browser.http)
            token = await office.signed_in(place, await office.clerk(place, *roles))
            browser.http.cookies.set("tuan-office", token)
            browser.http.cookies.set("lang", "en")
            browser.token = sessions.form_token(place.house.settings.secret, token)
            return browser

        yield make
