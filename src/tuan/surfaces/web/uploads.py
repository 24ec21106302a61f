"""A picture that comes with a form: made anew before anything else happens, forgotten where the act did not use it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tuan.kit.refusals import Refusal, Refused
from tuan.surfaces.web.reading import read_file
from tuan.surfaces.web.visits import Visit


@dataclass(slots=True)
class KeptPicture:
    """Its name, empty where none was sent. `is_used`: said by the act that has written the name down."""

    name: str = ""
    is_used: bool = False


@asynccontextmanager
async def kept_picture(visit: Visit, sent: str) -> AsyncIterator[KeptPicture]:
    """The picture in this field of a form. Raises Refused for one that cannot be read."""
    pictures, kept = visit.front.house.pictures, KeptPicture()
    if sent:
        name = await pictures.keep(visit.market.id, read_file(sent))
        if isinstance(name, Refusal):
            raise Refused(name)
        kept.name = name
    try:
        yield kept
    finally:
        if kept.name and not kept.is_used:
            await pictures.drop(visit.market.id, kept.name)
