"""The text of a file that somebody brings, whatever is in it."""

from kanta_tenancy.parties.errors import ImportRefused
from kanta_tenancy.parties.imports.rows import LARGEST_FILE


def text_of(content: bytes) -> str:
    """Decode a file.

    Raises:
        ImportRefused: it is too large, is not UTF-8, or is empty.
    """
    if len(content) > LARGEST_FILE:
        raise ImportRefused(f"the file is larger than {LARGEST_FILE // 1_000_000} MB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as why:
        line = content.count(b"\n", 0, why.start) + 1
        raise ImportRefused(f"line {line} is not UTF-8: save the file as UTF-8", line=line) from why
    if not text.strip():
        raise ImportRefused("the file is empty")
    return text
