"""What is killed comes back by itself, and what was acknowledged before is still there."""

import re
import time
from collections.abc import Callable

import psutil
import pytest
from playwright.sync_api import Browser
from playwright.sync_api import Error as BrowserError

from tests.phone.person import Person, arrive
from tests.phone.product import Product
from tests.phone.test_buying import NOTEBOOK

BACK_SECONDS_MAX = 15
GONE_SECONDS_MAX = 5
BEING_PACKED = re.compile("^正在打包$")

VICTIMS: dict[str, Callable[[Product], psutil.Process]] = {
    "the server": lambda product: product.child("serve"),
    "the worker": lambda product: product.child("worker"),
    "the database": lambda product: product.postmaster(),
}


@pytest.fixture
def buyer(product: Product, browser: Browser) -> Person:
    """His pages may complain: they are looked at while the product is down, which no page kept by the phone shall hide."""
    return arrive(browser, product.url, service_workers="block")


def is_shown(person: Person, path: str) -> bool:
    try:
        answer = person.page.goto(person.home + path)
    except BrowserError:  # refused or cut off; nobody answers yet
        return False
    return answer is not None and answer.ok


def wait_until(is_so: Callable[[], bool], seconds_max: float) -> float:
    """Ask again and again; how long it took."""
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() - began < seconds_max, "not in time"
        time.sleep(0.1)
    return time.monotonic() - began


@pytest.mark.parametrize("name", VICTIMS)
def test_what_is_killed_comes_back_and_has_lost_nothing(product: Product, buyer: Person, name: str) -> None:
    victim = VICTIMS[name](product)
    buyer.sign_in()
    buyer.look_at(NOTEBOOK)
    buyer.want("alone")
    buyer.fill_in_address()
    pay = buyer.place()

    victim.kill()
    psutil.wait_procs([victim], GONE_SECONDS_MAX)
    wait_until(lambda: is_new(product, name, victim) and is_shown(buyer, pay), BACK_SECONDS_MAX)
    assert buyer.orders() == 1
    buyer.go(pay)
    buyer.pay()
    order = buyer.open_order()
    # The order goes to the supplier when the worker has delivered that it was paid.
    wait_until(lambda: is_shown(buyer, order) and buyer.page.get_by_text(BEING_PACKED).count() == 1, BACK_SECONDS_MAX)
    buyer.context.close()


def is_new(product: Product, name: str, victim: psutil.Process) -> bool:
    """Another process stands where the killed one stood."""
    try:
        return VICTIMS[name](product).pid != victim.pid
    except ValueError:  # none there yet
        return False
