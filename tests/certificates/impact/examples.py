"""Certificates and their uses, put down as the inventory keeps them. Say only what matters to the test."""

import hashlib
from datetime import UTC, date, datetime
from uuid import UUID

import asyncpg

from kanta_tenancy.certificates.impact import Reach, reach_of
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.kernel.identifiers import TenancyId, new_id
from kanta_tenancy.machinery.postgres.database import Database
from kanta_tenancy.systems import InformationSystem
from tests.systems.examples import Register

MAY_3 = date(2027, 5, 3)
NOON_OF_MAY_3 = datetime(2027, 5, 3, 9, 0, tzinfo=UTC)

_CERTIFICATE = """
INSERT INTO certificate (id, main_connector_id, tenancy_id, content, sha256, kind, responsible_id, unreadable, subject,
                         subject_sha256, common_name, serial, not_before, not_after, third_left_at, authority, seen,
                         state, state_since, state_because, snoozed_until, snoozed_because, version, first_seen_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, encode(sha256(convert_to($9, 'utf8')), 'hex'), $10, '1f', $11, $12, $12,
        false, '{}', $13, $14, CASE WHEN $13 = 'retired' THEN 'Not needed' END, $15,
        CASE WHEN $15::date IS NOT NULL THEN 'Ordered' END, 1, $14)
"""
_USE = """
INSERT INTO certificate_use (id, main_connector_id, certificate_id, system_id, host, since, until)
VALUES (gen_random_uuid(), $1, $2, $3, $4, $5, $6)
"""


_SOURCE = """
INSERT INTO certificate_source (id, main_connector_id, kind, name, certificates, last_read_at, trouble, created_at)
VALUES ($1, $2, 'import', $3, 1, $4, $5, now())
"""
_PLACE = """
INSERT INTO certificate_place (id, main_connector_id, certificate_id, source_id, place, since)
VALUES (gen_random_uuid(), $1, $2, $3, $4, now())
"""
_REVOCATION = """
INSERT INTO certificate_revocation (certificate_id, main_connector_id, status, because, asked_at, since)
VALUES ($1, $2, $3, 'OCSP', now(), now())
"""
_FINDING = """
INSERT INTO certificate_finding (id, main_connector_id, rule, severity, source, certainty, subject, sentence, facts,
                                 first_at, last_at)
VALUES (gen_random_uuid(), $1, $2, 'error', 'x', 'read', $3, '{}', '{}', now(), now())
"""


class Inventory:
    """A realm with its certificates, which the owner of the database writes, and its systems."""

    def __init__(self, database: Database, owner: asyncpg.Connection, caller: Caller, register: Register) -> None:
        self.database = database
        self.owner = owner
        self.caller = caller
        self.register = register
        self.realm = caller.scope.main_connector_id
        self._number = 0

    async def reach(self, *certificates: UUID, day: date = MAY_3, caller: Caller | None = None) -> list[Reach]:
        async with self.database.transaction(caller or self.caller) as tx:
            found = await reach_of(tx, certificates, day)
        assert set(found) == set(certificates)
        return [found[one] for one in certificates]

    async def system(self, *tenancies: TenancyId | None, name: str = "Saaristo Care") -> InformationSystem:
        """Put a system into use on which prescriptions run for these."""
        system = await self.register.in_use(date(2026, 1, 1), name=name)
        for one in tenancies:
            await self.register.deployed(system, one)
        return system

    async def certificate(
        self,
        name: str | None = "kanta.example.org",
        *,
        kind: str = "server",
        not_after: datetime | None = NOON_OF_MAY_3,
        state: str = "in_use",
        tenancy_id: UUID | None = None,
        responsible_id: UUID | None = None,
        snoozed_until: date | None = None,
        at: datetime = datetime(2026, 3, 1, tzinfo=UTC),
    ) -> UUID:
        certificate_id = new_id()
        self._number += 1
        content = f"{self.realm} {self._number}".encode()
        await self.owner.execute(
            _CERTIFICATE,
            certificate_id,
            self.realm,
            tenancy_id,
            content,
            hashlib.sha256(content).hexdigest(),
            kind,
            responsible_id,
            None if not_after else "no certificate",
            None if name is None else f"CN={name}",
            name,
            not_after and datetime(2026, 1, 1, tzinfo=UTC),
            not_after,
            state,
            at,
            snoozed_until,
        )
        return certificate_id

    async def used(
        self,
        certificate_id: UUID,
        system_id: UUID | None = None,
        *,
        host: str | None = None,
        since: date = date(2026, 1, 1),
        until: date | None = None,
    ) -> None:
        await self.owner.execute(_USE, self.realm, certificate_id, system_id, host, since, until)

    async def replaced(self, certificate_id: UUID, successor_id: UUID) -> None:
        await self.owner.execute("UPDATE certificate SET state = 'replaced' WHERE id = $1", certificate_id)
        link = "INSERT INTO certificate_replacement VALUES ($1, $2, $3, now())"
        await self.owner.execute(link, certificate_id, self.realm, successor_id)

    async def source(
        self, name: str = "folder", *, read_at: datetime | None = None, trouble: str | None = None
    ) -> UUID:
        source_id = new_id()
        await self.owner.execute(_SOURCE, source_id, self.realm, name, read_at, trouble)
        return source_id

    async def found_in(self, certificate_id: UUID, place: str) -> None:
        """Let a source have a certificate at a place."""
        await self.owner.execute(_PLACE, self.realm, certificate_id, await self.source(), place)

    async def asked_of(self, certificate_id: UUID, status: str) -> None:
        """Let an authority have said something of a certificate."""
        await self.owner.execute(_REVOCATION, certificate_id, self.realm, status)

    async def amiss(self, rule: str, subject: str) -> None:
        """Let a rule not be kept."""
        await self.owner.execute(_FINDING, self.realm, rule, subject)
