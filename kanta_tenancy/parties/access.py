"""Who holds the key that a request came with; and when each key was used last, to the hour."""

from collections.abc import Sequence
from datetime import datetime
from hmac import compare_digest
from typing import Final, TypeAlias

from kanta_tenancy.kernel.acting import Actor, ActorKind, Caller, Scope
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import AccessKeyId
from kanta_tenancy.machinery.postgres.database import Database
from kanta_tenancy.machinery.postgres.grouping import Grouping
from kanta_tenancy.parties import tokens
from kanta_tenancy.parties.model import KeyFound
from kanta_tenancy.parties.store import keys

_MOST_LOOK_UPS: Final = 64  # in one round trip
_MOST_REMEMBERED: Final = 10_000
_NOBODYS: Final = bytes(32)  # compared with when there is no such key, so that both cases take the same way


class LastUses:
    """Remembers in which hour each key was used, so that a request need not wait for that to be written."""

    def __init__(self) -> None:
        self._waiting: dict[AccessKeyId, datetime] = {}
        self._written: dict[AccessKeyId, datetime] = {}

    def note(self, key_id: AccessKeyId, at: datetime) -> None:
        hour = at.replace(minute=0, second=0, microsecond=0)
        if self._written.get(key_id) != hour:
            self._waiting[key_id] = hour

    async def flush(self, db: Database) -> int:
        """Write what is waiting; what cannot be written now goes on waiting.

        Returns:
            How many keys had a newer hour than the database knew.
        """
        taken, self._waiting = self._waiting, {}
        if not taken:
            return 0
        written = False
        try:
            async with db.unscoped() as connection:
                touched = await keys.touch(connection, taken)
            written = True
        finally:
            if not written:
                self._waiting = taken | self._waiting
        self._written |= taken
        return touched


KeyLookUps: TypeAlias = Grouping[AccessKeyId, KeyFound | None]


class KeyAuthenticator:
    """Says who holds an access key, and notes that it was used."""

    def __init__(self, db: Database, clock: Clock, uses: LastUses) -> None:
        self._look_ups = _look_ups(db, clock)
        self._clock = clock
        self._uses = uses
        self._remembered: dict[AccessKeyId, tuple[bytes, Caller]] = {}

    async def __call__(self, token: str) -> Caller | None:
        caller = await _authenticate(self._look_ups, self._clock, token)
        presented = tokens.read(token)
        if presented is not None:
            self._remembered.pop(presented.key_id, None)
        if presented is not None and caller is not None:
            self._uses.note(presented.key_id, self._clock.now())
            if len(self._remembered) == _MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[presented.key_id] = presented.sha256, caller
        return caller

    def remembered(self, token: str) -> Caller | None:
        """Return who held a key when it was looked up last; None: it never was, or nobody did.

        Whoever goes by it looks at the key again in the transaction in which something is written.
        """
        presented = tokens.read(token)
        if presented is None:
            return None
        sha256, caller = self._remembered.get(presented.key_id, (_NOBODYS, None))
        return caller if compare_digest(presented.sha256, sha256) else None

    def was_good(self, caller: Caller) -> None:
        """Note that a remembered key was looked at again, and used."""
        if caller.actor.key_id is not None:
            self._uses.note(caller.actor.key_id, self._clock.now())


async def authenticate(db: Database, clock: Clock, token: str) -> Caller | None:
    """Return who holds a key now; None for a wrong secret as for a key that is closed or unknown."""
    return await _authenticate(_look_ups(db, clock), clock, token)


def _look_ups(db: Database, clock: Clock) -> KeyLookUps:
    """Return what looks up the keys of those who call at the same time: in one round trip, anew for each request."""

    async def look_up(key_ids: Sequence[AccessKeyId]) -> list[KeyFound | None]:
        async with db.unscoped() as connection:
            found = await keys.look_up(connection, key_ids, on_day=day_in_finland(clock.now()))
        return [found.get(key_id) for key_id in key_ids]

    return Grouping(look_up, most=_MOST_LOOK_UPS)


async def _authenticate(look_ups: KeyLookUps, clock: Clock, token: str) -> Caller | None:
    presented = tokens.read(token)
    if presented is None:
        return None
    found = await look_ups.done(presented.key_id)
    genuine = compare_digest(presented.sha256, _NOBODYS if found is None else found.secret_sha256)
    if found is None or not genuine or not _is_open(found, clock.now()):
        return None
    return Caller(
        scope=Scope(main_connector_id=found.main_connector_id, tenancy_id=found.tenancy_id),
        actor=_actor(found),
        permissions=found.permissions,
    )


def _is_open(key: KeyFound, now: datetime) -> bool:
    return key.revoked_at is None and now < key.expires_at and key.holder_valid


def _actor(key: KeyFound) -> Actor:
    if key.contact_id is not None:
        return Actor(kind=ActorKind.PERSON, name=str(key.contact_id), key_id=key.id)
    return Actor(kind=ActorKind.SYSTEM, name=key.system_name or "", key_id=key.id)
