"""Why the room of the parties may refuse."""

from kanta_tenancy.kernel.errors import Category, DomainError


class OrganisationNotFound(DomainError):
    slug = "organisation-not-found"
    title = "No such organisation"
    category = Category.MISSING


class ContactNotFound(DomainError):
    slug = "contact-not-found"
    title = "No such contact"
    category = Category.MISSING


class TenancyNotFound(DomainError):
    slug = "tenancy-not-found"
    title = "No such tenancy"
    category = Category.MISSING


class EvidenceNotFound(DomainError):
    slug = "soteri-evidence-not-found"
    title = "No such Soteri evidence"
    category = Category.MISSING


class KeyNotFound(DomainError):
    slug = "access-key-not-found"
    title = "No such access key"
    category = Category.MISSING


class PartyUnfit(DomainError):
    slug = "party-unfit"
    title = "What was said about a party is not acceptable"
    category = Category.REFUSED


class MainConnectorsOwn(DomainError):
    slug = "main-connectors-own"
    title = "Only the main connector may do this"
    category = Category.FORBIDDEN


class OrganisationExists(DomainError):
    slug = "organisation-exists"
    title = "The organisation is registered already"
    category = Category.CONFLICT


class MainConnectorExists(DomainError):
    slug = "main-connector-exists"
    title = "The main connector has a realm already"
    category = Category.CONFLICT


class TenancyExists(DomainError):
    slug = "tenancy-exists"
    title = "The organisation is a tenant already, or the reference is in use"
    category = Category.CONFLICT


class OwnTenant(DomainError):
    slug = "tenancy-with-oneself"
    title = "A main connector is not its own tenant"
    category = Category.CONFLICT


class ContactOverlaps(DomainError):
    slug = "contact-overlaps"
    title = "The person is a contact for that function already"
    category = Category.CONFLICT


class ContactEnded(DomainError):
    slug = "contact-ended"
    title = "The contact's time is over"
    category = Category.CONFLICT


class ContactHoldsKeys(DomainError):
    slug = "contact-holds-keys"
    title = "The person holds access keys as this contact"
    category = Category.CONFLICT


class EvidenceWithdrawn(DomainError):
    slug = "soteri-evidence-withdrawn"
    title = "The evidence is withdrawn already"
    category = Category.CONFLICT


class KeyRevoked(DomainError):
    slug = "access-key-revoked"
    title = "The key is revoked already"
    category = Category.CONFLICT


class KeyHolderUnfit(DomainError):
    slug = "access-key-holder-unfit"
    title = "The key cannot belong to that holder"
    category = Category.REFUSED


class PermissionsTooWide(DomainError):
    slug = "access-key-permissions-too-wide"
    title = "The key would allow more than it may"
    category = Category.FORBIDDEN


class PartyChanged(DomainError):
    slug = "party-changed"
    title = "It was changed by someone else"
    category = Category.STALE


class ImportRefused(DomainError):
    slug = "import-refused"
    title = "The file cannot be imported"
    category = Category.REFUSED
