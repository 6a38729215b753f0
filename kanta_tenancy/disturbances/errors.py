"""Why something about disturbances may be refused."""

from kanta_tenancy.kernel.errors import Category, DomainError


class DisturbanceNotFound(DomainError):
    slug = "disturbance-not-found"
    title = "No such disturbance"
    category = Category.MISSING


class DisturbanceChanged(DomainError):
    slug = "disturbance-changed"
    title = "The disturbance was changed by someone else"
    category = Category.STALE


class DisturbanceMoveNotAllowed(DomainError):
    slug = "disturbance-move-not-allowed"
    title = "The disturbance is not in a state that allows this"
    category = Category.CONFLICT


class DisturbanceUnfinished(DomainError):
    slug = "disturbance-unfinished"
    title = "Something is missing before the disturbance can be closed"
    category = Category.CONFLICT


class DisturbanceRefused(DomainError):
    slug = "disturbance-refused"
    title = "What was said of a disturbance is not acceptable"
    category = Category.REFUSED


class ReportNotFound(DomainError):
    slug = "disturbance-report-not-found"
    title = "No such report"
    category = Category.MISSING


class AttachmentNotFound(DomainError):
    slug = "disturbance-attachment-not-found"
    title = "The report has no such file"
    category = Category.MISSING


class AttachmentsFull(DomainError):
    slug = "disturbance-attachments-full"
    title = "The report has as many files as it takes"
    category = Category.CONFLICT


class DutyNotFound(DomainError):
    slug = "disturbance-duty-not-found"
    title = "No such duty"
    category = Category.MISSING


class DutyChanged(DomainError):
    slug = "disturbance-duty-changed"
    title = "The duty was changed by someone else"
    category = Category.STALE


class DutyMoveNotAllowed(DomainError):
    slug = "disturbance-duty-move-not-allowed"
    title = "The duty is not in a state that allows this"
    category = Category.CONFLICT


class DutyCarried(DomainError):
    slug = "disturbance-duty-carried"
    title = "The duty is seen to in another place"
    category = Category.CONFLICT


class DutyUnaddressed(DomainError):
    slug = "disturbance-duty-unaddressed"
    title = "There is no address to send it to"
    category = Category.CONFLICT


class OwnWordChanged(DomainError):
    slug = "disturbance-own-word-changed"
    title = "What the party says was changed by someone else"
    category = Category.STALE


class RosterChanged(DomainError):
    slug = "disturbance-roster-changed"
    title = "The roster was changed by someone else"
    category = Category.STALE
