"""Content controls out, marks in: what remains of a part has no editable place left."""

from copy import deepcopy
from typing import Final

from lxml import etree

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.docx.contract import Contract
from kanta_tenancy.machinery.docx.controls import Control, Kind, Level, content_of, controls_around, controls_of
from kanta_tenancy.machinery.docx.marks import Close, Marks, OpenChoice, Opening, OpenRepetition
from kanta_tenancy.machinery.docx.placement import GO_BACK
from kanta_tenancy.machinery.docx.segments import Drawing, ItemText, SignatureElement, Text
from kanta_tenancy.machinery.docx.signature_places import SIGNATURE_LINE, SignaturePlace, signature_places
from kanta_tenancy.machinery.docx.wordml import OFFICE, VML, W14, XML_SPACE, W, attributes_of, is_on, value, w

_FILLED_ATTRIBUTES: Final = (
    "id",
    f"{{{OFFICE}}}suggestedsigner",
    f"{{{OFFICE}}}suggestedsigner2",
    f"{{{OFFICE}}}suggestedsigneremail",
)
_NEVER_EMPTY: Final = {w(name) for name in ("tc", "hdr", "ftr", "footnote", "endnote", "txbxContent")}
_BLOCKS: Final = {w(name) for name in ("p", "tbl", "sdt")}
_EMPTY_PARAGRAPH: Final = b"<w:p/>"
_ONCE_IN_A_PART: Final = (f"{{{W14}}}paraId", f"{{{W14}}}textId")


class Unwrapped(Record, frozen=True, kw_only=True):
    """A part without controls; `marks` stand in `root` where it is filled."""

    root: etree._Element
    marks: Marks
    signature_places: tuple[SignaturePlace, ...]


def unwrap(root: etree._Element, contract: Contract, prompt_styles: frozenset[str]) -> Unwrapped:
    """Replace every content control of a part that has no findings by its content.

    Args:
        root: the part, which is taken apart on the way.
        contract: says which texts belong to the items of a group.
        prompt_styles: the character styles that Word shows prompts in, never texts.
    """
    etree.strip_elements(root, etree.Comment, etree.ProcessingInstruction, with_tail=False)
    root = _with_usual_prefix(root)
    controls = list(controls_of(root))
    places = signature_places(root)
    _forget_where_the_author_was(root)
    marks = Marks()
    for control in reversed(controls):  # the inner ones first
        _mark(control, contract, prompt_styles, marks)
        _splice(control.element)
    return Unwrapped(root=root, marks=marks, signature_places=places)


def _with_usual_prefix(root: etree._Element) -> etree._Element:
    """Return the part with `w:` for all of WordprocessingML and nothing else: texts that are filled in rely on it."""
    if all((one.prefix == "w") == str(one.tag).startswith(f"{{{W}}}") for one in root.iter(etree.Element)):
        return root
    kept = {prefix: namespace for prefix, namespace in root.nsmap.items() if prefix and namespace != W}
    renewed = etree.Element(root.tag, attributes_of(root), kept | {"w": W})
    _copy_inside(root, renewed)
    return renewed


def _copy_inside(source: etree._Element, target: etree._Element) -> None:
    """Copy what an element holds; the copies take the prefixes that are declared around them."""
    target.text = source.text
    for child in source.iterchildren(etree.Element):
        copied = etree.SubElement(target, child.tag, attributes_of(child))
        copied.tail = child.tail
        _copy_inside(child, copied)


def _forget_where_the_author_was(root: etree._Element) -> None:
    ids = {value(mark, "id") for mark in root.iter(w("bookmarkStart")) if value(mark, "name") == GO_BACK}
    for mark in [*root.iter(w("bookmarkStart"), w("bookmarkEnd"))]:
        if value(mark, "id") in ids:
            _remove(mark)


def _mark(control: Control, contract: Contract, prompt_styles: frozenset[str], marks: Marks) -> None:
    match control.kind:
        case Kind.TEXT:
            _mark_text(control, contract, prompt_styles, marks)
        case Kind.SIGNATURE_LINE:
            line = next(control.element.iter(SIGNATURE_LINE))
            element = SignatureElement(name=control.name, beginning=_beginning(line))
            line.addprevious(marks.add(element))
            _remove(line)
        case Kind.CHART:
            run = etree.Element(w("r"), nsmap={"w": W})
            run.append(marks.add(Drawing(name=control.name)))
            paragraph = next(control.element.iter(w("p")))
            paragraph[:] = [*paragraph.findall(w("pPr")), run]
        case Kind.EACH:
            _free_of_identities(control.element)
            _mark_range(control.element, OpenRepetition(group=control.name, otherwise=_otherwise(control)), marks)
        case Kind.IF:
            _mark_range(control.element, OpenChoice(condition=control.name, otherwise=_otherwise(control)), marks)
        case _:
            pass  # a frame of Word's own only loses its border


