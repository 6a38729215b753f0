"""What trust owes, as promises of the system: by which key, until when. Pure."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from kanta_tenancy.kernel.explanation import sentence
from kanta_tenancy.promises import Owed, Owner
from kanta_tenancy.trust.model import Anchor, AnchorId, Watched

WARN: Final = "trust.warn_of_expiry"
REFRESH: Final = "trust.refresh_revocation"
RULE: Final = "R11"
# How long before the last instant of a certificate people are told, apart from when a third is left; and then.
DAYS: Final = tuple(timedelta(days=one) for one in (90, 60, 30, 14, 7, 3, 1, 0))
_SHOWN: Final = 16  # digits of a fingerprint, which names no person


def subject(anchor: Anchor) -> str:
    return f"trust_anchor/{anchor.id}"


def warning_key(anchor: Anchor) -> str:
    return f"{WARN}/{anchor.id}"


def anchor_of(key: str) -> AnchorId:
    """Return about which certificate a promise is."""
    return AnchorId(UUID(key.removeprefix(f"{WARN}/")))


def warnings(anchor: Anchor) -> list[timedelta]:
    """Return how long before its last instant people are told of a certificate, the first one first.

    One is when a third of its lifetime is left. One before a third of it has gone by would tell nothing.
    """
    lifetime = anchor.not_after - anchor.not_before
    third = lifetime / 3
    return sorted({third, *(one for one in DAYS if not one or one <= lifetime - third)}, reverse=True)


def reached(anchor: Anchor, at: datetime) -> timedelta | None:
    """Return the most urgent warning whose time has come; None while there is none."""
    found = [before for before in warnings(anchor) if at >= anchor.not_after - before]
    return found[-1] if found else None


def next_warning(anchor: Anchor, at: datetime) -> datetime | None:
    """Return when the next warning is due, strictly later; None when there is none left."""
    return next((due for before in warnings(anchor) if (due := anchor.not_after - before) > at), None)


def to_warn(anchor: Anchor, *, at: datetime) -> Owed:
    """Return the promise to tell the administrators that a certificate expires: at once when a time is over already."""
    due_at = next_warning(anchor, at) if reached(anchor, at) is None else at
    return Owed(
        key=warning_key(anchor),
        kind=WARN,
        subject=subject(anchor),
        owner=Owner.SYSTEM,
        due_at=due_at or at,
        rule=RULE,
        title=sentence(
            "Kerro ylläpitäjille, kun luotettu varmenne {digits}… vanhenee",
            "Berätta för administratörerna när det betrodda certifikatet {digits}… löper ut",
            "Tell the administrators when the trusted certificate {digits}… expires",
            digits=anchor.sha256[:_SHOWN],
        ),
        made_at=at,
        facts={"kind": anchor.kind.value, "not_after": anchor.not_after.isoformat()},
    )


def refresh_key(watched: Watched) -> str:
    return f"{REFRESH}/{watched.sha256}"


def watched_of(key: str) -> str:
    """Return the fingerprint of the certificate whose promise a key is."""
    return key.removeprefix(f"{REFRESH}/")


def to_refresh(watched: Watched) -> Owed:
    """Return the promise to ask the authorities of a certificate whether it was revoked, from now on."""
    return Owed(
        key=refresh_key(watched),
        kind=REFRESH,
        subject=refresh_subject(watched),
        owner=Owner.SYSTEM,
        due_at=watched.since,
        rule=RULE,
        title=sentence(
            "Pidä varmenteen {digits}… sulkutiedot tuoreina",
            "Håll spärrinformationen om certifikatet {digits}… färsk",
            "Keep the revocation data of the certificate {digits}… fresh",
            digits=watched.sha256[:_SHOWN],
        ),
        made_at=watched.since,
        facts={"until": watched.until.isoformat()},
    )


def refresh_subject(watched: Watched) -> str:
    return f"watched_chain/{watched.sha256}"
