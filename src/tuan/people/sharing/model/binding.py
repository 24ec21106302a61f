"""Whose customer somebody becomes, and who recommended what he buys. Pure: by rule and by the buyer, and in no other way."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from tuan.kit.time import Instant
from tuan.people.sharing.model.words import PAGE, Attribution, Binding, BindRule, BindTerms, How, Link


def meet(
    person: UUID, link: Link, held: Binding | None, terms: BindTerms, now: Instant, *, is_new: bool
) -> Binding | None:
    """The binding that begins when this person comes through this link; None where everything stays as it is.

    held: the binding that he has or had last. is_new: he joined the market by this visit.
    """
    if link.shop_id is None or link.channel == PAGE or link.shop_owner_id == person or not link.is_open(now):
        return None
    live = held if held is not None and held.is_live(now) else None
    begins = {
        BindRule.FIRST: live is None,
        BindRule.LATEST: live is None or live.shop_id == link.shop_id or now >= live.protected_until,
        BindRule.REGISTRATION: is_new and held is None,
    }[terms.rule]
    if not begins:
        return None
    since = live.since if live is not None and live.shop_id == link.shop_id else now
    until = None if terms.valid_days is None else now + timedelta(days=terms.valid_days)
    return Binding(person, link.shop_id, since, now + timedelta(days=terms.protected_days), until)


def attribute(person: UUID, link: Link | None, held: Binding | None, now: Instant) -> Attribution | None:
    """Who recommended what this person buys now: the shop of the link that brought him, else whose customer he is, else nobody.

    Nobody recommends to himself: his own link and the link of his own shop count for nothing. Nor does it count that he looked
    at a shop's page, where he is a customer already.
    """
    is_his = link is not None and person in (link.sharer_id, link.shop_owner_id)
    live = held if held is not None and held.is_live(now) else None
    is_look = link is not None and link.channel == PAGE and live is not None
    seen = link if link is not None and not is_his and not is_look and link.is_open(now) else None
    code = None if seen is None else seen.code
    if seen is not None and seen.shop_id is not None:
        return Attribution(seen.shop_id, code, How.LINK)
    if live is not None:
        return Attribution(live.shop_id, code, How.BINDING)
    return Attribution(None, code, How.VISIT) if code else None


class Recommenders:
    """What is known of those who buy in a batch: the links that brought them, and whose customers they are."""

    def __init__(self, links: Iterable[Link] = (), bindings: Iterable[Binding] = ()) -> None:
        self._links: dict[str, Link] = {link.code: link for link in links}
        self._bindings = {binding.person_id: binding for binding in bindings}

    def of(self, person: UUID, share: str | None, now: Instant) -> Attribution | None:
        """Who recommended what he buys now; share: the code of this visit's link, None without one."""
        link = self._links.get(share) if share else None
        held = self._bindings.get(person)
        return None if link is None and held is None else attribute(person, link, held, now)


NO_RECOMMENDERS = Recommenders()
"""Of a batch in which nobody came by a link and nobody is anybody's customer."""
