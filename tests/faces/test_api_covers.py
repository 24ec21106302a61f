"""Everything that the storefront does, and what the office does with money, a program can do: each route by the operation that does
the same."""

from litestar import Litestar

from tests.faces.matrix import routes_of
from tests.faces.office_covers import MONEYLESS, OFFICE_DONE_BY, OFFICE_FOR_PERSONS, place_of
from tuan.surfaces.api.reference.document import operations
from tuan.surfaces.web.policies import MEMBER_SCOPES, STAFF

DONE_BY = {
    "GET /": {"list_categories", "list_products", "list_teams"},
    "GET /p/{product}": {"show_product", "show_former_price", "list_open_teams"},
    "GET /t/{team}": {"show_team"},
    "POST /t/{team}/seats": {"join_team"},
    "POST /t/{team}/leaving": {"leave_team"},
    "POST /teams": {"open_team"},
    "GET /checkout": {"show_quote", "show_cart_quote"},
    "POST /orders": {"place_order"},
    "GET /presale/{presale}": {"show_presale", "find_presale"},
    "POST /presale/{presale}/bookings": {"book_presale"},
    "GET /bundles/{bundle}": {"list_bundles"},
    "POST /bundles/{bundle}/orders": {"place_bundle"},
    "GET /orders": {"list_orders"},
    "GET /orders/{order}": {"show_order", "show_parcel", "preview_cancellation"},
    "POST /orders/{order}/cancellation": {"cancel"},
    "POST /orders/{order}/receipt": {"confirm_receipt"},
    "GET /pay/{payable}": {"show_payable"},
    "POST /pay/{payable}/attempts": {"start_attempt"},
    "GET /divisions": {"list_divisions"},
    "GET /me": {"show_account", "list_orders"},
    "GET /shops/new": {"show_shop_application"},
    "POST /shops/applications": {"apply_for_shop"},
    "POST /shops/applications/withdrawal": {"withdraw_shop_application"},
    "GET /desk/shop/money": {
        "show_earnings",
        "list_commissions",
        "list_shop_accounts",
        "list_shop_withdrawals",
        "list_coming_terms",
    },
    "GET /desk/shop/money.csv": {"list_commissions"},
    "GET /desk/shop/money/unpaid": {"list_unpaid_lines"},
    "POST /desk/shop/money/accounts": {"add_shop_account"},
    "POST /desk/shop/money/withdrawals": {"ask_for_shop_withdrawal"},
    "POST /desk/shop/money/commissions/{commission}/appeal": {"appeal_commission"},
    "GET /shop/{shop}": {"show_shop"},
    "POST /shop/{shop}/following": {"follow_shop"},
    "POST /shop/{shop}/following/removal": {"unfollow_shop"},
    "GET /me/shop": {"show_belonging"},
    "POST /me/shop/consent": {"give_consent"},
    "POST /me/shop/consent/removal": {"end_consent"},
    "POST /me/shop/leaving": {"leave_shop"},
    "GET /me/consents": {"list_consents"},
    "POST /me/consents/withdrawal": {"withdraw_consent"},
    "GET /desk/shop": {"show_own_shop", "list_day_commissions"},
    "GET /desk/shop/birthdays": {"list_shop_birthdays"},
    "GET /desk/shop/customer-orders.csv": {"list_shop_orders"},
    "GET /shops": {"list_showcase"},
    "GET /desk/shop/goods": {"list_shop_goods"},
    "GET /desk/shop/pool": {"list_products"},
    "POST /desk/shop/goods/{product}": {"pick_product"},
    "POST /desk/shop/goods/{product}/removal": {"unpick_product"},
    "POST /desk/shop/goods/{product}/place": {"arrange_shop_goods"},
    "POST /desk/shop/goods/{product}/today": {"arrange_shop_goods"},
    "GET /desk/shop/changes": {"list_customer_changes"},
    "GET /desk/shop/customers": {"list_shop_customers"},
    "GET /desk/shop/customers.csv": {"list_shop_customers"},
    "GET /desk/shop/customers/{customer}": {"show_shop_customer"},
    "POST /desk/shop/customers/{customer}/card": {"keep_customer_card"},
    "GET /desk/shop/orders": {"list_shop_orders"},
    "GET /desk/shop/giving": {"list_shop_materials", "list_shop_coupons"},
    "POST /desk/shop/giving/materials": {"add_shop_material"},
    "POST /desk/shop/giving/materials/{material}/pictures": {"add_material_pictures"},
    "POST /desk/shop/giving/materials/{material}/removal": {"drop_shop_material"},
    "POST /desk/shop/giving/coupons": {"launch_shop_coupon"},
    "POST /desk/shop/giving/coupons/{template}/ending": {"end_shop_coupon"},
    "GET /desk/shop/settings": {"show_own_shop"},
    "POST /desk/shop/settings": {"change_shop"},
    "POST /desk/shop/settings/cover": {"set_shop_cover"},
    "GET /me/addresses": {"list_addresses"},
    "POST /me/addresses": {"add_address"},
    "GET /me/addresses/{address}": {"show_address"},
    "POST /me/addresses/{address}": {"change_address"},
    "POST /me/addresses/{address}/preference": {"prefer_address"},
    "POST /me/addresses/{address}/removal": {"remove_address"},
    "GET /me/identity": {"show_identity"},
    "POST /me/identity": {"keep_identity"},
    "POST /me/identity/removal": {"remove_identity"},
    "GET /me/devices": {"list_sessions"},
    "POST /me/devices/{session}/ending": {"end_session"},
    "POST /me/devices/others/ending": {"end_other_sessions"},
    "GET /me/profile": {"show_account"},
    "POST /me/profile/name": {"rename"},
    "POST /me/profile/phone/code": {"send_phone_code"},
    "POST /me/profile/phone": {"change_phone"},
    "GET /me/data": {"show_account"},
    "POST /me/data/code": {"send_data_code"},
    "POST /me/data/copy": {"copy_data"},
    "POST /me/data/erasure": {"erase_data"},
    "POST /sign-in/code": {"send_code"},
    "POST /sign-in": {"sign_in"},
    "POST /sign-out": {"sign_out"},
    "GET /coupons": {"list_offered_coupons", "list_coupons"},
    "POST /coupons": {"take_coupon"},
    "POST /coupons/gifts": {"give_coupon"},
    "GET /coupons/gifts/{gift}": {"show_gift"},
    "POST /coupons/gifts/{gift}/taking": {"take_gift"},
    "POST /coupons/gifts/{gift}/removal": {"withdraw_gift"},
    "GET /me/points": {"show_points", "list_points_entries"},
    "GET /me/memberships": {"list_memberships"},
    "POST /me/memberships": {"join_organisation"},
    "POST /me/memberships/{organisation}/acceptance": {"accept_membership"},
    "POST /me/memberships/{organisation}/leaving": {"leave_organisation"},
    "GET /desk/organisation": {"show_organisation"},
    "GET /desk/organisation.csv": {"show_organisation"},
    "GET /desk/organisation/members": {"show_organisation"},
    "POST /desk/organisation/members/preview": {"preview_own_members"},
    "POST /desk/organisation/members": {"invite_own_members"},
    "GET /me/check-in": {"show_check_in"},
    "POST /me/check-in": {"check_in"},
    "GET /orders/{order}/cases/new": {"preview_case"},
    "POST /orders/{order}/cases": {"open_case"},
    "GET /orders/{order}/cases/{number}": {"show_case"},
    "POST /orders/{order}/cases/{number}/log": {"answer_case"},
    "GET /desk/cases": {"list_cases"},
    "GET /desk/cases/{order}/{number}": {"show_suppliers_case"},
    "POST /desk/cases/{order}/{number}/log": {"answer_buyer"},
    "GET /desk/orders": {"list_orders_to_ship"},
    "POST /desk/orders/{order}/shipment": {"ship"},
    "GET /desk/orders/{order}/declaration": {"list_orders_to_ship"},
    "POST /desk/orders/{order}/declaration": {"read_declaration"},
    "GET /s/{code}": {"show_link", "come_through_link"},
    "GET /s/{code}/card": {"show_link", "find_share_word"},
    "GET /s/{code}/packet": {"show_link"},
    "POST /s/{code}/packet": {"take_packet"},
    "GET /share": {"show_product", "show_team"},
    "POST /share": {"make_link"},
    "GET /share/{code}": {"list_links"},
    "POST /share/{code}/revocation": {"revoke_link"},
    "GET /me/links": {"list_links"},
    "GET /me/cards": {"make_link"},
    "POST /me/cards": {"make_link"},
    "POST /me/links/{code}/revocation": {"revoke_link"},
    "GET /cart": {"list_cart_lines", "list_cart_sets", "show_cart_quote"},
    "POST /cart/sets": {"put_sets_in_cart"},
    "POST /cart/sets/{bundle}/units": {"set_cart_sets"},
    "POST /cart/sets/{bundle}/removal": {"take_sets_out_of_cart"},
    "POST /cart/lines": {"put_in_cart"},
    "POST /cart/lines/{sku}/units": {"set_cart_units"},
    "POST /cart/lines/{sku}/removal": {"take_out_of_cart"},
    "POST /cart/orders": {"place_order"},
    "GET /desk/freight": {"list_freight", "list_own_products"},
    "POST /desk/freight/templates": {"add_freight"},
    "POST /desk/freight/templates/{freight}": {"change_freight"},
    "POST /desk/freight/templates/{freight}/removal": {"drop_freight"},
    "POST /desk/freight/skus/{sku}": {"set_parcel", "choose_freight"},
    "GET /orders/{order}/invoice": {"show_invoice"},
    "POST /orders/{order}/invoice": {"ask_invoice"},
    "POST /orders/{order}/invoice/withdrawal": {"withdraw_invoice"},
    "GET /desk/invoices": {"list_invoices", "list_red_invoices"},
    "GET /desk/invoices.csv": {"list_invoices"},
    "POST /desk/invoices/{invoice}/issue": {"issue_invoice"},
    "POST /desk/invoices/{invoice}/refusal": {"refuse_invoice"},
    "POST /desk/invoices/reds/{red}": {"issue_red_invoice"},
    "GET /me/supplier": {"show_supplying"},
    "POST /me/supplier": {"apply_to_supply"},
    "POST /me/supplier/licences": {"send_licence"},
    "POST /me/supplier/withdrawal": {"withdraw_application"},
    "GET /desk/goods": {"list_own_products", "list_proposals"},
    "POST /desk/goods": {"add_product"},
    "GET /desk/goods/{product}": {"list_own_products"},
    "POST /desk/goods/{product}/proposals": {"propose"},
    "POST /desk/goods/{product}/pool": {"turn_own_pooled", "show_own_pooled"},
    "POST /desk/goods/{product}/price": {"set_price"},
    "POST /desk/goods/{product}/customs": {"declare"},
    "POST /desk/proposals/{proposal}/withdrawal": {"withdraw_proposal"},
    "GET /desk/quality": {"show_quality"},
    "GET /desk/parcels": {"list_parcels"},
    "POST /desk/orders/{order}/label": {"make_label"},
    "POST /desk/parcels/{parcel}/handing-over": {"hand_over"},
    "GET /desk/money": {"show_balance", "list_statement_lines", "list_payout_accounts", "list_withdrawals"},
    "GET /desk/money.csv": {"list_statement_lines"},
    "GET /desk/shop/insight": {"list_shops_reports", "show_shops_report"},
    "GET /desk/shop/insight/{report}": {"show_shops_report"},
    "GET /desk/shop/insight/{report}/table.csv": {"show_shops_report"},
    "GET /desk/insight": {"list_suppliers_reports", "show_suppliers_report"},
    "GET /desk/insight/{report}": {"show_suppliers_report"},
    "GET /desk/insight/{report}/table.csv": {"show_suppliers_report"},
    "POST /desk/money/accounts": {"add_payout_account"},
    "POST /desk/money/withdrawals": {"ask_for_withdrawal", "show_withdrawal"},
    "GET /desk/shop/level": {"show_level", "list_level_changes"},
    "GET /desk/shop/league": {"list_seasons", "show_season"},
    "GET /desk/shop/league/{season}": {"show_season"},
    "GET /desk/shop/courses": {"list_courses", "list_passes"},
    "GET /desk/shop/courses/{course}": {"show_course"},
    "GET /desk/shop/courses/{course}/steps/{step}": {"show_course"},
    "POST /desk/shop/courses/{course}/steps/{step}": {"read_course_step"},
    "GET /desk/shop/courses/{course}/quiz": {"show_quiz"},
    "POST /desk/shop/courses/{course}/tries": {"answer_quiz"},
    "GET /desk/shop/courses/{course}/tries/{number}": {"answer_quiz"},
}
"""A page of the storefront or the supplier's desk, and the operations that tell or do the same."""

