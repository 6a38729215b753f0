"""Whom a main connector trusts, what it wants signatures to reach, and what authorities said of certificates.

What rooms above use: `judging` reads, in the transaction of a question, all that signatures are judged by at an
instant, and its `of` verifies a document by that. `watch` has the revocation data of a signer's certificate kept fresh
from then on; `about` of a judging is what of it is about a chain. `keep_revocation` and `kept_revocation` let a room
that asks authorities itself share what was fetched. `leading` says to which certificates signatures may lead.
"""

from kanta_tenancy.machinery.ooxml.levels import Level
from kanta_tenancy.trust.keeping import keep as keep_revocation
from kanta_tenancy.trust.keeping import kept as kept_revocation
from kanta_tenancy.trust.model import Obligation, Policy, Published, Statement, TimestampAuthority
from kanta_tenancy.trust.reading import TRUSTS_NOBODY, Judging, judging, leading
from kanta_tenancy.trust.watching import watch

__all__ = [
    "TRUSTS_NOBODY",
    "Judging",
    "Level",
    "Obligation",
    "Policy",
    "Published",
    "Statement",
    "TimestampAuthority",
    "judging",
    "keep_revocation",
    "kept_revocation",
    "leading",
    "watch",
]
