"""The sandbox provider: takes play money for charges and gives it back, with books, pages and notices of its own.

It stands in for a company that we cannot look into: it has its own tables, its own transactions and its own clock
reading, and the rest of the house meets it only through the port and through what it posts to `/hooks/sandbox`.
"""

from tuan.platform.gateways.sandbox.dividing import NOBODY
from tuan.platform.gateways.sandbox.faults import Fault
from tuan.platform.gateways.sandbox.provider import ProviderSilent, Sandbox

__all__ = ["NOBODY", "Fault", "ProviderSilent", "Sandbox"]
