"""What of a package a signature leaves open: every part and relationship is signed or need not be (R5, R6)."""

from collections.abc import Iterator, Mapping, Sequence

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.coverage import Exempt
from kanta_tenancy.machinery.ooxml.report import Reason
from kanta_tenancy.machinery.ooxml.verification.manifest import SignedPart
from kanta_tenancy.machinery.opc import Package, Relationship
from kanta_tenancy.machinery.opc.relationships import relationships_part, source_of


class Gap(Record, frozen=True, kw_only=True):
    """Something that a signature leaves open."""

    name: str  # a part, or `part#id` for a relationship
    reason: Reason


def gaps(signed: Sequence[SignedPart], package: Package, free: Exempt) -> Iterator[Gap]:
    """Compare what is in the package with what a signature's manifest names."""
    manifest = {one.part: one for one in signed}
    for part, content_type in package.content_types.items():
        one = manifest.get(part)
        if one is not None and one.content_type != content_type:
            detail = f"The part was signed as {one.content_type} and is declared as {content_type} now."
            yield _gap("R5", part, detail)
        elif one is None and part not in free.parts and source_of(part) is None:
            yield _gap("R5", part, "The part is not signed.")
    for source, relationship in package.all_relationships():
        if (source, relationship.id) not in free.relationships:
            yield from _relationship_gaps(manifest, package, source, relationship)


def _relationship_gaps(
    manifest: Mapping[str, SignedPart], package: Package, source: str, relationship: Relationship
) -> Iterator[Gap]:
    part = relationships_part(source)
    one = manifest.get(part)
    if one is None or relationship.id not in (one.relationships or ()):
        yield _gap("R6", part, f"The relationship {relationship.id} is not signed.", relationship.id)
        return
    target = package.target(source, relationship)
    if target is not None and target not in manifest:
        detail = f"The relationship {relationship.id} is signed, and the part {target} that it leads to is not."
        yield _gap("R6", part, detail, relationship.id)


def _gap(rule: str, part: str, detail: str, relationship: str = "") -> Gap:
    name = f"{part}#{relationship}" if relationship else part
    return Gap(name=name, reason=Reason(rule=rule, part=part, detail=detail))
