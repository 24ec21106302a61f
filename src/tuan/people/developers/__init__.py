"""Programs that act for people: their keys, the feed of events, and webhooks."""

from tuan.people.developers.actions import (
    add_endpoint,
    make_key,
    remove_endpoint,
    revoke_key,
    rotate_secret,
    send_again,
    use_key,
)
from tuan.people.developers.queries import (
    access_endpoint,
    deliveries_of,
    endpoint_of,
    events_after,
    list_endpoints,
    list_keys,
    tries_of,
)

__all__ = [
    "access_endpoint",
    "add_endpoint",
    "deliveries_of",
    "endpoint_of",
    "events_after",
    "list_endpoints",
    "list_keys",
    "make_key",
    "remove_endpoint",
    "revoke_key",
    "rotate_secret",
    "send_again",
    "tries_of",
    "use_key",
]
