import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.machinery.opc import BrokenPackage, ContentTypes
from kanta_tenancy.machinery.opc.names import CONTENT_TYPES_NS

XML, IMAGE = "application/xml", "image/png"


def types(*lines: str, root: str = "Types", attributes: str = "") -> bytes:
    return f'<{root} xmlns="{CONTENT_TYPES_NS}"{attributes}>{"".join(lines)}</{root}>'.encode()


def default(extension: str, content_type: str = XML) -> str:
    return f'<Default Extension="{extension}" ContentType="{content_type}"/>'


def override(part: str, content_type: str = IMAGE) -> str:
    return f'<Override PartName="{part}" ContentType="{content_type}"/>'


def test_an_override_counts_before_a_default_and_case_does_not_count():
    found = ContentTypes.parse(types(default("XML"), override("/word/Document.xml"), "<!-- nothing -->"))
    assert found.of("/word/document.XML") == IMAGE
    assert found.of("/word/styles.xml") == XML
    assert found.of("/word/styles.bin") is None
    assert found.of("/xml") is None


@given(st.sampled_from(["png", "PNG", "sigs"]), st.sampled_from(["/a.xml", "/word/fontTable.xml"]))
def test_what_is_added_is_found_again_and_keeps_its_spelling(extension: str, part: str):
    declared = ContentTypes.parse(types(default("xml"))).with_default(extension, IMAGE).with_override(part, IMAGE)
    again = ContentTypes.parse(declared.to_xml())
    assert again == declared
    assert again.of(f"/b.{extension.lower()}") == again.of(part) == IMAGE
    assert f'PartName="{part}"'.encode() in declared.to_xml()


@pytest.mark.parametrize(
    "data",
    [
        types(default("xml"), default("XML")),
        types(override("/a.xml"), override("/A.xml")),
        types("<Other/>"),
        types("text"),
        types(default("xml"), "<!-- a -->text"),
        types('<Default Extension="xml" ContentType="a/b">text</Default>'),
        types('<Default Extension="xml"/>'),
        types('<Default Extension="xml" ContentType="a/b" Other="c"/>'),
        types('<Override Extension="xml" ContentType="a/b"/>'),
        types("<Default Extension='xml' ContentType='a/b'><Default/></Default>"),
        types(default("a.b")),
        types(default("")),
        types(default("ä")),
        types(override("a.xml")),
        types(default("xml", "text")),
        types(default("xml", "text/xml; charset=utf-8")),
        types(default("xml", "")),
        types(root="Type"),
        types(attributes=' a="b"'),
        b"<Types/>",
    ],
)
def test_what_a_reader_would_have_to_guess_at_is_refused(data: bytes):
    with pytest.raises(BrokenPackage) as caught:
        ContentTypes.parse(data)
    assert caught.value.rule == "R8"


def test_what_is_not_xml_is_refused():
    with pytest.raises(BrokenPackage) as caught:
        ContentTypes.parse(b"<!DOCTYPE Types><Types/>")
    assert caught.value.rule == "R1"
