"""Why something about watched servers may be refused."""

from kanta_tenancy.kernel.errors import Category, DomainError


class EndpointNotFound(DomainError):
    slug = "certificate-endpoint-not-found"
    title = "No such watched server"
    category = Category.MISSING


class EndpointChanged(DomainError):
    slug = "certificate-endpoint-changed"
    title = "The watched server was changed by someone else"
    category = Category.STALE


class EndpointTaken(DomainError):
    slug = "certificate-endpoint-taken"
    title = "That server is watched already"
    category = Category.CONFLICT


class EndpointEnded(DomainError):
    slug = "certificate-endpoint-ended"
    title = "The server is watched no longer"
    category = Category.CONFLICT


class EndpointRefused(DomainError):
    slug = "certificate-endpoint-refused"
    title = "What was said of a server to watch is not acceptable"
    category = Category.REFUSED


class SizeAcceptable(DomainError):
    slug = "certificate-source-size-acceptable"
    title = "The source has not fewer certificates than it had"
    category = Category.CONFLICT
