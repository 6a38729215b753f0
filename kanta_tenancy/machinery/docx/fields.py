"""Field codes: which a template may have, and where the code of one begins and ends (rule R9)."""

from collections.abc import Iterator
from typing import Final

from lxml import etree

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.docx.findings import Finding, Story
from kanta_tenancy.machinery.docx.wordml import value, w

# Fields that show what the document itself says. Every other one could show, to someone else or on another day,
# something that was not signed: INCLUDETEXT, DDE, LINK, DATE, FILENAME, DOCPROPERTY, IF, MERGEFIELD …
ALLOWED: Final = frozenset({
    "PAGE", "NUMPAGES", "SECTION", "SECTIONPAGES", "TOC", "TC", "REF", "PAGEREF", "NOTEREF", "STYLEREF", "SEQ",
    "HYPERLINK", "LISTNUM", "SYMBOL",
})  # fmt: skip
_LIST: Final = ", ".join(sorted(ALLOWED))
_WEB: Final = ("http://", "https://")


class Code(Record, frozen=True, kw_only=True):
    """The code of one field, nested fields left out."""

    element: etree._Element  # where it begins
    text: str


def check_fields(story: Story) -> Iterator[Finding]:
    """Find fields that show what the document does not say, and those that do not end."""
    codes, unbalanced = _codes(story.root)
    for code in codes:
        name, _, rest = code.text.strip().partition(" ")
        if name.upper() not in ALLOWED:
            shown = f"a field {name.upper()}" if name else "a field without a name"
            detail = f"The document has {shown}, which can show what was not signed; allowed are {_LIST}."
            yield story.finding(code.element, detail, rule="R9")
        elif name.upper() == "HYPERLINK" and not _leads_to_the_web(rest):
            yield story.finding(code.element, "A hyperlink leads neither to the web nor into the document.", rule="R9")
    for element in unbalanced:
        yield story.finding(element, "A field begins without an end, or ends without a beginning.", rule="R8")


def controls_in_codes(root: etree._Element) -> set[etree._Element]:
    """Return the content controls that begin in the code of a field rather than in its result or outside it."""
    found: set[etree._Element] = set()
    stack: list[bool] = []  # per open field: is this still its code?
    for node in root.iter(w("fldChar"), w("sdt")):
        if node.tag == w("fldChar"):
            _step(stack, value(node, "fldCharType"))
        elif any(stack):
            found.add(node)
    return found


def _step(stack: list[bool], kind: str) -> None:
    if kind == "begin":
        stack.append(True)
    elif kind == "separate" and stack:
        stack[-1] = False
    elif kind == "end" and stack:
        stack.pop()


def _codes(root: etree._Element) -> tuple[list[Code], list[etree._Element]]:
    codes = [Code(element=field, text=value(field, "instr")) for field in root.iter(w("fldSimple"))]
    unbalanced: list[etree._Element] = []
    stack: list[tuple[etree._Element, list[str]]] = []
    for node in root.iter(w("fldChar"), w("instrText"), w("delInstrText")):
        if node.tag == w("fldChar"):
            kind = value(node, "fldCharType")
            if kind == "begin":
                stack.append((node, []))
            elif kind == "end" and stack:
                element, pieces = stack.pop()
                codes.append(Code(element=element, text="".join(pieces)))
            elif not stack:
                unbalanced.append(node)
        elif stack:
            stack[-1][1].append(node.text or "")
        else:
            unbalanced.append(node)
    return codes, [*unbalanced, *(element for element, _ in stack)]


def _leads_to_the_web(arguments: str) -> bool:
    words = arguments.split()
    addresses = [word.strip('"“”') for word in words if not word.startswith("\\")]
    return "\\l" in words or (bool(addresses) and addresses[0].lower().startswith(_WEB))
