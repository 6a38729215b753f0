import pytest

from kanta_tenancy.machinery.opc import BrokenPackage, Package, assemble, pack
from kanta_tenancy.machinery.opc.names import CONTENT_TYPES_NS, OFFICE_DOCUMENT, RELATIONSHIPS_NS, WORD_DOCUMENT_TYPE

RELATIONSHIPS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"


def relationships(*lines: tuple[str, str, str]) -> bytes:
    written = "".join(f'<Relationship Id="{name}" Type="{kind}" Target="{target}"/>' for name, kind, target in lines)
    return f'<Relationships xmlns="{RELATIONSHIPS_NS}">{written}</Relationships>'.encode()


def types(overrides: dict[str, str]) -> bytes:
    lines = "".join(f'<Override PartName="{part}" ContentType="{kind}"/>' for part, kind in overrides.items())
    return (
        f'<Types xmlns="{CONTENT_TYPES_NS}"><Default Extension="rels" ContentType="{RELATIONSHIPS_TYPE}"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{lines}</Types>'
    ).encode()


def package(**changes: bytes | None) -> bytes:
    """Write a small package; each change replaces, adds or (None) leaves out an entry."""
    parts: dict[str, bytes | None] = {
        "[Content_Types].xml": types({"/word/document.xml": WORD_DOCUMENT_TYPE}),
        "_rels/.rels": relationships(("rId1", OFFICE_DOCUMENT[0], "word/document.xml")),
        "word/document.xml": b"<document/>",
        "word/_rels/document.xml.rels": relationships(("rId1", "urn:styles", "styles.xml")),
        "word/styles.xml": b"<styles/>",
    }
    parts |= changes
    return assemble(pack(name, content) for name, content in parts.items() if content is not None)


def test_a_package_answers_for_its_parts_types_and_relationships():
    read = Package.read(package())
    assert read.main_part() == "/word/document.xml"
    assert read.parts == {"/word/document.xml": WORD_DOCUMENT_TYPE, "/word/styles.xml": "application/xml"}
    assert read.xml("/word/styles.xml").tag == "styles"
    (styles,) = read.relationships("/word/document.xml")
    assert read.target("/word/document.xml", styles) == "/word/styles.xml"
    assert [source for source, _ in read.all_relationships()] == list(read.sources) == ["/", "/word/document.xml"]
    assert not list(read.relationships("/word/styles.xml"))
    assert read.macros == ()


def test_an_external_relationship_leads_to_no_part_even_when_it_is_named_like_one():
    line = b'<Relationship Id="rId2" Type="urn:a" Target="styles.xml" TargetMode="External"/></Relationships>'
    related = relationships(("rId1", "urn:styles", "styles.xml")).replace(b"</Relationships>", line)
    read = Package.read(package(**{"word/_rels/document.xml.rels": related}))
    internal, external = read.relationships("/word/document.xml")
    assert read.target("/word/document.xml", internal) == "/word/styles.xml"
    assert read.target("/word/document.xml", external) is None


BROKEN = {
    "no content types": ("R8", {"[Content_Types].xml": None}),
    "a part without a type": ("R8", {"word/a.bin": b""}),
    "a name with a space": ("R8", {"word/a b.xml": b""}),
    "a name outside ASCII": ("R8", {"word/ä.xml": b""}),
    "a name with an escape": ("R8", {"word/a%62.xml": b""}),
    "pieces of a part": ("R8", {"word/a.xml/[0].piece": b""}),
    "a name that continues a name": ("R8", {"word/document.xml/a.xml": b""}),
    "relationships of nothing": ("R8", {"word/_rels/other.xml.rels": relationships()}),
    "relationships of relationships": ("R8", {"_rels/_rels/.rels.rels": relationships()}),
    "relationships in another folder": ("R8", {"word/document.rels": relationships()}),
    "relationships of another type": (
        "R8",
        {"[Content_Types].xml": types({"/word/_rels/document.xml.rels": "application/xml"})},
    ),
    "relationships that are not XML": ("R1", {"_rels/.rels": b"<!DOCTYPE a><a/>"}),
    "no zip": ("R0", None),
}


@pytest.mark.parametrize(("rule", "changes"), BROKEN.values(), ids=BROKEN.keys())
def test_a_package_is_refused_with(rule: str, changes: dict[str, bytes | None] | None):
    data = b"PK nothing" if changes is None else package(**changes)
    with pytest.raises(BrokenPackage) as caught:
        Package.read(data)
    assert caught.value.rule == rule
    assert caught.value.flaws[0].field == caught.value.part


@pytest.mark.parametrize(
    "changes",
    [
        {"_rels/.rels": relationships()},
        {"_rels/.rels": None},
        {
            "_rels/.rels": relationships(
                ("a", OFFICE_DOCUMENT[0], "word/document.xml"), ("b", OFFICE_DOCUMENT[0], "b.xml")
            )
        },
        {
            "_rels/.rels": relationships(
                ("a", OFFICE_DOCUMENT[0], "word/document.xml"), ("b", OFFICE_DOCUMENT[1], "b.xml")
            )
        },
        {"_rels/.rels": relationships(("a", OFFICE_DOCUMENT[0], "word/other.xml"))},
        {"[Content_Types].xml": types({})},
        {
            "[Content_Types].xml": types(
                {"/word/document.xml": "application/vnd.ms-word.document.macroEnabled.main+xml"}
            )
        },
        {
            "[Content_Types].xml": types(
                {"/word/document.xml": WORD_DOCUMENT_TYPE, "/word/styles.xml": WORD_DOCUMENT_TYPE}
            )
        },
    ],
)
def test_it_has_one_main_word_document_or_none(changes: dict[str, bytes | None]):
    with pytest.raises(BrokenPackage) as caught:
        Package.read(package(**changes)).main_part()
    assert caught.value.rule == "R4"


def test_macros_are_found_by_what_they_are_declared_as():
    kinds = {
        "/word/document.xml": "application/vnd.ms-word.document.macroEnabled.main+xml",
        "/word/styles.xml": "application/vnd.ms-office.vbaProject",
    }
    read = Package.read(package(**{"[Content_Types].xml": types(kinds)}))
    assert read.macros == ("/word/document.xml", "/word/styles.xml")
