"""What the verifier answers. The three verdict words and the keys of a signature stay for ever; more may come."""

import enum
from datetime import datetime
from typing import Final

from cryptography import x509

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.indication import Cause, Indicated


class Verdict(enum.StrEnum):
    VALID = "valid"  # every answer but that about time is passed, and no rule is broken
    INVALID = "invalid"  # something is wrong, unsigned or unreadable
    INDETERMINATE = "indeterminate"  # all is sound, but whom to trust or when it was signed is not established


class Outcome(enum.StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"  # nothing is wrong, but it could not be established


class Answer(Record, frozen=True, kw_only=True):
    """One question's outcome with its reason, a plain sentence."""

    outcome: Outcome
    reason: str
    cause: Cause | None = None  # why it is not passed, as a word for programs


class Reason(Record, frozen=True, kw_only=True):
    """Why the verdict is not *valid*: the rule, where, and a plain sentence.

    The rules R0 to R9 make the verdict *invalid*; R11 (certificate and trust) may also leave it open.
    """

    rule: str
    detail: str
    part: str = ""  # empty for the whole file
    signature: str = ""  # the signature's part, when the reason concerns one signature only


NOT_ASKED: Final = Answer(outcome=Outcome.UNKNOWN, reason="The signature cannot be read far enough to tell.")


class SignatureReport(Record, frozen=True, kw_only=True):
    """The answers about one signature."""

    part: str  # such as `/_xmlsignatures/sig1.xml`
    integrity: Answer  # is everything that was signed unchanged, and signed by the key of this certificate?
    coverage: Answer  # is everything that is in the package signed?
    certificate: Answer  # may this certificate sign, then and now?
    trust: Answer  # does it lead to a trusted authority?
    algorithms: Answer  # are the algorithms and keys strong enough?
    revocation: Answer = NOT_ASKED  # was neither the certificate nor an issuer of it revoked?
    time: Answer = NOT_ASKED  # does anybody but the signer say when it was there? *Unknown* leaves nothing open
    indicated: Indicated  # in the words of ETSI EN 319 102-1
    signer: str = ""  # the certificate's subject, RFC 4514
    fingerprint: str = ""  # SHA-256 of the certificate, hexadecimal
    signer_certificate: x509.Certificate | None = None
    signed_at: datetime | None = None  # as the signer claims; nobody else has confirmed it
    proved_at: datetime | None = None  # when a trusted timestamp says that it was there
    proved_by: str = ""  # the authority of that timestamp, RFC 4514
    paths: tuple[tuple[x509.Certificate, ...], ...] = ()  # to anchors: of the signer, then of timestamps
    comments: str = ""
    text: str = ""  # the name typed into a signature line
    setup_id: str = ""  # the signature line that was signed, `{GUID}`
    signature_value: bytes = b""


class Report(Record, frozen=True, kw_only=True):
    """The answer about a file: one verdict, and everything that led to it."""

    verdict: Verdict
    indicated: Indicated
    signatures: tuple[SignatureReport, ...] = ()
    uncovered: tuple[str, ...] = ()  # parts, and relationships as `part#id`, that a signature leaves open
    links: tuple[str, ...] = ()  # web addresses that the document leads to; what is there is not signed
    reasons: tuple[Reason, ...] = ()
