"""What is amiss with certificates, their sources and servers: put down once, cleared when it is seen no more.

Rooms above note what they find (`note`); lists, warnings and metrics read it.
"""

from kanta_tenancy.certificates.findings.model import Finding, FindingPosition, KeptFinding, Noted, OpenCount, Rung
from kanta_tenancy.certificates.findings.noting import note, told_to_everybody
from kanta_tenancy.certificates.findings.reading import count_open, of_certificates, open_ones, some

__all__ = [
    "Finding",
    "FindingPosition",
    "KeptFinding",
    "Noted",
    "OpenCount",
    "Rung",
    "count_open",
    "note",
    "of_certificates",
    "open_ones",
    "some",
    "told_to_everybody",
]
