"""Fields that show what is not in the document, or run something (rule R9)."""

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from kanta_tenancy.machinery.ooxml.verification.wordprocessing import both

# INCLUDE and IMPORT are the older names of the first two, which Word still reads.
_REFUSED: Final = frozenset(
    {"INCLUDETEXT", "INCLUDEPICTURE", "INCLUDE", "IMPORT", "DDE", "DDEAUTO", "LINK", "EMBED", "DATABASE", "RD"}
)
_NAME: Final = re.compile(r'[\s"]*([A-Za-z]+)')
_SIMPLE: Final = both(("fldSimple",))
_CHARACTER: Final = both(("fldChar",))
_INSTRUCTION: Final = both(("instrText",))
_ELEMENTS: Final = _SIMPLE | _CHARACTER | _INSTRUCTION
_INSTRUCTION_ATTRIBUTE: Final = both(("instr",))
_TYPE_ATTRIBUTE: Final = both(("fldCharType",))


def flaws(root: etree._Element) -> Iterator[str]:
    """Return a sentence for each field that a signed document may not have."""
    for instruction in _instructions(root):
        word = _NAME.match(instruction)
        if word and word[1].upper() in _REFUSED:
            yield f"It has a field {word[1].upper()}, which takes its content from elsewhere."


def _instructions(root: etree._Element) -> Iterator[str]:
    """Put the instructions of fields together: Word may cut them into runs, and nest one field in another."""
    nested: list[list[str]] = [[]]
    for element in root.iter(*_ELEMENTS):
        if element.tag in _SIMPLE:
            yield _attribute(element, _INSTRUCTION_ATTRIBUTE)
        elif element.tag in _INSTRUCTION:
            nested[-1].append(element.text or "")
        elif _attribute(element, _TYPE_ATTRIBUTE) == "begin":
            nested.append([])
        else:  # the instruction ends where the result or the field does
            yield "".join(nested[-1])
            nested[-1].clear()
            if _attribute(element, _TYPE_ATTRIBUTE) == "end" and len(nested) > 1:
                nested.pop()
    yield from ("".join(rest) for rest in nested)


def _attribute(element: etree._Element, names: frozenset[str]) -> str:
    return next((str(element.get(name)) for name in names if element.get(name) is not None), "")
