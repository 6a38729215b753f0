"""What an authority answered: its word, and the timestamp as it is kept.

Only what holds a timestamp is taken apart here; the timestamp itself is read where it is verified.

Source: RFC 3161, 2.4.2.
"""

from typing import Final

from cryptography.hazmat import asn1

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.x509 import tlv
from kanta_tenancy.machinery.x509.statements import UNREADABLE
from kanta_tenancy.machinery.x509.timestamp_token import ContentInfo

_GRANTED: Final = (0, 1)  # also with modifications: what was granted is compared with what was asked


class Reply(Record, frozen=True, kw_only=True):
    granted: bool
    token: bytes  # RFC 3161, DER; empty when there is none


def read(answer: bytes) -> Reply:
    """Read an answer.

    Raises:
        ValueError: it is none of a timestamp authority.
    """
    whole = tlv.element(answer)
    parts = list(tlv.elements(whole.content))
    if len(whole.whole) != len(answer) or {tlv.SEQUENCE} != {whole.tag, *(each.tag for each in parts)}:
        raise ValueError("no answer of a timestamp authority")
    status, *tokens = parts
    word = tlv.element(status.content)
    if word.tag != tlv.INTEGER or len(tokens) > 1:
        raise ValueError("no answer of a timestamp authority")
    return Reply(granted=int.from_bytes(word.content) in _GRANTED, token=tokens[0].whole if tokens else b"")


def in_strict_order(token: bytes) -> bytes:
    """Return a token with its certificates in the order that DER asks for; one that cannot be read stays as it is.

    Many authorities send them in the order of the path. Nobody signs their order, and Office wants timestamps in DER.

    Source: [MS-OFFCRYPTO] 2.5.2.6; ITU-T X.690, 11.6.
    """
    try:
        read = asn1.decode_der(ContentInfo, token)
        if read.content.certificates is not None:
            read.content.certificates.sort(key=asn1.encode_der)
        return asn1.encode_der(read)
    except (*UNREADABLE, OverflowError):
        return token
