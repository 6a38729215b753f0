"""A Word part without its texts: what the rules about content ask of it, it tells as well as the part itself.

Documents made from one template differ in the texts of their runs and in whom their signature lines are for, and in
nothing else. So the skeleton is read with care once, and each document only as far as it takes to find the skeleton.

Why the answer is the same. In a part without comments, CDATA sections, instructions and a document type, `</w:t>` is an
end tag wherever it stands, or the part is not well-formed with and without what is cut. What stands between it and the
`>` before it is then character data inside that element, or, if it is not, again makes the part ill-formed both ways.
Character data that XML can hold, free of `<` and `>` and with `&` in the five predefined references only, can be taken
out of a well-formed part and put into one; and no rule looks at the text of any element but a field's instruction, or
for more than the characters that turn the direction of a text. Only where there are alternatives for other readers are
texts compared: such a part is read as a whole.
Likewise `<o:signatureline ` begins a tag, and no rule looks at the attributes of such an element.
"""

import re
from typing import Final

_LARGEST: Final = 128 * 1024  # bytes; a larger part is read as a whole, with the limits that a reader has
_END: Final = b"</w:t>"
_DECLARATION: Final = re.compile(rb"<\?xml [^<>?]*\?>")
_LINE: Final = re.compile(rb'<o:signatureline((?: (?!xml)[A-Za-z0-9:]+="[^<>"]*")*)/>')
_VALUE: Final = re.compile(rb'="([^"]*)"')
# What XML cannot hold.
_CONTROLS: Final = bytes({*range(0x20)} - {0x09, 0x0A, 0x0D})
_NO_CHARACTERS: Final = ("\ufffe".encode(), "\uffff".encode())
_TURNING: Final = ("\u202d".encode(), "\u202e".encode())
_ALTERNATIVES: Final = b"AlternateContent"
_REFERENCES: Final = (b"amp;", b"lt;", b"gt;", b"quot;", b"apos;")


def skeleton(content: bytes) -> bytes | None:
    """Return a part without its texts; None for one that has none, or whose texts have more than characters in them."""
    if len(content) > _LARGEST or _ALTERNATIVES in content or _has_more_than_elements(content):
        return None
    *pieces, rest = content.split(_END)
    cuts = [piece.rfind(b">") + 1 for piece in pieces]
    taken = [piece[cut:] for piece, cut in zip(pieces, cuts, strict=True)]

    def emptied(line: re.Match[bytes]) -> bytes:
        taken.extend(_VALUE.findall(line[1]))
        return b"<o:signatureline%b/>" % _VALUE.sub(b'=""', line[1])

    kept = _END.join([*(piece[:cut] for piece, cut in zip(pieces, cuts, strict=True)), rest])
    bare = _LINE.sub(emptied, kept)
    return bare if any(taken) and _is_text(taken) else None


def _has_more_than_elements(content: bytes) -> bool:
    # To look for one octet first is ten times as fast, and most parts have neither.
    declared = _DECLARATION.match(content)
    begin = declared.end() if declared else 0
    return (b"!" in content and b"<!" in content) or (
        content.find(b"?", begin) >= 0 and content.find(b"<?", begin) >= 0
    )


def _is_text(taken: list[bytes]) -> bool:
    joined = b" ".join(taken)  # apart, so that two halves of a character do not make one
    if b"<" in joined or joined.translate(None, _CONTROLS) != joined:
        return False
    if b"\xe2\x80" in joined and any(each in joined for each in _TURNING):
        return False
    if b"\xef" in joined and any(each in joined for each in _NO_CHARACTERS):
        return False
    if not all(after.startswith(_REFERENCES) for after in joined.split(b"&")[1:]):
        return False
    try:
        joined.decode()
    except UnicodeDecodeError:
        return False
    return True
