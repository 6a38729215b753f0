"""Sign packages as Microsoft Office does; preparing and completing are apart for whoever keeps the key elsewhere."""

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

__all__ = ["Prepared", "Signing", "complete", "opened", "prepare", "sign", "sign_all", "sign_for_verifier"]
