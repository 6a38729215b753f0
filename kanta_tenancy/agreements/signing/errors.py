"""Why a signature may be refused."""

from kanta_tenancy.kernel.errors import Category, DomainError


class SignatureRefused(DomainError):
    slug = "agreement-signature-refused"
    title = "The signed document is not accepted"
    category = Category.REFUSED


class SigningKeyMissing(DomainError):
    slug = "agreement-signing-key-missing"
    title = "No usable signing key lies beside the service"
    category = Category.CONFLICT


class PaperRefused(DomainError):
    slug = "agreement-paper-signature-refused"
    title = "The signature on paper is not accepted"
    category = Category.REFUSED


class LevelNotReached(DomainError):
    slug = "signature-level-not-reached"
    title = "The signature has not reached the level that is required"
    category = Category.UNAVAILABLE
