"""Taking coupons: what a batch of takers, or the house that gives, decides against. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from tuan.kit import ids
from tuan.kit.refusals import NotFound, Refusal
from tuan.kit.time import Instant
from tuan.people.compliance.model import Channel
from tuan.value.promotions.errors import FriendsTooLate, HelpedAlready, NewcomersOnly
from tuan.value.promotions.model.coupons import Coupon, Coupons, CouponState, Template, TemplateId, Way, why_not_in
from tuan.value.promotions.model.words import CouponId


@dataclass(frozen=True, slots=True)
class TakeCoupon:
    """A command: one coupon of a template, or of the one with this code. starter: the friend's coupon this one helps open.
    channel: where it is asked for; the owner of the place is asked too."""

    actor: UUID
    key: str
    template: UUID | None = None
    code: str = ""
    starter: UUID | None = None
    channel: str = Channel.WEB


@dataclass(frozen=True, slots=True)
class Help:
    """Who helped to open whose coupon; once each."""

    coupon_id: CouponId
    person_id: UUID
    at: Instant


class Taking:
    """What a batch of takers decides against: locked templates, what each taker has of them, friends' locked coupons."""

    def __init__(
        self,
        templates: Iterable[Template],
        codes: Mapping[str, TemplateId],
        counts: Mapping[tuple[UUID, UUID], tuple[int, int]],
        starters: Coupons,
        old_customers: Iterable[UUID],
        now: Instant,
        helped: Iterable[tuple[UUID, UUID]] = (),
    ) -> None:
        self.helped = set(helped)
        """(coupon, person) of those who helped to open one of the starters' before."""
        self.helps: list[Help] = []
        self.templates = {template.id: template for template in templates}
        self.codes, self.starters, self.now = codes, starters, now
        self.old_customers = frozenset(old_customers)
        self.counts = dict(counts)
        """(in all, within a day) by template and person."""
        self.new: list[Coupon] = []
        self.touched: dict[TemplateId, Template] = {}

    def take(self, command: TakeCoupon) -> Coupon | Refusal:
        """One coupon, or why not; whoever takes a friend's kind helps it open."""
        template = self._asked_for(command)
        if template is None or template.way == Way.GRANTED:
            return NotFound()
        if refusal := (
            why_not_in(template.way, command.channel)
            or self._why_not_take(template, command.actor)
            or self._why_not_help(command, template)
        ):
            return refusal
        # After this point it must succeed.
        waits = template.friends if command.starter is None else 0
        coupon = self.give(template, command.actor, waits)
        if command.starter is not None:
            self._help(CouponId(command.starter), command.actor)
        return coupon

    def _help(self, starter: CouponId, person: UUID) -> None:
        self.helped.add((starter, person))
        self.helps.append(Help(starter, person, self.now))
        self.starters.help_open(starter)

    def grant(self, template: TemplateId, person: UUID) -> Coupon | Refusal:
        """The house gives one, whatever the way of the template, within its limits."""
        found = self.templates.get(template)
        if found is None:
            return NotFound()
        return self._why_not_take(found, person) or self.give(found, person, 0)

    def give(self, template: Template, person: UUID, waits: int) -> Coupon:
        in_all, in_a_day = self.counts.get((template.id, person), (0, 0))
        self.counts[template.id, person] = (in_all + 1, in_a_day + 1)
        template.taken += 1
        self.touched[template.id] = template
        until = template.valid_until or self.now + timedelta(seconds=template.valid_seconds or 0)
        state = CouponState.LOCKED if waits else CouponState.FREE
        gather = self.now + timedelta(seconds=template.gather_seconds) if waits and template.gather_seconds else None
        coupon = Coupon(CouponId(ids.new_uuid()), template.id, person, state, self.now, self.now, until, waits,
                        number=in_all + 1, open_until=gather)  # fmt: skip
        self.new.append(coupon)
        return coupon

    def _asked_for(self, command: TakeCoupon) -> Template | None:
        if command.code:
            return self.templates.get(self.codes[command.code]) if command.code in self.codes else None
        found = self.templates.get(TemplateId(command.template)) if command.template else None
        return None if found is None or found.way == Way.CODE else found

    def _why_not_take(self, template: Template, person: UUID) -> Refusal | None:
        return template.why_not_offer(self.now) or self._why_not_have(template, person)

    def _why_not_have(self, template: Template, person: UUID) -> Refusal | None:
        """Whether one more is within the share of this person."""
        return template.why_not_have(person, *self.counts.get((template.id, person), (0, 0)), self.old_customers)

    def _why_not_help(self, command: TakeCoupon, template: Template) -> Refusal | None:
        if command.starter is None:
            return None
        found = self.starters.rows.get(CouponId(command.starter))
        if found is None or found.template_id != template.id or found.person_id == command.actor:
            return NotFound()
        if found.open_until is not None and found.state == CouponState.LOCKED and self.now >= found.open_until:
            return FriendsTooLate()
        if (found.id, command.actor) in self.helped:
            return HelpedAlready()
        return NewcomersOnly() if template.friends_new and command.actor in self.old_customers else None


def decode_taken(stored: str) -> CouponId:
    """What is remembered under the command's key."""
    return CouponId(UUID(stored))
