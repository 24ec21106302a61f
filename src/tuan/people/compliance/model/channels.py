"""Channel profiles: what the owner of a place lets be rewarded in it, as data with its sources."""

from collections.abc import Mapping
from dataclasses import dataclass

from tuan.people.compliance.model.words import HOUSE, WHOLE, Breach, Channel, Rule, Trigger

H5_RULES = "微信外部链接内容管理规范 2.1.2"
MP_RULES = "微信小程序平台运营规范"


@dataclass(frozen=True, slots=True)
class ChannelProfile:
    """refused: what nothing may be given for, by its source. levels: how deep a sale may be paid for that came about there.
    source: who says so of depth and of sharing by force."""

    refused: Mapping[Trigger, str]
    levels: int
    source: str


CHANNELS: Mapping[Channel, ChannelProfile] = {
    Channel.WEB: ChannelProfile({Trigger.SHARE: HOUSE}, 2, HOUSE),
    Channel.APP: ChannelProfile({Trigger.SHARE: HOUSE}, 2, HOUSE),
    Channel.WECHAT_H5: ChannelProfile(
        dict.fromkeys((Trigger.SHARE, Trigger.RECRUIT, Trigger.REVIEW), H5_RULES), 1, H5_RULES
    ),
    Channel.WECHAT_MP: ChannelProfile(dict.fromkeys((Trigger.SHARE, Trigger.RECRUIT), MP_RULES), 1, MP_RULES),
}
"""A share is rewarded nowhere. WeChat lets neither 上下线 be paid nor, in a web page, anything that makes people follow or vote."""


STRICTEST_FIRST = tuple(
    sorted(CHANNELS, key=lambda channel: (CHANNELS[channel].levels, -len(CHANNELS[channel].refused)))
)
"""What one owner refuses, each before him refuses too."""


def stricter(one: Channel, other: Channel) -> Channel:
    """Of two places the one whose owner lets less be rewarded."""
    return min(one, other, key=STRICTEST_FIRST.index)


def check_reward(channel: Channel, act: Trigger) -> Breach | None:
    """Why nothing may be given for this act in this channel; None where something may."""
    source = CHANNELS[channel].refused.get(act)
    return Breach(Rule.PAY_FOR_SHARES, WHOLE, source) if source else None


def check_level(channel: Channel, depth: int) -> Breach | None:
    """Why nobody may be paid at this level for a sale that came about in this channel; None where somebody may."""
    profile = CHANNELS[channel]
    return Breach(Rule.DOWNLINE_IN_CHANNEL, WHOLE, profile.source) if depth > profile.levels else None
