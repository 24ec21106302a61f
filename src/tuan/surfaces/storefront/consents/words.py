"""What consents are called: whom each is given to, and the sentence that was shown."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from tuan.kit.ids import IdKind
from tuan.people import parties
from tuan.people.compliance.model import CONSENTS, ORGANISATION_MEMBER, SHOP_CUSTOMER
from tuan.people.parties.model import ORGANISATION, SHOP
from tuan.platform.work import Work
from tuan.surfaces.web.visits import Visit

ABOUT: dict[str, IdKind[Any]] = {SHOP_CUSTOMER: SHOP, ORGANISATION_MEMBER: ORGANISATION}
"""What each purpose is about."""
OLDER = "What %(name)s asked, in words that have changed since."


async def names_of(work: Work, rows: Iterable[Any]) -> dict[UUID, str]:
    """What those are called whom these consents are about."""
    about = {purpose: [row["about_id"] for row in rows if row["purpose"] == purpose] for purpose in ABOUT}
    shops = await parties.shop_cards(work, about[SHOP_CUSTOMER])
    organisations = await parties.organisation_cards(work, about[ORGANISATION_MEMBER])
    return {one: card.name for one, card in shops.items()} | {one: row["name"] for one, row in organisations.items()}


def sentence(visit: Visit, row: Any, name: str) -> str:
    """The one that he was shown, in the viewer's language, as long as it is still that one."""
    asked = CONSENTS[row["purpose"]]
    return visit.gettext(asked.text if row["version"] == asked.version else OLDER, name=name)


def ticked(visit: Visit, row: Any) -> list[str]:
    """What he ticked, in the order of the boxes."""
    details = CONSENTS[row["purpose"]].details
    return [visit.gettext(said) for what, said in details.items() if what in row["shows"]]
