"""Text that some readers show and others pass over: alternate content, and elements that may be ignored (rule R9).

Source: ECMA-376-3, clauses 7 to 9.
"""

from collections.abc import Collection, Iterator
from typing import Final

from lxml import etree

from kanta_tenancy.machinery.ooxml.verification.wordprocessing import both

_COMPATIBILITY: Final = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_DRAWING: Final = ("http://schemas.openxmlformats.org/drawingml/2006/main", "http://purl.oclc.org/ooxml/drawingml/main")
_ALTERNATIVES: Final = f"{{{_COMPATIBILITY}}}AlternateContent"
_FALLBACK: Final = f"{{{_COMPATIBILITY}}}Fallback"
_IGNORABLE: Final = f"{{{_COMPATIBILITY}}}Ignorable"
# Office writes none of these: they tell a reader to show what it does not know, to give up, or to ignore from here on.
_CONDITIONS: Final = etree.XPath(
    "boolean(//@mc:ProcessContent) or boolean(//@mc:MustUnderstand) or boolean(/*//*/@mc:Ignorable[normalize-space()])",
    namespaces={"mc": _COMPATIBILITY},
)
_EMOJI_NS: Final = "http://schemas.microsoft.com/office/word/2015/wordml/symex"  # Word's own way to write them
_EMOJI: Final = f"{{{_EMOJI_NS}}}symEx"
_EMOJI_CODE: Final = f"{{{_EMOJI_NS}}}char"
_LAST_CODE: Final = 0x10FFFF
_TEXT: Final = both(("t",)) | {f"{{{namespace}}}t" for namespace in _DRAWING}
_SHOWN: Final = _TEXT | both(("sym", "instrText"))

_DIFFERENT: Final = "It shows different texts to different readers (alternate content)."
_PASSED_OVER: Final = "It has text in an element that readers may pass over."
_CONDITIONAL: Final = "It tells readers to treat what they do not know in another way than usual."


def flaws(root: etree._Element) -> Iterator[str]:
    """Return a sentence for each way in which two readers may show two documents."""
    reading = _Reading()
    for each in root.iter(_ALTERNATIVES):
        reading.read_once(each)
    if reading.differs:
        yield _DIFFERENT
    if _CONDITIONS(root):
        yield _CONDITIONAL
    ignorable = {root.nsmap.get(prefix) for prefix in root.get(_IGNORABLE, "").split()}
    if _has_text_within(root, {namespace for namespace in ignorable if namespace}):
        yield _PASSED_OVER


class _Reading:
    """Reads alternate content as a reader that takes the first choice, and notes when another would read otherwise."""

    def __init__(self) -> None:
        self.differs = False
        self._read: set[etree._Element] = set()

    def read_once(self, alternatives: etree._Element) -> None:
        if alternatives not in self._read:
            self._text(alternatives)

    def _text(self, element: etree._Element) -> str:
        if element.tag == _ALTERNATIVES:
            return self._of_alternatives(element)
        if element.tag in _TEXT:
            return element.text or ""
        if element.tag == _EMOJI:
            return _character(element.get(_EMOJI_CODE, ""))
        return "".join([self._text(child) for child in element])

    def _of_alternatives(self, element: etree._Element) -> str:
        self._read.add(element)
        branches = list(element)
        texts = [self._text(branch) for branch in branches]
        if not any(branch.tag == _FALLBACK for branch in branches):
            texts.append("")  # what a reader shows that knows none of the choices
        self.differs = self.differs or len(set(texts)) > 1
        return texts[0]


def _character(code: str) -> str:
    try:
        number = int(code, 16)
    except ValueError:
        return ""
    return chr(number) if 0 <= number <= _LAST_CODE else ""


def _has_text_within(root: etree._Element, namespaces: Collection[str]) -> bool:
    """Tell whether there is text inside an element of these namespaces."""
    if not namespaces or next(root.iter(*(f"{{{each}}}*" for each in namespaces)), None) is None:
        return False
    known: dict[etree._Element, bool] = {}

    def is_within(element: etree._Element | None) -> bool:
        if element is None:
            return False
        if element not in known:
            known[element] = etree.QName(element).namespace in namespaces or is_within(element.getparent())
        return known[element]

    return any(is_within(element.getparent()) for element in root.iter(*_SHOWN))
