"""Party-supplied text as markup that shows exactly that text."""

import re
from typing import Final

from kanta_tenancy.kernel.errors import Flaw
from kanta_tenancy.machinery.docx.errors import TextNotPrintable

# Control characters other than tab and line feed, lone surrogates and what XML 1.0 has no place for.
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_SPECIAL: Final = re.compile("[&<>\n\t\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")
_EMBEDDINGS: Final = "\u202a\u202b\u202d\u202e"  # each closed by U+202C
_ISOLATES: Final = "\u2066\u2067\u2068"  # each closed by U+2069
_CLOSES: Final = {"\u202c": _EMBEDDINGS, "\u2069": _ISOLATES}

_BEGIN: Final = '<w:t xml:space="preserve">'
_END: Final = "</w:t>"
_MARKUP: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\n": f"{_END}<w:br/>{_BEGIN}", "\t": f"{_END}<w:tab/>{_BEGIN}"}
)
_ATTRIBUTE: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})


def run_content(name: str, text: str) -> bytes:
    """Return what stands in a run to show `text`: every character kept, a new line as a break, a tab as a tab.

    Raises:
        TextNotPrintable: control characters, or a bidi embedding that would run on into the text behind.
    """
    if _SPECIAL.search(text) is not None:
        _check(name, text)
        text = text.translate(_MARKUP)
    return f"{_BEGIN}{text}{_END}".encode()


def one_line(name: str, text: str) -> bytes:
    """Return `text` for an attribute value or an element that has no line breaks.

    Raises:
        TextNotPrintable: as in `run_content`, and for line breaks and tabs too.
    """
    if "\n" in text or "\t" in text:
        raise _refusal(name, "holds a line break or a tab, where only one line fits")
    _check(name, text)
    return text.translate(_ATTRIBUTE).encode()


def _check(name: str, text: str) -> None:
    forbidden = _FORBIDDEN.search(text)
    if forbidden is not None:
        raise _refusal(name, f"holds the control character U+{ord(forbidden[0]):04X} at position {forbidden.start()}")
    if not _closes_what_it_opens(text):
        raise _refusal(name, "opens or closes a bidirectional embedding without the other half")


def _closes_what_it_opens(text: str) -> bool:
    """Tell whether the order of characters is the same behind `text` as before it, line by line."""
    open_ones: list[str] = []
    for character in re.findall("[\n\u202a-\u202e\u2066-\u2069]", text):
        if character == "\n":
            if open_ones:
                return False
        elif character not in _CLOSES:
            open_ones.append(character)
        elif not open_ones or open_ones.pop() not in _CLOSES[character]:
            return False
    return not open_ones


def _refusal(name: str, what: str) -> TextNotPrintable:
    return TextNotPrintable(f"the text for {name} {what}", flaws=(Flaw(field=name, detail=f"The text {what}."),))
