"""The one refusal of this room: a package that breaks a rule."""

from kanta_tenancy.kernel.errors import Category, DomainError, Flaw


class BrokenPackage(DomainError):
    """The bytes are not a package that can be relied on.

    `rule` is one of R0 to R9 (docs/signatures.md), `part` the entry that breaks it, empty for the whole file.
    """

    slug = "package-broken"
    title = "The file is not a package that can be relied on"
    category = Category.MALFORMED

    def __init__(self, *, detail: str, rule: str, part: str = "") -> None:
        super().__init__(detail, rule=rule, flaws=(Flaw(field=part, detail=detail, rule=rule),))
        self.part = part
