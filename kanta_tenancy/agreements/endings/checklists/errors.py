"""Why a checklist may refuse."""

from kanta_tenancy.kernel.errors import Category, DomainError


class EndingNotFound(DomainError):
    slug = "agreement-ending-not-found"
    title = "No end of the agreement is known, or nothing has to be done for it"
    category = Category.MISSING


class ItemNotOwed(DomainError):
    slug = "agreement-ending-item-not-owed"
    title = "The ending has no such item that is still to be done"
    category = Category.CONFLICT
