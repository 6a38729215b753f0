"""Refusals of this room, and the one mistake that only our own code can make."""

from typing import ClassVar

from kanta_tenancy.kernel.errors import Category, DomainError


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


class ValuesDoNotFit(Exception):
    """The values are not those that the template's contract asks for: a mistake in our own code, never a refusal."""
