"""What carts keep about a person, and how they forget."""

from tuan.platform.personal import Keeper, keeps
from tuan.trade.carts import actions, queries

PERSONAL = keeps(Keeper("carts", tell=queries.told_of, forget=actions.forget))
