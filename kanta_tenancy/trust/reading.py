"""Questions about trust that change nothing: what is kept and wanted, and all that a signature is judged by."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from cryptography import x509

from kanta_tenancy.kernel.identifiers import MainConnectorId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.report import Report
from kanta_tenancy.machinery.ooxml.verification import verify
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.x509.reading import certificate_from_der
from kanta_tenancy.machinery.x509.revocation import NOTHING, Freshness, RevocationData
from kanta_tenancy.trust import fitting
from kanta_tenancy.trust.model import NOTHING_DECIDED, Anchor, AnchorKind, KeptStatement, Policy, Watched
from kanta_tenancy.trust.store import anchors, policies, revocation, watched


class Judging(Record, frozen=True, kw_only=True):
    """What signatures are judged by, as a main connector had it at an instant."""

    anchors: tuple[x509.Certificate, ...]  # signatures may lead to them
    timestamp_anchors: tuple[x509.Certificate, ...]  # timestamps may lead to them
    intermediates: tuple[x509.Certificate, ...]  # they may lie on the way
    revocation: RevocationData  # the newest of each authority and certificate, whoever it is about
    policy: Policy

    @property
    def freshness(self) -> Freshness:
        """How old a word about revocation may be."""
        return fitting.freshness(self.policy)

    def about(self, path: Sequence[x509.Certificate]) -> RevocationData:
        """Return what of the kept revocation data is about the certificates of a path, and signed by who may say so."""
        return fitting.together(fitting.statements(self.revocation, path))

    def of(self, docx: bytes, *, at: datetime) -> Report:
        """Verify a document by this; it takes arithmetic, so not in the event loop."""
        return verify(
            docx,
            at=at,
            anchors=self.anchors,
            intermediates=self.intermediates,
            revocation=self.revocation,
            timestamp_anchors=self.timestamp_anchors,
            freshness=self.freshness,
        )


TRUSTS_NOBODY: Final = Judging(
    anchors=(), timestamp_anchors=(), intermediates=(), revocation=NOTHING, policy=NOTHING_DECIDED
)


async def judging(tx: Transaction, main_connector_id: MainConnectorId, at: datetime) -> Judging:
    """Read what signatures are judged by, as it was at an instant; a tenant's scope reads its main connector's."""
    policy = await policies.at_instant(tx, main_connector_id, at)
    kept = await anchors.at_instant(tx, main_connector_id, at)
    said = await revocation.at_instant(tx, main_connector_id, at)
    return Judging(
        anchors=_of_kind(kept, AnchorKind.SIGNATURES),
        timestamp_anchors=_of_kind(kept, AnchorKind.TIMESTAMPS),
        intermediates=_of_kind(kept, AnchorKind.INTERMEDIATE),
        revocation=fitting.together(said),
        policy=policy,
    )


async def anchor(tx: Transaction, anchor_id: UUID) -> Anchor:
    """Read a kept certificate, removed or not.

    Raises:
        AnchorNotFound: the scope has none of that id.
    """
    return await anchors.find(tx, anchor_id)


async def newest_anchors(
    tx: Transaction, kinds: Collection[AnchorKind], *, at: datetime | None, before: UUID | None, count: int
) -> list[Anchor]:
    """Read a page of kept certificates, newest first: those of an instant, or all there ever were."""
    return await anchors.page(tx, kinds, at=at, before=before, count=count)


async def policy(tx: Transaction) -> Policy:
    """Read what is wanted now; version 0 while nobody has decided anything."""
    return await policies.newest(tx)


async def newest_policies(tx: Transaction, *, before: int | None, count: int) -> list[Policy]:
    return await policies.page(tx, before=before, count=count)


async def newest_statements(tx: Transaction, *, before: UUID | None, count: int) -> list[KeptStatement]:
    """Read a page of what is known of kept revocation data, newest first."""
    return await revocation.page(tx, before=before, count=count)


async def watched_chains(tx: Transaction, *, after: str | None, count: int) -> list[Watched]:
    """Read a page of the chains whose revocation data is kept fresh, by fingerprint."""
    return await watched.page(tx, after=after, count=count)


def _of_kind(kept: Collection[Anchor], kind: AnchorKind) -> tuple[x509.Certificate, ...]:
    return tuple(certificate_from_der(one.certificate) for one in kept if one.kind is kind)


async def leading(tx: Transaction, sha256s: Collection[str]) -> set[str]:
    """Return which of some certificates signatures or timestamps may lead to now, by their fingerprints."""
    found = [
        *await anchors.kept(tx, AnchorKind.SIGNATURES, sha256s),
        *await anchors.kept(tx, AnchorKind.TIMESTAMPS, sha256s),
    ]
    return {one.sha256 for one in found}
