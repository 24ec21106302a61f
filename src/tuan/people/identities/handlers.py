"""What identities keeps about a person, and how it forgets."""

from tuan.people.identities import actions, queries
from tuan.platform.personal import Keeper, keeps

PERSONAL = keeps(Keeper("identities", tell=queries.told_of, forget=actions.forget))
