"""The beginning of what is signed in a certificate, as bytes: its algorithm and issuer (RFC 5280, 4.1)."""

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.x509 import tlv


class Beginning(Record, frozen=True, kw_only=True):
    algorithm: bytes  # by which it is signed, as what is signed says
    issuer: bytes
    algorithm_beside: bytes  # the same, as it stands beside what is signed


def beginning_of(der: bytes) -> Beginning:
    """Find the fields without looking at any of the others.

    Raises:
        NotDer: the bytes are no DER.
    """
    at, end_of_signed = tlv.span(der, tlv.span(der)[0])
    if der[at] == tlv.VERSION:
        at = tlv.span(der, at)[1]
    algorithm = tlv.span(der, at)[1]  # behind the serial number
    issuer = tlv.span(der, algorithm)[1]
    return Beginning(
        algorithm=der[algorithm:issuer],
        issuer=der[issuer : tlv.span(der, issuer)[1]],
        algorithm_beside=der[end_of_signed : tlv.span(der, end_of_signed)[1]],
    )
