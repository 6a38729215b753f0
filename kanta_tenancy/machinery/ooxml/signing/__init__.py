"""Sign packages as Microsoft Office does, with a key at hand or one that is elsewhere (`remote`)."""

from kanta_tenancy.machinery.ooxml.signing.certificate_checks import NOTHING_KNOWN, Known, doubts
from kanta_tenancy.machinery.ooxml.signing.remote import ToSign, hand_out, take_back
from kanta_tenancy.machinery.ooxml.signing.signer import (
    Prepared,
    Signing,
    complete,
    opened,
    prepare,
    sign,
    sign_all,
    sign_for_verifier,
)

__all__ = [
    "NOTHING_KNOWN",
    "Known",
    "Prepared",
    "Signing",
    "ToSign",
    "complete",
    "doubts",
    "hand_out",
    "opened",
    "prepare",
    "sign",
    "sign_all",
    "sign_for_verifier",
    "take_back",
]
