"""A person with a phone: what he taps, in the order he taps it. Found by structure, so that every language can be read."""

import re
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
WAIT_MS = 30_000
ADDRESS = {"name": "王小明", "phone": "13800138000", "street": "文三路 1 号"}
PLACE = {"province": "浙江省", "city": "杭州市", "district": "西湖区"}

OWN = "136"
"""What these people's numbers begin with; those of the demo and of the givens begin otherwise, and are nobody's who taps here."""

_numbers = count(1)


@dataclass
class Person:
    """One browser of one person; what its console complained about is kept."""

    context: BrowserContext
    page: Page
    home: str
    number: str
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        answer = self.page.goto(path if path.startswith("http") else self.home + path)
        assert answer is not None and answer.ok, (path, answer and answer.status)

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.home)

    def tap(self, what: str) -> None:
        """Tap the one thing that is meant."""
        self.page.locator(what).tap()

    def sign_in(self, next_path: str = "/me") -> None:
        """By the code that the page shows in development."""
        self.go(f"/sign-in?next={next_path}")
        self.fill_in_number()
        expect(self.page).to_have_url(self.home + next_path)

    def fill_in_number(self) -> None:
        self.page.locator("[name=phone]").fill(self.number)
        self.tap("form[action='/sign-in/code'] button")
        self.page.locator("[name=code]").fill(self.page.locator(".shown-code").inner_text())
        self.tap("form[action='/sign-in'] button")

    def look_at(self, title: str) -> None:
        """The product's page, found as a buyer finds it: by searching."""
        self.go("/")
        self.page.locator("#q").fill(title)
        self.page.locator("#q").press("Enter")
        expect(self.page.locator(".feed .card")).to_have_count(1)
        self.tap(".feed .card")
        expect(self.page.locator(".offer h1")).to_have_text(title)

    def want(self, mode: str) -> None:
        """From the product to the checkout: alone, or with a team of one's own."""
        self.tap(f".bar-acts button[value={mode}]")
        expect(self.page.locator("form.checkout")).to_be_visible()

    def fill_in_address(self) -> None:
        """A known buyer's own address is chosen already."""
        if not self.page.locator(".checkout [name=street]").is_visible():
            return
        for name, value in ADDRESS.items():
            self.page.locator(f".checkout [name={name}]").fill(value)
        self.choose_place(".checkout")

    def choose_place(self, form: str, places: dict[str, str] = PLACE) -> None:
        """Province, city, district: the next choice comes by itself, or where no scripts run by the button of the form."""
        for name, value in places.items():
            next_step = self.page.locator(f"{form} [name=step]")
            choice = self.page.locator(f"{form} select[name={name}]")
            if not choice.is_visible() and next_step.is_visible():
                next_step.tap()
            choice.select_option(label=value)

    @property
    def place_button(self) -> Locator:
        return self.page.locator(".bar-total button")

    def place(self) -> str:
        """Place the order; the path of the page that asks for the money."""
        self.place_button.tap()
        expect(self.page).to_have_url(re.compile("/pay/"))
        return self.path

    def go_to_provider(self) -> None:
        self.tap("form[action$='/attempts'] button")
        expect(self.page).to_have_url(re.compile("/sandbox/"))

    def decide(self, outcome: str) -> None:
        self.tap(f".sandbox-form button[value={outcome}]")
        expect(self.page).to_have_url(re.compile("/pay/"))

    def pay(self) -> None:
        """On the payment page: start, let the sandbox pay, come back to a payment that is heard of."""
        self.go_to_provider()
        self.decide("pay")
        expect(self.page.locator(".payment-head")).to_have_attribute("data-state", "paid")

    def open_order(self) -> str:
        """The newest order's page, by way of the list; its path."""
        self.go("/orders")
        self.page.locator(".order-card .order-card-acts a").first.tap()
        expect(self.page.locator(".timeline")).to_be_visible()
        return self.path

    def orders(self) -> int:
        self.go("/orders")
        return self.page.locator(".order-card").count()


def arrive(browser: Browser, home: str, *, number: str = "", viewport: Any = None, **wishes: Any) -> Person:
    """A person with a phone of his own; `number` names a known one, and `wishes` are Playwright's for a context."""
    is_phone = viewport is None
    options = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "device_scale_factor": 2 if is_phone else 1} | wishes
    context = browser.new_context(
        viewport=viewport or PHONE, is_mobile=is_phone, has_touch=True, base_url=home, **options
    )
    context.set_default_timeout(WAIT_MS)
    person = Person(context, context.new_page(), home, number or f"{OWN}{next(_numbers):08}")
    context.on("console", lambda said: person.complaints.extend(complaint(said)))
    context.on("weberror", lambda wrong: person.complaints.append(str(wrong.error)))
    return person


def complaint(said: ConsoleMessage) -> list[str]:
    """What the browser or a script says is wrong, and where; a breach of the content security policy is among it."""
    return [f"{said.text} ({said.location['url']})"] if said.type in ("error", "warning") else []
