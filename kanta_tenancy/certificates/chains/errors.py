"""How questions about chains may be refused."""

from kanta_tenancy.kernel.errors import Category, DomainError


class ProfileUnknown(DomainError):
    slug = "certificate-profile-unknown"
    title = "There is no such profile to hold a certificate against"
    category = Category.REFUSED
