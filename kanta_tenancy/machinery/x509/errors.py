"""Why a certificate or a signer's key cannot be used."""

from kanta_tenancy.kernel.errors import Category, DomainError


class CertificateUnreadable(DomainError):
    slug = "certificate-unreadable"
    title = "The certificate cannot be read"
    category = Category.MALFORMED


class CredentialUnusable(DomainError):
    slug = "credential-unusable"
    title = "The certificate and key cannot be used together to sign"
    category = Category.REFUSED


class PasswordNeeded(CredentialUnusable):
    slug = "credential-password-needed"
    title = "The key is encrypted and no password was given"


class RequestUnreadable(DomainError):
    slug = "certificate-request-unreadable"
    title = "The certificate request cannot be read"
    category = Category.MALFORMED


class RequestNotProven(DomainError):
    slug = "certificate-request-not-proven"
    title = "The certificate request does not show that its sender has the key"
    category = Category.REFUSED


class KeyFileRefused(DomainError):
    slug = "key-file-refused"
    title = "The file of the key cannot be written"
    category = Category.REFUSED
