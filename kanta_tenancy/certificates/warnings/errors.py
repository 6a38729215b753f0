"""Why something about warnings may be refused."""

from kanta_tenancy.kernel.errors import Category, DomainError


class WarningNotOpen(DomainError):
    slug = "certificate-warning-not-open"
    title = "The certificate has no open warning of that level"
    category = Category.CONFLICT


class FindingNotFound(DomainError):
    slug = "certificate-finding-not-found"
    title = "No such finding"
    category = Category.MISSING


class FindingNotOpen(DomainError):
    slug = "certificate-finding-not-open"
    title = "The finding does not wait for anybody"
    category = Category.CONFLICT


class DigestNotFound(DomainError):
    slug = "certificate-digest-not-found"
    title = "No such digest"
    category = Category.MISSING


class DigestChanged(DomainError):
    slug = "certificate-digest-changed"
    title = "The digest was changed by someone else"
    category = Category.STALE


class DigestAcknowledged(DomainError):
    slug = "certificate-digest-acknowledged"
    title = "The digest was acknowledged already"
    category = Category.CONFLICT
