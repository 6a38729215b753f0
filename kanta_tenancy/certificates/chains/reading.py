"""Questions about chains and renewals that change nothing; a tenant asks about its own certificates."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final
from uuid import UUID

from kanta_tenancy.certificates.chains.errors import ProfileUnknown
from kanta_tenancy.certificates.chains.linting import profile_of
from kanta_tenancy.certificates.chains.model import (
    Chain,
    ChainEnd,
    ChainRow,
    Line,
    Link,
    Revocation,
    RevocationStatus,
    Suggested,
)
from kanta_tenancy.certificates.chains.store import certificates as store
from kanta_tenancy.certificates.chains.store import revocation
from kanta_tenancy.certificates.inventory import reading
from kanta_tenancy.certificates.inventory.errors import CertificateNotFound
from kanta_tenancy.certificates.looking.linting import lint
from kanta_tenancy.certificates.looking.model import Finding, Profile
from kanta_tenancy.certificates.looking.profiles import profiles
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.x509.inspected import Inspected

_LONGEST: Final = 8


async def chain_of(tx: Transaction, certificate_id: UUID) -> Chain:
    """Read the way up from a certificate, as far as issuers are in the inventory, and how each of them stands.

    Raises:
        CertificateNotFound: the scope has none of that id.
    """
    rows = await store.chain(tx, certificate_id)
    if not rows:
        raise CertificateNotFound(f"no certificate {certificate_id}")
    return Chain(links=tuple(Link(row=row, revocation=_said(row)) for row in rows), end=_end(rows))


async def line_of(tx: Transaction, certificate_id: UUID) -> Line:
    """Read what a certificate took the place of and what took its place, and what looks as if it did.

    Raises:
        CertificateNotFound: the scope has none of that id.
    """
    rows = await store.line(tx, certificate_id)
    if not rows:
        raise CertificateNotFound(f"no certificate {certificate_id}")
    recorded = {one.id for one in rows}
    return Line(
        certificates=tuple(rows),
        suggested_successor=_first(await store.successors(tx, [certificate_id]), recorded),
        suggested_predecessor=_first(await store.predecessors(tx, [certificate_id]), recorded),
    )


async def revocation_of(tx: Transaction, ids: Collection[UUID]) -> Mapping[UUID, Revocation]:
    """Read what authorities last said of certificates, by id; those about which nobody was asked are left out."""
    return {one.certificate_id: one for one in await revocation.of(tx, ids)}


async def lint_of(tx: Transaction, certificate_id: UUID, profile: str | None) -> tuple[Profile, tuple[Finding, ...]]:
    """Hold a certificate against a profile, its own when none is named; one that cannot be read breaks no rule.

    Raises:
        CertificateNotFound: the scope has none of that id.
        ProfileUnknown: there is no profile of that name.
    """
    if profile is not None and profile not in profiles():
        raise ProfileUnknown(f"the profiles are {', '.join(profiles())}")
    certificate = await reading.certificate(tx, certificate_id)
    against = profile_of(profile or certificate.profile, authority=certificate.authority and profile is None)
    seen = await reading.seen(tx, certificate_id)
    return against, lint(seen, against) if isinstance(seen, Inspected) else ()


def _said(row: ChainRow) -> Revocation | None:
    if row.status is None or row.since is None or row.because is None or row.asked_at is None:
        return None
    return Revocation(
        certificate_id=row.id,
        status=RevocationStatus(row.status),
        since=row.since,
        because=row.because,
        revoked_at=row.revoked_at,
        asked_at=row.asked_at,
        produced_at=row.produced_at,
        next_at=row.next_at,
    )


def _end(rows: Sequence[ChainRow]) -> ChainEnd:
    last = rows[-1]
    if last.not_after is None:
        return ChainEnd.UNREADABLE
    if last.issuer_sha256 == last.sha256:
        return ChainEnd.ROOT
    if last.examined_at is None:
        return ChainEnd.NOT_EXAMINED
    return ChainEnd.TOO_LONG if last.issuer_sha256 is not None and len(rows) >= _LONGEST else ChainEnd.ISSUER_MISSING


def _first(suggested: Sequence[Suggested], recorded: Collection[UUID]) -> Suggested | None:
    return next((one for one in suggested if one.id not in recorded), None)