FOR_PEOPLE_ONLY = {
    "GET /sign-in": "a form",
    "GET /cart/new": "a form",
    "GET /desk/goods/new": "a form",
    "GET /t/{team}/poster": "the team's page once more, to be kept as a picture",
    "GET /t/{team}/code.svg": "a drawing of the team's `url`",
    "GET /me/cards/{code}": "a sheet of paper",
    "GET /s/{code}/code.svg": "a drawing of the link's `url`",
    "GET /s/{code}/poster.png": "bytes, by the address that `make_link` tells",
    "GET /t/{team}/events": "says that a page is old; a program reads the feed",
    "GET /sandbox/{attempt}": "the bank's own page",
    "POST /sandbox/{attempt}": "the bank's own page",
    "GET /sandbox/statements/{day}": "for this machine only",
    "GET /desk/money/print": "the statement on paper",
    "GET /desk/shop/money/print": "the statement on paper",
    "GET /pay/{payable}/way": "what `start_attempt` tells, drawn for a screen",
    "GET /pay/{payable}/way/news": "says that a page is old; a program reads the feed",
    "GET /offline": "a page for a phone without a line",
    "GET /sw.js": "a script of the browser",
    "GET /manifest.webmanifest": "for a phone that installs the shop",
    "GET /robots.txt": "for search machines",
    "GET /sitemap.xml": "for search machines",
    "GET /dev/components": "in development only",
    "GET /api/docs": "tells of the API itself",
    "GET /pictures/{file}": "bytes, by the addresses that products tell",
    "GET /previews/{name}": "bytes, for whoever shows a link",
    "GET /assets/{name}": "bytes of the pages",
    "GET /health/live": "for the machine's keeper",
    "GET /health/ready": "for the machine's keeper",
    "GET /metrics": "for this machine only",
    "POST /hooks/{provider}": "for payment providers, who sign",
    "POST /hooks/carriers/{gateway}": "for carriers, who sign",
}
"""What no program of anybody else would ask for, and why."""


