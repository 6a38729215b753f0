"""Where the fields of a certificate are, as bytes: its algorithm, its issuer and its extensions (RFC 5280, 4.1)."""

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.x509 import tlv


class Beginning(Record, frozen=True, kw_only=True):
    algorithm: bytes  # by which it is signed, as what is signed says
    issuer: bytes
    algorithm_beside: bytes  # the same, as it stands beside what is signed
    signed: int  # where the content of what is signed begins
    extensions: int  # where its last field begins, which holds the extensions; the end where it has none
    end_of_signed: int


def beginning_of(der: bytes) -> Beginning:
    """Find the fields without looking at any of the others.

    Raises:
        NotDer: the bytes are no DER.
    """
    signed, end_of_signed = tlv.span(der, tlv.span(der)[0])
    at = signed
    if der[at] == tlv.VERSION:
        at = tlv.span(der, at)[1]
    algorithm = tlv.span(der, at)[1]  # behind the serial number
    issuer = tlv.span(der, algorithm)[1]
    validity = tlv.span(der, issuer)[1]
    return Beginning(
        algorithm=der[algorithm:issuer],
        issuer=der[issuer:validity],
        algorithm_beside=der[end_of_signed : tlv.span(der, end_of_signed)[1]],
        signed=signed,
        extensions=_extensions(der, validity, end_of_signed),
        end_of_signed=end_of_signed,
    )


def _extensions(der: bytes, at: int, end: int) -> int:
    while at < end and der[at] != tlv.EXTENSIONS:
        at = tlv.span(der, at)[1]
    return at
