"""Refusals of this room, and the one mistake that only our own code can make."""

from typing import ClassVar, Self

from kanta_tenancy.kernel.errors import Category, DomainError, Flaw


class TemplateRefused(DomainError):
    """The document cannot be used as a template; the flaws say what is wrong and where."""

    slug: ClassVar = "template-refused"
    title: ClassVar = "The document cannot be used as a template"
    category: ClassVar = Category.REFUSED


class TextNotPrintable(DomainError):
    """A text holds characters that a document cannot show, or that would disturb the text around it."""

    slug: ClassVar = "text-not-printable"
    title: ClassVar = "A text cannot be printed in a document"
    category: ClassVar = Category.REFUSED

    def __init__(self, *, placeholder: str, what: str) -> None:
        super().__init__(
            f"the text for {placeholder} {what}", flaws=(Flaw(field=placeholder, detail=f"The text {what}."),)
        )
        self.placeholder = placeholder
        self.what = what

    def inside(self, place: str) -> Self:
        """Return the same refusal, said of a text within something larger, such as a row."""
        return type(self)(placeholder=f"{place}.{self.placeholder}", what=self.what)


class ValuesDoNotFit(Exception):
    """The values are not those that the template's contract asks for: a mistake in our own code, never a refusal."""
