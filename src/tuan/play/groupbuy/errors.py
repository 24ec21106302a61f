"""What a person may be told; the words live in the faces."""

from tuan.kit.refusals import Conflict, Forbidden, Gone, Invalid


class TeamFull(Conflict):
    code = "groupbuy.team_full"


class AlreadySeated(Conflict):
    code = "groupbuy.already_seated"


class TeamOver(Gone):
    code = "groupbuy.team_over"


class TeamNotOpen(Conflict):
    """Its opener has not paid yet."""

    code = "groupbuy.team_not_open"


class CampaignOver(Gone):
    code = "groupbuy.campaign_over"


class NewcomersOnly(Forbidden):
    code = "groupbuy.newcomers_only"


class PersonLimit(Conflict):
    code = "groupbuy.person_limit"


class TooLittleMoney(Invalid):
    """So much of it must be paid in money, because so much may come back in money when the team closes."""

    code = "groupbuy.too_little_money"


class MayNotLeave(Conflict):
    code = "groupbuy.may_not_leave"


class CampaignInvalid(Invalid):
    code = "groupbuy.campaign_invalid"


class SkuOnCampaign(Conflict):
    """A campaign sells it, or teams of one still gather for it."""

    code = "groupbuy.sku_on_campaign"


class CampaignClash(Conflict):
    """The product has a running campaign already."""

    code = "groupbuy.campaign_clash"
