"""What developers may be refused."""

from tuan.kit.refusals import Conflict, Invalid


class ScopeUnknown(Invalid):
    code = "developers.scope_unknown"


class NameInvalid(Invalid):
    """A key's name is how its owner knows it again."""

    code = "developers.name_invalid"


class FactUnknown(Invalid):
    """There is no such kind of fact, so its news would never come."""

    code = "developers.fact_unknown"


class EndpointsFull(Conflict):
    """Each event is posted to each endpoint, so there are not many of them."""

    code = "developers.endpoints_full"
