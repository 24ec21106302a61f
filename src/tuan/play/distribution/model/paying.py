"""What is paid on a line, and what is left of it. Pure.

A commission is a part of the money of goods that somebody else paid for and kept. There is no rule here, and no row could hold
one, that pays for bringing people in, for a fee, for one's own purchase, or past the shop that invited the seller.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from uuid import UUID

from tuan.kit.ids import new_uuid
from tuan.kit.time import Instant
from tuan.people.compliance.model import Channel, check_level, stricter
from tuan.play.distribution.model.plans import rates_for
from tuan.play.distribution.model.words import (
    BASIS_POINTS,
    COMMISSION_ID,
    DEPTHS,
    Commission,
    CommissionState,
    Rate,
    Seller,
    Sold,
    Version,
    Withheld,
    channels_asked,
)


def amount_of(rate: Rate, goods_minor: int, units: int) -> int:
    """Of goods that cost so much together; never more than they cost."""
    return min(goods_minor * rate.rate_bp // BASIS_POINTS + rate.fixed_minor * units, goods_minor)


def left_of(amount_minor: int, goods_minor: int, back_minor: int) -> int:
    """What is left of a commission when so much of its goods' money went back, rounded down as settlement does.

    Any number of parts telescopes: together they take the whole amount and not a cent more.
    """
    return amount_minor if back_minor == 0 else amount_minor * (goods_minor - back_minor) // goods_minor


def pay_for_one(
    sku: UUID,
    product: UUID,
    category: UUID,
    price_minor: int,
    versions: Iterable[Version],
    now: Instant,
    channel: Channel = Channel.WEB,
    bought_in: Channel = Channel.WEB,
) -> dict[int, int]:
    """What one unit at this price would bring now, by level, in minor units; a campaign's own rates are not in it."""
    nobody = UUID(int=0)
    sold = Sold(nobody, 1, nobody, now, sku, product, category, frozenset(), 1, price_minor, 0, price_minor,
                {depth: Seller(UUID(int=depth), UUID(int=depth), True) for depth in DEPTHS}, channel=channel,
                bought_in=bought_in)  # fmt: skip
    return {one.depth: one.amount_minor for one in commissions_of(sold, [replace(v) for v in versions], now)[0]}


def commissions_of(sold: Sold, versions: Iterable[Version], now: Instant) -> tuple[list[Commission], list[Withheld]]:
    """What is promised of a line, level by level, and what is withheld because of its channel; a level above takes what the one
    below has left of the caps.

    Nothing for whoever buys himself, for a shop that is suspended, and nobody slides up into an empty place: where the shop that
    sold is suspended, the one that invited it is paid nothing either.
    """
    found, first = rates_for(sold, versions), sold.sellers.get(1)
    if (
        first is None
        or not first.is_open
        or found is None
        or sold.goods_minor <= 0
        or sold.back_minor >= sold.goods_minor
    ):
        return [], []
    version, rates = found
    asked, channel = channels_asked(sold.channel, sold.bought_in), stricter(sold.channel, sold.bought_in)
    left = min(sold.room_minor, sold.goods_minor * version.terms.line_most_bp // BASIS_POINTS)
    commissions, withheld, paid = [], [], {sold.buyer_id}
    for rate in sorted(rates, key=lambda one: one.depth):
        seller = sold.sellers.get(rate.depth)
        if rate.depth not in DEPTHS or seller is None or not seller.is_open or seller.owner_id in paid:
            continue
        paid.add(seller.owner_id)
        if (why_not := why_withheld(rate, asked)) is not None:
            of = (sold.order_id, sold.line_number, rate.depth, seller.shop_id, version.plan_id, version.number)
            withheld.append(Withheld(new_uuid(), *of, *why_not, now))
            continue
        most = left if version.left_minor is None else min(left, version.left_minor)
        amount = min(amount_of(rate, sold.goods_minor, sold.units), max(most, 0))
        if not amount:
            continue
        kept = left_of(amount, sold.goods_minor, sold.back_minor)
        why = sold.flags.get(seller.shop_id)
        commissions.append(
            Commission(
                COMMISSION_ID.new(), sold.order_id, sold.line_number, rate.depth, seller.shop_id, version.plan_id,
                version.number, rate.rate_bp, rate.fixed_minor, sold.goods_minor, amount, kept,
                CommissionState.HELD if why else CommissionState.PENDING, why, now, channel=channel,
            )
        )  # fmt: skip
        left -= amount
        version.promised_minor += kept
    return commissions, withheld


def why_withheld(rate: Rate, asked: Collection[Channel]) -> tuple[Channel, str] | None:
    """The channel that does not let it be paid and its owner's article, "" where the plan itself does not hold there; None where
    it is paid.

    What one of the channels forbids is not paid. The owners are asked at every line, whatever the plan says: their rules may have
    changed since it was switched on.
    """
    for channel in asked:
        if (breach := check_level(channel, rate.depth)) is not None:
            return channel, breach.article
    return next(((channel, "") for channel in asked if channel not in rate.channels), None)
