"""Where one is signed in: the list of one's own sessions, ending one, ending all others."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from tuan.surfaces.storefront.devices.context import Device, DevicesPage
from tuan.surfaces.web import sessions
from tuan.surfaces.web.policies import SIGNED_IN
from tuan.surfaces.web.problems import refuse
from tuan.surfaces.web.reading import read_id
from tuan.surfaces.web.visits import Visit

ALL = "/me/devices"
BROWSERS = {
    "MicroMessenger": "WeChat",
    "Edg": "Edge",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
"""What a browser's own line contains, by what it is called; the first that is found."""
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS": "Mac",
    "Linux": "Linux",
}


class EmptyForm(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing but the form's own token."""


@get("/me/devices", opt=SIGNED_IN)
async def show(visit: NamedDependency[Visit]) -> Response[Any]:
    async with visit.reading() as work:
        seen, now = await sessions.of_person(work, visit.person, visit.token), work.now
    devices = [
        Device(
            session=sessions.SESSION.show(one.id),
            name=one.device or visit.gettext("Unknown browser"),
            begun_at=one.begun_at,
            used_at=one.used_at,
            is_this=one.is_this,
            is_recent=now - one.used_at < sessions.RENEWED_AFTER,
        )
        for one in seen
    ]
    return visit.page("storefront/devices/page.html", DevicesPage(devices=devices, now=now), place="me")


@post("/me/devices/others/ending", opt=SIGNED_IN)
async def end_others(visit: NamedDependency[Visit]) -> Response[Any]:
    """Signed out everywhere but here, and here with a new token."""
    await visit.form(EmptyForm)
    async with visit.writing() as work:
        token = await sessions.begin_alone(work, visit.person, visit.words.tag, device=device_of(visit))
    visit.keep_token(token)
    return visit.go_on(ALL)


@post("/me/devices/{session:str}/ending", opt=SIGNED_IN)
async def end_one(visit: NamedDependency[Visit], session: FromPath[str]) -> Response[Any]:
    found = read_id(sessions.SESSION, session)
    await visit.form(EmptyForm)
    async with visit.writing() as work:
        refusal = await sessions.end_one(work, visit.person, found)
    return refuse(visit, refusal) if refusal else visit.go_on(ALL)


def device_of(visit: Visit) -> str:
    """Browser and system by name, as far as they say; nothing else of what a browser tells is kept."""
    told = visit.headers.get("user-agent", "")
    names = [next((name for mark, name in known.items() if mark in told), "") for known in (BROWSERS, SYSTEMS)]
    return " · ".join(name for name in names if name)


HANDLERS = (show, end_others, end_one)
