"""Why what is put down of an agreement in force may be refused."""

from kanta_tenancy.kernel.errors import Category, DomainError


class NoticeNotFound(DomainError):
    slug = "agreement-notice-not-found"
    title = "No such notice"
    category = Category.MISSING


class ServiceAgreementNotFound(DomainError):
    slug = "service-agreement-not-found"
    title = "No such service-production agreement"
    category = Category.MISSING


class OccurrenceChanged(DomainError):
    slug = "agreement-occurrence-changed"
    title = "What was put down was changed by someone else"
    category = Category.STALE


class OccurrenceRefused(DomainError):
    slug = "agreement-occurrence-refused"
    title = "What is to be put down cannot be so"
    category = Category.REFUSED


class RescissionNotFound(DomainError):
    slug = "agreement-rescission-not-found"
    title = "No such rescission"
    category = Category.MISSING


class FourEyes(DomainError):
    slug = "agreement-four-eyes"
    title = "Two persons of the main connector are needed"
    category = Category.CONFLICT


class CircumstanceNotFound(DomainError):
    slug = "agreement-circumstance-not-found"
    title = "No such circumstance"
    category = Category.MISSING
