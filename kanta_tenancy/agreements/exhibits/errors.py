"""Why a file may be refused."""

from kanta_tenancy.kernel.errors import Category, DomainError


class ExhibitNotFound(DomainError):
    slug = "agreement-exhibit-not-found"
    title = "No such file"
    category = Category.MISSING


class ExhibitRefused(DomainError):
    slug = "agreement-exhibit-refused"
    title = "The file is of no kind that is kept"
    category = Category.REFUSED
