"""A link as something to look at: its code as a drawing, and its poster in the words of the visitor's language."""

import io

import segno

from tuan.kit.refusals import Refusal
from tuan.surfaces.storefront.links.context import LinkCard
from tuan.surfaces.storefront.parts import Picture
from tuan.surfaces.web.assets import PREFIX
from tuan.surfaces.web.posters import Poster
from tuan.surfaces.web.visits import Visit

UPLOADS = "/pictures/"


def code_svg(address: str) -> bytes:
    """The address as a QR code, as large as whoever shows it likes."""
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", border=3, xmldecl=False, omitsize=True, light="#fff"
    )
    return drawn.getvalue()


async def poster_of(visit: Visit, card: LinkCard) -> tuple[str, bytes] | Refusal:
    """Its tag and its bytes."""
    return await visit.front.posters.get(
        Poster(
            title=card.title,
            price=_price(visit, card),
            tag=visit.gettext("Team of %(size)s", size=card.team_size) if card.team_size else "",
            beside=visit.gettext("Alone %(price)s", price=visit.words.money_text(card.alone)) if card.alone else "",
            market=visit.market.name,
            shop=visit.gettext("Recommended by %(shop)s", shop=card.shop) if card.shop else "",
            ask=visit.gettext("Hold the code or scan it to take a look"),
            note=_note(visit, card),
            url=f"{visit.link_origin}{card.url}",
            picture=await _bytes_of(visit, card.picture),
        )
    )


def _price(visit: Visit, card: LinkCard) -> tuple[str, str, str]:
    if card.price is None:
        return "", card.words, ""
    minus, sign, whole, cents = visit.words.money_parts(card.price)
    is_first = visit.words.money_text(card.price).startswith(minus + sign)
    return (minus + sign, whole, cents) if is_first else (minus, whole, f"{cents} {sign}")


def _note(visit: Visit, card: LinkCard) -> str:
    """Who is paid for it, where somebody may be, before all else that is said."""
    counts = visit.gettext("The price that the page shows counts.")
    if card.disclosed is None:
        return counts
    return f"{card.disclosed.label} · {card.disclosed.words} · {counts}"


async def _bytes_of(visit: Visit, picture: Picture) -> bytes | None:
    """The largest version there is; None where there is a drawing only."""
    url = picture.widths.rpartition(", ")[2].partition(" ")[0] or picture.url
    if url.startswith(UPLOADS):
        return await visit.front.house.pictures.read(visit.market.id, url.removeprefix(UPLOADS))
    found = visit.front.assets.find(url.removeprefix(PREFIX))
    return found.body if found is not None and found.content_type != "image/svg+xml" else None
