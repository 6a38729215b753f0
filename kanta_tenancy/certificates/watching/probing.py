"""A watched server is asked, and what it serves is put down: in the inventory, as an observation, as findings."""

from datetime import datetime
from typing import Final

from msgspec.structs import replace

from kanta_tenancy.certificates.findings import note
from kanta_tenancy.certificates.inventory import intake
from kanta_tenancy.certificates.inventory import reading as inventory
from kanta_tenancy.certificates.inventory.actions import certificates
from kanta_tenancy.certificates.inventory.model import Arrival, Certificate, NewUse, State
from kanta_tenancy.certificates.watching import checking, comparing, owing
from kanta_tenancy.certificates.watching.actions import source_of
from kanta_tenancy.certificates.watching.comparing import Known
from kanta_tenancy.certificates.watching.model import Seen, WatchedEndpoint
from kanta_tenancy.certificates.watching.rhythm import Rhythm, rhythm_on
from kanta_tenancy.certificates.watching.store import endpoints as store
from kanta_tenancy.certificates.watching.store import observations
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.machinery.outgoing.allowance import Allowed
from kanta_tenancy.machinery.postgres.database import Database, Transaction
from kanta_tenancy.machinery.probing.endpoint import Probed
from kanta_tenancy.machinery.probing.judging import fingerprint
from kanta_tenancy.machinery.probing.probing import WITHIN_S, probe
from kanta_tenancy.promises import Errand, Later, Outcome, Promise, Released

_NOT_WATCHED: Final = Released(because="the server is watched no longer")


def keeper(allowed: Allowed, *, within_s: float = WITHIN_S) -> Errand[Probed | None]:
    """Return how the promises `certificate_endpoint.probe` are kept.

    Args:
        allowed: internal addresses that the operator lets probes go to.
        within_s: for all of a probe.
    """

    async def ask(db: Database, caller: Caller, clock: Clock, promise: Promise) -> Probed | None:
        async with db.transaction(caller) as tx:
            endpoint = await store.find(tx, owing.endpoint_in(promise.subject))
        if endpoint is None or endpoint.ended_at is not None:
            return None
        return await probe(checking.to_ask(endpoint), allowed, at=clock.now(), within_s=within_s)

    return Errand(ask=ask, keep=put_down)


async def put_down(tx: Transaction, clock: Clock, promise: Promise, probed: Probed | None) -> Outcome:
    """Put down what a server did when it was asked, and say when it is asked again."""
    before = await store.hold(tx, owing.endpoint_in(promise.subject))
    if before is None or before.ended_at is not None or probed is None:
        return _NOT_WATCHED
    at = clock.now()
    rhythm = rhythm_on(day_in_finland(at))
    after = _after(before, probed, at)
    await store.save(tx, after)
    seen = Seen(
        stage=probed.stage,
        trouble=probed.trouble,
        chain=tuple(fingerprint(der) for der in probed.chain),
        served=probed.served,
        protocol=probed.protocol,
        cipher=probed.cipher,
        client_asked=probed.client_asked,
    )
    await observations.note(tx, after.id, seen, address=probed.address, detail=probed.detail, at=at)
    await (_served if probed.chain else _unanswered)(tx, clock, after, probed, rhythm)
    return Later(due_at=owing.next_probe(after, rhythm, at))


def _after(before: WatchedEndpoint, probed: Probed, at: datetime) -> WatchedEndpoint:
    if probed.chain:
        return replace(before, probed_at=at, served_at=at, failing_since=None)
    return replace(before, probed_at=at, failing_since=before.failing_since or at)


async def _served(tx: Transaction, clock: Clock, endpoint: WatchedEndpoint, probed: Probed, rhythm: Rhythm) -> None:
    arrivals = [Arrival(der=der, place=str(number)) for number, der in enumerate(probed.chain, start=1)]
    await intake.take_in(tx, clock, source_of(endpoint), arrivals)
    at = clock.now()
    known = await _known(tx, endpoint, probed, at)
    found = comparing.compare(endpoint, probed, known, rhythm, at)
    await note(tx, at, comparing.subjects(endpoint.id), found, family=comparing.SERVED)
    await note(tx, at, comparing.subjects(endpoint.id), (), family=comparing.ANSWERS)
    await _used_here(tx, clock, endpoint, known, fingerprint(probed.chain[0]))


async def _used_here(tx: Transaction, clock: Clock, endpoint: WatchedEndpoint, known: Known, leaf: str) -> None:
    """Say that a system uses the certificate that its server serves, where nobody has said what it uses there.

    From then on another one is told of, unless it is said to replace it.
    """
    certificate = known.served.get(leaf)
    if endpoint.system_id is None or known.expected or certificate is None or certificate.state is not State.IN_USE:
        return
    host = owing.place_of(replace(endpoint, host=endpoint.server_name or endpoint.host))
    use = NewUse(since=day_in_finland(clock.now()), system_id=endpoint.system_id, host=host)
    await certificates.add_use(tx, clock, certificate.id, use, version=certificate.version)


async def _unanswered(tx: Transaction, clock: Clock, endpoint: WatchedEndpoint, probed: Probed, rhythm: Rhythm) -> None:
    """Put down that nothing is served; what was wrong with what was served stays as it was, for nobody saw it go."""
    await intake.source_failed(tx, clock, source_of(endpoint), probed.detail or "It serves no certificate.")
    at = clock.now()
    found = comparing.unanswered(endpoint, probed, rhythm, at)
    await note(tx, at, comparing.subjects(endpoint.id), found, family=comparing.ANSWERS)


async def _known(tx: Transaction, endpoint: WatchedEndpoint, probed: Probed, at: datetime) -> Known:
    fingerprints = [fingerprint(der) for der in probed.chain]
    ids = await inventory.known(tx, fingerprints)
    found = await inventory.certificates_of(tx, ids.values())
    served: dict[str, Certificate] = {sha256: found[one] for sha256, one in ids.items() if one in found}
    names = {one.issuer_name_sha256 for one in served.values() if one.issuer_name_sha256 is not None}
    hosts = {name for name in (endpoint.host, endpoint.server_name) if name is not None}
    return Known(
        served=served,
        expected=await store.expected(
            tx,
            expected_id=endpoint.expected_id,
            hosts=sorted({*hosts, *(owing.place_of(replace(endpoint, host=name)) for name in hosts)}),
            day=day_in_finland(at),
        ),
        issuers=await store.issuers(tx, names),
    )