def test_everything_that_the_storefront_does_a_program_can_do(app: Litestar) -> None:
    shown = {route.name for route in routes_of(app) if route.opt["policy"] != STAFF and "/office/" not in route.name}
    assert DONE_BY.keys() | FOR_PEOPLE_ONLY.keys() == shown and not DONE_BY.keys() & FOR_PEOPLE_ONLY.keys()
    assert all(FOR_PEOPLE_ONLY.values())
    named = {name for names in DONE_BY.values() for name in names}
    assert named <= {one.name for one in operations()}


def uncovered(shown: set[str]) -> set[str]:
    """Routes of the office that no operation covers and nobody has named an exception, in places that do not say they are none."""
    return {
        name for name in shown - OFFICE_DONE_BY.keys() - OFFICE_FOR_PERSONS.keys() if place_of(name) not in MONEYLESS
    }


def test_whatever_the_office_does_with_money_a_program_can_do(app: Litestar) -> None:
    shown = {route.name for route in routes_of(app) if route.opt["policy"] == STAFF or "/office/" in route.name}
    assert uncovered(shown) == set()
    assert (
        OFFICE_DONE_BY.keys() | OFFICE_FOR_PERSONS.keys() <= shown
        and not OFFICE_DONE_BY.keys() & OFFICE_FOR_PERSONS.keys()
    )
    assert all(OFFICE_FOR_PERSONS.values()) and all(MONEYLESS.values())
    assert MONEYLESS.keys() <= {place_of(name) for name in shown}, "a place that is gone needs no reason"
    named = {name for names in OFFICE_DONE_BY.values() for name in names}
    assert named <= {one.name for one in operations()}


def test_a_new_route_of_the_offices_money_and_a_new_place_are_noticed() -> None:
    new = {"POST /office/settlement/advances", "GET /office/loans"}
    assert uncovered({*new, "GET /office/staff", *OFFICE_DONE_BY}) == new


def test_every_operation_that_asks_for_a_member_is_what_a_page_of_the_office_does() -> None:
    named = {name for names in OFFICE_DONE_BY.values() for name in names}
    assert {one.name for one in operations() if one.scope in MEMBER_SCOPES} <= named
