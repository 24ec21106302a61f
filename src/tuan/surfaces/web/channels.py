"""In whose place the pages are looked at, as far as a browser says it; the owners of some forbid what the law does not."""

from tuan.people.compliance.model import Channel
from tuan.surfaces.web.visits import Visit

WECHAT, MINI_PROGRAM = "MicroMessenger", "miniProgram"
"""What WeChat's browser says of itself, and adds where a mini-program shows a page."""


def channel_of(visit: Visit) -> Channel:
    """Where this visit is. A browser that lies gains nobody anything: one that says it is WeChat's takes pay away, one that hides
    it is the web's, which adds nothing to what its link's own channel lets be paid (docs/decisions/0099)."""
    agent = visit.headers.get("user-agent", "")
    if WECHAT not in agent:
        return Channel.WEB
    return Channel.WECHAT_MP if MINI_PROGRAM in agent else Channel.WECHAT_H5
