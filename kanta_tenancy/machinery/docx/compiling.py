"""From a DOCX to a template: everything that is the same in every document is prepared once."""

import zlib
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec
from lxml import etree

from kanta_tenancy.machinery.docx import charts, core_properties
from kanta_tenancy.machinery.docx.contract import Contract
from kanta_tenancy.machinery.docx.form import Form
from kanta_tenancy.machinery.docx.marks import Close, Marks, OpenChoice
from kanta_tenancy.machinery.docx.pieces import ChartPart, FilledPart, Piece, SignaturePicture
from kanta_tenancy.machinery.docx.relations import SETTINGS
from kanta_tenancy.machinery.docx.segments import Constant, Segment
from kanta_tenancy.machinery.docx.signature_places import SignaturePlace
from kanta_tenancy.machinery.docx.unwrapping import Unwrapped, unwrap
from kanta_tenancy.machinery.docx.wordml import XML_SPACE, w
from kanta_tenancy.machinery.opc import ContentTypes, Packed, Relationship, Relationships
from kanta_tenancy.machinery.opc.content_types import Declared
from kanta_tenancy.machinery.opc.names import (
    CONTENT_TYPES_ITEM,
    CORE_PROPERTIES,
    CORE_PROPERTIES_TYPE,
    PACKAGE_SOURCE,
    RELATIONSHIPS_TYPE,
)

_EDITING_HISTORY: Final = ("rsids", "docVars", "trackRevisions")


class Compilation:
    """The issued package, part by part, from a form without findings."""

    def __init__(self, form: Form, contract: Contract) -> None:
        self._form = form
        numbers = charts.numbers(contract)
        self._charts = {name: numbers[name] for name in charts.used(form)}
        prompts = form.styles.prompts()
        self._unwrapped = {story.name: unwrap(story.root, contract, prompts) for story in form.stories}
        self.places = self._unwrapped[form.main].signature_places
        self._pictures = {self._picture_part(place.image_id): place for place in self.places}

    def pieces(self) -> tuple[Piece, ...]:
        """Return the parts in the order in which they are written: the document first, the others by name."""
        parts = sorted(self._form.kept, key=lambda part: (part != self._form.main, part))
        pieces: list[Piece] = [_packed(CONTENT_TYPES_ITEM, self._content_types(parts))]
        pieces += self._relationships(PACKAGE_SOURCE)
        for part in parts:
            pieces.append(self._piece(part))
            pieces += self._relationships(part)
        pieces += [
            ChartPart(part=charts.part(self._form.main, number)[1:], chart=name)
            for name, number in self._charts.items()
        ]
        return tuple(pieces)

    def _piece(self, part: str) -> Piece:
        if part in self._unwrapped:
            return _cut(part, self._unwrapped[part])
        if part in self._pictures:
            place = self._pictures[part]
            return SignaturePicture(part=part[1:], line=place.name, content_type=self._form.package.content_types[part])
        if part == self._form.of_kind(SETTINGS):
            return _packed(part[1:], _without_history(self._form.package.xml(part)))
        return _packed(part[1:], self._form.package.content(part))

    def _picture_part(self, image_id: str) -> str:
        relationship = self._form.package.relationships(self._form.main).by_id[image_id]
        return str(self._form.package.target(self._form.main, relationship))

    def _relationships(self, source: str) -> list[Piece]:
        """Return the relationships part of a source, when it has any; those of a conditional picture come and go."""
        kept = {one.id: one for one in self._form.kept_relationships(source)}
        if source == self._form.main:
            kept |= {one.id: one for one in map(charts.relationship, self._charts.values())}
        relationships = Relationships(source=source, by_id=kept)
        if source == PACKAGE_SOURCE:
            relationships = _with_core_properties(relationships)
        if not relationships.by_id:
            return []
        conditional = {place.image_id: place for place in self.places if place.conditions}
        if source != self._form.main or not conditional:
            return [_packed(relationships.part[1:], relationships.to_xml())]
        return [FilledPart(part=relationships.part[1:], segments=_conditional(relationships, conditional))]

    def _content_types(self, parts: Iterable[str]) -> bytes:
        """Write the content types; pictures by extension, so that a line that is left out leaves nothing behind."""
        types = {part: self._form.package.content_types[part] for part in parts}
        types[core_properties.PART] = CORE_PROPERTIES_TYPE
        types |= {charts.part(self._form.main, number): charts.CONTENT_TYPE for number in self._charts.values()}
        defaults = {"rels": RELATIONSHIPS_TYPE, "xml": "application/xml"}
        overrides = {}
        for part in sorted(types, key=lambda part: (part not in self._pictures, part)):
            extension = part.rpartition(".")[2].lower()
            is_picture = types[part].startswith("image/")
            if not is_picture or defaults.setdefault(extension, types[part]) != types[part]:
                overrides[part] = types[part]
        return ContentTypes(defaults=_declared(defaults), overrides=_declared(overrides)).to_xml()


def _declared(types: Mapping[str, str]) -> dict[str, Declared]:
    return {name.lower(): Declared(name=name, content_type=content_type) for name, content_type in types.items()}


def _cut(part: str, unwrapped: Unwrapped) -> Piece:
    _leave_out_idle_space(unwrapped.root)
    segments = unwrapped.marks.cut(unwrapped.root)
    if len(segments) == 1 and isinstance(segments[0], Constant):
        return _packed(part[1:], segments[0].content)
    return FilledPart(part=part[1:], segments=segments)


def _leave_out_idle_space(root: etree._Element) -> None:
    """Take `xml:space` from texts that have no space to keep: a tenth of what is packed, signed and read again."""
    for text in root.iter(w("t")):
        if not len(text) and " ".join((text.text or "").split()) == text.text:
            text.attrib.pop(XML_SPACE, "")


def _with_core_properties(relationships: Relationships) -> Relationships:
    added = Relationship(id=relationships.unused_id(), type=CORE_PROPERTIES[0], target=core_properties.PART[1:])
    return msgspec.structs.replace(relationships, by_id={**relationships.by_id, added.id: added})


def _conditional(relationships: Relationships, places: Mapping[str, SignaturePlace]) -> tuple[Segment, ...]:
    root = etree.fromstring(relationships.to_xml())
    marks = Marks()
    for element in list(root):
        place = places.get(element.get("Id", ""))
        for condition in () if place is None else sorted(place.conditions):
            element.addprevious(marks.add(OpenChoice(condition=condition, otherwise=b"")))
            element.addnext(marks.add(Close()))
    return marks.cut(root)


def _without_history(settings: etree._Element) -> bytes:
    """Write the settings without what only tells how the template came about."""
    for name in _EDITING_HISTORY:
        for element in settings.findall(w(name)):
            settings.remove(element)
    written: bytes = etree.tostring(settings, encoding="UTF-8", xml_declaration=True, standalone=True)
    return written


def _packed(name: str, content: bytes) -> Packed:
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    raw = deflater.compress(content) + deflater.flush()
    return Packed(name=name, method=8, crc=zlib.crc32(content), size=len(content), raw=raw)
