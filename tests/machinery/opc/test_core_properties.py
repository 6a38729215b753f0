"""What core properties say stays the same however they are written, and nothing else passes for the same."""

import pytest

from kanta_tenancy.machinery.opc.core_properties import said

CP = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
DC, TERMS, XSI = (
    "http://purl.org/dc/elements/1.1/",
    "http://purl.org/dc/terms/",
    "http://www.w3.org/2001/XMLSchema-instance",
)
NAMES = f'xmlns:cp="{CP}" xmlns:dc="{DC}" xmlns:dcterms="{TERMS}" xmlns:xsi="{XSI}"'
CREATED = '<dcterms:created xsi:type="dcterms:W3CDTF">2026-03-02T00:00:00Z</dcterms:created>'


def written(*properties: str, names: str = NAMES) -> bytes:
    return f"<cp:coreProperties {names}>{''.join(properties)}</cp:coreProperties>".encode()


OFFERED = written("<dc:title>Agreement</dc:title>", CREATED)


@pytest.mark.parametrize(
    "other",
    [
        written(CREATED, "<dc:title>Agreement</dc:title>"),
        written("\n  <dc:title>Agreement</dc:title>\n  ", CREATED),
        written(
            "<d:title>Agreement</d:title>", CREATED.replace("dcterms", "t"),
            names=f'xmlns:cp="{CP}" xmlns:d="{DC}" xmlns:t="{TERMS}" xmlns:xsi="{XSI}"',
        ),
    ],
)  # fmt: skip
def test_order_blanks_and_prefixes_say_nothing(other: bytes):
    assert said(other, "/docProps/core.xml") == said(OFFERED, "/docProps/core.xml")


@pytest.mark.parametrize(
    "other",
    [
        written("<dc:title>VOID</dc:title>", CREATED),
        written("<dc:title>Agreement</dc:title>"),
        written("<dc:title>Agreement</dc:title>", CREATED, "<cp:keywords/>"),
        written("<dc:title>Agreement</dc:title>", "<dc:title>Agreement</dc:title>", CREATED),
        written("<dc:title>Agree<!-- not --></dc:title>", CREATED),
        written("<dc:title>Agreement</dc:title>not", CREATED),
        written("<!-- void -->", "<dc:title>Agreement</dc:title>", CREATED),
        written("<dc:title>Agreement</dc:title>", CREATED.replace("dcterms:W3CDTF", "dc:W3CDTF")),
        OFFERED.replace(b"coreProperties xmlns", b"coreProperties a='1' xmlns"),
        OFFERED[:-5],
    ],
)  # fmt: skip
def test_whatever_says_more_less_or_something_else_is_told_apart(other: bytes):
    assert said(other, "/docProps/core.xml") != said(OFFERED, "/docProps/core.xml")
