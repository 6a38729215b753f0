"""Why something about renewal requests may be refused."""

from kanta_tenancy.kernel.errors import Category, DomainError


class RequestNotFound(DomainError):
    slug = "renewal-request-not-found"
    title = "No such renewal request"
    category = Category.MISSING


class MoveNotAllowed(DomainError):
    slug = "renewal-request-move-not-allowed"
    title = "The renewal request is not in a state that allows this"
    category = Category.CONFLICT


class RenewalNotAllowed(DomainError):
    slug = "renewal-not-allowed"
    title = "A prescription of that kind cannot be renewed"
    category = Category.REFUSED


class PatientDataRefused(DomainError):
    slug = "renewal-patient-data-refused"
    title = "What was sent looks like data of a patient, for which there is no place here"
    category = Category.REFUSED


class RequestRefused(DomainError):
    slug = "renewal-request-refused"
    title = "What was said of a renewal request is not acceptable"
    category = Category.REFUSED


class NotReceived(DomainError):
    slug = "renewal-requests-not-received"
    title = "That unit receives no renewal requests"
    category = Category.CONFLICT


class RequestDiffers(DomainError):
    slug = "renewal-request-differs"
    title = "Another renewal request has that identifier"
    category = Category.CONFLICT


class UnitNotFound(DomainError):
    slug = "renewal-unit-not-found"
    title = "No such service unit"
    category = Category.MISSING


class UnitChanged(DomainError):
    slug = "renewal-unit-changed"
    title = "The service unit was changed by someone else"
    category = Category.STALE


class UnitTaken(DomainError):
    slug = "renewal-unit-taken"
    title = "Another service unit has that OID"
    category = Category.CONFLICT


class UnitRefused(DomainError):
    slug = "renewal-unit-refused"
    title = "What was said of a service unit, or of receiving there, is not acceptable"
    category = Category.REFUSED


class DecisionNotFound(DomainError):
    slug = "renewal-decision-not-found"
    title = "No such decision on receiving"
    category = Category.MISSING


class DecisionSettled(DomainError):
    slug = "renewal-decision-settled"
    title = "The decision was withdrawn, or has taken effect"
    category = Category.CONFLICT


class NobodyResponsible(DomainError):
    slug = "renewal-nobody-responsible"
    title = "The main connector has no responsible physician"
    category = Category.CONFLICT


class PrescriberNotFound(DomainError):
    slug = "prescriber-not-found"
    title = "No such prescriber"
    category = Category.MISSING


class PrescriberChanged(DomainError):
    slug = "prescriber-changed"
    title = "The prescriber was changed by someone else"
    category = Category.STALE


class PrescriberTaken(DomainError):
    slug = "prescriber-taken"
    title = "Somebody of that identifier is there already"
    category = Category.CONFLICT


class PrescriberRefused(DomainError):
    slug = "prescriber-refused"
    title = "What was said of a prescriber is not acceptable"
    category = Category.REFUSED


class AbsenceNotFound(DomainError):
    slug = "prescriber-absence-not-found"
    title = "No such absence"
    category = Category.MISSING


class PreventionNotFound(DomainError):
    slug = "renewal-prevention-not-found"
    title = "No such statement that a tenant is prevented"
    category = Category.MISSING


class DutyNotOpen(DomainError):
    slug = "renewal-duty-not-open"
    title = "No patient is to be told of that renewal request, or was told already"
    category = Category.CONFLICT


class PolicyRefused(DomainError):
    slug = "renewal-policy-refused"
    title = "Requests cannot be followed like that"
    category = Category.REFUSED
