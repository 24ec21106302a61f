"""A visitor with a browser or a program: cookies, form tokens, forms sent as a person sends them."""

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import httpx
from litestar import Litestar

HTML = "text/html,application/xhtml+xml"
JSON = "application/json"


@dataclass
class Form:
    """A form of a page: where it goes and what its fields say."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class Browser:
    """One visitor of one market; every answer that is not expected to be an error must not be one."""

    def __init__(self, app: Litestar, host: str, *, accept: str = HTML, language: str = "en") -> None:
        self.app, self.host = app, host
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app, client=("127.0.0.1", 50000)),
            base_url=f"http://{host}",
            headers={"accept": accept},
            cookies={"lang": language},
        )
        self.is_program = accept == JSON
        self.token = ""

    def asking_for(self, accept: str) -> "Browser":
        """The same visitor, in the same session, with other wishes."""
        twin = Browser(self.app, self.host, accept=accept)
        twin.http.cookies.update(self.http.cookies)
        twin.token = self.token
        return twin

    async def get(self, url: str, **headers: str) -> httpx.Response:
        answer = await self.http.get(url, headers=headers)
        self.token = answer.headers.get("x-csrf-token", self.token)
        return answer

    async def read(self, url: str) -> str:
        """A page that must be there."""
        answer = await self.get(url)
        assert answer.status_code == 200, (url, answer.status_code, answer.text[:400])
        return answer.text

    async def json(self, url: str) -> Any:
        answer = await self.get(url)
        assert answer.status_code == 200, (url, answer.status_code, answer.text[:400])
        return answer.json()

    async def post(self, url: str, /, **fields: Any) -> httpx.Response:
        """Send fields as this visitor sends them, with the token his pages carry."""
        if not self.token:
            await self.find_token()
        token = await self.office_token() if url.startswith("/office/") else self.token
        if self.is_program:
            return await self.http.post(url, json=fields, headers={"x-csrf-token": token})
        return await self.http.post(url, data={"_csrf_token": token, **fields})

    async def office_token(self) -> str:
        """The token of the office's forms, which are bound to a cookie of their own."""
        answer = await self.http.get("/office/sign-in")
        return answer.headers["x-csrf-token"] if self.is_program else forms(answer.text)[-1].fields["_csrf_token"]

    async def find_token(self) -> None:
        answer = await self.get("/me/addresses")
        if answer.status_code != 200:
            answer = await self.get("/sign-in")
        if not self.is_program:
            self.token = forms(answer.text)[0].fields["_csrf_token"]

    async def send(self, form: Form, **fields: str) -> httpx.Response:
        """Fill a form of a page and send it as it stands there."""
        filled = {**form.fields, **fields}
        if form.method == "post":
            return await self.http.post(form.action, data=filled)
        return await self.http.get(form.action, params=filled)

    async def sign_in(self, phone: str) -> None:
        answer = await self.post("/sign-in/code", phone=phone, next="/me")
        assert answer.status_code == 200, answer.text[:400]
        code = answer.json()["shown_code"] if self.is_program else re.findall(r"shown-code\">(\d+)<", answer.text)[0]
        answer = await self.post("/sign-in", phone=phone, code=code, next="/me")
        assert answer.status_code == (200 if self.is_program else 303), answer.text[:400]
        self.token = ""
        await self.find_token()


def forms(page: str) -> list[Form]:
    """The forms of a page with their hidden, chosen and typed fields."""
    found = []
    for head, body in re.findall(r"<form([^>]*)>(.*?)</form>", page, re.DOTALL):
        form = Form(attribute(head, "action"), attribute(head, "method") or "get")
        for tag in re.findall(r"<input[^>]*>", body):
            kind, name = attribute(tag, "type"), attribute(tag, "name")
            if name and (kind not in ("radio", "checkbox") or " checked" in tag):
                form.fields[name] = attribute(tag, "value")
        found.append(form)
    return found


def form_to(page: str, action: str) -> Form:
    """The page's form with this action."""
    (found,) = [form for form in forms(page) if form.action == action and form.method == "post"]
    return found


def attribute(tag: str, name: str) -> str:
    found = re.search(rf'\s{name}="([^"]*)"', tag)
    return unescape(found[1]) if found else ""
