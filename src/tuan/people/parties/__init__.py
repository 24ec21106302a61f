"""Who sells: suppliers and shops as identities, each with a person who answers for it."""

from tuan.people.parties.actions import admit_shop, admit_supplier
from tuan.people.parties.queries import supplier_cards, supplier_of

__all__ = ["admit_shop", "admit_supplier", "supplier_cards", "supplier_of"]
