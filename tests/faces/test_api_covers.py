"""Everything that the storefront does, a program can do: each of its routes by the operation that does the same."""

from litestar import Litestar

from tests.faces.matrix import routes_of
from tuan.surfaces.api.reference.document import operations
from tuan.surfaces.web.policies import STAFF

DONE_BY = {
    "GET /": {"list_categories", "list_products", "list_teams"},
    "GET /p/{product}": {"show_product", "show_former_price", "list_open_teams"},
    "GET /t/{team}": {"show_team"},
    "POST /t/{team}/seats": {"join_team"},
    "POST /t/{team}/leaving": {"leave_team"},
    "POST /teams": {"open_team"},
    "GET /checkout": {"show_quote"},
    "POST /orders": {"place_order"},
    "GET /orders": {"list_orders"},
    "GET /orders/{order}": {"show_order"},
    "POST /orders/{order}/cancellation": {"cancel"},
    "POST /orders/{order}/receipt": {"confirm_receipt"},
    "GET /pay/{payable}": {"show_payable"},
    "POST /pay/{payable}/attempts": {"start_attempt"},
    "GET /divisions": {"list_divisions"},
    "GET /me": {"show_account", "list_orders"},
    "GET /me/addresses": {"list_addresses"},
    "POST /me/addresses": {"add_address"},
    "GET /me/addresses/{address}": {"show_address"},
    "POST /me/addresses/{address}": {"change_address"},
    "POST /me/addresses/{address}/preference": {"prefer_address"},
    "POST /me/addresses/{address}/removal": {"remove_address"},
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
    "GET /me/points": {"show_points", "list_points_entries"},
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
    "GET /desk/money": {"show_balance", "list_statement_lines", "list_payout_accounts", "list_withdrawals"},
    "GET /desk/money.csv": {"list_statement_lines"},
    "POST /desk/money/accounts": {"add_payout_account"},
    "POST /desk/money/withdrawals": {"ask_for_withdrawal", "show_withdrawal"},
}
"""A page of the storefront or the supplier's desk, and the operations that tell or do the same."""

FOR_PEOPLE_ONLY = {
    "GET /sign-in": "a form",
    "GET /t/{team}/poster": "the team's page once more, to be kept as a picture",
    "GET /t/{team}/code.svg": "a drawing of the team's `url`",
    "GET /t/{team}/events": "says that a page is old; a program reads the feed",
    "GET /sandbox/{attempt}": "the bank's own page",
    "POST /sandbox/{attempt}": "the bank's own page",
    "GET /sandbox/statements/{day}": "for this machine only",
    "GET /desk/money/print": "the statement on paper",
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
    "GET /assets/{name}": "bytes of the pages",
    "GET /health/live": "for the machine's keeper",
    "GET /health/ready": "for the machine's keeper",
    "GET /metrics": "for this machine only",
    "POST /hooks/{provider}": "for payment providers, who sign",
}
"""What no program of anybody else would ask for, and why."""


def test_everything_that_the_storefront_does_a_program_can_do(app: Litestar) -> None:
    shown = {route.name for route in routes_of(app) if route.opt["policy"] != STAFF and "/office/" not in route.name}
    assert DONE_BY.keys() | FOR_PEOPLE_ONLY.keys() == shown and not DONE_BY.keys() & FOR_PEOPLE_ONLY.keys()
    assert all(FOR_PEOPLE_ONLY.values())
    named = {name for names in DONE_BY.values() for name in names}
    assert named <= {one.name for one in operations()}
