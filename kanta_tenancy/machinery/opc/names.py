"""Namespaces, content types and relationship types of the Open Packaging Conventions.

Source: ECMA-376-2, 5th edition, annexes D and E.
"""

from typing import Final

_PACKAGE_2006: Final = "http://schemas.openxmlformats.org/package/2006"

CONTENT_TYPES_ITEM: Final = "[Content_Types].xml"
CONTENT_TYPES_NS: Final = f"{_PACKAGE_2006}/content-types"
RELATIONSHIPS_NS: Final = f"{_PACKAGE_2006}/relationships"
RELATIONSHIPS_TYPE: Final = "application/vnd.openxmlformats-package.relationships+xml"
PACKAGE_SOURCE: Final = "/"  # the source of the package's own relationships

_OFFICE_2006: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_OFFICE_STRICT: Final = "http://purl.oclc.org/ooxml/officeDocument/relationships"
OFFICE_RELATIONSHIPS: Final = (_OFFICE_2006, _OFFICE_STRICT)

OFFICE_DOCUMENT: Final = tuple(f"{prefix}/officeDocument" for prefix in OFFICE_RELATIONSHIPS)
HYPERLINK: Final = tuple(f"{prefix}/hyperlink" for prefix in OFFICE_RELATIONSHIPS)
CORE_PROPERTIES: Final = (f"{RELATIONSHIPS_NS}/metadata/core-properties",)
EXTENDED_PROPERTIES: Final = tuple(
    f"{prefix}/{name}"
    for prefix, name in zip(OFFICE_RELATIONSHIPS, ("extended-properties", "extendedProperties"), strict=True)
)
CUSTOM_PROPERTIES: Final = tuple(
    f"{prefix}/{name}"
    for prefix, name in zip(OFFICE_RELATIONSHIPS, ("custom-properties", "customProperties"), strict=True)
)
THUMBNAIL: Final = (f"{RELATIONSHIPS_NS}/metadata/thumbnail",)

CORE_PROPERTIES_TYPE: Final = "application/vnd.openxmlformats-package.core-properties+xml"
EXTENDED_PROPERTIES_TYPE: Final = "application/vnd.openxmlformats-officedocument.extended-properties+xml"
CUSTOM_PROPERTIES_TYPE: Final = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
THUMBNAIL_TYPES: Final = frozenset({"image/jpeg", "image/png", "image/x-emf", "image/x-wmf"})

WORD_DOCUMENT_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
