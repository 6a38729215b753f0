"""Sign packages as Microsoft Office does; preparing and completing are apart for whoever keeps the key elsewhere."""

from kanta_tenancy.machinery.ooxml.signing.signer import Prepared, complete, prepare, sign

__all__ = ["Prepared", "complete", "prepare", "sign"]
