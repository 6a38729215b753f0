"""The way from the package to its signatures: origin, then signature parts, and nothing besides (rule R7)."""

from collections.abc import Iterator
from typing import Final

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.names import (
    ORIGIN_RELATIONSHIP,
    ORIGIN_TYPE,
    SIGNATURE_RELATIONSHIP,
    SIGNATURE_TYPE,
)
from kanta_tenancy.machinery.ooxml.report import Reason
from kanta_tenancy.machinery.opc import Package, Relationship
from kanta_tenancy.machinery.opc.names import PACKAGE_SOURCE

# So that a hostile file cannot buy a minute of arithmetic; the pictures of a signature line take some hundred thousand.
MOST_SIGNATURES: Final = 64
LARGEST_TOGETHER: Final = 8 * 1024 * 1024
_FOLDER: Final = "/_xmlsignatures/"


class Plumbing(Record, frozen=True, kw_only=True):
    """The signatures' own parts and relationships, which no signature can cover."""

    signatures: tuple[str, ...] = ()  # in the order of their names, sig2 before sig10
    parts: frozenset[str] = frozenset()
    relationships: frozenset[tuple[str, str]] = frozenset()  # source and id
    reasons: tuple[Reason, ...] = ()


def find(package: Package) -> Plumbing:
    """Follow the relationships to every signature, and report whatever looks like one and is not reached."""
    leading = package.relationships(PACKAGE_SOURCE).of_type({ORIGIN_RELATIONSHIP})
    if len(leading) != 1:
        return Plumbing(reasons=tuple(_without_origin(len(leading), package)))
    origin = package.target(PACKAGE_SOURCE, leading[0])
    if origin is None or package.content_types[origin] != ORIGIN_TYPE or package.content(origin):
        return Plumbing(reasons=(_broken("The origin of the signatures is missing or is something else."),))
    reached: list[str] = []
    reasons: list[Reason] = []
    for relationship in package.relationships(origin):
        part = _signature_part(package, origin, relationship)
        if part is None or part in reached:
            reasons.append(_broken(f"The relationship {relationship.id} does not lead to a signature.", origin))
        else:
            reached.append(part)
    if len(reached) > MOST_SIGNATURES or sum(len(package.content(part)) for part in reached) > LARGEST_TOGETHER:
        detail = f"There are more than {MOST_SIGNATURES} signatures, or {LARGEST_TOGETHER} bytes of them."
        return Plumbing(reasons=(_broken(detail),))
    if not reached:
        reasons.append(_broken("The file is not signed."))
    parts = frozenset({origin, *reached})
    return Plumbing(
        signatures=tuple(sorted(reached, key=lambda part: (len(part), part))),
        parts=parts,
        relationships=frozenset(
            {(PACKAGE_SOURCE, leading[0].id), *((origin, one.id) for one in package.relationships(origin))}
        ),
        reasons=(*reasons, *_strangers(package, parts)),
    )


def _without_origin(origins: int, package: Package) -> Iterator[Reason]:
    yield _broken("The file is not signed." if not origins else "The signatures have more than one origin.")
    yield from _strangers(package, frozenset())


def _signature_part(package: Package, origin: str, relationship: Relationship) -> str | None:
    part = package.target(origin, relationship)
    if part is None or relationship.type != SIGNATURE_RELATIONSHIP or package.content_types[part] != SIGNATURE_TYPE:
        return None
    return None if part in package.sources else part  # a signature leads nowhere


def _strangers(package: Package, reached: frozenset[str]) -> Iterator[Reason]:
    for part, kind in package.parts.items():
        signature_like = kind in (ORIGIN_TYPE, SIGNATURE_TYPE) or part.lower().startswith(_FOLDER)
        if signature_like and part not in reached:
            yield _broken("The part looks like a signature and no relationship leads to it.", part)


def _broken(detail: str, part: str = "") -> Reason:
    return Reason(rule="R7", part=part, detail=detail)
