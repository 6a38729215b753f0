"""Why a campaign may refuse."""

from kanta_tenancy.kernel.errors import Category, DomainError


class CampaignNotFound(DomainError):
    slug = "campaign-not-found"
    title = "No such campaign"
    category = Category.MISSING


class CampaignChanged(DomainError):
    slug = "campaign-changed"
    title = "The campaign was changed by someone else"
    category = Category.STALE


class CampaignMoveNotAllowed(DomainError):
    slug = "campaign-move-not-allowed"
    title = "The campaign is not in a state that allows this"
    category = Category.CONFLICT


class CampaignRefused(DomainError):
    slug = "campaign-refused"
    title = "The campaign says something that cannot be done"
    category = Category.REFUSED
