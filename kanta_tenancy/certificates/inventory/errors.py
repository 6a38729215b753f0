"""How what is said of certificates may be refused."""

from kanta_tenancy.kernel.errors import Category, DomainError


class CertificateNotFound(DomainError):
    slug = "certificate-not-found"
    title = "No such certificate"
    category = Category.MISSING


class CertificateChangedSince(DomainError):
    slug = "certificate-changed"
    title = "The certificate was changed by someone else"
    category = Category.STALE


class CertificateMoveNotAllowed(DomainError):
    slug = "certificate-move-not-allowed"
    title = "The certificate is not in a state that allows this"
    category = Category.CONFLICT


class CertificateRefused(DomainError):
    slug = "certificate-refused"
    title = "What was said of a certificate is not acceptable"
    category = Category.REFUSED


class UseNotFound(DomainError):
    slug = "certificate-use-not-found"
    title = "The certificate has no such place of use"
    category = Category.MISSING


class KeyMaterialRefused(DomainError):
    slug = "private-key-not-taken"
    title = "Private keys are not taken"
    category = Category.REFUSED


class NoCertificateInIt(DomainError):
    slug = "no-certificate-in-it"
    title = "There is no certificate in it that can be taken"
    category = Category.REFUSED


class CertificateTooLarge(DomainError):
    slug = "certificate-too-large"
    title = "Certificates are larger, or more, than is taken at once"
    category = Category.TOO_LARGE


class SourceNotFound(DomainError):
    slug = "certificate-source-not-found"
    title = "No such source of certificates"
    category = Category.MISSING


class SourceChanged(DomainError):
    slug = "certificate-source-changed"
    title = "The source of certificates was changed by someone else"
    category = Category.STALE
