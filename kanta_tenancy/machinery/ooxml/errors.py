"""Why a document cannot be signed."""

from kanta_tenancy.kernel.errors import Category, DomainError, Flaw


class CannotSign(DomainError):
    """The document, the certificate or what was asked for would not become a sound signature.

    `rule` is one of R0 to R11 (docs/signatures.md), empty where no rule but a limit of the format says no;
    `part` is the part of the package that is to blame, empty for the whole.
    """

    slug = "document-cannot-be-signed"
    title = "The document cannot be signed"
    category = Category.REFUSED

    def __init__(self, *, detail: str, rule: str = "", part: str = "") -> None:
        super().__init__(detail, rule=rule, flaws=(Flaw(field=part, detail=detail, rule=rule),))
        self.part = part


class CannotUpgrade(DomainError):
    """What a signature carries cannot be added to, or what was to be added does not belong to it."""

    slug = "signature-cannot-be-upgraded"
    title = "Nothing can be added to the signature"
    category = Category.REFUSED
