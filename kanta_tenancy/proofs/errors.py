"""Why there is no proof bundle yet."""

from kanta_tenancy.kernel.errors import Category, DomainError


class ProofNotReady(DomainError):
    slug = "proof-not-ready"
    title = "The proof is not complete yet"
    category = Category.CONFLICT
