"""Why something about information systems may be refused."""

from kanta_tenancy.kernel.errors import Category, DomainError


class SystemNotFound(DomainError):
    slug = "information-system-not-found"
    title = "No such information system"
    category = Category.MISSING


class SystemChanged(DomainError):
    slug = "information-system-changed"
    title = "The information system was changed by someone else"
    category = Category.STALE


class SystemMoveNotAllowed(DomainError):
    slug = "information-system-move-not-allowed"
    title = "The information system is not in a state that allows this"
    category = Category.CONFLICT


class SystemNameTaken(DomainError):
    slug = "information-system-name-taken"
    title = "Another information system has that name"
    category = Category.CONFLICT


class SystemStillServes(DomainError):
    slug = "information-system-still-serves"
    title = "Services still run on the information system"
    category = Category.CONFLICT


class SystemRefused(DomainError):
    slug = "information-system-refused"
    title = "What was said of an information system is not acceptable"
    category = Category.REFUSED


class ReleaseNotFound(DomainError):
    slug = "system-release-not-found"
    title = "The information system has no such version"
    category = Category.MISSING


class ReleaseOverlaps(DomainError):
    slug = "system-release-overlaps"
    title = "That version is in use in that time already"
    category = Category.CONFLICT


class CertificateNotFound(DomainError):
    slug = "conformity-certificate-not-found"
    title = "No such certificate of conformity"
    category = Category.MISSING


class CertificateExists(DomainError):
    slug = "conformity-certificate-exists"
    title = "The information system has that certificate already"
    category = Category.CONFLICT


class CertificateSettled(DomainError):
    slug = "conformity-certificate-settled"
    title = "The certificate was withdrawn, or has its document"
    category = Category.CONFLICT


class DocumentNotFound(DomainError):
    slug = "conformity-document-not-found"
    title = "The certificate has no document"
    category = Category.MISSING


class DeploymentNotFound(DomainError):
    slug = "deployment-not-found"
    title = "No such deployment"
    category = Category.MISSING


class DeploymentChanged(DomainError):
    slug = "deployment-changed"
    title = "The deployment was changed by someone else"
    category = Category.STALE


class DeploymentOverlaps(DomainError):
    slug = "deployment-overlaps"
    title = "The service runs on that system in that time already"
    category = Category.CONFLICT
