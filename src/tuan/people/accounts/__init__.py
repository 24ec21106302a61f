"""Persons, how they sign in, and where their goods go."""

from tuan.people.accounts.actions import (
    add_address,
    admit,
    admit_many,
    make_code,
    read_phone,
    remove_address,
    sign_in,
)
from tuan.people.accounts.queries import access_person, addresses_of, names, person_of
from tuan.people.accounts.store import load_addresses

__all__ = [
    "access_person",
    "add_address",
    "addresses_of",
    "admit",
    "admit_many",
    "load_addresses",
    "make_code",
    "names",
    "person_of",
    "read_phone",
    "remove_address",
    "sign_in",
]
