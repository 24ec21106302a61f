"""Group buying 拼团: campaigns, teams, seats."""

from tuan.play.groupbuy.actions import (
    NewCampaign,
    end_campaign,
    join_teams,
    lapse_due,
    launch_campaign,
    launch_campaigns,
    leave_team,
    open_teams,
    remove_member,
    take_seats,
)
from tuan.play.groupbuy.queries import (
    access_team,
    allotments_of,
    almost_there,
    campaigns_of,
    prices_of,
    seats_of,
    teams_by_id,
    teams_of_orders,
)
from tuan.play.groupbuy.queries import open_teams as list_open_teams

__all__ = [
    "NewCampaign",
    "access_team",
    "allotments_of",
    "almost_there",
    "campaigns_of",
    "end_campaign",
    "join_teams",
    "lapse_due",
    "launch_campaign",
    "launch_campaigns",
    "leave_team",
    "list_open_teams",
    "open_teams",
    "prices_of",
    "remove_member",
    "seats_of",
    "take_seats",
    "teams_by_id",
    "teams_of_orders",
]
