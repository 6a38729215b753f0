"""Why an agreement may refuse."""

from kanta_tenancy.kernel.errors import Category, DomainError


class AgreementNotFound(DomainError):
    slug = "agreement-not-found"
    title = "No such agreement"
    category = Category.MISSING


class DocumentNotFound(DomainError):
    slug = "agreement-document-not-found"
    title = "The agreement has no document yet"
    category = Category.MISSING


class MoveNotAllowed(DomainError):
    slug = "agreement-move-not-allowed"
    title = "The agreement is not in a state that allows this"
    category = Category.CONFLICT


class AgreementChanged(DomainError):
    slug = "agreement-changed"
    title = "The agreement was changed by someone else"
    category = Category.STALE


class AnotherAgreement(DomainError):
    slug = "agreement-another-open"
    title = "The tenancy has another agreement on offer or in force"
    category = Category.CONFLICT
