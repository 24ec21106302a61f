"""The app on the test's house, and visitors of its market."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import httpx
import pytest
from litestar import Litestar

from tests.faces.browser import HTML, Browser
from tests.given import goods as given
from tests.given.houses import Place
from tuan.main import House
from tuan.people import accounts
from tuan.surfaces.web.app import make_app

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
