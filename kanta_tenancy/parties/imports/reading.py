"""A file of organisations, whichever of the two kinds it is."""

from kanta_tenancy.parties.errors import ImportRefused
from kanta_tenancy.parties.imports.reading_csv import read_csv
from kanta_tenancy.parties.imports.reading_json import read_json
from kanta_tenancy.parties.imports.rows import LARGEST_FILE, Sheet


def read(content: bytes) -> Sheet:
    """Read a file: JSON when it begins with `[` or `{`, else CSV. Cells are text, whatever they look like.

    Raises:
        ImportRefused: it is too large, is not UTF-8, or is neither.
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
    return read_json(text) if text.lstrip()[0] in "[{" else read_csv(text)
