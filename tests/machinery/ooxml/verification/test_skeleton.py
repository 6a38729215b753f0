"""What is told of a part by its skeleton is what would be told of the part itself."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kanta_tenancy.machinery.ooxml.verification import scrutiny
from kanta_tenancy.machinery.ooxml.verification.skeleton import skeleton

HEAD = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    b'xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:v="urn:schemas-microsoft-com:vml" '
    b'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="w14" '
    b'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"><w:body>'
)
TAIL = b"</w:body></w:document>"
LINE = b'<o:signatureline v:ext="edit" id="{A}" o:suggestedsigner="Aino" issignatureline="t"/>'

# Sound pieces, and pieces that break a part alone, or only beside others.
PIECES = [
    b"<w:p><w:r><w:t>Aino &amp; Eino</w:t></w:r></w:p>", b"<w:p><w:r><w:t>Aino</w:t></w:r></w:p>",
    b'<w:t xml:space="preserve"> a </w:t>', b"<w:t>", b"</w:t>", b"<w:t/>", b"text", b">", b"]]>", b"&", b"&#0;",
    b"&lt;", b"<w:t>&amp</w:t>", b"<w:t>&am</w:t>", b"p;</w:t>", b"<w:t>&quot;&apos;&gt;</w:t>", b"<w:t>&none;</w:t>",
    b"<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>",
    b'<w:r><w:rPr><w:color w:val="FFFFFF"/></w:rPr><w:t>white</w:t></w:r>',
    b"<w:r><w:instrText>INCLUDETEXT x</w:instrText></w:r>", b"<w:instrText>INC<w:t>LUDETEXT</w:t></w:instrText>",
    b"<w:instrText>", b"</w:instrText>", b"INCLUDETEXT", b'<w:fldSimple w:instr="DDE a"/>', b'<w:x a="', b'"/>', b"'",
    b'"', b"<!-- <w:t>-- a</w:t> -->", b"<!-- ", b" -->", b"<![CDATA[", b"]]></w:t>", b"<?pi <w:t>?></w:t> ?>",
    b"<?xml ?>", b"<w:t>\xc3", b"\xa4</w:t>", "<w:t>ä</w:t>".encode(), b"<w:t>\x01</w:t>", "<w:t>\ufffe</w:t>".encode(),
    b"\xed\xa0\x80</w:t>",
    b"<w:t>\t\r\n</w:t>", b"<w:t>a > b</w:t>", b"<w:t>a < b</w:t>", b"<w:del><w:t>gone</w:t></w:del>",
    LINE, LINE.replace(b"Aino", b"&amp;"), LINE.replace(b"Aino", b"a > b"), LINE.replace(b"Aino", b"\x01"),
    LINE.replace(b"id=", b'v:ext="b" id='), LINE.replace(b"v:ext", b"q:ext"),
    LINE.replace(b"id=", b'xmlns:q="u" q:id='), LINE.replace(b"Aino", b"&none;"), LINE.replace(b"Aino", b"&lt"),
    b"<o:signatureline ", b'<o:signatureline id="</w:t>"/>', b'<w:x a="<o:signatureline id="b"/>', b"<w:altChunk/>",
    "<w:t>\u202e001</w:t>".encode(), b"<w:t>&#x202E;001</w:t>", b"<w:t>\xe2\x80</w:t><w:t>\xae</w:t>",
    b"<w:bdo><w:r><w:t>001</w:t></w:r></w:bdo>", b"<mc:AlternateContent>", b"</mc:AlternateContent>",
    b"<mc:Choice><w:t>1</w:t></mc:Choice>", b"<mc:Fallback><w:t>1</w:t></mc:Fallback>", b"<mc:Fallback/>",
    b'<w:pPr><w:spacing w:line="1" w:lineRule="exact"/></w:pPr>', b"<w14:a><w:r><w:t>1</w:t></w:r></w14:a>",
]  # fmt: skip


@settings(max_examples=2000)
@given(st.lists(st.sampled_from(PIECES), max_size=7))
def test_it_tells_what_the_part_itself_tells(pieces: list[bytes]):
    content = HEAD + b"".join(pieces) + TAIL
    assert scrutiny.scrutinise(content) == scrutiny._judged(content)  # noqa: SLF001 -- the two ways are compared


@settings(max_examples=500)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=3)), max_size=5), st.data())
def test_it_tells_the_same_of_a_part_that_is_cut_off_or_begins_otherwise(pieces: list[bytes], data: st.DataObject):
    content = HEAD + b"".join(pieces) + TAIL
    start = data.draw(st.integers(0, len(HEAD)))
    content = content[start : data.draw(st.integers(start, len(content)))]
    assert scrutiny.scrutinise(content) == scrutiny._judged(content)  # noqa: SLF001


def test_documents_of_one_template_have_one_skeleton():
    one = HEAD + b"<w:p><w:r><w:t>Aino</w:t></w:r></w:p>" + LINE + TAIL
    other = one.replace(b"Aino", "Åke &amp; &quot;Äijö&quot;".encode()).replace(b"{A}", b"{B}")
    assert (
        skeleton(one)
        == skeleton(other)
        == HEAD
        + b"<w:p><w:r><w:t></w:t></w:r></w:p>"
        + (b'<o:signatureline v:ext="" id="" o:suggestedsigner="" issignatureline=""/>' + TAIL)
    )


@pytest.mark.parametrize(
    "piece",
    [
        b"<w:t>a</w:t><!-- -->", b"<w:t>&none;</w:t>", b"<w:t>\x01</w:t>", b"<w:t>\xc3</w:t><w:t>\xa4</w:t>",
        b"<w:t>a<b</w:t>", "<w:t>\u202e</w:t>".encode(), b"<mc:AlternateContent/>",
        "<w:t>\uffff</w:t>".encode(), b"<w:t>a</w:t><?pi ?>",
    ],
)  # fmt: skip
def test_what_is_more_than_plain_text_is_read_as_a_whole(piece: bytes):
    assert skeleton(HEAD + piece + TAIL) is None


def test_a_large_part_is_read_as_a_whole_with_the_limits_of_a_reader():
    assert skeleton(HEAD + b"<w:t>" + b"a" * 128 * 1024 + b"</w:t>" + TAIL) is None


def test_a_part_in_utf_16_is_its_own_skeleton():
    content = "\ufeff<w:t>a</w:t>".encode("utf-16-le")
    assert skeleton(content) is None
