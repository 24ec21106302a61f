"""Who buyers are to customs: a name and an identity number, sealed."""

from tuan.people.identities.actions import keep_identity, remove_identity
from tuan.people.identities.errors import IdentityMissing, IdentityUnreadable, TooYoung
from tuan.people.identities.queries import identity_of
from tuan.people.identities.store import load_identities

__all__ = [
    "IdentityMissing",
    "IdentityUnreadable",
    "TooYoung",
    "identity_of",
    "keep_identity",
    "load_identities",
    "remove_identity",
]
