"""Why a draft or an offer may be refused."""

from kanta_tenancy.kernel.errors import Category, DomainError


class DraftRefused(DomainError):
    slug = "agreement-draft-refused"
    title = "The draft says something that cannot be agreed"
    category = Category.REFUSED


class DraftIncomplete(DomainError):
    slug = "agreement-draft-incomplete"
    title = "The agreement lacks what an offer needs"
    category = Category.REFUSED


class EvidenceMissing(DomainError):
    slug = "agreement-soteri-evidence-missing"
    title = "A party's entry in the Soteri register is not shown"
    category = Category.CONFLICT
