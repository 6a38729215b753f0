"""A file of organisations, whichever of the two kinds it is."""

from kanta_tenancy.parties.imports.reading_csv import read_csv
from kanta_tenancy.parties.imports.reading_json import read_json
from kanta_tenancy.parties.imports.rows import Sheet
from kanta_tenancy.parties.imports.texts import text_of


def read(content: bytes) -> Sheet:
    """Read a file: JSON when it begins with `[` or `{`, else CSV. Cells are text, whatever they look like.

    Raises:
        ImportRefused: it is too large, is not UTF-8, or is neither.
    """
    text = text_of(content)
    return read_json(text) if text.lstrip()[0] in "[{" else read_csv(text)
