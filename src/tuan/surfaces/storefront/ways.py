"""The ways in which this market can pay somebody out: a provider, and transferring or splitting."""

import msgspec

from tuan.kit.refusals import Refused
from tuan.surfaces.storefront.showing import provider_name
from tuan.surfaces.web.errors import FieldInvalid
from tuan.surfaces.web.visits import Visit
from tuan.trade.settlement.model import SPLIT


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """`way` is how a form names it: provider and mode."""

    way: str
    provider: str
    mode: str
    words: str


def ways_of(visit: Visit) -> list[Way]:
    """What each provider of this market can do; a transfer stands before a split."""
    return [
        Way(way=f"{name} {mode}", provider=name, mode=mode, words=way_words(visit, name, mode))
        for name, provider in visit.front.house.providers.items()
        for mode in sorted(provider.payout_modes(visit.market.id), reverse=True)
    ]


def way_words(visit: Visit, provider: str, mode: str) -> str:
    """A way as people read it."""
    name = provider_name(visit, provider)
    if mode == SPLIT:
        return visit.gettext("%(provider)s, split from what buyers pay", provider=name)
    return visit.gettext("%(provider)s, by transfer", provider=name)


def read_way(visit: Visit, provider: str, mode: str) -> tuple[str, str]:
    """(provider, mode) if this market can pay somebody out so; without a provider the first. Raises Refused(FieldInvalid)."""
    offered = ways_of(visit)
    found = next((one for one in offered if one.mode == mode and provider in ("", one.provider)), None)
    if found is None:
        raise Refused(FieldInvalid(field="way"))
    return found.provider, found.mode
