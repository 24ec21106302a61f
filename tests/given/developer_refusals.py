"""What developers refuses: one scenario each, in the table of all."""

from tests.given import goods as given
from tests.given.houses import Place
from tests.given.refusals import Act, gives
from tuan.kit.refusals import granted
from tuan.people import developers
from tuan.people.developers.errors import EndpointsFull, FactUnknown, NameInvalid, ScopeUnknown
from tuan.people.developers.model import ENDPOINTS_MAX
from tuan.platform.gateways.errors import AddressForbidden

HERE = "https://news.example.com/tuan"


@gives(ScopeUnknown)
async def _(place: Place) -> Act:
    who = await given.buyer(place)
    return lambda: place.do(developers.make_key, who.id, "ERP", ["all"], expires_at=None, reason="test")


@gives(NameInvalid)
async def _(place: Place) -> Act:
    who = await given.buyer(place)
    return lambda: place.do(developers.make_key, who.id, " ", ["events.read"], expires_at=None, reason="test")


@gives(FactUnknown)
async def _(place: Place) -> Act:
    return lambda: place.do(developers.add_endpoint, HERE, ["orders.sung.v1"], place.house.poster, reason="test")


@gives(EndpointsFull)
async def _(place: Place) -> Act:
    for number in range(ENDPOINTS_MAX):
        granted(await place.do(developers.add_endpoint, f"{HERE}/{number}", [], place.house.poster, reason="test"))
    return lambda: place.do(developers.add_endpoint, HERE, [], place.house.poster, reason="test")


@gives(AddressForbidden)
async def _(place: Place) -> Act:
    url = "https://169.254.169.254/latest/meta-data"
    return lambda: place.do(developers.add_endpoint, url, [], place.house.poster, reason="test")
