"""What an intent may call: the payment providers, and the addresses that developers gave us."""

from collections.abc import Mapping
from dataclasses import dataclass

from tuan.platform.gateways.payment import PaymentProvider
from tuan.platform.gateways.posting import Poster


@dataclass(frozen=True, slots=True)
class Outside:
    """Handed to every intent's call, outside any transaction."""

    providers: Mapping[str, PaymentProvider]
    poster: Poster
