"""Ways to change one content: its octets, and its markup as text, so that it need not stay well-formed."""

import random
import re
from typing import Final, NamedTuple

from tests.machinery.ooxml.verification.fuzzing.words import PIECES, VALUES

_TAG: Final = re.compile(rb"<[^<>!?/][^<>]*>")
_NAME: Final = re.compile(rb"<([A-Za-z0-9:]+)")
_ATTRIBUTE: Final = re.compile(rb"\s([A-Za-z:]+)=(\"[^\"<]*\"|'[^'<]*')")
_TEXT: Final = re.compile(rb">([^<>]+)<")


class Element(NamedTuple):
    start: int
    end: int
    name: bytes
    text: bytes


def element(chance: random.Random, content: bytes) -> Element | None:
    """Choose an element, however deep it lies."""
    tags = [each for each in _TAG.finditer(content) if _NAME.match(each[0])]
    return element_at(content, chance.choice(tags).start()) if tags else None


def elements(content: bytes, name: bytes) -> list[Element]:
    """Return all elements of a name."""
    tags = [each for each in _TAG.finditer(content) if (found := _NAME.match(each[0])) and found[1] == name]
    return [one for tag in tags if (one := element_at(content, tag.start()))]


def element_at(content: bytes, start: int) -> Element | None:
    found = _NAME.match(content, start)
    if found is None:
        return None
    name, depth = found[1], 0
    for tag in re.finditer(rb"<(/?)" + re.escape(name) + rb"(?=[\s/>])[^<>]*>", content[start:]):
        if tag[1]:
            depth -= 1
        elif not tag[0].endswith(b"/>"):
            depth += 1
        if depth == 0:
            end = start + tag.end()
            return Element(start, end, name, content[start:end])
    return None


def found(chance: random.Random, pattern: re.Pattern[bytes], content: bytes) -> re.Match[bytes] | None:
    matches = list(pattern.finditer(content))
    return chance.choice(matches) if matches else None


def spliced(content: bytes, start: int, end: int, piece: bytes) -> bytes:
    return content[:start] + piece + content[end:]


def flip_bits(chance: random.Random, content: bytes) -> bytes:
    octets = bytearray(content)
    for _ in range(chance.randint(1, 4) if octets else 0):
        octets[chance.randrange(len(octets))] ^= 1 << chance.randrange(8)
    return bytes(octets)


def put_a_piece(chance: random.Random, content: bytes) -> bytes:
    at = chance.randint(0, len(content))
    return content[:at] + chance.choice(PIECES) + content[at + chance.choice((0, 0, 1, 5)) :]


def cut_a_piece(chance: random.Random, content: bytes) -> bytes:
    start, end = sorted(chance.randint(0, len(content)) for _ in range(2))
    return content[:start] + content[min(end, start + chance.choice((1, 4, 40, 4000))) :]


def double_a_piece(chance: random.Random, content: bytes) -> bytes:
    start, end = sorted(chance.randint(0, len(content)) for _ in range(2))
    to = chance.randint(0, len(content))
    return content[:to] + content[start:end] + content[to:]


def encode_anew(chance: random.Random, content: bytes) -> bytes:
    text = content.decode("utf-8", "replace")
    way = chance.randrange(6)
    if way == 0:
        return b"\xef\xbb\xbf" + content
    if way == 1:
        return b"\xff\xfe" + re.sub(r"<\?xml[^>]*\?>", "", text).encode("utf-16-le")
    if way == 2:
        return b"\xfe\xff" + text.replace("UTF-8", "UTF-16").encode("utf-16-be")
    if way == 3:
        return text.replace("UTF-8", chance.choice(("utf-8", "UTF-7", "ISO-8859-1", "UTF-16"))).encode()
    if way == 4:
        return re.sub(r"<\?xml[^>]*\?>\s*", "", text).encode()
    return text.replace("\n", "\r\n").encode()


# Markup


