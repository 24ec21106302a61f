"""What the caller has agreed to: all of it in one place, and taking it back with the effect that it has at its own."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from tuan.kit.refusals import Refusal
from tuan.people import compliance
from tuan.people.compliance.model import CONSENTS, SHOP_CUSTOMER
from tuan.platform.lists import Wanted
from tuan.platform.work import Work
from tuan.surfaces.api.operations import operation
from tuan.surfaces.api.shapes import NO_NUL, Listing, PageQuery
from tuan.surfaces.storefront.consents import words
from tuan.surfaces.storefront.consents.withdrawing import withdraw
from tuan.surfaces.web.once import once
from tuan.surfaces.web.visits import Visit

ConsentVersion = Annotated[
    str,
    Meta(description="Of the sentence that the person was shown.", max_length=40, pattern=NO_NUL,
         examples=[CONSENTS[SHOP_CUSTOMER].version]),
]  # fmt: skip
Purpose = Literal["shop_customer", "organisation_member"]
Shown = Literal["name", "orders", "phone", "birthday"]


class ConsentSaid(Struct, frozen=True, kw_only=True):
    """What the caller agreed to or took back, and which words he was shown. `about` is whom, by `name`; `shows` what he ticked;
    `words` the sentence in the caller's language, or that it has changed since. `stands`: it is what he agrees to now."""

    purpose: Purpose
    about: UUID
    name: str
    is_given: bool
    stands: bool
    shows: list[Shown]
    words: str
    version: str
    language: str
    place: Literal["web", "office", "api", "house", "erased"]
    at: datetime


class ConsentWithdrawal(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    purpose: Purpose
    about: UUID


@operation("GET", "/account/consents", scope="account.read")
async def list_consents(visit: Visit, query: PageQuery) -> Listing[ConsentSaid]:
    """All that the caller said, the newest first; what he said last about a purpose counts."""
    async with visit.reading() as work:
        found = await compliance.search_consents(work, visit.person, Wanted(after=query.after, size=query.size))
        standing = {row["id"] for row in await compliance.standing_consents(work, visit.person)}
        names = await words.names_of(work, found.items)
    return Listing(
        [
            ConsentSaid(
                purpose=row["purpose"], about=row["about_id"], name=names[row["about_id"]], is_given=row["is_given"],
                stands=row["id"] in standing, shows=row["shows"], words=words.sentence(visit, row, names[row["about_id"]]),
                version=row["version"], language=row["language"], place=row["place"], at=row["at"],
            )
            for row in found.items
        ],
        found.next_key,
    )  # fmt: skip


@operation("POST", "/account/consents/withdrawal", scope="account.write", status=204)
async def withdraw_consent(visit: Visit, data: ConsentWithdrawal, key: str) -> Refusal | None:
    """Agree no more, as at the shop or the organisation itself; taking back what was not given changes nothing."""

    async def act(work: Work) -> None:
        await withdraw(work, visit.person, data.purpose, data.about, language=visit.words.tag, place="api")

    return await once(visit, "api.withdraw_consent", key, f"{data.purpose} {data.about}", act)


HANDLERS = (list_consents, withdraw_consent)
