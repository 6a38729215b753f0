"""Information systems and intermediaries, their certificates of conformity, and which services run on them (clause 3).

What rooms above use: a system with its versions and certificates, those that a scope sees, which serve a tenant's
service on a day, what a tenant depends on, who stands behind a system and how many they are, which certificates end.
"""

from kanta_tenancy.systems.errors import SystemNotFound
from kanta_tenancy.systems.model import (
    Certificate,
    CertificateKind,
    Dependant,
    DependantPosition,
    Dependency,
    EndingCertificate,
    EndingPosition,
    Firm,
    InformationSystem,
    Reach,
    SystemKind,
    SystemState,
    Upkeep,
)
from kanta_tenancy.systems.reading import (
    behind,
    certificates_ending,
    dependencies_of,
    listed,
    reach,
    system,
    systems_serving,
)

__all__ = [
    "Certificate",
    "CertificateKind",
    "Dependant",
    "DependantPosition",
    "Dependency",
    "EndingCertificate",
    "EndingPosition",
    "Firm",
    "InformationSystem",
    "Reach",
    "SystemKind",
    "SystemNotFound",
    "SystemState",
    "Upkeep",
    "behind",
    "certificates_ending",
    "dependencies_of",
    "listed",
    "reach",
    "system",
    "systems_serving",
]
