"""What is owed about revocation, as promises of the system: by which key, until when. Pure."""

from datetime import datetime
from typing import Final
from uuid import UUID

from kanta_tenancy.certificates.chains.judging import subject_of
from kanta_tenancy.kernel.explanation import sentence
from kanta_tenancy.promises import Owed, Owner

ASK: Final = "certificate.ask_revocation"
RULE: Final = "K7"
_SHOWN: Final = 16  # digits of a fingerprint, which names no person


def key_of(certificate_id: UUID) -> str:
    return f"{ASK}/{certificate_id}"


def certificate_of(key: str) -> UUID:
    """Return about which certificate a promise is."""
    return UUID(key.removeprefix(f"{ASK}/"))


def to_ask(certificate_id: UUID, *, sha256: str, at: datetime) -> Owed:
    """Return the promise to ask whether a certificate was revoked, from now on until it ends."""
    return Owed(
        key=key_of(certificate_id),
        kind=ASK,
        subject=subject_of(certificate_id),
        owner=Owner.SYSTEM,
        due_at=at,
        rule=RULE,
        title=sentence(
            "Kysy varmentajalta, onko varmenne {digits}… suljettu",
            "Fråga utfärdaren om certifikatet {digits}… har spärrats",
            "Ask the authority whether the certificate {digits}… was revoked",
            digits=sha256[:_SHOWN],
        ),
        made_at=at,
    )
