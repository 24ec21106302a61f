"""What a process stands on, handed to faces and commands; put together by the composition root `tuan.main`."""

from collections.abc import Mapping
from dataclasses import dataclass

from tuan.platform.database import Database
from tuan.platform.files import Pictures
from tuan.platform.gateways.carrier import CarrierGateway
from tuan.platform.gateways.messages import Console
from tuan.platform.gateways.payment import PaymentProvider
from tuan.platform.gateways.posting import Poster
from tuan.platform.gateways.sandbox import Sandbox
from tuan.platform.gateways.wechat_share import WechatShares
from tuan.platform.lanes import Lanes
from tuan.platform.live import Hub
from tuan.platform.settings import Settings


@dataclass(frozen=True, slots=True)
class House:
    """What a serving process has: database, lanes, gateways, live pages."""

    settings: Settings
    database: Database
    lanes: Lanes
    providers: Mapping[str, PaymentProvider]
    messages: Console
    hub: Hub
    poster: Poster
    pictures: Pictures
    wechat_shares: WechatShares
    carriers: Mapping[str, CarrierGateway]

    @property
    def sandbox(self) -> Sandbox:
        provider = self.providers["sandbox"]
        assert isinstance(provider, Sandbox)
        return provider
