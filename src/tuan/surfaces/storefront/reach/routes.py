"""How the market is found, kept and missed: what search machines read, what a phone installs, the page without a line."""

from typing import Any
from xml.sax.saxutils import escape

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency

from tuan.goods import catalog
from tuan.surfaces.storefront import showing
from tuan.surfaces.storefront.reach.context import OfflinePage
from tuan.surfaces.web.policies import MACHINE, PUBLIC
from tuan.surfaces.web.visits import Visit

SITEMAP_MAX = 5000
"""Products in the sitemap, the newest ones; fifty thousand addresses are the format's own limit."""
HOUR = {"Cache-Control": "public, max-age=3600", "Vary": "Host"}
CLOSED = ("/checkout", "/pay/", "/orders", "/me", "/sign-in", "/sandbox/", "/desk/", "/office/", "/api/")
"""Places of one person each; nothing there is for a search machine."""


@get("/offline", opt=PUBLIC)
async def offline(visit: NamedDependency[Visit]) -> Response[Any]:
    return visit.page("storefront/reach/offline.html", OfflinePage())


@get("/sw.js", opt=MACHINE)
async def service_worker(visit: NamedDependency[Visit]) -> Response[Any]:
    """The service worker, with the addresses of what it keeps; a change of any of them is a new worker."""
    assets = visit.front.assets
    kept = ["/offline", assets.url("store.css"), assets.url("live.js"), assets.url("icons.svg")]
    found = assets.find(assets.url("worker.js").removeprefix("/assets/"))
    assert found is not None
    head = b"const KEPT = " + msgspec.json.encode(kept) + b";\n"
    return Response(content=head + found.body, media_type="text/javascript", headers={"Cache-Control": "no-cache"})


@get("/manifest.webmanifest", opt=MACHINE)
async def manifest(visit: NamedDependency[Visit]) -> Response[Any]:
    """What a phone needs to keep the market among its apps, in the visitor's language."""
    url = visit.front.assets.url
    found = {
        "name": visit.market.name,
        "short_name": visit.market.name[:12],
        "description": visit.gettext("Good things, bought together with people you know."),
        "lang": visit.words.tag,
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#fbf7f1",
        "theme_color": "#fbf7f1",
        "icons": [
            {"src": url(f"icon-{side}.png"), "sizes": f"{side}x{side}", "type": "image/png", "purpose": "any maskable"}
            for side in (192, 512)
        ],
        "shortcuts": [{"name": visit.gettext("My orders"), "url": "/orders"}],
    }
    headers = {"Cache-Control": "private, max-age=3600"}  # its language is the visitor's
    return Response(content=msgspec.json.encode(found), media_type="application/manifest+json", headers=headers)


@get("/robots.txt", opt=MACHINE)
async def robots(visit: NamedDependency[Visit]) -> Response[Any]:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED), "", f"Sitemap: {visit.origin}/sitemap.xml", ""]
    return Response(content="\n".join(lines).encode(), media_type="text/plain", headers=HOUR)


@get("/sitemap.xml", opt=MACHINE)
async def sitemap(visit: NamedDependency[Visit]) -> Response[Any]:
    """Home, shelves and the newest products. Teams are left out: a link to one is for friends."""
    async with visit.reading() as work:
        shelves = await catalog.categories(work)
        listed = await catalog.listed(work, size=SITEMAP_MAX)
    found = [(f"{visit.origin}/", "")]
    found += [(f"{visit.origin}/?category={row['slug']}", "") for row in shelves]
    found += [
        (visit.origin + showing.product_url(row["id"]), row["listed_at"].date().isoformat()) for row in listed.items
    ]
    urls = "".join(
        f"<url><loc>{escape(address)}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</url>" for address, day in found
    )
    text = f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'
    return Response(content=text.encode(), media_type="application/xml", headers=HOUR)


HANDLERS = (offline, service_worker, manifest, robots, sitemap)
