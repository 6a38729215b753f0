"""Why the main connector's dealings with Kela may be refused."""

from kanta_tenancy.kernel.errors import Category, DomainError


class ApplicationNotFound(DomainError):
    slug = "joining-application-not-found"
    title = "No such joining application"
    category = Category.MISSING


class ApplicationChanged(DomainError):
    slug = "joining-application-changed"
    title = "The joining application was changed by someone else"
    category = Category.STALE


class StepNotAllowed(DomainError):
    slug = "joining-step-not-allowed"
    title = "The joining application is not in a stage that allows this"
    category = Category.CONFLICT


class JoiningRefused(DomainError):
    slug = "joining-refused"
    title = "What was said of a dealing with Kela is not acceptable"
    category = Category.REFUSED


class ChangeNoticeNotFound(DomainError):
    slug = "change-notice-not-found"
    title = "No such change notice"
    category = Category.MISSING


class ChangeNoticeChanged(DomainError):
    slug = "change-notice-changed"
    title = "The change notice was changed by someone else"
    category = Category.STALE


class ChangeNoticeSettled(DomainError):
    slug = "change-notice-settled"
    title = "The change notice was sent, or is not needed any more"
    category = Category.CONFLICT
