"""The product, started as a user starts it, and people with phones who come to it."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.phone.clerk import Clerk
from tests.phone.person import WAIT_MS, Person, arrive
from tests.phone.product import Product

People = Callable[..., Person]

SUPPLIER = "13800000011"
"""A demo supplier; tomatoes are among his goods."""
CHROMIUM_NAMES = ("chromium", "chromium-browser")
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    started = Product(tmp_path_factory.mktemp("phone") / "data")
    try:
        started.wait_until_said("Ready:")
        yield started
        assert started.stop() == 0, started.said
    finally:
        started.clear_away()


@contextmanager
def launched_browser() -> Iterator[Browser]:
    """The system's Chromium, or the one that TUAN_CHROMIUM names."""
    expect.set_options(timeout=WAIT_MS)
    path = os.environ.get("TUAN_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)))
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_ARGUMENTS))
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with launched_browser() as launched:
        yield launched


@pytest.fixture(scope="session")
def supplier_signed_in(product: Product, browser: Browser) -> Any:
    """The supplier's cookies, as `storage_state` for `people`: he signs in once, since codes are sent at intervals."""
    supplier = arrive(browser, product.url, number=SUPPLIER)
    supplier.sign_in()
    kept = supplier.context.storage_state()
    supplier.context.close()
    return kept


@pytest.fixture(scope="session")
def demo_clerk(product: Product) -> Clerk:
    """One for all tests, since a code that one of them has used is used for all."""
    return Clerk(product)


@pytest.fixture
def people(product: Product, browser: Browser) -> Iterator[People]:
    """Makes people; at the end no page of theirs may have complained, nor the product have logged an error."""
    came: list[Person] = []
    before = len(product.said)

    def come(**wishes: Any) -> Person:
        came.append(arrive(browser, product.url, **wishes))
        return came[-1]

    yield come
    for person in came:
        person.context.close()
    assert product.errors(before) == []
    assert [person.complaints for person in came if person.complaints] == []
