"""What the system owes so that people are warned: a sweep each morning, and digests. Pure."""

from datetime import UTC, datetime
from typing import Final

from kanta_tenancy.certificates.warnings import levels
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.identifiers import MainConnectorId
from kanta_tenancy.promises import Owed, Owner

SWEEP: Final = "certificate.sweep"
TELL: Final = "certificate.tell"
ESCALATE: Final = "certificate.escalate"
RULE: Final = "K7"
_SWEEP: Final = Sentence(
    fi="Katso, mitkä varmenteet vanhenevat, ja varoita niistä",
    sv="Se efter vilka certifikat som löper ut och varna för dem",
    en="See which certificates end, and warn of them",
)
_TELL: Final = Sentence(
    fi="Kerro vastuuhenkilöille varmenteista, jotka vanhenevat",
    sv="Berätta för de ansvariga om certifikat som löper ut",
    en="Tell those who are responsible of certificates that end",
)
_ESCALATE: Final = Sentence(
    fi="Kerro seuraaville varmenteista, joiden varoitusta kukaan ei ole kuitannut",
    sv="Meddela nästa personer om certifikat vars varning ingen har kvitterat",
    en="Tell the next people of certificates whose warning nobody has acknowledged",
)


def subject(realm: MainConnectorId) -> str:
    return f"certificate_sweep/{realm}"


def sweep_key(realm: MainConnectorId) -> str:
    return f"{SWEEP}/{realm}"


def escalation_key(due_at: datetime) -> str:
    return _key(ESCALATE, due_at)


def to_sweep(realm: MainConnectorId, *, at: datetime) -> Owed:
    """Return the promise to sweep each morning; it is put off from one to the next."""
    return _owed(sweep_key(realm), SWEEP, realm, _SWEEP, due_at=levels.next_morning(at), at=at)


def to_tell(realm: MainConnectorId, due_at: datetime, *, at: datetime) -> Owed:
    """Return the promise to tell people what they were not told by then."""
    return _owed(_key(TELL, due_at), TELL, realm, _TELL, due_at=due_at, at=at)


def to_escalate(realm: MainConnectorId, due_at: datetime, *, at: datetime) -> Owed:
    """Return the promise to tell the next people what nobody has acknowledged by then."""
    return _owed(escalation_key(due_at), ESCALATE, realm, _ESCALATE, due_at=due_at, at=at)


def _key(kind: str, due_at: datetime) -> str:
    return f"{kind}/{due_at.astimezone(UTC).isoformat()}"


def _owed(key: str, kind: str, realm: MainConnectorId, title: Sentence, *, due_at: datetime, at: datetime) -> Owed:
    return Owed(
        key=key,
        kind=kind,
        subject=subject(realm),
        owner=Owner.SYSTEM,
        due_at=due_at,
        rule=RULE,
        title=title,
        made_at=at,
    )
