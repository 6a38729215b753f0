"""Why something about personal data breaches may be refused."""

from kanta_tenancy.kernel.errors import Category, DomainError


class BreachNotFound(DomainError):
    slug = "breach-not-found"
    title = "No such personal data breach"
    category = Category.MISSING


class BreachChanged(DomainError):
    slug = "breach-changed"
    title = "Something else was said of the breach meanwhile"
    category = Category.STALE


class BreachReportNotFound(DomainError):
    slug = "breach-report-not-found"
    title = "No such report of a breach"
    category = Category.MISSING


class BreachRefused(DomainError):
    slug = "breach-refused"
    title = "What was said of a breach is not acceptable"
    category = Category.REFUSED


class BreachMoveNotAllowed(DomainError):
    slug = "breach-move-not-allowed"
    title = "The breach is not in a state that allows this"
    category = Category.CONFLICT


class BreachUnfinished(DomainError):
    slug = "breach-unfinished"
    title = "The breach cannot be closed while something of it is open"
    category = Category.CONFLICT


class HelpNotFound(DomainError):
    slug = "breach-help-not-found"
    title = "No such request for help with a breach"
    category = Category.MISSING


class HelpSettled(DomainError):
    slug = "breach-help-settled"
    title = "The request for help was answered or taken back"
    category = Category.CONFLICT


class HelpOfAnother(DomainError):
    slug = "breach-help-of-another"
    title = "The other party does that with a request for help"
    category = Category.CONFLICT


class HelpChanged(DomainError):
    slug = "breach-help-changed"
    title = "Something else was said of the request for help meanwhile"
    category = Category.STALE
