"""Why there is no proof bundle yet."""

from kanta_tenancy.kernel.errors import Category, DomainError


class ProofNotReady(DomainError):
    slug = "proof-not-ready"
    title = "The proof is not complete yet"
    category = Category.CONFLICT


class ProofTooLarge(DomainError):
    slug = "proof-too-large"
    title = "The case has more files than a proof holds"
    category = Category.CONFLICT
