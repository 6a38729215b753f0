"""Put the certificates of a timestamp in the order that DER asks for.

Many authorities send them in the order of the path. Nobody signs their order, Office wants timestamps in DER
([MS-OFFCRYPTO] 2.5.2.6), and so does the library that reads the answer.

Source: RFC 3161, 2.4.2; ITU-T X.690, 11.6.
"""

from cryptography.hazmat import asn1

from kanta_tenancy.machinery.x509.statements import UNREADABLE
from kanta_tenancy.machinery.x509.timestamp_token import ContentInfo


@asn1.sequence
class _Answer:
    status: asn1.TLV
    token: ContentInfo | None


def in_strict_order(answer: bytes) -> bytes:
    """Return an authority's answer with its certificates in order; one that cannot be read stays as it is."""
    try:
        read = asn1.decode_der(_Answer, answer)
        if read.token is not None and read.token.content.certificates is not None:
            read.token.content.certificates.sort(key=asn1.encode_der)
        return asn1.encode_der(read)
    except (*UNREADABLE, OverflowError):
        return answer
