"""Why there is no such paper."""

from kanta_tenancy.kernel.errors import Category, DomainError


class PaperNotFound(DomainError):
    slug = "paper-not-found"
    title = "No such document"
    category = Category.MISSING
