"""A DOCX read as a form: the parts that an issued document takes over, and those of them that hold text."""

from functools import cached_property
from typing import Final, Self

from kanta_tenancy.machinery.docx.findings import Story
from kanta_tenancy.machinery.docx.relations import CHART, HYPERLINK, IMAGE, KEPT, STORIES, STYLES
from kanta_tenancy.machinery.docx.styles import Styles
from kanta_tenancy.machinery.docx.wordml import STRICT_W, w
from kanta_tenancy.machinery.opc import BrokenPackage, Limits, Package, Relationship
from kanta_tenancy.machinery.opc.names import PACKAGE_SOURCE

_MEGABYTE: Final = 1024 * 1024
# A long agreement with a logo is a few hundred kilobytes; a parsed part takes ten times its size in memory.
LIMITS: Final = Limits(file_size=10 * _MEGABYTE, entries=300, unpacked_size=30 * _MEGABYTE)
_LONGEST_TEXT: Final = 4 * _MEGABYTE


class Form:
    def __init__(self, package: Package, main: str) -> None:
        self.package = package
        self.main = main

    @classmethod
    def read(cls, docx: bytes) -> Self:
        """Open a Word document that is to be used as a template.

        Raises:
            BrokenPackage: it is no such document, or breaks R0, R1, R4 or R8.
        """
        package = Package.read(docx, LIMITS)
        main = package.main_part()
        root = package.xml(main)
        if root.tag == f"{{{STRICT_W}}}document":
            raise BrokenPackage(
                detail="The document is in the Strict Open XML form; save it as “Word Document (*.docx)”.",
                rule="R4",
                part=main,
            )
        if root.tag != w("document"):
            raise BrokenPackage(detail="The main part is not a Word document.", rule="R4", part=main)
        return cls(package, main)

    @cached_property
    def kept(self) -> tuple[str, ...]:
        """The parts that are reached from the package through relationships of the kinds that are kept."""
        reached: dict[str, None] = {}
        waiting = [PACKAGE_SOURCE]
        while waiting:
            source = waiting.pop()
            for relationship in self.kept_relationships(source):
                target = self.package.target(source, relationship)
                if target is not None and target not in reached:
                    reached[target] = None
                    waiting.append(target)
        return tuple(reached)

    def kept_relationships(self, source: str) -> tuple[Relationship, ...]:
        """Return the relationships of a source that an issued document takes over."""
        kinds = {*KEPT, IMAGE, HYPERLINK, CHART}  # of a template none is a chart: it is refused
        return tuple(one for one in self.package.relationships(source) if one.type in kinds)

    @cached_property
    def stories(self) -> tuple[Story, ...]:
        """The document itself, then its headers, footers and notes in the order of their names."""
        others = {
            part
            for relationship in self.package.relationships(self.main).of_type(STORIES)
            if (part := self.package.target(self.main, relationship)) is not None
        }
        return tuple(self._story(part) for part in (self.main, *sorted(others)))

    @cached_property
    def styles(self) -> Styles:
        part = self.of_kind(STYLES)
        return Styles(None if part is None else self.package.xml(part))

    def of_kind(self, relationship_type: str) -> str | None:
        """Return the part that the document has once, such as its styles; None when it has none."""
        for relationship in self.package.relationships(self.main).of_type((relationship_type,)):
            return self.package.target(self.main, relationship)
        return None

    def _story(self, part: str) -> Story:
        if len(self.package.content(part)) > _LONGEST_TEXT:
            raise BrokenPackage(
                detail=f"The part has more than {_LONGEST_TEXT} bytes; no agreement is that long.", rule="R0", part=part
            )
        return Story(part, self.package.xml(part))
