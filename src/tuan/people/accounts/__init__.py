"""Persons, how they sign in, and where their goods go."""

from tuan.people.accounts.actions import (
    add_address,
    admit,
    admit_many,
    block,
    change_address,
    change_phone,
    erase_person,
    export_person,
    make_code,
    prefer_address,
    read_phone,
    remove_address,
    rename,
    sign_in,
    unblock,
    unmask,
)
from tuan.people.accounts.errors import StillOwns
from tuan.people.accounts.queries import (
    access_address,
    access_person,
    access_whole_person,
    addresses_of,
    names,
    person_of,
    search_persons,
)
from tuan.people.accounts.store import load_addresses

__all__ = [
    "StillOwns",
    "access_address",
    "access_person",
    "access_whole_person",
    "add_address",
    "addresses_of",
    "admit",
    "admit_many",
    "block",
    "change_address",
    "change_phone",
    "erase_person",
    "export_person",
    "load_addresses",
    "make_code",
    "names",
    "person_of",
    "prefer_address",
    "read_phone",
    "remove_address",
    "rename",
    "search_persons",
    "sign_in",
    "unblock",
    "unmask",
]
