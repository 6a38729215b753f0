"""An agreement that both signed, in a realm with a seal, a checkpoint that was stamped, and all that is trusted."""

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from functools import partial

import msgspec
import pytest
from cryptography import x509

from kanta_tenancy.agreements.model import Agreement
from kanta_tenancy.agreements.receipts import sealing
from kanta_tenancy.agreements.receipts.model import SEAL
from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.machinery.sealing.jws import fingerprint
from kanta_tenancy.promises import pay_due
from kanta_tenancy.proofs import bundle, composing
from kanta_tenancy.proofs import model as m
from kanta_tenancy.proofs.making import make
from kanta_tenancy.proofs.verifying.findings import Trusted, Verification
from kanta_tenancy.proofs.verifying.verifier import verify
from kanta_tenancy.seals import Kind, SealKeys
from kanta_tenancy.seals.sealing import sealed_with
from kanta_tenancy.seals.store import checkpoints
from kanta_tenancy.trust import fitting
from kanta_tenancy.trust.actions import anchors
from kanta_tenancy.trust.model import AnchorKind
from kanta_tenancy.trust.store import revocation
from tests.agreements import conftest as agreements
from tests.agreements.conftest import AUTHORITY, Desk
from tests.parties.examples import a_realm, a_tenant, looked, owner_of
from tests.seals.examples import a_folder, a_seal, checkpointed, every_certificate
from tests.timestamp_authority import TimestampAuthority

Change = Callable[[dict[str, bytes]], None]


class Office:
    """A realm that proves its agreements, and somebody who verifies them by what they trust."""

    def __init__(self, desk: Desk, keys: SealKeys, stamps: TimestampAuthority) -> None:
        self.desk = desk
        self.keys = keys
        self.stamps = stamps

    async def settle(self, *, stamped: bool = True) -> None:
        """Have receipts sealed and a checkpoint made, as the jobs of an instance do."""
        desk = self.desk
        await pay_due(desk.database, desk.clock, {SEAL: sealing.keeper(self.keys)})
        made = await checkpointed(desk.database, self.keys, desk.clock, desk.main_connector)
        if stamped:
            token = await asyncio.to_thread(self.stamps.token, made.checkpoint.seal.encode())
            async with desk.database.transaction(desk.main_connector) as tx:
                await checkpoints.add_timestamp(tx, made.checkpoint.number, token, desk.clock.now())

    async def proof(self, agreement: Agreement, caller=None) -> bytes:
        return (await self.made(agreement, caller or self.desk.main_connector, self.keys)).content

    async def made(self, agreement: Agreement, caller, keys: SealKeys | None):
        return await make(partial(self.desk.database.transaction, caller), self.desk.clock, keys, agreement.id)

    async def trusted(self) -> Trusted:
        line = await every_certificate(self.desk.database)
        return Trusted(
            anchors=(AUTHORITY.root,),
            timestamp_anchors=(self.stamps.root,),
            seals=frozenset({line[0].sha256}),
        )

    def verify(self, content: bytes, trusted: Trusted) -> Verification:
        return verify(content, trusted, now=self.desk.clock.now())

    def sealed_anew(self, files: Mapping[str, bytes]) -> bytes:
        """Put files together as the service itself would, with its own key: so that what is in them must be found."""
        there = {name: content for name, content in files.items() if name not in {m.MANIFEST, m.MANIFEST_SEAL}}
        said = msgspec.json.decode(files[m.MANIFEST], type=m.Manifest)
        listed = tuple(
            m.File(name=name, size=len(there[name]), sha256=hashlib.sha256(there[name]).hexdigest())
            for name in sorted(there)
        )
        manifest = composing.canonical(msgspec.structs.replace(said, files=listed))
        statement = m.ManifestStatement(
            format=m.FORMAT,
            main_connector_id=said.main_connector_id,
            tenancy_id=said.tenancy_id,
            agreement_id=said.agreement_id,
            manifest=hashlib.sha256(manifest).hexdigest(),
        )
        key = fingerprint(self.keys.named("seal-1").certificate)
        text = sealed_with(self.keys, key, Kind.PROOF, statement, self.desk.clock.now())
        return bundle.write({**there, m.MANIFEST: manifest, m.MANIFEST_SEAL: text.encode()})


@pytest.fixture(scope="module")
def stamps(tmp_path_factory) -> TimestampAuthority:
    return TimestampAuthority(tmp_path_factory.mktemp("stamps"))


@pytest.fixture
def clock(clock):
    clock.at = SystemClock().now().replace(microsecond=0)  # that of the timestamp authority, which has no other
    return clock


@pytest.fixture
async def office(database, clock, tmp_path, stamps) -> Office:
    main_connector = await a_realm(database, clock)
    tenant = await a_tenant(database, clock, main_connector)
    for organisation_id in (await owner_of(database, main_connector), tenant.organisation.id):
        await looked(database, clock, main_connector, organisation_id)
    keys = a_folder(tmp_path)
    await a_seal(database, keys, clock)
    async with database.transaction(main_connector) as tx:
        await anchors.load(tx, clock, AnchorKind.SIGNATURES, [AUTHORITY.root])
        await anchors.load(tx, clock, AnchorKind.TIMESTAMPS, [stamps.root])
        await anchors.load(tx, clock, AnchorKind.INTERMEDIATE, [stamps.issuer])
        for path in (_path_of_signers(), (stamps.certificate, stamps.issuer, stamps.root)):
            said = fitting.statements(stamps.lists(AUTHORITY), path)
            await revocation.add(tx, said, at=clock.now())
    return Office(Desk(database, clock, main_connector, tenant), keys, stamps)


def _path_of_signers() -> tuple[x509.Certificate, ...]:
    credential = agreements.a_credential("Anybody")
    return (credential.certificate, AUTHORITY.issuing.certificate, AUTHORITY.root)
