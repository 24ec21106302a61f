"""What accounts keeps about a person, and how it forgets."""

from tuan.people.accounts import actions, queries
from tuan.platform.personal import Keeper, keeps

PERSONAL = keeps(Keeper("accounts", tell=queries.told_of, forget=actions.forget, is_last=True))