def _mark_text(control: Control, contract: Contract, prompt_styles: frozenset[str], marks: Marks) -> None:
    run = etree.Element(w("r"), nsmap={"w": W})
    formatting = _formatting(control.element, prompt_styles)
    if formatting is not None:
        run.append(formatting)
    text = etree.SubElement(run, w("t"), {XML_SPACE: "preserve"})
    text.append(marks.add(_text(control, contract)))
    holder = content_of(control.element)
    if control.level in {Level.BLOCK, Level.CELL}:
        holder = next(control.element.iter(w("p")), None)
    if holder is not None:
        holder[:] = [*holder.findall(w("pPr")), run]


def _text(control: Control, contract: Contract) -> Text | ItemText:
    groups = [outer.name for outer in controls_around(control.element) if outer.kind is Kind.EACH]
    is_item = any(group.name in groups and control.name in group.items.all() for group in contract.groups)
    return ItemText(name=control.name) if is_item else Text(name=control.name)


def _formatting(element: etree._Element, prompt_styles: frozenset[str]) -> etree._Element | None:
    """Return the run properties of the first run, or of the control itself where it shows a prompt."""
    run = next(element.iter(w("r")), None)
    of_run = None if run is None else run.find(w("rPr"))
    of_control = element.find(f"{w('sdtPr')}/{w('rPr')}")
    of_mark = next(element.iterfind(f".//{w('pPr')}/{w('rPr')}"), None)
    prompts = is_on(element.find(f"{w('sdtPr')}/{w('showingPlcHdr')}"))
    order = (of_control, of_run, of_mark) if prompts else (of_run, of_control, of_mark)
    chosen = next((properties for properties in order if properties is not None), None)
    if chosen is None:
        return None
    formatting = deepcopy(chosen)
    formatting.tag = w("rPr")
    for style in formatting.findall(w("rStyle")):
        if value(style) in prompt_styles:
            formatting.remove(style)
    return formatting


def _mark_range(element: etree._Element, opening: Opening, marks: Marks) -> None:
    content = content_of(element)
    if content is not None:
        content.insert(0, marks.add(opening))
        content.append(marks.add(Close()))


def _otherwise(control: Control) -> bytes:
    """Return a paragraph where a cell, header or footnote would else end without one."""
    return _EMPTY_PARAGRAPH if control.level is Level.BLOCK and _is_last_block(control.element) else b""


def _is_last_block(element: etree._Element) -> bool:
    if any(sibling.tag in _BLOCKS for sibling in element.itersiblings()):
        return False
    parent = element.getparent()
    if parent is None or parent.tag in _NEVER_EMPTY:
        return parent is not None
    outer = parent.getparent()
    return parent.tag == w("sdtContent") and outer is not None and _is_last_block(outer)


def _free_of_identities(element: etree._Element) -> None:
    """Remove bookmarks and paragraph ids, which may be there once only, from what is repeated."""
    for bookmark in [*element.iter(w("bookmarkStart"), w("bookmarkEnd"))]:
        _remove(bookmark)
    for node in element.iter():
        for attribute in _ONCE_IN_A_PART:
            if attribute in node.attrib:
                del node.attrib[attribute]


def _beginning(line: etree._Element) -> bytes:
    """Write the element up to the attributes that are filled, without namespaces that are declared around it."""
    kept = {name: text for name, text in attributes_of(line).items() if name not in _FILLED_ATTRIBUTES}
    written = etree.tostring(etree.Element(line.tag, kept, {"o": OFFICE, "v": VML}))
    for prefix, namespace in (("o", OFFICE), ("v", VML)):
        if line.nsmap.get(prefix) == namespace:
            written = written.replace(f' xmlns:{prefix}="{namespace}"'.encode(), b"")
    return written.removesuffix(b"/>")


def _splice(element: etree._Element) -> None:
    """Put the content of a control in its place."""
    content = content_of(element)
    for child in () if content is None else list(content):
        element.addprevious(child)
    _remove(element)


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
