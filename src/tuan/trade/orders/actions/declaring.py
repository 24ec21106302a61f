"""For whom goods from abroad are declared: read by the supplier who declares them, and by nobody else."""

from uuid import UUID

import msgspec

from tuan.kit.refusals import Refusal
from tuan.people import identities
from tuan.people.identities.model import PURPOSE, Identity, about
from tuan.platform import audit, envelopes
from tuan.platform.work import Work
from tuan.trade.orders import model, queries
from tuan.trade.orders.model import ORDER_ID


async def read_declaration(
    work: Work, order: UUID, supplier: UUID, secret: bytes, *, reason: str = "customs"
) -> Identity | Refusal:
    """The name and number with which the supplier declares this order of his to customs. Audited, without what was read.

    secret: the installation's. Refused while it is not to be sent, and once it was forgotten; raises Refused like `access_declaration`.
    """
    row = await queries.access_declaration(work, order, supplier)
    if refusal := model.why_not_declare(row["state"], row["shipped_at"]):
        return refusal
    if row["sealed"] is None:
        return identities.IdentityUnreadable()
    try:
        opened = envelopes.open_envelope(row["sealed"], secret, PURPOSE, about(work.market.id, row["person_id"]))
    except envelopes.EnvelopeBroken:  # the installation has another secret by now, and nobody can open it
        return identities.IdentityUnreadable()
    await audit.record(work, "orders.read_declaration", ORDER_ID.show(order), reason=reason, before={}, after={})
    return msgspec.json.decode(opened, type=Identity)
