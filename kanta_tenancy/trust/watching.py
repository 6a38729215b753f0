"""Certificates whose revocation data is to be kept fresh: those that sign here, with their issuers."""

from collections.abc import Sequence
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from kanta_tenancy import promises
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.x509.description import describe
from kanta_tenancy.trust import owing
from kanta_tenancy.trust.model import Watched
from kanta_tenancy.trust.store import watched as store


async def watch(tx: Transaction, path: Sequence[x509.Certificate], *, at: datetime) -> bool:
    """Keep the revocation data of a certificate and its issuers fresh from now on, until it expires.

    In the main connector's scope only: what a tenant's act makes necessary is said by a subscriber of its message.

    Args:
        path: from the certificate to its anchor, as `machinery.x509.paths.find` gives it.

    Returns:
        Whether it was not watched before. An anchor by itself, and what has expired, need not be watched.
    """
    if len(path) == 1 or path[0].not_valid_after_utc < at:
        return False
    about = describe(path[0])
    watched = Watched(
        sha256=about.fingerprint,
        certificates=tuple(each.public_bytes(Encoding.DER) for each in path),
        name=about.name,
        since=at,
        until=about.not_after,
    )
    new = await store.add(tx, watched)
    if new:
        await promises.owe(tx, owing.to_refresh(watched))
    return new
