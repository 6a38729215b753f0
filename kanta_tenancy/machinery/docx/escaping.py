"""Party-supplied text as markup that shows exactly that text."""

import re
from collections.abc import Sequence
from typing import Final

from kanta_tenancy.machinery.docx.errors import TextNotPrintable

# Control characters other than tab and line feed, lone surrogates and what XML 1.0 has no place for.
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_DIRECTION: Final = re.compile("[\n\u202a-\u202e\u2066-\u2069]")
_EMBEDDINGS: Final = "\u202a\u202b\u202d\u202e"  # each closed by U+202C
_ISOLATES: Final = "\u2066\u2067\u2068"  # each closed by U+2069
_CLOSES: Final = {"\u202c": _EMBEDDINGS, "\u2069": _ISOLATES}

_APART: Final = "\0"  # not printable

_BREAK: Final = '</w:t><w:br/><w:t xml:space="preserve">'
_TAB: Final = '</w:t><w:tab/><w:t xml:space="preserve">'


def plain_texts(texts: Sequence[str]) -> list[bytes] | None:
    """Return what `run_text` returns for each, found in one go; None when one of them is more than printable text."""
    if not all(map(str.isprintable, texts)):  # then no text holds the mark that keeps them apart
        return None
    return _escaped(_APART.join(texts)).encode().split(_APART.encode()) if texts else []


def run_text(name: str, text: str) -> bytes:
    """Return the inside of a `w:t` that shows `text`: every character kept, a new line as a break, a tab as a tab.

    Raises:
        TextNotPrintable: control characters, or a bidi embedding that would run on into the text behind.
    """
    _check(name, text)
    return _escaped(text).replace("\n", _BREAK).replace("\t", _TAB).encode()


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def one_line(name: str, text: str) -> bytes:
    """Return `text` for an attribute value or an element that has no line breaks.

    Raises:
        TextNotPrintable: as in `run_text`, and for line breaks and tabs too.
    """
    if not text.isprintable():  # most texts are, which is quickly seen
        if "\n" in text or "\t" in text:
            raise _refusal(name, "holds a line break or a tab, where only one line fits")
        _check(name, text)
    return _escaped(text).replace('"', "&quot;").encode()


def _check(name: str, text: str) -> None:
    forbidden = _FORBIDDEN.search(text)
    if forbidden is not None:
        raise _refusal(name, f"holds the control character U+{ord(forbidden[0]):04X} at position {forbidden.start()}")
    if not _closes_what_it_opens(text):
        raise _refusal(name, "opens or closes a bidirectional embedding without the other half")


def _closes_what_it_opens(text: str) -> bool:
    """Tell whether the order of characters is the same behind `text` as before it, line by line."""
    open_ones: list[str] = []
    for character in _DIRECTION.findall(text):
        if character == "\n":
            if open_ones:
                return False
        elif character not in _CLOSES:
            open_ones.append(character)
        elif not open_ones or open_ones.pop() not in _CLOSES[character]:
            return False
    return not open_ones


def _refusal(name: str, what: str) -> TextNotPrintable:
    return TextNotPrintable(placeholder=name, what=what)
