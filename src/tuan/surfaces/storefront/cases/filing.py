"""Reading what comes with a line of a case's log: the case's number and pictures."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tuan.kit.refusals import NotFound, Refusal, Refused
from tuan.surfaces.web.reading import read_file
from tuan.surfaces.web.visits import Visit


@dataclass(slots=True)
class Kept:
    """Pictures that were kept a moment ago, or why they cannot be; dropped again unless somebody says they are used."""

    names: list[str] = field(default_factory=list)
    refused: Refusal | None = None
    are_used: bool = False


def read_number(text: str) -> int:
    """The number of one of several, like a case within its order, in an address; what is none names nothing. Raises Refused(NotFound)."""
    if not (text.isascii() and text.isdigit() and len(text) <= 6 and int(text) > 0):
        raise Refused(NotFound())
    return int(text)


@asynccontextmanager
async def read_pictures(visit: Visit, files: Iterable[str]) -> AsyncIterator[Kept]:
    """Keep these files (base64; empty ones are none) for the time of an act, and for good if it was done."""
    kept, pictures = Kept(), visit.front.house.pictures
    try:
        for raw in [read_file(text) for text in files if text]:
            name = await pictures.keep(visit.market.id, raw)
            if isinstance(name, Refusal):
                kept.refused = name
                break
            kept.names.append(name)
        yield kept
    finally:
        if not kept.are_used:
            for name in kept.names:
                await pictures.drop(visit.market.id, name)
