"""Refusals that any route can answer with; docs/problems.md says what each means and what to do."""

from kanta_tenancy.kernel.errors import Category, DomainError


class RequestMalformed(DomainError):
    slug = "request-malformed"
    title = "The request cannot be read"
    category = Category.MALFORMED


class RequestInvalid(DomainError):
    slug = "request-invalid"
    title = "The request can be read, but its content is not acceptable"
    category = Category.REFUSED


class NotAuthenticated(DomainError):
    slug = "not-authenticated"
    title = "The request names no access key that is valid now"
    category = Category.UNAUTHENTICATED


class PermissionMissing(DomainError):
    slug = "permission-missing"
    title = "The access key lacks the permission that this needs"
    category = Category.FORBIDDEN


class VersionNotNamed(DomainError):
    slug = "version-not-named"
    title = "The request does not say which version it was made from"
    category = Category.UNCONDITIONAL


class VersionNotOurs(DomainError):
    slug = "version-not-ours"
    title = "The version that the request names is not one of this service"
    category = Category.STALE


class KeyReused(DomainError):
    slug = "idempotency-key-reused"
    title = "The idempotency key was used before with another request"
    category = Category.REFUSED


class RequestInFlight(DomainError):
    slug = "request-in-flight"
    title = "The same request is being worked on right now"
    category = Category.CONFLICT


class SecretShownOnce(DomainError):
    slug = "secret-shown-once"
    title = "The request was done before, and its answer showed a secret that is not shown again"
    category = Category.CONFLICT


class DatabaseUnavailable(DomainError):
    slug = "database-unavailable"
    title = "The database cannot be reached"
    category = Category.UNAVAILABLE


class DatabaseBusy(DomainError):
    slug = "database-busy"
    title = "The database is too busy to do this now"
    category = Category.UNAVAILABLE


class NotReady(DomainError):
    slug = "not-ready"
    title = "The service is not ready to work"
    category = Category.UNAVAILABLE
