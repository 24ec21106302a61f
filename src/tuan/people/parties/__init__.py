"""Who sells: suppliers and shops as identities, each with a person who answers for it."""

from tuan.people.parties.actions import admit_shop, admit_supplier
from tuan.people.parties.queries import access_supplier, owner_of, supplier_cards, supplier_of, suppliers

__all__ = ["access_supplier", "admit_shop", "admit_supplier", "owner_of", "supplier_cards", "supplier_of", "suppliers"]
