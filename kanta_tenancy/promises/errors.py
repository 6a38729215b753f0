"""Why a promise may refuse."""

from kanta_tenancy.kernel.errors import Category, DomainError


class PromiseNotFound(DomainError):
    slug = "promise-not-found"
    title = "No such promise"
    category = Category.MISSING


class PromiseChanged(DomainError):
    slug = "promise-changed"
    title = "The promise was changed by someone else"
    category = Category.STALE


class PromiseSettled(DomainError):
    slug = "promise-settled"
    title = "The promise is not in a state that allows this"
    category = Category.CONFLICT


class PromiseOfAnother(DomainError):
    slug = "promise-of-another"
    title = "The promise is for somebody else to keep"
    category = Category.CONFLICT


class EvidenceRefused(DomainError):
    slug = "promise-evidence-refused"
    title = "The evidence cannot be kept as it was written"
    category = Category.REFUSED
