"""Whom a main connector trusts, what it wants signatures to reach, and what authorities said of certificates.

What rooms above use: `judging` reads, in the transaction of a question, all that signatures are judged by at an
instant, and its `of` verifies a document by that.
"""

from kanta_tenancy.trust.model import Level, Obligation, Policy, TimestampAuthority
from kanta_tenancy.trust.reading import Judging, judging

__all__ = ["Judging", "Level", "Obligation", "Policy", "TimestampAuthority", "judging"]
