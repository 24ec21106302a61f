"""Words that the whole API shares: ids, amounts, texts, pages. Their patterns and examples stand in the document."""

from typing import Annotated, Generic, Literal, TypeVar

from msgspec import Meta, Struct

from tuan.kit.money import AMOUNT_MINOR_MAX

T = TypeVar("T")

_LETTERS = "[0-9a-hjkmnp-tv-z]{26}"
_SOME = "01kb3v6h2ne5x8q4r7t9w0y1z3"
NO_NUL = r"^[^\x00]*$"

ProductId = Annotated[str, Meta(description="A product.", pattern=f"^prod_{_LETTERS}$", examples=[f"prod_{_SOME}"])]
SkuId = Annotated[
    str, Meta(description="One option of a product.", pattern=f"^sku_{_LETTERS}$", examples=[f"sku_{_SOME}"])
]
ProposalId = Annotated[str, Meta(description="A proposal.", pattern=f"^prp_{_LETTERS}$", examples=[f"prp_{_SOME}"])]
CategoryId = Annotated[str, Meta(description="A category.", pattern=f"^cat_{_LETTERS}$", examples=[f"cat_{_SOME}"])]
FreightId = Annotated[
    str, Meta(description="A freight template.", pattern=f"^frt_{_LETTERS}$", examples=[f"frt_{_SOME}"])
]
BundleId = Annotated[str, Meta(description="A bundle.", pattern=f"^rule_{_LETTERS}$", examples=[f"rule_{_SOME}"])]
TeamId = Annotated[str, Meta(description="A team.", pattern=f"^team_{_LETTERS}$", examples=[f"team_{_SOME}"])]
CampaignId = Annotated[str, Meta(description="A campaign.", pattern=f"^camp_{_LETTERS}$", examples=[f"camp_{_SOME}"])]
OrderId = Annotated[str, Meta(description="An order.", pattern=f"^ord_{_LETTERS}$", examples=[f"ord_{_SOME}"])]
OrderNumber = Annotated[
    str,
    Meta(description="How an order is told to those whose it is not.", pattern="^[0-9A-HJKMNP-TV-Z]{10}$",
         examples=["4TQ8K2M9XZ"]),
]  # fmt: skip
PayableId = Annotated[
    str, Meta(description="What one checkout owes.", pattern=f"^pay_{_LETTERS}$", examples=[f"pay_{_SOME}"])
]
AttemptId = Annotated[
    str, Meta(description="A payment's attempt.", pattern=f"^try_{_LETTERS}$", examples=[f"try_{_SOME}"])
]
PayoutAccountId = Annotated[
    str, Meta(description="An account to be paid out to.", pattern=f"^acct_{_LETTERS}$", examples=[f"acct_{_SOME}"])
]
WithdrawalId = Annotated[str, Meta(description="A withdrawal.", pattern=f"^out_{_LETTERS}$", examples=[f"out_{_SOME}"])]
CommissionId = Annotated[
    str, Meta(description="A commission.", pattern=f"^comm_{_LETTERS}$", examples=[f"comm_{_SOME}"])
]
PlanId = Annotated[str, Meta(description="A plan.", pattern=f"^plan_{_LETTERS}$", examples=[f"plan_{_SOME}"])]
SimulationId = Annotated[str, Meta(description="A simulation.", pattern=f"^sim_{_LETTERS}$", examples=[f"sim_{_SOME}"])]
ImportId = Annotated[str, Meta(description="An import.", pattern=f"^imp_{_LETTERS}$", examples=[f"imp_{_SOME}"])]
TicketId = Annotated[
    str, Meta(description="A difference.", pattern=f"^ticket_{_LETTERS}$", examples=[f"ticket_{_SOME}"])
]
AddressId = Annotated[str, Meta(description="An address.", pattern=f"^addr_{_LETTERS}$", examples=[f"addr_{_SOME}"])]
SupplierId = Annotated[str, Meta(description="A supplier.", pattern=f"^sup_{_LETTERS}$", examples=[f"sup_{_SOME}"])]
PersonId = Annotated[str, Meta(description="A person.", pattern=f"^person_{_LETTERS}$", examples=[f"person_{_SOME}"])]
CouponId = Annotated[
    str, Meta(description="Somebody's coupon.", pattern=f"^coup_{_LETTERS}$", examples=[f"coup_{_SOME}"])
]
EndpointId = Annotated[str, Meta(description="A webhook.", pattern=f"^hook_{_LETTERS}$", examples=[f"hook_{_SOME}"])]
DeliveryId = Annotated[str, Meta(description="A delivery.", pattern=f"^dlv_{_LETTERS}$", examples=[f"dlv_{_SOME}"])]
EventId = Annotated[str, Meta(description="An event.", pattern=f"^evt_{_LETTERS}$", examples=[f"evt_{_SOME}"])]

SessionId = Annotated[
    str, Meta(description="A place where one is signed in.", pattern=f"^session_{_LETTERS}$",
              examples=[f"session_{_SOME}"])
]  # fmt: skip
Division = Annotated[
    str, Meta(description="A division of China by its code (GB/T 2260).", pattern="^[0-9]{6}$", examples=["330106"])
]

Units = Annotated[int, Meta(description="So many pieces.", ge=1, le=999, examples=[1])]
AmountMinor = Annotated[int, Meta(description="Minor units (fen, cents).", ge=1, le=AMOUNT_MINOR_MAX, examples=[1990])]
ShareCode = Annotated[
    str,
    Meta(description="The code of the link that brought the buyer; its shop is who recommended.",
         pattern="^[0-9a-hjkmnp-tv-z]{10}$", examples=["4t7k2m9x0p"]),
]  # fmt: skip
OrderChannel = Literal["web", "wechat_h5", "wechat_mp"]
BoughtIn = Annotated[
    OrderChannel,
    Meta(description="Where the program shows the market to its buyer. What the owner of that place, or of the link's, lets nobody "
         "be paid for is not paid."),
]  # fmt: skip
AcceptsNoReturn = Annotated[
    bool, Meta(description="The buyer has said that he knows which goods are not taken back without a reason.")
]
Line = Annotated[str, Meta(min_length=1, max_length=200, pattern=NO_NUL)]
Reason = Annotated[
    str, Meta(description="Why; it stands in the audit trail.", min_length=1, max_length=200, pattern=NO_NUL,
              examples=["nightly sync"])
]  # fmt: skip
Cursor = Annotated[str, Meta(description="`next` of the page before.", max_length=400)]
Size = Annotated[int, Meta(description="Items of a page.", ge=1, le=100, examples=[20])]


class Money(Struct, frozen=True):
    """An amount in minor units of a currency (ISO 4217)."""

    amount_minor: Annotated[int, Meta(examples=[1990])]
    currency: Annotated[str, Meta(examples=["CNY"])]


class PageQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which page of a list; lists go on after a key, so that a page costs the same wherever it is."""

    after: Cursor | None = None
    size: Size = 20


class Listing(Struct, Generic[T], frozen=True):
    """A page of a list; `next` is null at its end."""

    items: list[T]
    next: Cursor | None = None
