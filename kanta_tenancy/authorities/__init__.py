"""Ask authorities for what signatures lack: for Python programs, beside `kanta_tenancy.documents`, which sends nothing.

docs/python-api.md tells it with examples. What is listed here stays as it is until a major version. Both functions run
an event loop of their own: an asynchronous program calls them from a thread.
"""

from collections.abc import Sequence
from datetime import datetime

from cryptography import x509

from kanta_tenancy import documents
from kanta_tenancy.authorities.learning import Learnt, verify_online
from kanta_tenancy.authorities.levels import Reached, brought_to_level
from kanta_tenancy.documents.contents import Content
from kanta_tenancy.documents.contents import document as content_of
from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.machinery.ooxml.errors import CannotUpgrade
from kanta_tenancy.machinery.ooxml.levels import Level
from kanta_tenancy.machinery.ooxml.report import Report
from kanta_tenancy.machinery.ooxml.signing.levels import signature_parts
from kanta_tenancy.machinery.outgoing.allowance import read_allowed
from kanta_tenancy.machinery.x509.revocation import NOTHING, RevocationData

__all__ = ["Learnt", "Reached", "upgrade", "verify"]


def upgrade(
    document: Content,
    *,
    level: Level | str = Level.T,
    timestamps: Sequence[str] = (),
    timestamp_trust: Sequence[x509.Certificate] = (),
    issuers: Sequence[x509.Certificate] = (),
    revocation: RevocationData = NOTHING,
    best_effort: bool = False,
) -> Reached:
    """Bring every signature of a document to a level, without the signers' keys; nothing that is signed changes.

    Args:
        level: `T` or `LT`.
        timestamps: addresses of timestamp authorities, in the order in which they are tried; they learn a digest.
        timestamp_trust: take timestamps only of authorities that lead to one of these.
        issuers: certificates up to the authorities' own, for level LT.
        revocation: what is at hand, for level LT; what is missing is asked for where the certificates say.
        best_effort: return what was reached, even if that is less.

    Raises:
        CannotUpgrade: a signature does not hold, or, unless with `best_effort`, the level is not reached.
        ValueError: an address is none, or there is no such level.
    """
    octets, wanted = content_of(document), Level(level)
    reached = brought_to_level(
        octets,
        signature_parts(octets),
        level=wanted,
        clock=SystemClock(),
        timestamps=timestamps,
        timestamp_trust=timestamp_trust,
        issuers=issuers,
        revocation=revocation,
    )
    if not best_effort and not all(each.reaches(wanted) for each in reached.levels.values()):
        raise CannotUpgrade(f"level {wanted} is not reached: {' '.join(reached.lacking)}")
    return reached


def verify(
    document: Content,
    *,
    trust: Sequence[x509.Certificate],
    intermediates: Sequence[x509.Certificate] = (),
    revocation: RevocationData = NOTHING,
    timestamp_trust: Sequence[x509.Certificate] | None = None,
    allow: str = "",
    at: datetime | None = None,
) -> Learnt:
    """Answer as `documents.verify` does, and ask authorities for the issuers and revocation data that are missing.

    Args:
        allow: internal places that may be asked all the same, such as `10.20.0.0/16, lists.example.internal:80`.

    Returns:
        The report, and why something could not be learnt.

    Raises:
        ValueError: `allow` cannot be read.
    """
    octets, asked_at = content_of(document), at or SystemClock().now()

    def answer(others: tuple[x509.Certificate, ...], data: RevocationData) -> Report:
        more = (*intermediates, *others)
        return documents.verify(
            octets, trust=trust, intermediates=more, revocation=data, timestamp_trust=timestamp_trust, at=asked_at
        )

    return verify_online(answer, revocation, SystemClock(), read_allowed(allow))
