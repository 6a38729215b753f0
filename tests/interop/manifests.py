"""What a signature's manifest names, compared with what is in the package: a second opinion on coverage.

Independent of the code under test. Whether the named things are unchanged is for the other verifiers to say.
"""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from lxml import etree

from tests.interop.poi import PoiVerdict

_DSIG: Final = "{http://www.w3.org/2000/09/xmldsig#}"
_MDSSI: Final = "{http://schemas.openxmlformats.org/package/2006/digital-signature}"
_RELATIONSHIP: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_RELATIONSHIPS: Final = "application/vnd.openxmlformats-package.relationships+xml"
_PLUMBING: Final = "application/vnd.openxmlformats-package.digital-signature"
_METADATA: Final = re.compile(r"/(origin|core-properties|extended-properties|custom-properties|thumbnail)$")


def uncovered(file: Path, verdict: PoiVerdict, signature: str) -> frozenset[str]:
    """Return the parts, and relationships as `part#id`, that POI sees in a file and a signature does not name."""
    with zipfile.ZipFile(file) as package:
        named = frozenset(_named(_xml(package, signature)))
        return frozenset(_content(package, verdict)) - named


def _content(package: zipfile.ZipFile, verdict: PoiVerdict) -> Iterator[str]:
    metadata = {target for kind, target in _package_relationships(package) if _METADATA.search(kind)}
    for name, content_type in verdict.parts:
        if content_type == _RELATIONSHIPS:
            if not name.startswith("/_xmlsignatures/"):
                yield from (
                    f"{name}#{key}" for key, kind in _relationships(package, name) if not _METADATA.search(kind)
                )
        elif not content_type.startswith(_PLUMBING) and name not in metadata:
            yield f"{name}?{content_type}"


def _named(signature: etree._Element) -> Iterator[str]:
    for reference in signature.findall(f"{_DSIG}Object/{_DSIG}Manifest/{_DSIG}Reference"):
        name, _, content_type = str(reference.get("URI")).partition("?ContentType=")
        selected = [str(each.get("SourceId")) for each in reference.iter(f"{_MDSSI}RelationshipReference")]
        yield from (f"{name}#{key}" for key in selected)
        if not selected:
            yield f"{name}?{content_type}"


def _relationships(package: zipfile.ZipFile, part: str) -> Iterator[tuple[str, str]]:
    for each in _xml(package, part).iter(_RELATIONSHIP):
        yield str(each.get("Id")), str(each.get("Type"))


def _package_relationships(package: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    for each in _xml(package, "/_rels/.rels").iter(_RELATIONSHIP):
        yield str(each.get("Type")), "/" + str(each.get("Target")).removeprefix("/")


def _xml(package: zipfile.ZipFile, part: str) -> etree._Element:
    return etree.fromstring(package.read(part.removeprefix("/")))
