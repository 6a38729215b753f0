"""A compiled template, and the documents that it becomes."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.docx import core_properties
from kanta_tenancy.machinery.docx.compiling import Compilation
from kanta_tenancy.machinery.docx.contract import Contract, Values
from kanta_tenancy.machinery.docx.errors import TemplateRefused
from kanta_tenancy.machinery.docx.filling import filling
from kanta_tenancy.machinery.docx.findings import Finding
from kanta_tenancy.machinery.docx.form import Form
from kanta_tenancy.machinery.docx.inspection import finding_of, inspect_form
from kanta_tenancy.machinery.docx.pieces import ChartPart, FilledPart, Piece, stored
from kanta_tenancy.machinery.docx.signature_places import SignaturePlace
from kanta_tenancy.machinery.opc import BrokenPackage, Packed, assemble


class Template(Record, frozen=True, kw_only=True):
    """A template that can be filled any number of times, by several threads at once."""

    contract: Contract
    pieces: tuple[Piece, ...]
    places: tuple[SignaturePlace, ...]

    def signature_lines(self, present: AbstractSet[str]) -> frozenset[str]:
        """Return the names of the signature lines that a document shows when these conditions hold."""
        return frozenset(place.name for place in self.places if place.conditions <= present)

    def fill(self, values: Values) -> bytes:
        """Return the document that says these values; the same values give the same bytes.

        Raises:
            TextNotPrintable: a text holds control characters or half a bidirectional embedding.
            ValuesDoNotFit: names are missing or unknown, or a picture is of the wrong kind: a mistake of the caller.
        """
        filled = filling(values, self.contract, self.signature_lines(values.present))
        entries: list[Packed] = []
        for piece in self.pieces:
            if isinstance(piece, FilledPart | ChartPart):
                entries.append(piece.entry(filled))
            elif isinstance(piece, Packed):
                entries.append(piece)
            elif piece.line in values.signature_lines:
                entries.append(piece.entry(values.signature_lines[piece.line].image))
        entries.append(stored(core_properties.PART[1:], core_properties.core_properties(values.properties)))
        return assemble(entries)


def compile_template(docx: bytes, contract: Contract) -> Template:
    """Prepare a document so that it can be filled again and again.

    Raises:
        TemplateRefused: the document is no template of this contract; its flaws are what `inspect_template` finds.
    """
    try:
        form = Form.read(docx)
        findings = inspect_form(form, contract)
    except BrokenPackage as refusal:
        raise _refusal((finding_of(refusal),)) from None
    if findings:
        raise _refusal(findings)
    compilation = Compilation(form, contract)
    return Template(contract=contract, pieces=compilation.pieces(), places=compilation.places)


def _refusal(findings: Iterable[Finding]) -> TemplateRefused:
    flaws = tuple(finding.flaw() for finding in findings)
    return TemplateRefused(f"{len(flaws)} flaws keep the document from being a template", flaws=flaws)
