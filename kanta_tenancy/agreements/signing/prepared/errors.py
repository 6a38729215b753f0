"""Why a signature that was prepared is not completed."""

from kanta_tenancy.kernel.errors import Category, DomainError


class PreparedNotFound(DomainError):
    slug = "prepared-signature-not-found"
    title = "No such prepared signature"
    category = Category.MISSING


class PreparedUsed(DomainError):
    slug = "prepared-signature-used"
    title = "The prepared signature was completed already"
    category = Category.CONFLICT


class PreparedExpired(DomainError):
    slug = "prepared-signature-expired"
    title = "The prepared signature has expired"
    category = Category.CONFLICT


class PreparedSuperseded(DomainError):
    slug = "prepared-signature-superseded"
    title = "The agreement has moved on since the signature was prepared"
    category = Category.CONFLICT
