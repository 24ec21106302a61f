"""The verbs of group buying; plural where things are scarce; nobody commits."""

from tuan.play.groupbuy.actions.launching import (
    NewCampaign,
    end_campaign,
    launch_campaign,
    launch_campaigns,
    retire_sku,
    why_not_launch,
)
from tuan.play.groupbuy.actions.leading import follow_leaders
from tuan.play.groupbuy.actions.seating import (
    lapse_due,
    leave_team,
    quote_seat,
    release_seats,
    remove_member,
    seat_buyers,
    take_seats,
    weigh_coupons,
)

__all__ = [
    "NewCampaign",
    "end_campaign",
    "follow_leaders",
    "lapse_due",
    "launch_campaign",
    "launch_campaigns",
    "leave_team",
    "quote_seat",
    "release_seats",
    "remove_member",
    "retire_sku",
    "seat_buyers",
    "take_seats",
    "weigh_coupons",
    "why_not_launch",
]
