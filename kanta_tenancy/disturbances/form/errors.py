"""Why a link to the form may be refused."""

from kanta_tenancy.kernel.errors import Category, DomainError


class FormLinkNotFound(DomainError):
    slug = "disturbance-form-link-not-found"
    title = "No such link to the form"
    category = Category.MISSING


class FormLinkChanged(DomainError):
    slug = "disturbance-form-link-changed"
    title = "The link to the form was changed by someone else"
    category = Category.STALE


class FormLinkTooWide(DomainError):
    slug = "disturbance-form-link-too-wide"
    title = "Who gives a link to the form must be allowed to report"
    category = Category.FORBIDDEN
