"""The content types of a package: which part is what."""

import re
from collections.abc import Mapping
from typing import Final, Self
from xml.sax.saxutils import quoteattr

import msgspec
from lxml import etree

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.opc.errors import BrokenPackage
from kanta_tenancy.machinery.opc.markup import DECLARATION, has_text, parse
from kanta_tenancy.machinery.opc.names import CONTENT_TYPES_ITEM, CONTENT_TYPES_NS

_MEDIA_TYPE: Final = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+")
_ROOT: Final = f"{{{CONTENT_TYPES_NS}}}Types"
_DEFAULT: Final = f"{{{CONTENT_TYPES_NS}}}Default"
_OVERRIDE: Final = f"{{{CONTENT_TYPES_NS}}}Override"
_KEY: Final = {_DEFAULT: "Extension", _OVERRIDE: "PartName"}


class Declared(Record, frozen=True, kw_only=True):
    """One line as it was written."""

    name: str  # an extension or a part name
    content_type: str


class ContentTypes(Record, frozen=True, kw_only=True):
    """Defaults by extension and overrides by part name; the keys are in lower case, as they are looked up."""

    defaults: Mapping[str, Declared]
    overrides: Mapping[str, Declared]

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read `[Content_Types].xml`.

        Raises:
            BrokenPackage: it is not XML (R1), or says something twice or that cannot be said (R8).
        """
        root = parse(data, CONTENT_TYPES_ITEM)
        if root.tag != _ROOT or root.attrib or has_text(root):
            raise _broken("The root element is not a plain Types, or there is text in it.")
        found: dict[str, dict[str, Declared]] = {_DEFAULT: {}, _OVERRIDE: {}}
        for element in root:
            if not isinstance(element.tag, str):
                continue  # a comment says nothing about types
            line = _line(element)
            if line.name.lower() in found[element.tag]:
                raise _broken(f"The content type of {line.name} is declared twice.")
            found[element.tag][line.name.lower()] = line
        return cls(defaults=found[_DEFAULT], overrides=found[_OVERRIDE])

    def of(self, part: str) -> str | None:
        """Return the content type of a part such as `/word/document.xml`, or None when none is declared."""
        name = part.lower()
        _, dot, extension = name.rpartition("/")[2].rpartition(".")
        line = self.overrides.get(name) or (self.defaults.get(extension) if dot else None)
        return line.content_type if line else None

    def with_default(self, extension: str, content_type: str) -> Self:
        line = Declared(name=extension, content_type=content_type)
        return msgspec.structs.replace(self, defaults={**self.defaults, extension.lower(): line})

    def with_override(self, part: str, content_type: str) -> Self:
        line = Declared(name=part, content_type=content_type)
        return msgspec.structs.replace(self, overrides={**self.overrides, part.lower(): line})

    def to_xml(self) -> bytes:
        """Write `[Content_Types].xml`, in the order in which the types were declared."""
        lines = [_written("Default", "Extension", line) for line in self.defaults.values()]
        lines += [_written("Override", "PartName", line) for line in self.overrides.values()]
        return f'{DECLARATION}<Types xmlns="{CONTENT_TYPES_NS}">{"".join(lines)}</Types>'.encode()


def _written(element: str, key: str, line: Declared) -> str:
    return f"<{element} {key}={quoteattr(line.name)} ContentType={quoteattr(line.content_type)}/>"


def _line(element: etree._Element) -> Declared:
    name = _KEY.get(str(element.tag))
    if name is None or set(element.keys()) != {name, "ContentType"} or len(element):
        raise _broken("There is an element that is neither a Default nor an Override, or has other attributes.")
    key, content_type = str(element.get(name)), str(element.get("ContentType"))
    if not _MEDIA_TYPE.fullmatch(content_type):
        raise _broken(f"The content type of {key} is not a media type.")
    well_formed = key.startswith("/") if name == "PartName" else key and not {"/", "."} & set(key)
    if not well_formed or not key.isascii():
        raise _broken(f"{key} is neither an extension nor a part name.")
    return Declared(name=key, content_type=content_type)


def _broken(detail: str) -> BrokenPackage:
    return BrokenPackage(detail=detail, rule="R8", part=CONTENT_TYPES_ITEM)
