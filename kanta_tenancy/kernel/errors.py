"""The root of every refusal this service can utter."""

import enum
from typing import ClassVar

import msgspec


class Category(enum.Enum):
    """Why a request is refused, in words that know no HTTP."""

    MALFORMED = "malformed"  # it cannot be read
    REFUSED = "refused"  # it can be read, and a rule says no to its content
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    MISSING = "missing"
    CONFLICT = "conflict"  # with the state that the thing is in
    STALE = "stale"  # it was computed from an older version
    UNCONDITIONAL = "unconditional"  # it does not say which version it was computed from
    TOO_LARGE = "too_large"
    UNAVAILABLE = "unavailable"


class Flaw(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that is wrong with what was sent."""

    field: str  # a path such as `contacts[2].email`; empty for the whole
    detail: str  # one plain sentence
    rule: str = ""  # clause, law or documented limit, such as `K1.1`


class DomainError(Exception):
    """A refusal that the caller can understand and act on.

    Subclasses state the three class attributes; instances add a sentence (`detail`), the flaws by field,
    the rule that says no, and facts. All must be safe to show to the caller.
    """

    slug: ClassVar[str]
    title: ClassVar[str]
    category: ClassVar[Category]

    def __init__(self, detail: str, *, rule: str = "", flaws: tuple[Flaw, ...] = (), **facts: str | int | None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.rule = rule
        self.flaws = flaws
        self.facts = facts
