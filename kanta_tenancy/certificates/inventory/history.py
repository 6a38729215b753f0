"""How the journal names what happened to certificates and their sources: all on the main connector's chain."""

import hashlib
from collections.abc import Collection
from datetime import datetime

from kanta_tenancy.certificates.inventory.model import Certificate, Source
from kanta_tenancy.machinery.postgres.journal import Act, digest_of

Facts = str | int | None


def of_certificate(done: str, before: Certificate | None, after: Certificate, *, at: datetime, **facts: Facts) -> Act:
    return Act(
        action=f"certificate.{done}",
        subject=f"certificate/{after.id}",
        at=at,
        before=None if before is None else digest_of(before),
        after=digest_of(after),
        facts=facts,
    )


def of_arrivals(source: Source, sha256s: Collection[str], *, at: datetime) -> Act:
    """Name certificates that came, by the SHA-256 of their own SHA-256 in ascending order."""
    digest = hashlib.sha256("".join(sorted(sha256s)).encode()).hexdigest()
    return Act(
        action="certificate.arrived",
        subject=f"certificate_source/{source.id}",
        at=at,
        after=digest,
        facts={"certificates": len(sha256s), "first": min(sha256s), "last": max(sha256s)},
    )


def of_source(done: str, before: Source, after: Source, *, at: datetime, **facts: Facts) -> Act:
    return Act(
        action=f"certificate_source.{done}",
        subject=f"certificate_source/{after.id}",
        at=at,
        before=digest_of(before),
        after=digest_of(after),
        facts={"kind": after.kind.value, "name": after.name, **facts},
    )
