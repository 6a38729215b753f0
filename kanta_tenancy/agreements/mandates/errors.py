"""Why a mandate may be refused, or a signature because of one."""

from kanta_tenancy.kernel.errors import Category, DomainError


class MandateNotFound(DomainError):
    slug = "agreement-mandate-not-found"
    title = "No such mandate"
    category = Category.MISSING


class MandateRefused(DomainError):
    slug = "agreement-mandate-refused"
    title = "The mandate says something that cannot be"
    category = Category.REFUSED


class MandateChanged(DomainError):
    slug = "agreement-mandate-changed"
    title = "The mandate was changed by someone else"
    category = Category.STALE


class MandateOver(DomainError):
    slug = "agreement-mandate-over"
    title = "The mandate has ended already"
    category = Category.CONFLICT


class MandateNotBegun(DomainError):
    slug = "agreement-mandate-not-begun"
    title = "The signatory's mandate has not begun"
    category = Category.CONFLICT


class MandateExpired(DomainError):
    slug = "agreement-mandate-expired"
    title = "The signatory's mandate has expired"
    category = Category.CONFLICT


class MandateEnded(DomainError):
    slug = "agreement-mandate-ended"
    title = "The signatory's mandate was ended"
    category = Category.CONFLICT
