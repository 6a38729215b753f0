"""Why there is no timestamp."""

import enum
from collections.abc import Sequence

from kanta_tenancy.kernel.errors import Category, DomainError, Flaw
from kanta_tenancy.kernel.records import Record


class Fault(enum.StrEnum):
    """Why the answer of an authority, or that there was none, is of no use."""

    UNREACHED = "unreached"  # nothing came back, or nothing was sent
    FAILED = "failed"  # another status than 200
    TOO_LARGE = "too_large"
    OTHER_CONTENT = "other_content"  # not what RFC 3161 calls a timestamp's answer
    UNREADABLE = "unreadable"
    REFUSED = "refused"  # the authority says no
    OTHER_REQUEST = "other_request"  # an answer to somebody else's request, or to an old one
    OTHER_POLICY = "other_policy"
    OTHER_TIME = "other_time"
    UNSOUND = "unsound"  # its signature does not hold
    UNTRUSTED = "untrusted"


class Failure(Record, frozen=True, kw_only=True):
    """One authority that was tried in vain."""

    authority: str  # its host
    fault: Fault
    detail: str  # a sentence, ours

    def __str__(self) -> str:
        return f"{self.authority}: {self.detail}"


class NoTimestamp(DomainError):
    """None of the authorities gave a timestamp; each is told with its reason, in the order in which they were tried."""

    slug = "no-timestamp"
    title = "No timestamp authority gave a timestamp"
    category = Category.UNAVAILABLE

    def __init__(self, failures: Sequence[Failure]) -> None:
        told = " ".join(map(str, failures))
        flaws = tuple(Flaw(field=one.authority, detail=one.detail) for one in failures)
        super().__init__(told or "No timestamp authority was named.", flaws=flaws)
        self.failures = tuple(failures)
