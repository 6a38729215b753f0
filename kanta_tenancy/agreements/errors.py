"""Why an agreement may refuse."""

from kanta_tenancy.kernel.errors import Category, DomainError


class AgreementNotFound(DomainError):
    slug = "agreement-not-found"
    title = "No such agreement"
    category = Category.MISSING


class DocumentNotFound(DomainError):
    slug = "agreement-document-not-found"
    title = "The agreement has no document yet"
    category = Category.MISSING


class ModelNotFound(DomainError):
    slug = "agreement-model-not-found"
    title = "No such model agreement in that language"
    category = Category.REFUSED


class ModelRefused(DomainError):
    slug = "agreement-model-refused"
    title = "The file cannot be used as a model agreement"
    category = Category.REFUSED


class ModelExists(DomainError):
    slug = "agreement-model-exists"
    title = "That version of the model is frozen already"
    category = Category.CONFLICT


class MoveNotAllowed(DomainError):
    slug = "agreement-move-not-allowed"
    title = "The agreement is not in a state that allows this"
    category = Category.CONFLICT


class AgreementChanged(DomainError):
    slug = "agreement-changed"
    title = "The agreement was changed by someone else"
    category = Category.STALE


class AnotherAgreement(DomainError):
    slug = "agreement-another-open"
    title = "The tenancy has another agreement on offer or in force"
    category = Category.CONFLICT


class DraftRefused(DomainError):
    slug = "agreement-draft-refused"
    title = "The draft says something that cannot be agreed"
    category = Category.REFUSED


class DraftIncomplete(DomainError):
    slug = "agreement-draft-incomplete"
    title = "The agreement lacks what an offer needs"
    category = Category.REFUSED


class EvidenceMissing(DomainError):
    slug = "agreement-soteri-evidence-missing"
    title = "A party's entry in the Soteri register is not shown"
    category = Category.CONFLICT


class SignatureRefused(DomainError):
    slug = "agreement-signature-refused"
    title = "The signed document is not accepted"
    category = Category.REFUSED


class SigningKeyMissing(DomainError):
    slug = "agreement-signing-key-missing"
    title = "No usable signing key lies beside the service"
    category = Category.CONFLICT


class NoticeNotFound(DomainError):
    slug = "agreement-notice-not-found"
    title = "No such notice"
    category = Category.MISSING


class ServiceAgreementNotFound(DomainError):
    slug = "service-agreement-not-found"
    title = "No such service-production agreement"
    category = Category.MISSING


class ExhibitNotFound(DomainError):
    slug = "agreement-exhibit-not-found"
    title = "No such file"
    category = Category.MISSING


class ExhibitRefused(DomainError):
    slug = "agreement-exhibit-refused"
    title = "The file is of no kind that is kept"
    category = Category.REFUSED


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


class EndingNotFound(DomainError):
    slug = "agreement-ending-not-found"
    title = "No end of the agreement is known, or nothing has to be done for it"
    category = Category.MISSING


class ItemNotOwed(DomainError):
    slug = "agreement-ending-item-not-owed"
    title = "The ending has no such item that is still to be done"
    category = Category.CONFLICT
