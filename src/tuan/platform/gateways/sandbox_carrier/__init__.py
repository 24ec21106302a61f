"""A carrier that runs beside us, for development and tests: parcels move by the clock, its letters come late, twice or never."""

from tuan.platform.gateways.sandbox_carrier.carrier import SandboxCarrier

__all__ = ["SandboxCarrier"]
