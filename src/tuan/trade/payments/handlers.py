"""What payments keeps about a person: sums and the provider's numbers, which the law has kept and which name nobody. The mark
of the account that he paid with is forgotten."""

from tuan.platform.personal import Keeper, keeps
from tuan.trade.payments import actions, queries

PERSONAL = keeps(Keeper("payments", tell=queries.told_of, forget=actions.forget))
