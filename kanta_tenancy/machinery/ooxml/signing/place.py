"""Where a package keeps its signatures, or will keep its first, and what a signature put there covers."""

from typing import Self

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.coverage import Exempt, exempt
from kanta_tenancy.machinery.ooxml.errors import CannotSign
from kanta_tenancy.machinery.ooxml.names import ORIGIN_PART, ORIGIN_RELATIONSHIP
from kanta_tenancy.machinery.ooxml.plumbing import find
from kanta_tenancy.machinery.opc.names import PACKAGE_SOURCE
from kanta_tenancy.machinery.opc.package import Package
from kanta_tenancy.machinery.opc.relationships import Relationships


class Place(Record, frozen=True, kw_only=True):
    origin: str
    relationships: Relationships  # of the origin, to the signatures
    signatures: tuple[str, ...]  # the parts that are there
    is_new: bool  # the package does not lead to the origin yet
    exempt: Exempt

    @classmethod
    def of(cls, package: Package) -> Self:
        """Find the place in a package.

        Raises:
            CannotSign: what is there is ambiguous or is not reached (R7).
        """
        leading = package.relationships().of_type({ORIGIN_RELATIONSHIP})
        plumbing = find(package)
        for reason in plumbing.reasons:
            if reason.part or (leading and not plumbing.parts):  # else it only says that nothing is signed yet
                raise CannotSign(detail=reason.detail, rule=reason.rule, part=reason.part)
        origin = package.target(PACKAGE_SOURCE, leading[0]) if leading else None
        return cls(
            origin=origin or ORIGIN_PART,
            relationships=package.relationships(origin) if origin else Relationships(source=ORIGIN_PART, by_id={}),
            signatures=plumbing.signatures,
            is_new=origin is None,
            exempt=exempt(package, plumbing),
        )
