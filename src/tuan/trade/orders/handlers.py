"""What orders keeps about a person, and how it forgets."""

from tuan.platform.personal import Keeper, keeps
from tuan.trade.orders import actions, queries

PERSONAL = keeps(Keeper("orders", tell=queries.told_of, forget=actions.forget, why_not_forget=queries.why_not_forget))
