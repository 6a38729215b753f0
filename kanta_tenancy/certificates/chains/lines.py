"""Which certificates are renewals of one another: the same issuer's name, and the same names of their own. Pure.

A subject alone says less than the alternative names do: it often changes from one certificate to the next, while a
server keeps the names that it is reached by. Where there are none, the subject is what there is.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Final

from kanta_tenancy.machinery.x509.inspected import Inspected

_DAY: Final = timedelta(days=1)


def line_of(certificate: Inspected) -> str | None:
    """Return what a renewal shares with what it renews; None when the certificate names nobody, or no issuer."""
    own = sorted({f"{name.kind}:{name.value.lower()}" for name in certificate.names if not name.in_subject})
    if not own and certificate.subject:
        own = [f"subject:{certificate.subject}"]
    if not own or not certificate.issuer:
        return None
    return hashlib.sha256("\n".join((certificate.issuer, *own)).encode()).hexdigest()


def overlap_days(earlier_ends: datetime, later_begins: datetime) -> int:
    """Return on how many whole days both are valid; below zero, how many days nothing covers, begun days counted."""
    return (earlier_ends - later_begins) // _DAY
