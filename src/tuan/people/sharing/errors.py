"""What sharing may refuse."""

from tuan.kit.refusals import Conflict, Invalid


class LinkInvalid(Invalid):
    """A link of this kind, in this channel or with this end cannot be made; `field` says what is wrong."""

    code = "sharing.link_invalid"


class RuleInvalid(Invalid):
    """Days of a binding rule that cannot be; `field` says which."""

    code = "sharing.rule_invalid"


class LinkHostInvalid(Invalid):
    """Links can stand at a domain only: no address of a machine, no name that means this machine, no path."""

    code = "sharing.link_host_invalid"


class LinkHostTaken(Conflict):
    """A name leads to one market. Which one it is, nobody is told."""

    code = "sharing.link_host_taken"


class NobodysCustomer(Conflict):
    """Who is no shop's customer cannot leave it."""

    code = "sharing.nobodys_customer"