def change_an_attribute(chance: random.Random, content: bytes) -> bytes:
    one = found(chance, _ATTRIBUTE, content)
    if one is None:
        return content
    other = found(chance, _ATTRIBUTE, content)
    value = chance.choice((f'"{chance.choice(VALUES)}"'.encode(), other[2] if other else b'""', one[2].swapcase()))
    return spliced(content, one.start(2), one.end(2), value)


def drop_an_attribute(chance: random.Random, content: bytes) -> bytes:
    one = found(chance, _ATTRIBUTE, content)
    return spliced(content, one.start(), one.end(), b"") if one else content


def add_an_attribute(chance: random.Random, content: bytes) -> bytes:
    one, other = found(chance, _TAG, content), found(chance, _ATTRIBUTE, content)
    if one is None or other is None:
        return content
    name = chance.choice((other[1], b"xml:base", b"xml:id", b"ID", b"Id", b"TargetMode", b"xmlns:a", b"xmlns", b"a"))
    end = one.end() - (2 if one[0].endswith(b"/>") else 1)
    return spliced(content, end, end, b" %b=%b" % (name, chance.choice((other[2], b'"urn:a"', b'"a"'))))


def drop_an_element(chance: random.Random, content: bytes) -> bytes:
    one = element(chance, content)
    return spliced(content, one.start, one.end, b"") if one else content


def double_an_element(chance: random.Random, content: bytes) -> bytes:
    one = element(chance, content)
    return spliced(content, one.end, one.end, one.text) if one else content


def move_an_element(chance: random.Random, content: bytes) -> bytes:
    one = element(chance, content)
    if one is None:
        return content
    rest = spliced(content, one.start, one.end, b"")
    to = found(chance, _TAG, rest)
    return spliced(rest, to.end(), to.end(), one.text) if to else content


def swap_elements(chance: random.Random, content: bytes) -> bytes:
    one, other = element(chance, content), element(chance, content)
    if one is None or other is None or one.end > other.start:
        return content
    between = content[one.end : other.start]
    return content[: one.start] + other.text + between + one.text + content[other.end :]


def wrap_an_element(chance: random.Random, content: bytes) -> bytes:
    one = element(chance, content)
    name = chance.choice((b"a", b"Object", b"Wrapper", one.name if one else b"a"))
    return spliced(content, one.start, one.end, b"<%b>%b</%b>" % (name, one.text, name)) if one else content


def rename_tags(chance: random.Random, content: bytes) -> bytes:
    one, other = element(chance, content), element(chance, content)
    if one is None or other is None:
        return content
    return content.replace(b"<" + one.name, b"<" + other.name).replace(b"</" + one.name, b"</" + other.name)


def change_a_text(chance: random.Random, content: bytes) -> bytes:
    one, other = found(chance, _TEXT, content), found(chance, _TEXT, content)
    if one is None or other is None:
        return content
    value = chance.choice((other[1], chance.choice(VALUES).encode(), b"", one[1][::-1], b" " + one[1], one[1] + b"\n"))
    return spliced(content, one.start(1), one.end(1), value)


def space_a_tag(chance: random.Random, content: bytes) -> bytes:
    """Change how something is written, and not what it says."""
    one = found(chance, _TAG, content)
    if one is None:
        return content
    end = one.end() - (2 if one[0].endswith(b"/>") else 1)
    return chance.choice(
        (
            spliced(content, end, end, chance.choice((b" ", b"\n", b"\t"))),
            spliced(content, one.end(), one.end(), chance.choice((b"\n", b" ", b"<![CDATA[]]>"))),
            content.replace(b'"', b"'"),
            re.sub(rb"<([A-Za-z:]+)([^<>]*)/>", rb"<\1\2></\1>", content),
        )
    )


EDITS: Final = (
    flip_bits, put_a_piece, cut_a_piece, double_a_piece, encode_anew, change_an_attribute, change_an_attribute,
    change_an_attribute, drop_an_attribute, add_an_attribute, drop_an_element, double_an_element, move_an_element,
    swap_elements, wrap_an_element, rename_tags, change_a_text, change_a_text, space_a_tag, space_a_tag,
)  # fmt: skip
