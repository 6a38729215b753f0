"""Why nothing is sealed, or what was sealed is not there."""

from kanta_tenancy.kernel.errors import Category, DomainError


class SealNotSetUp(DomainError):
    slug = "seal-not-set-up"
    title = "The service has no seal"
    category = Category.UNAVAILABLE


class SealKeyUnusable(DomainError):
    slug = "seal-key-unusable"
    title = "The key of the service's seal cannot be used"
    category = Category.UNAVAILABLE


class SealKeyExists(DomainError):
    slug = "seal-key-exists"
    title = "There is a key of that name"
    category = Category.CONFLICT


class SuccessionRefused(DomainError):
    slug = "seal-succession-refused"
    title = "This key cannot take the seal over"
    category = Category.REFUSED


class CheckpointNotFound(DomainError):
    slug = "checkpoint-not-found"
    title = "No such checkpoint"
    category = Category.MISSING


class CheckpointUnreadable(DomainError):
    slug = "checkpoint-unreadable"
    title = "The file is no checkpoint"
    category = Category.MALFORMED
