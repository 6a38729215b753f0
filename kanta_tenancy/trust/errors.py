"""Why what is said of trust may be refused."""

from kanta_tenancy.kernel.errors import Category, DomainError


class AnchorNotFound(DomainError):
    slug = "trust-anchor-not-found"
    title = "No such trusted certificate"
    category = Category.MISSING


class AnchorChanged(DomainError):
    slug = "trust-anchor-changed"
    title = "The trusted certificate was changed by someone else"
    category = Category.STALE


class AnchorRemoved(DomainError):
    slug = "trust-anchor-removed"
    title = "The certificate is trusted no longer"
    category = Category.CONFLICT


class AnchorRefused(DomainError):
    slug = "trust-anchor-refused"
    title = "The certificate cannot be trusted for this"
    category = Category.REFUSED


class KeyMaterialRefused(DomainError):
    slug = "key-material-refused"
    title = "The file holds a private key, where only certificates are wanted"
    category = Category.REFUSED


class PolicyChanged(DomainError):
    slug = "trust-policy-changed"
    title = "The trust policy was changed by someone else"
    category = Category.STALE


class PolicyRefused(DomainError):
    slug = "trust-policy-refused"
    title = "The trust policy is not acceptable"
    category = Category.REFUSED
