"""What sourcing keeps about a person: that he wanted to supply, and the licences he sent in."""

from tuan.goods.sourcing import actions, queries
from tuan.platform.personal import Keeper, keeps

PERSONAL = keeps(Keeper("sourcing", tell=queries.told_of, forget=actions.forget))
