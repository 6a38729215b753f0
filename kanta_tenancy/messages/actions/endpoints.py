"""Webhook endpoints: made, changed, given another secret, closed and opened again, tried out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.errors import Flaw
from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.machinery.outgoing.allowance import NOTHING, Allowed
from kanta_tenancy.machinery.outgoing.targets import UnfitTarget, read_target
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import Act, digest_of, record
from kanta_tenancy.messages import events
from kanta_tenancy.messages.errors import (
    EndpointClosed,
    EndpointOfAnother,
    EndpointOpen,
    EndpointRefused,
    TooManyEndpoints,
    WebhooksNotSetUp,
)
from kanta_tenancy.messages.model import (
    Claimed,
    ClosedBecause,
    Endpoint,
    EndpointId,
    EventId,
    EventKind,
    EventKinds,
    MessageId,
    SaidEndpoint,
)
from kanta_tenancy.messages.signatures import PREVIOUS_SIGNS_FOR, Keys
from kanta_tenancy.messages.store import endpoints as store
from kanta_tenancy.messages.store import messages
from kanta_tenancy.parties import wording

MOST_OPEN: Final = 20  # of one owner
CLOSED: Final = "The endpoint was closed."
TEST: Final = EventKind(
    kind="webhook.test", description="Sent when somebody asks for it, to try an endpoint out", for_tenants=True
)


class Rules:
    """What an endpoint can be, as this service is set up."""

    def __init__(self, kinds: EventKinds, keys: Keys | None, allowed: Allowed = NOTHING) -> None:
        self.kinds = kinds
        self.keys = keys
        self._allowed = allowed

    def kinds_for(self, *, tenant: bool) -> tuple[EventKind, ...]:
        return tuple(kind for kind in self.kinds.values() if kind.for_tenants or not tenant)

    def examined(self, said: SaidEndpoint, *, tenant: bool) -> SaidEndpoint:
        """Return what was said, as it is kept.

        Raises:
            EndpointRefused: the address leads inwards or is none, or a kind of event is not known.
        """
        seen = wording.Examination()
        try:
            read_target(said.url, NOTHING if tenant else self._allowed)
        except UnfitTarget as unfit:
            seen.note("url", str(unfit), clause="")
        known = {kind.kind for kind in self.kinds_for(tenant=tenant)}
        for position, kind in enumerate(said.kinds):
            if kind not in known:
                seen.note(f"kinds[{position}]", "There is no such kind of event for you.", clause="")
        if self.is_addressed(said.kinds) and len(set(said.kinds)) > 1:
            seen.note("kinds", "What is addressed to one receiver goes to an endpoint of its own.", clause="")
        description = seen.optional("description", wording.name, said.description, clause="")
        if seen.flaws:
            raise EndpointRefused("The endpoint is not acceptable.", flaws=tuple(seen.flaws))
        return SaidEndpoint(url=said.url, kinds=tuple(sorted(set(said.kinds))), description=description)

    def is_addressed(self, kinds: Sequence[str]) -> bool:
        """Say whether an endpoint of these kinds is somebody's whom the main connector tells, and hears no events."""
        return any(kind in self.kinds and self.kinds[kind].addressed for kind in kinds)

    def own_keys(self) -> Keys:
        """Return the keys that secrets are made from.

        Raises:
            WebhooksNotSetUp: there is none.
        """
        if self.keys is None:
            raise WebhooksNotSetUp("The operator sets KANTA_WEBHOOK_KEY first.")
        return self.keys


async def make(tx: Transaction, clock: Clock, rules: Rules, said: SaidEndpoint) -> tuple[Endpoint, bytes]:
    """Make an endpoint of the scope's owner.

    Returns:
        The endpoint and, this once, its secret.

    Raises:
        EndpointRefused: what was said of it is not acceptable.
        TooManyEndpoints: the owner has twenty open ones.
        WebhooksNotSetUp: there is no key to make secrets from.
    """
    keys = rules.own_keys()
    fit = rules.examined(said, tenant=tx.scope.tenancy_id is not None)
    await _check_room(tx)
    at = clock.now()
    kept = await store.insert(tx, EndpointId(new_id()), fit, secret_key=keys.newest, at=at)
    await _journal(tx, "made", None, kept, at=at)
    return kept, _secret(keys, kept)


async def change(
    tx: Transaction, clock: Clock, rules: Rules, endpoint_id: EndpointId, said: SaidEndpoint, *, version: int
) -> Endpoint:
    """Write everything about an endpoint anew but its secret.

    Raises:
        EndpointNotFound, EndpointChanged: there is none, or not at that version any more.
        EndpointOfAnother: it is a tenant's, and the caller is its main connector.
        EndpointRefused: what was said of it is not acceptable, or would let it hear of what it was not made for.
    """
    before = await _own(tx, endpoint_id, version)
    fit = rules.examined(said, tenant=before.tenancy_id is not None)
    if rules.is_addressed(fit.kinds) != rules.is_addressed(before.kinds):
        flaw = Flaw(field="kinds", detail="An endpoint that somebody is told by hears no events: make another one.")
        raise EndpointRefused("The endpoint is not acceptable.", flaws=(flaw,))
    after = replace(before, url=fit.url, kinds=fit.kinds, description=fit.description)
    return await _save(tx, clock, "changed", before, after)


