"""Why something that was sealed cannot be relied on."""

from kanta_tenancy.kernel.errors import Category, DomainError


class SealInvalid(DomainError):
    slug = "seal-invalid"
    title = "The seal does not hold"
    category = Category.REFUSED


class SealInDoubt(SealInvalid):
    """It holds, but was made when somebody else may have had the key."""
