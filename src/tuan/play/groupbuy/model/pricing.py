"""The commands that ask for a seat, and what one costs with all that was chosen beside it. Pure."""

from dataclasses import dataclass
from uuid import UUID

from tuan.goods.catalog.model import Freight, Offer
from tuan.kit.refusals import Refusal
from tuan.kit.time import Instant
from tuan.people.compliance.model import Channel
from tuan.play.groupbuy.errors import TooLittleMoney
from tuan.play.groupbuy.model.words import Campaign
from tuan.trade.orders.model import Basket, Purse, line_of, why_not_use
from tuan.value.promotions.model import CampaignPrice, Quote, Reason, Rules, Stacking


@dataclass(frozen=True, slots=True)
class OpenTeam:
    """Start a team on a campaign; it becomes visible when this order is paid."""

    actor: UUID
    key: str
    campaign: UUID
    sku: UUID
    units: int
    address: UUID | None
    quoted_minor: int | None = None
    accepts_no_return: bool = False
    coupons: tuple[UUID, ...] = ()
    points: int = 0
    share: str | None = None
    """The code of the link that brought the buyer on this visit."""
    channel: str = Channel.WEB
    """Where he looks at the market on this visit."""


@dataclass(frozen=True, slots=True)
class JoinTeam:
    """A command: who asks for what, with the key that makes asking twice the same as asking once."""

    actor: UUID
    key: str
    team: UUID
    sku: UUID
    units: int
    address: UUID | None
    quoted_minor: int | None = None
    accepts_no_return: bool = False
    coupons: tuple[UUID, ...] = ()
    """In the order chosen; refused where the campaign lets none go with its price."""
    points: int = 0
    share: str | None = None
    channel: str = Channel.WEB


def asks_nothing(command: OpenTeam | JoinTeam, campaign: Campaign) -> bool:
    """Whether it costs the team's price and no more is to be looked at, as for nearly everybody in a crowd."""
    return not command.coupons and not command.points and Stacking.REWARD not in campaign.stacks_with


def price_of(command: OpenTeam | JoinTeam, campaign: Campaign) -> CampaignPrice:
    """What all its units cost in the team."""
    unit = campaign.unit_minor(command.sku, leads=isinstance(command, OpenTeam))
    return CampaignPrice(Reason.TEAM_PRICE, unit * command.units, campaign.id, stacks_with=campaign.stacks_with)


def basket_of(command: OpenTeam | JoinTeam, campaign: Campaign, offer: Offer, rules: Rules) -> Basket:
    """The one line of a seat, with its campaign's price and pool."""
    pool = campaign.prices[command.sku].allotment_id
    freight: dict[UUID, Freight] = {} if offer.freight is None else {command.sku: offer.freight}
    prices = rules.prices({command.sku: offer.price_minor}, freight)
    return Basket([offer], [line_of(offer, command.units)], [pool], {0: price_of(command, campaign)}, prices)


def quote_seat(
    command: OpenTeam | JoinTeam, campaign: Campaign, offer: Offer, rules: Rules, purse: Purse, region: str | None,
    now: Instant,
) -> Quote | Refusal:  # fmt: skip
    """What the seat costs with the rewards, coupons and points that go with the team's price, and why.

    What may come back when the team closes comes back in money, so it has to be paid in money: a coupon that leaves less is
    refused, and points pay no more than the rest.
    """
    if refusal := why_not_use(command.coupons, purse.coupons, command.actor, now, purse.old_customers):
        return refusal
    basket = basket_of(command, campaign, offer, rules)
    coupons = [purse.coupons.terms(coupon) for coupon in command.coupons]
    least = campaign.deepest_minor * command.units
    points = command.points
    if least:
        without = basket.quote(coupons, 0, purse.terms, region)
        if isinstance(without, Refusal):
            return without
        room = without.total_minor - without.freight_minor - least
        if room < 0:
            return TooLittleMoney(least_minor=least)
        points = min(points, room * 100 // purse.terms.hundred_minor)
    return basket.quote(coupons, points, purse.terms, region)
