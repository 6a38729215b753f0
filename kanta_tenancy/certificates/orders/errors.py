"""Why something about an order of a certificate may be refused."""

from kanta_tenancy.kernel.errors import Category, DomainError


class OrderNotFound(DomainError):
    slug = "certificate-order-not-found"
    title = "No such order of a certificate"
    category = Category.MISSING


class OrderChanged(DomainError):
    slug = "certificate-order-changed"
    title = "The order of a certificate was changed by someone else"
    category = Category.STALE


class OrderMoveNotAllowed(DomainError):
    slug = "certificate-order-move-not-allowed"
    title = "The order of a certificate is not in a state that allows this"
    category = Category.CONFLICT


class OrderExists(DomainError):
    slug = "certificate-order-exists"
    title = "An order with this key waits for its certificate already"
    category = Category.CONFLICT


class OrderRefused(DomainError):
    slug = "certificate-order-refused"
    title = "What was said of an order of a certificate is not acceptable"
    category = Category.REFUSED


class CertificateNotOrdered(DomainError):
    slug = "certificate-not-of-this-order"
    title = "The certificate is not the one that was ordered"
    category = Category.REFUSED


class OldNotRevoked(DomainError):
    slug = "old-certificate-not-revoked"
    title = "The certificate that was replaced is valid still and was not revoked"
    category = Category.CONFLICT


class RequestRefused(DomainError):
    slug = "certificate-request-refused"
    title = "The issuer would not take such a request"
    category = Category.REFUSED
