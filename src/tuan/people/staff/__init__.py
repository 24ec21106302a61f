"""Who works in the office: members, their roles, how they sign in."""

from tuan.people.staff.actions.doors import be_seen, confirm, member_of, set_password, sign_in, sign_out
from tuan.people.staff.actions.exports import record_export
from tuan.people.staff.actions.proofs import code_key
from tuan.people.staff.actions.roster import (
    admit_member,
    block_member,
    give_role,
    renew_member,
    set_role,
    take_role,
    unblock_member,
    why_not_block_person,
    why_not_unblock_person,
)
from tuan.people.staff.actions.views import drop_view, keep_view
from tuan.people.staff.queries import members, permissions_of, roles, views

__all__ = [
    "admit_member",
    "be_seen",
    "block_member",
    "code_key",
    "confirm",
    "drop_view",
    "give_role",
    "keep_view",
    "member_of",
    "members",
    "permissions_of",
    "record_export",
    "renew_member",
    "roles",
    "set_password",
    "set_role",
    "sign_in",
    "sign_out",
    "take_role",
    "unblock_member",
    "views",
    "why_not_block_person",
    "why_not_unblock_person",
]
