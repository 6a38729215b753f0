"""Why a model agreement may be refused."""

from kanta_tenancy.kernel.errors import Category, DomainError


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