async def renew_secret(
    tx: Transaction, clock: Clock, rules: Rules, endpoint_id: EndpointId, *, version: int
) -> tuple[Endpoint, bytes]:
    """Give an endpoint another secret; the one before signs too for a day, so that nothing is lost meanwhile.

    Raises:
        EndpointNotFound, EndpointChanged: there is none, or not at that version any more.
        EndpointOfAnother: it is a tenant's, and the caller is its main connector.
        WebhooksNotSetUp: there is no key to make secrets from.
    """
    keys = rules.own_keys()
    before = await _own(tx, endpoint_id, version)
    after = replace(
        before,
        secret_number=before.secret_number + 1,
        secret_key=keys.newest,
        previous_number=before.secret_number,
        previous_key=before.secret_key,
        previous_until=clock.now() + PREVIOUS_SIGNS_FOR,
    )
    kept = await _save(tx, clock, "secret_renewed", before, after)
    return kept, _secret(keys, kept)


async def close(tx: Transaction, clock: Clock, endpoint_id: EndpointId, *, version: int) -> Endpoint:
    """Close an endpoint: it is sent nothing any more, and what waits for it is given up.

    Raises:
        EndpointNotFound, EndpointChanged: there is none, or not at that version any more.
        EndpointClosed: it is closed already.
    """
    before = await store.take(tx, endpoint_id, version)
    if before.closed_at is not None:
        raise EndpointClosed(f"it was closed at {before.closed_at:%Y-%m-%dT%H:%M:%SZ}")
    at = clock.now()
    kept = await _save(tx, clock, "closed", before, replace(before, closed_at=at, closed_because=ClosedBecause.ASKED))
    await messages.end_of_endpoint(tx, endpoint_id, at=at, error=CLOSED)
    return kept


async def reopen(tx: Transaction, clock: Clock, endpoint_id: EndpointId, *, version: int) -> Endpoint:
    """Open a closed endpoint again; what was given up meanwhile is sent when somebody asks for it.

    Raises:
        EndpointNotFound, EndpointChanged: there is none, or not at that version any more.
        EndpointOfAnother: it is a tenant's, and the caller is its main connector.
        EndpointOpen: it is open.
        TooManyEndpoints: the owner has twenty open ones.
    """
    before = await _own(tx, endpoint_id, version)
    if before.closed_at is None:
        raise EndpointOpen("there is nothing to open")
    await _check_room(tx)
    after = replace(before, closed_at=None, closed_because=None, troubled=False)
    return await _save(tx, clock, "opened", before, after)


async def send_test(tx: Transaction, clock: Clock, endpoint_id: EndpointId, *, leased: bool = False) -> Claimed:
    """Send a made-up event to an endpoint, whatever it has subscribed to.

    Args:
        leased: the caller sends it itself; else it is due at once like any other.

    Raises:
        EndpointNotFound: there is none.
        EndpointClosed: it is closed.
    """
    endpoint = await store.find(tx, endpoint_id)
    if endpoint.closed_at is not None:
        raise EndpointClosed("Open it first.")
    at = clock.now()
    event_id, message_id = EventId(new_id()), MessageId(new_id())
    data = {"endpoint_id": endpoint_id}
    await events.add_event(tx, event_id, TEST, data, tenancy_id=endpoint.tenancy_id, at=at)
    await messages.add_webhooks(
        tx,
        [
            {
                "id": message_id,
                "tenancy_id": endpoint.tenancy_id,
                "attempts": int(leased),
                "at": at,
                "next_at": at + messages.LEASE if leased else at,
                "at_work": leased,
                "endpoint_id": endpoint_id,
                "event_id": event_id,
            }
        ],
    )
    return Claimed(id=message_id, main_connector_id=tx.scope.main_connector_id, attempts=1)


async def _own(tx: Transaction, endpoint_id: EndpointId, version: int) -> Endpoint:
    # Where a tenant is told, and by which secret it knows that, is not for its main connector to say.
    held = await store.take(tx, endpoint_id, version)
    if held.tenancy_id != tx.scope.tenancy_id:
        raise EndpointOfAnother("It belongs to a tenant, who changes it.")
    return held


async def _check_room(tx: Transaction) -> None:
    if await store.count_open(tx, tx.scope.tenancy_id) >= MOST_OPEN:
        raise TooManyEndpoints(f"An owner has at most {MOST_OPEN} open endpoints; close one.")


async def _save(tx: Transaction, clock: Clock, done: str, before: Endpoint, after: Endpoint) -> Endpoint:
    kept = await store.save(tx, replace(after, version=before.version + 1))
    await _journal(tx, done, before, kept, at=clock.now())
    return kept


async def _journal(tx: Transaction, done: str, before: Endpoint | None, after: Endpoint, *, at: datetime) -> None:
    # An address can hold a secret of the receiver's, so the journal knows it by digest only.
    await record(
        tx,
        Act(
            action=f"webhook_endpoint.{done}",
            subject=f"webhook_endpoint/{after.id}",
            at=at,
            tenancy_id=after.tenancy_id,
            before=None if before is None else _digest(before),
            after=_digest(after),
        ),
    )


def _digest(endpoint: Endpoint) -> str:
    # How it answered last is noted outside any act.
    return digest_of(replace(endpoint, troubled=False))


def _secret(keys: Keys, endpoint: Endpoint) -> bytes:
    secret = keys.secret(endpoint.id, endpoint.secret_number, endpoint.secret_key)
    if secret is None:
        raise LookupError("a secret is made from a key that is here")
    return secret
