"""Text as Canonical XML 1.0 writes it, so that what is built is what is digested.

Source: W3C Canonical XML 1.0, 2.3.
"""

import re
from typing import Final

_ATTRIBUTE: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", '"': "&quot;", "\t": "&#x9;", "\n": "&#xA;", "\r": "&#xD;"}
)
_TEXT: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"})
# All characters that XML 1.0 can hold, by reference or not.
_CHARACTERS: Final = re.compile(r"[\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")


def attribute(value: str) -> str:
    return value.translate(_ATTRIBUTE)


def text(value: str) -> str:
    return value.translate(_TEXT)


def can_be_written(value: str) -> bool:
    """Tell whether XML 1.0 has a way to write every character of it."""
    return _CHARACTERS.fullmatch(value) is not None
