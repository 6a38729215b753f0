"""Certificates that people and programs hand in as bytes: PEM, DER or PKCS#7. Whatever may hold a key is refused."""

from typing import Final

from kanta_tenancy import parties
from kanta_tenancy.certificates.inventory import intake
from kanta_tenancy.certificates.inventory.errors import CertificateTooLarge, KeyMaterialRefused, NoCertificateInIt
from kanta_tenancy.certificates.inventory.lifecycle import RULE
from kanta_tenancy.certificates.inventory.model import Arrival, SourceKind, SourceNamed, TakenIn
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.x509.bundles import (
    Found,
    KeyMaterialFound,
    NotRead,
    certificates_in,
    container_of_keys,
)
from kanta_tenancy.machinery.x509.reading import MAX_BYTES, MAX_CERTIFICATES

LARGEST: Final = 2 * MAX_BYTES * MAX_CERTIFICATES  # base64 and the lines around it
HANDED_IN: Final = SourceNamed(kind=SourceKind.HANDED_IN, name="API")


async def hand_in(
    tx: Transaction, clock: Clock, content: bytes, *, place: str, tenancy_id: TenancyId | None
) -> TakenIn:
    """Take a certificate, or a chain of up to ten, into the inventory.

    Args:
        place: where whoever hands it in found it.
        tenancy_id: whose it is; None: the main connector's own.

    Raises:
        KeyMaterialRefused: a private key is in it, or it is a container that may hold one.
        CertificateTooLarge: a certificate is over 64 kB, or there are more than ten.
        NoCertificateInIt: there is none, or something in it is none.
        TenancyNotFound: there is no such tenancy.
    """
    arrivals = read(content, place)
    if tenancy_id is not None:
        await parties.check_tenancy(tx, tenancy_id)
    taken = await intake.take_in(tx, clock, HANDED_IN, arrivals, tenancy_id=tenancy_id)
    if taken.left_out:
        raise NoCertificateInIt(f"{taken.left_out[0].place}: {taken.left_out[0].why}", rule=RULE)
    return taken


def read(content: bytes, place: str) -> list[Arrival]:
    """Return the certificates in what was handed in, all of which can be taken.

    Raises:
        KeyMaterialRefused, CertificateTooLarge, NoCertificateInIt: see `hand_in`.
    """
    container = container_of_keys(content)
    if container is not None:
        raise KeyMaterialRefused(
            f"This is a {container}, which may hold a private key. Hand in the certificates alone, or use the command"
            " `certificates import`, which opens it on your own machine.",
            rule=RULE,
        )
    found = list(certificates_in(content, place))
    if any(isinstance(one, KeyMaterialFound) for one in found):
        raise KeyMaterialRefused("There is a private key in it. Nothing of it was kept.", rule=RULE)
    for one in found:
        if isinstance(one, NotRead):
            raise NoCertificateInIt(f"{one.where}: {one.why}.", rule=RULE)
    arrivals = [Arrival(der=one.der, place=place) for one in found if isinstance(one, Found)]
    if len(arrivals) > MAX_CERTIFICATES:
        raise CertificateTooLarge(
            f"At most {MAX_CERTIFICATES} certificates are taken at once, there are {len(arrivals)}.", rule=RULE
        )
    for size in (len(one.der) for one in arrivals):
        if size > MAX_BYTES:
            raise CertificateTooLarge(
                f"A certificate has at most {MAX_BYTES} bytes, there is one of {size}.", rule=RULE
            )
    return arrivals
