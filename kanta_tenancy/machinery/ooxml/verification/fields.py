"""Fields that show what is not in the document, or run something (rule R9)."""

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from kanta_tenancy.machinery.ooxml.verification.addresses import address_flaw
from kanta_tenancy.machinery.ooxml.verification.wordprocessing import OFF, both, value

# INCLUDE, IMPORT and GLOSSARY are older names, which Word still reads.
_FROM_ELSEWHERE: Final = frozenset(
    {
        "INCLUDETEXT", "INCLUDEPICTURE", "INCLUDE", "IMPORT", "DDE", "DDEAUTO", "LINK", "EMBED", "DATABASE", "RD",
        "AUTOTEXT", "AUTOTEXTLIST", "GLOSSARY", "ASK", "FILLIN", "MERGEFIELD", "MERGEREC", "MERGESEQ", "NEXT",
        "NEXTIF", "SKIPIF", "ADDRESSBLOCK", "GREETINGLINE", "MERGEBARCODE",
    }
)  # fmt: skip
# Of the metadata, which no signature covers, or of the machine on which it is read.
_NOT_SIGNED: Final = frozenset(
    {
        "DOCPROPERTY", "INFO", "TITLE", "SUBJECT", "AUTHOR", "KEYWORDS", "COMMENTS", "LASTSAVEDBY", "TEMPLATE",
        "REVNUM", "EDITTIME", "CREATEDATE", "SAVEDATE", "PRINTDATE", "DATE", "TIME", "FILENAME", "FILESIZE",
        "USERNAME", "USERINITIALS", "USERADDRESS",
    }
)  # fmt: skip
_RUNNING: Final = frozenset({"MACROBUTTON", "PRINT", "ADDIN", "CONTROL", "HTMLCONTROL", "OCX"})
_REFUSED: Final = {
    **dict.fromkeys(_FROM_ELSEWHERE, "takes its content from elsewhere"),
    **dict.fromkeys(_NOT_SIGNED, "shows what no signature covers"),
    **dict.fromkeys(_RUNNING, "runs something"),
}
_NAME: Final = re.compile(r'[\s"]*([A-Za-z]+)')
_WORDS: Final = re.compile(r'"([^"]*)"?|([^\s"]+)')
_LINK: Final = "HYPERLINK"
_SWITCHES_WITH_VALUE: Final = frozenset({"\\l", "\\o", "\\s", "\\t"})
_SIMPLE: Final = both(("fldSimple",))
_CHARACTER: Final = both(("fldChar",))
_INSTRUCTION: Final = both(("instrText",))
_ELEMENTS: Final = _SIMPLE | _CHARACTER | _INSTRUCTION
_ANEW: Final = both(("updateFields",))
_INSTRUCTION_ATTRIBUTE: Final = both(("instr",))
_TYPE_ATTRIBUTE: Final = both(("fldCharType",))

_COMPUTED_ANEW: Final = "It has fields that are computed anew when it is opened."


def flaws(root: etree._Element) -> Iterator[str]:
    """Return a sentence for each field that a signed document may not have."""
    for instruction in _instructions(root):
        word = _NAME.match(instruction)
        name = word[1].upper() if word else ""
        if name in _REFUSED:
            yield f"It has a field {name}, which {_REFUSED[name]}."
    yield from (flaw for address in addresses(root) if (flaw := address_flaw(address)))
    if any(value(each, "dirty").lower() not in ("", *OFF) for each in root.iter(*_SIMPLE, *_CHARACTER)):
        yield _COMPUTED_ANEW
    if any(value(each, "val").lower() not in OFF for each in root.iter(*_ANEW)):
        yield _COMPUTED_ANEW


def addresses(root: etree._Element) -> Iterator[str]:
    """Return where the fields lead that are links; one that leads to a bookmark leads nowhere."""
    for instruction in _instructions(root):
        word = _NAME.match(instruction)
        if word and word[1].upper() == _LINK and (address := _address(instruction[word.end() :])):
            yield address


def _address(arguments: str) -> str:
    words = _WORDS.finditer(arguments)
    for word in words:
        plain = word[2]
        if plain is None or not plain.startswith("\\"):
            return word[1] or plain or ""
        if plain.lower() in _SWITCHES_WITH_VALUE:
            next(words, None)
    return ""


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
