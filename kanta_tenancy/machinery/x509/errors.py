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
