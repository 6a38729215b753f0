"""Whether the timestamp of a checkpoint proves when it was there. Pure."""

import enum
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.x509 import timestamps
from kanta_tenancy.machinery.x509.revocation import NOTHING, RevocationData
from kanta_tenancy.machinery.x509.timestamps import TokenUnsound

_TOLERANCE: Final = timedelta(minutes=5)  # by which clocks may differ


class Stamped(enum.StrEnum):
    PROVED = "proved"  # an authority that is trusted says when the seal was there
    INDETERMINATE = "indeterminate"  # somebody says so, and whether to believe them is not established
    BROKEN = "broken"  # it is no timestamp of this seal
    NONE = "none"  # nobody has been asked, or none has answered yet


class StampJudgement(Record, frozen=True, kw_only=True):
    """How a timestamp stands, and why: a sentence without its stop."""

    stands: Stamped
    reason: str
    at: datetime | None = None  # when it says that the seal was there, whether that is believed or not
    authority: str = ""  # RFC 4514


class StampTrust(Record, frozen=True, kw_only=True):
    """Whose timestamps are believed, and what is known of revocation."""

    anchors: tuple[x509.Certificate, ...] = ()
    intermediates: tuple[x509.Certificate, ...] = ()
    data: RevocationData = NOTHING


def judge(seal: str, token: bytes | None, *, sealed_at: datetime, trust: StampTrust, now: datetime) -> StampJudgement:
    """Judge the timestamp of a seal.

    Args:
        sealed_at: when the seal itself says that it was made; nobody can have stamped it before.
    """
    if token is None:
        return StampJudgement(stands=Stamped.NONE, reason="it has no timestamp")
    try:
        found = timestamps.read(token)
    except TokenUnsound as unsound:
        return StampJudgement(stands=Stamped.BROKEN, reason=unsound.reason)
    if not found.covers(seal.encode()):
        return StampJudgement(stands=Stamped.BROKEN, reason="it is a timestamp of something else", at=found.at)
    if found.at + _TOLERANCE + found.accuracy < sealed_at:
        return StampJudgement(stands=Stamped.BROKEN, reason="it was stamped before it says it was made", at=found.at)
    judged = timestamps.judge(
        found, anchors=trust.anchors, intermediates=trust.intermediates, data=trust.data, asked_at=now
    )
    stands = Stamped.PROVED if judged.trusted else Stamped.INDETERMINATE
    return StampJudgement(
        stands=stands, reason=judged.reason, at=found.at, authority=found.authority.subject.rfc4514_string()
    )
