"""What an intent may call: the payment providers, the addresses that developers gave us, and the carriers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tuan.platform.gateways.carrier import CarrierGateway
from tuan.platform.gateways.payment import PaymentProvider
from tuan.platform.gateways.posting import Poster


@dataclass(frozen=True, slots=True)
class Outside:
    """Handed to every intent's call, outside any transaction."""

    providers: Mapping[str, PaymentProvider]
    poster: Poster
    carriers: Mapping[str, CarrierGateway] = field(default_factory=dict)
