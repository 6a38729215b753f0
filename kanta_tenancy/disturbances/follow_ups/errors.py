"""Why something about follow-ups may be refused."""

from kanta_tenancy.kernel.errors import Category, DomainError


class FollowUpNotFound(DomainError):
    slug = "follow-up-not-found"
    title = "No such follow-up or fault"
    category = Category.MISSING


class FollowUpChanged(DomainError):
    slug = "follow-up-changed"
    title = "The follow-up was changed by someone else"
    category = Category.STALE


class FollowUpMoveNotAllowed(DomainError):
    slug = "follow-up-move-not-allowed"
    title = "The follow-up is not in a state that allows this"
    category = Category.CONFLICT


class FollowUpOfAnother(DomainError):
    slug = "follow-up-of-another"
    title = "The other party does that with a follow-up"
    category = Category.CONFLICT
