"""Who sells: suppliers and shops as identities, each with a person who answers for it."""

from tuan.people.parties.actions import (
    admit_organisation,
    admit_shop,
    admit_supplier,
    rename_shop,
    reopen_shop,
    suspend_shop,
)
from tuan.people.parties.errors import NotInState, OrganisationNameInvalid, ShopNameInvalid
from tuan.people.parties.queries import (
    access_organisation,
    access_shop,
    access_supplier,
    organisation_cards,
    organisation_of,
    organisations,
    owner_of,
    payee_names,
    search_shops,
    shop_cards,
    shop_of,
    supplier_cards,
    supplier_of,
    suppliers,
)

__all__ = [
    "NotInState",
    "OrganisationNameInvalid",
    "ShopNameInvalid",
    "access_organisation",
    "access_shop",
    "access_supplier",
    "admit_organisation",
    "admit_shop",
    "admit_supplier",
    "organisation_cards",
    "organisation_of",
    "organisations",
    "owner_of",
    "payee_names",
    "rename_shop",
    "reopen_shop",
    "search_shops",
    "shop_cards",
    "shop_of",
    "supplier_cards",
    "supplier_of",
    "suppliers",
    "suspend_shop",
]
