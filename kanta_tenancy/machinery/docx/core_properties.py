"""The core properties of an issued document."""

import functools
from datetime import UTC
from typing import Final

from kanta_tenancy.machinery.docx.contract import Properties
from kanta_tenancy.machinery.docx.errors import ValuesDoNotFit
from kanta_tenancy.machinery.docx.escaping import one_line

PART: Final = "/docProps/core.xml"

_FORM: Final = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
    b' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
    b' xmlns:dcmitype="http://purl.org/dc/dcmitype/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    b"<dc:title>%(title)b</dc:title><dc:creator>%(creator)b</dc:creator><dc:language>%(language)b</dc:language>"
    b"<cp:lastModifiedBy>%(creator)b</cp:lastModifiedBy><cp:revision>1</cp:revision>"
    b'<dcterms:created xsi:type="dcterms:W3CDTF">%(at)b</dcterms:created>'
    b'<dcterms:modified xsi:type="dcterms:W3CDTF">%(at)b</dcterms:modified></cp:coreProperties>'
)


@functools.lru_cache(maxsize=64)  # documents of one day and kind have the same
def core_properties(properties: Properties) -> bytes:
    """Write the core properties part: what the caller says, and nothing of the template's own."""
    if properties.at.tzinfo is None:
        raise ValuesDoNotFit("the instant of the properties has no time zone")
    return _FORM % {
        b"title": one_line("title", properties.title),
        b"creator": one_line("creator", properties.creator),
        b"language": one_line("language", properties.language),
        b"at": properties.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode(),
    }
