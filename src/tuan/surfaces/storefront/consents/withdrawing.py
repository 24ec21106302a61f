"""Taking a consent back where all of them are listed: it does what taking it back at its place does."""

from uuid import UUID

from tuan.people.compliance.model import SHOP_CUSTOMER
from tuan.platform.work import Work
from tuan.play import shops
from tuan.value import membership


async def withdraw(work: Work, person: UUID, purpose: str, about: UUID, *, language: str, place: str) -> None:
    """He agrees to it no more. Taking back what was not given changes nothing, and so nothing is refused."""
    if purpose == SHOP_CUSTOMER:
        await shops.end_consent(work, person, about, language=language, place=place)
    else:
        await membership.leave(work, person, about, language=language, place=place)
