"""Open Packaging Conventions: read a zip with limits, its parts, content types and relationships; write it."""

from kanta_tenancy.machinery.opc.archive import Archive, Packed, assemble, pack
from kanta_tenancy.machinery.opc.content_types import ContentTypes
from kanta_tenancy.machinery.opc.errors import BrokenPackage
from kanta_tenancy.machinery.opc.limits import LIMITS, Limits
from kanta_tenancy.machinery.opc.package import Package
from kanta_tenancy.machinery.opc.relationships import Relationship, Relationships

__all__ = [
    "LIMITS",
    "Archive",
    "BrokenPackage",
    "ContentTypes",
    "Limits",
    "Package",
    "Packed",
    "Relationship",
    "Relationships",
    "assemble",
    "pack",
]
