"""What the watch owes, as promises of the system: a server is asked again, and a round is made. Pure."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from kanta_tenancy.certificates.watching.model import WatchedEndpoint
from kanta_tenancy.certificates.watching.rhythm import Rhythm
from kanta_tenancy.kernel.explanation import sentence
from kanta_tenancy.promises import Owed, Owner

RULE: Final = "K7"
PROBE: Final = "certificate_endpoint.probe"
ROUND: Final = "certificates.watch_round"


def subject(endpoint_id: UUID) -> str:
    return f"certificate_endpoint/{endpoint_id}"


def key_of(endpoint_id: UUID) -> str:
    return f"{PROBE}/{endpoint_id}"


def endpoint_in(subject: str) -> UUID:
    """Return which server a promise is about."""
    return UUID(subject.partition("/")[2])


def to_probe(endpoint: WatchedEndpoint, *, due: datetime, at: datetime) -> Owed:
    return Owed(
        key=key_of(endpoint.id),
        kind=PROBE,
        subject=subject(endpoint.id),
        owner=Owner.SYSTEM,
        due_at=due,
        rule=RULE,
        title=sentence(
            "Kysy palvelimelta {place} sen varmenteet",
            "Fråga servern {place} efter dess certifikat",
            "Ask the server {place} for its certificates",
            place=place_of(endpoint),
        ),
        made_at=at,
    )


def place_of(endpoint: WatchedEndpoint) -> str:
    host = f"[{endpoint.host}]" if ":" in endpoint.host else endpoint.host
    return f"{host}:{endpoint.port}"


def next_probe(endpoint: WatchedEndpoint, rhythm: Rhythm, at: datetime) -> datetime:
    """Return when a server is asked again: one that serves nothing sooner, and ever later, up to its usual time."""
    usual = at + timedelta(hours=endpoint.probe_every_hours)
    if endpoint.failing_since is None:
        return usual
    return min(usual, at + max(rhythm.again_after, at - endpoint.failing_since))


def round_subject(main_connector_id: UUID) -> str:
    return f"main_connector/{main_connector_id}"


def round_key(main_connector_id: UUID) -> str:
    return f"{ROUND}/{main_connector_id}"


def to_make_rounds(main_connector_id: UUID, *, due: datetime, at: datetime) -> Owed:
    return Owed(
        key=round_key(main_connector_id),
        kind=ROUND,
        subject=round_subject(main_connector_id),
        owner=Owner.SYSTEM,
        due_at=due,
        rule=RULE,
        title=sentence(
            "Tarkista, että varmenteiden valvonta toimii",
            "Kontrollera att övervakningen av certifikat fungerar",
            "See that the watch of certificates works",
        ),
        made_at=at,
    )
