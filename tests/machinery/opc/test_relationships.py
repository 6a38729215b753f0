import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from lxml import etree

from kanta_tenancy.machinery.opc import BrokenPackage, Relationship, Relationships
from kanta_tenancy.machinery.opc.names import RELATIONSHIPS_NS
from kanta_tenancy.machinery.opc.relationships import is_plain, relationships_part, resolve, source_of

TEXT = st.text(  # all that XML can hold
    st.characters(exclude_categories=("Cc", "Cs"), include_characters="\t\n\r", exclude_characters="\ufffe\uffff"),
    min_size=1,
)
IDS = st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,8}", fullmatch=True)


def written(*lines: str, attributes: str = "") -> bytes:
    return f'<Relationships xmlns="{RELATIONSHIPS_NS}"{attributes}>{"".join(lines)}</Relationships>'.encode()


def one(name: str = "rId1", kind: str = "urn:x", target: str = "a.xml", more: str = "") -> str:
    return f'<Relationship Id="{name}" Type="{kind}" Target="{target}"{more}/>'


def test_a_part_and_its_relationships_part_name_each_other():
    for source, part in (("/", "/_rels/.rels"), ("/word/document.xml", "/word/_rels/document.xml.rels")):
        assert relationships_part(source) == part
        assert source_of(part) == source
    assert source_of("/word/document.xml") is None
    assert source_of("/word/document.rels") is None
    assert source_of("/word/_rels/document.xml") is None


@pytest.mark.parametrize(
    ("source", "target", "part"),
    [
        ("/", "word/document.xml", "/word/document.xml"),
        ("/", "/word/document.xml", "/word/document.xml"),
        ("/word/document.xml", "media/a.png", "/word/media/a.png"),
        ("/word/document.xml", "../docProps/app.xml", "/docProps/app.xml"),
        ("/word/document.xml", "./styles.xml", "/word/styles.xml"),
        ("/word/document.xml", "../../a.xml", None),
        ("/", "../a.xml", None),
        ("/", "//host/a.xml", None),
        ("/", "http://host/a.xml", None),
        ("/", "a.xml#b", None),
        ("/", "a.xml?b", None),
        ("/", "%61.xml", None),
        ("/", "a\\b.xml", None),
        ("/", "a//b.xml", None),
        ("/", "a/", None),
        ("/", "", None),
        ("/", "./" * 1000 + "a.xml", "/a.xml"),
        ("/", "./" * 1100 + "a.xml", None),
    ],
)
def test_a_target_means_one_part_or_none(source: str, target: str, part: str | None):
    assert resolve(source, target) == part


@given(st.dictionaries(IDS, st.tuples(TEXT, TEXT, st.booleans()), max_size=5), st.data())
def test_the_canonical_bytes_are_those_of_a_real_canonicaliser(
    found: dict[str, tuple[str, str, bool]], data: st.DataObject
):
    relationships = Relationships(
        source="/",
        by_id={
            name: Relationship(id=name, type=kind, target=target, external=external)
            for name, (kind, target, external) in found.items()
        },
    )
    chosen = data.draw(st.sets(st.sampled_from(sorted(found)))) if found else set()
    root = etree.Element(f"{{{RELATIONSHIPS_NS}}}Relationships", nsmap={None: RELATIONSHIPS_NS})
    for name in sorted(chosen):
        kind, target, external = found[name]
        mode = "External" if external else "Internal"
        etree.SubElement(
            root, f"{{{RELATIONSHIPS_NS}}}Relationship", Type=kind, TargetMode=mode, Target=target, Id=name
        )
    assert relationships.canonical({*chosen, "notThere"}) == etree.tostring(root, method="c14n")


@given(st.dictionaries(IDS, st.tuples(TEXT, TEXT, st.booleans()), max_size=5))
def test_what_is_written_is_read_again_and_plain(found: dict[str, tuple[str, str, bool]]):
    assume(all(not (kind + target).isspace() for kind, target, _ in found.values()))
    relationships = Relationships(
        source="/word/document.xml",
        by_id={
            name: Relationship(id=name, type=kind, target=target, external=external)
            for name, (kind, target, external) in found.items()
        },
    )
    data = relationships.to_xml()
    assert is_plain(data)
    assert Relationships.parse(data, relationships.source) == relationships


@pytest.mark.parametrize(
    "data",
    [
        written(one(), one()),
        written("<Other/>"),
        written('<Other Id="a" Type="b" Target="c"/>'),
        written('<o:Relationship xmlns:o="urn:o" Id="a" Type="b" Target="c"/>'),
        written(one(more=' Other="a"')),
        written('<Relationship Id="a" Type="b"/>'),
        written(one(name="1")),
        written(one(name="")),
        written(one(kind="")),
        written(one(target="")),
        written(one(more=' TargetMode="external"')),
        written(f'<Relationship Id="a" Type="b" Target="c">{one()}</Relationship>'),
        written("text", one()),
        written(one(), "text"),
        written(one(), "<!-- a -->text"),
        written('<Relationship Id="a" Type="b" Target="c">text</Relationship>'),
        written(one(more=' xml:base="http://host/"')),
        written(attributes=' xml:base="http://host/"'),
        b"<Relationships/>",
    ],
)
def test_what_a_reader_would_have_to_guess_at_is_refused(data: bytes):
    with pytest.raises(BrokenPackage) as caught:
        Relationships.parse(data, "/word/document.xml")
    assert caught.value.rule == "R8"
    assert caught.value.part == "/word/_rels/document.xml.rels"


PREFIXED = (
    f'<r:Relationships xmlns:r="{RELATIONSHIPS_NS}"><r:Relationship Id="a" Type="b" Target="c"/></r:Relationships>'
)


@pytest.mark.parametrize(
    "data",
    [
        written("\n", one(), "\n"),
        written("<!-- a -->", one()),
        written(one(), attributes=' xmlns:x="urn:x"'),
        PREFIXED.encode(),
        b"\xff\xfe" + written(one()).decode().encode("utf-16-le"),
        b"\xef\xbb\xbf" + written(one()),
        b'<?xml version="1.0"?><?a b?>' + written(one()),
    ],
)
def test_forms_that_other_verifiers_misread_are_known_and_can_be_normalised(data: bytes):
    assert not is_plain(data)
    relationships = Relationships.parse(data, "/")
    assert is_plain(relationships.to_xml())
    assert Relationships.parse(relationships.to_xml(), "/") == relationships


@pytest.mark.parametrize(
    "data",
    [
        written(one()),
        written(),
        b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n' + written(one(), one("rId2")) + b"\n",
        b"<?xml version='1.0' encoding='utf-8'?>" + written(one(more=' TargetMode="External"')),
    ],
)
def test_the_form_that_office_writes_is_plain(data: bytes):
    assert is_plain(data)


def test_whether_a_part_is_plain_is_told_in_one_pass():
    hostile = written(*['<Relationship Id="' + 'a="b" ' * 50] * 2000)
    assert not is_plain(hostile)


def test_targets_that_libreoffice_misreads_are_named():
    data = written(
        one("a", target="http://h/?a=1&amp;b=2"), one("b"), one("c", target="a&quot;b"), one("d", target="&#9;x")
    )
    assert [each.id for each in Relationships.parse(data, "/").misread_targets()] == ["a", "c", "d"]


def test_an_unused_id_is_unused():
    relationships = Relationships.parse(written(one("rId2"), one("rId3")), "/")
    assert relationships.unused_id() not in relationships.by_id
