"""Revocation data is asked for before it grows stale; who is revoked, or cannot be asked about, is told of."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog
from cryptography import x509

from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.machinery.postgres.database import Database, Transaction
from kanta_tenancy.machinery.x509.description import human_name
from kanta_tenancy.machinery.x509.paths import path_of
from kanta_tenancy.machinery.x509.reading import certificate_from_der
from kanta_tenancy.machinery.x509.revocation import NOTHING, Judgement, RevocationData, Standing, judge_path
from kanta_tenancy.messages import Notice, Recipient, readers, tell
from kanta_tenancy.promises import Errand, Later, Outcome, Promise, Released
from kanta_tenancy.trust import fitting, keeping, owing
from kanta_tenancy.trust.model import Watched
from kanta_tenancy.trust.store import policies
from kanta_tenancy.trust.store import watched as store
from kanta_tenancy.trust.warning import ADMINISTRATORS, FINGERPRINT, NAME

AGAIN: Final = timedelta(hours=1)  # after something was not to be had
PATIENCE: Final = timedelta(hours=6)  # with an authority that was never to be had, before somebody is told
REVOKED: Final = "trust.certificate_revoked"
STALE: Final = "trust.revocation_unknown"

_REASON: Final = Sentence(fi="Syy", sv="Orsak", en="Reason")
_AUTHORITY: Final = Sentence(fi="Varmentaja", sv="Utfärdare", en="Authority")
_WAS_REVOKED: Final = Sentence(
    fi="Varmenne on suljettu", sv="Ett certifikat har spärrats", en="A certificate was revoked"
)
_WHAT_THAT_MEANS: Final = Sentence(
    fi="Sillä on allekirjoitettu tässä palvelussa. Selvittäkää, mitä ennen sulkemista allekirjoitettiin.",
    sv="Det har använts för underskrifter i tjänsten. Utred vad som undertecknades innan det spärrades.",
    en="It has signed in this service. Find out what was signed before it was revoked.",
)
_IS_UNKNOWN: Final = Sentence(
    fi="Varmenteen sulkutietoja ei saada",
    sv="Spärrinformation om ett certifikat fås inte",
    en="Revocation data of a certificate cannot be had",
)
_WHAT_TO_DO: Final = Sentence(
    fi="Kunnes tiedot saadaan, sen allekirjoituksista ei tiedetä, ovatko ne päteviä. Yritämme uudelleen tunneittain.",
    sv="Tills den fås är det oklart om dess underskrifter är giltiga. Vi försöker på nytt varje timme.",
    en="Until it is had, it is open whether its signatures are valid. It is asked for again each hour.",
)

log: Final = structlog.get_logger("kanta_tenancy.trust")


class Fetch(Protocol):
    """Asks the authorities of a path, by the addresses in its certificates."""

    async def __call__(self, path: Sequence[x509.Certificate]) -> RevocationData:
        """Return what could be had; whatever could not is left out."""
        ...


def refresh(fetch: Fetch) -> Errand[RevocationData]:
    """Return how the promises `trust.refresh_revocation` are kept."""

    async def ask(db: Database, caller: Caller, clock: Clock, promise: Promise) -> RevocationData:
        async with db.transaction(caller) as tx:
            watched = await store.find(tx, owing.watched_of(promise.key))
        if watched is None or watched.until < clock.now():
            return NOTHING
        return await fetch(_path(watched))

    return Errand(ask=ask, keep=put_down)


async def put_down(tx: Transaction, clock: Clock, promise: Promise, data: RevocationData) -> Outcome:
    """Keep what was fetched, say how the certificate stands by all that is kept, and when to ask again."""
    at = clock.now()
    watched = await store.find(tx, owing.watched_of(promise.key))
    if watched is None or watched.until < at:
        return Released(because="the certificate has expired")
    path = _path(watched)
    await keeping.keep(tx, path, data, at=at)
    policy = await policies.at_instant(tx, tx.scope.main_connector_id, at)
    kept = await keeping.kept(tx, path)
    found = judge_path(path_of(path), fitting.together(kept), at=at, freshness=fitting.freshness(policy))
    worst = _worst(found)
    await store.note(tx, watched.sha256, standing=worst.standing.value, reason=worst.reason, at=at)
    await _tell(tx, watched, worst, at)
    if worst.standing is Standing.UNKNOWN:
        log.warning("revocation data not to be had", certificate=watched.sha256, reason=worst.reason)
        return Later(due_at=at + AGAIN)
    return Later(due_at=fitting.refresh_at(kept, policy, now=at))


def _worst(found: Sequence[Judgement]) -> Judgement:
    """Return what decides: that one of a path was revoked, else that nobody knows of one, else the first."""
    for standing in (Standing.REVOKED, Standing.UNKNOWN):
        for judgement in found:
            if judgement.standing is standing:
                return judgement
    return found[0]


async def _tell(tx: Transaction, watched: Watched, worst: Judgement, at: datetime) -> None:
    if worst.standing is Standing.GOOD or (worst.standing is Standing.UNKNOWN and at < watched.since + PATIENCE):
        return
    people = await readers(tx, ADMINISTRATORS, tenancy_id=None, at=at)
    make = _of_revoked if worst.standing is Standing.REVOKED else _of_unknown
    await tell(tx, at, [make(watched, worst, person, at) for person in people])


def _of_revoked(watched: Watched, worst: Judgement, reader: Recipient, _: datetime) -> Notice:
    return Notice(
        key=f"{REVOKED}/{watched.sha256}/{reader.contact_id}",
        to=reader,
        topic=REVOKED,
        subject=_WAS_REVOKED,
        lines=(_WHAT_THAT_MEANS,),
        facts=((NAME, watched.name), (FINGERPRINT, watched.sha256), (_REASON, worst.reason)),
        tenancy_id=None,
        urgent=True,
    )


def _of_unknown(watched: Watched, worst: Judgement, reader: Recipient, at: datetime) -> Notice:
    """Return a notice of an authority that cannot be asked: one a day, however many it has issued to."""
    path = _path(watched)
    issuer = path[path.index(worst.certificate) + 1]
    about = fitting.authority_of(issuer)
    return Notice(
        key=f"{STALE}/{about}/{day_in_finland(at)}/{reader.contact_id}",
        to=reader,
        topic=STALE,
        subject=_IS_UNKNOWN,
        lines=(_WHAT_TO_DO,),
        facts=((_AUTHORITY, human_name(issuer)), (NAME, watched.name), (_REASON, worst.reason)),
        tenancy_id=None,
    )


def _path(watched: Watched) -> tuple[x509.Certificate, ...]:
    return tuple(certificate_from_der(each) for each in watched.certificates)
