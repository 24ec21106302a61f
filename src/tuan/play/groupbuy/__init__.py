"""Group buying 拼团: campaigns, teams, seats."""

from tuan.play.groupbuy.actions import (
    NewCampaign,
    end_campaign,
    lapse_due,
    launch_campaign,
    launch_campaigns,
    leave_team,
    remove_member,
    seat_buyers,
    take_seats,
)
from tuan.play.groupbuy.queries import (
    access_team,
    allotments_of,
    almost_there,
    campaigns_of,
    list_open_teams,
    prices_of,
    seats_of,
    teams_by_id,
    teams_of_orders,
)

__all__ = [
    "NewCampaign",
    "access_team",
    "allotments_of",
    "almost_there",
    "campaigns_of",
    "end_campaign",
    "lapse_due",
    "launch_campaign",
    "launch_campaigns",
    "leave_team",
    "list_open_teams",
    "prices_of",
    "remove_member",
    "seat_buyers",
    "seats_of",
    "take_seats",
    "teams_by_id",
    "teams_of_orders",
]
