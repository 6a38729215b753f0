"""A realm that proves its cases, and somebody who verifies them by what they trust."""

import asyncio
import hashlib
from collections.abc import Callable
from functools import partial

import msgspec

from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.machinery.ooxml.report import Outcome
from kanta_tenancy.machinery.postgres.database import Database
from kanta_tenancy.machinery.sealing.jws import fingerprint
from kanta_tenancy.proofs import bundle, composing, make_case
from kanta_tenancy.proofs import cases as c
from kanta_tenancy.proofs import model as m
from kanta_tenancy.proofs.making_cases import Collect, MadeCase
from kanta_tenancy.proofs.verifying.findings import Statement, Trusted, Verification
from kanta_tenancy.proofs.verifying.verifier import verify
from kanta_tenancy.seals import Kind, SealKeys
from kanta_tenancy.seals.sealing import sealed_with
from kanta_tenancy.seals.store import checkpoints
from kanta_tenancy.trust import fitting
from kanta_tenancy.trust.actions import anchors
from kanta_tenancy.trust.model import AnchorKind
from kanta_tenancy.trust.store import revocation
from tests.agreements.conftest import AUTHORITY
from tests.conftest import FrozenClock
from tests.proofs.stranger_of_cases import verdict_on
from tests.seals.examples import checkpointed, every_certificate
from tests.timestamp_authority import TimestampAuthority

Change = Callable[[dict[str, bytes]], None]


class CaseOffice:
    def __init__(
        self, database: Database, clock: FrozenClock, realm: Caller, keys: SealKeys, stamps: TimestampAuthority
    ) -> None:
        self.database = database
        self.clock = clock
        self.realm = realm
        self.keys = keys
        self.stamps = stamps

    async def trusting(self) -> "CaseOffice":
        """Let the main connector trust the timestamp authority, and know what that says of itself."""
        async with self.database.transaction(self.realm) as tx:
            await anchors.load(tx, self.clock, AnchorKind.TIMESTAMPS, [self.stamps.root])
            await anchors.load(tx, self.clock, AnchorKind.INTERMEDIATE, [self.stamps.issuer])
            path = (self.stamps.certificate, self.stamps.issuer, self.stamps.root)
            said = fitting.statements(self.stamps.lists(AUTHORITY), path)
            await revocation.add(tx, said, at=self.clock.now())
        return self

    async def settle(self, *, stamped: bool = True) -> None:
        """Have a checkpoint made and stamped, as the jobs of an instance do."""
        made = await checkpointed(self.database, self.keys, self.clock, self.realm)
        if stamped:
            token = await asyncio.to_thread(self.stamps.token, made.checkpoint.seal.encode())
            async with self.database.transaction(self.realm) as tx:
                await checkpoints.add_timestamp(tx, made.checkpoint.number, token, self.clock.now())

    async def made(self, collect: Collect, by: Caller | None = None, keys: SealKeys | None = None) -> MadeCase:
        begin = partial(self.database.transaction, by or self.realm)
        return await make_case(begin, self.clock, keys or self.keys, collect)

    async def trusted(self) -> Trusted:
        line = await every_certificate(self.database)
        return Trusted(timestamp_anchors=(self.stamps.root,), seals=frozenset({line[0].sha256}))

    async def verified(self, content: bytes) -> Verification:
        return verify(content, await self.trusted(), now=self.clock.now())

    def strangers(self, content: bytes) -> str:
        """Return what a verifier says that somebody wrote from docs/proof-bundle.md."""
        file = self.keys.folder.parent / "bundle.zip"
        file.write_bytes(content)
        return verdict_on(file, self.keys.folder / "seal-1.pem", self.stamps.trust)

    def changed(self, content: bytes, change: Change) -> bytes:
        """Change files of a bundle and put them together as the service would, with its own key."""
        files = bundle.read(content)
        said = msgspec.json.decode(files.pop(m.MANIFEST), type=c.CaseManifest)
        files.pop(m.MANIFEST_SEAL)
        change(files)
        manifest = composing.canonical(msgspec.structs.replace(said, files=composing.listed(files)))
        statement = c.CaseStatement(
            format=c.CASE_FORMAT,
            main_connector_id=said.main_connector_id,
            tenancy_id=said.tenancy_id,
            subject=said.subject,
            manifest=hashlib.sha256(manifest).hexdigest(),
        )
        key = fingerprint(self.keys.named("seal-1").certificate)
        text = sealed_with(self.keys, key, Kind.CASE, statement, self.clock.now())
        return bundle.write({**files, m.MANIFEST: manifest, m.MANIFEST_SEAL: text.encode()})


def amiss(found: Verification) -> dict[Statement, Outcome]:
    """Return the statements that do not hold, or are open."""
    return {one.statement: one.outcome for one in found.findings if one.outcome is not Outcome.PASSED}
