"""Rules R1, R4, R8 and R9: what a document may hold, however well it is signed."""

import pytest

from kanta_tenancy.machinery.ooxml.verification.wordprocessing import WORD_2010, WORD_2012
from tests.machinery.ooxml.verification.asking import assert_breaks, assert_valid
from tests.machinery.ooxml.verification.documents import (
    DOCUMENT,
    DOCUMENT_LINES,
    RELATIONSHIPS,
    TYPES,
    WORD,
    Parts,
    R,
    W,
    a_document,
    body,
    default,
    override,
    paragraph,
    relationship,
    relationships,
    style,
    styles,
    types,
)
from tests.machinery.ooxml.verification.forger import signed


def showing(content: str) -> Parts:
    return a_document(**{DOCUMENT: body(content)})


def styled(*lines: str, use: str = "") -> Parts:
    return a_document(**{"word/styles.xml": styles(*lines), DOCUMENT: body(paragraph("Teksti", style=use))})


def leading(*lines: str, **more: bytes) -> Parts:
    return a_document(**{RELATIONSHIPS: relationships(*DOCUMENT_LINES, *lines), **more})


def field(*runs: str) -> str:
    """Write a field whose instruction is cut into runs."""
    written = "".join(f"<w:r><w:instrText>{run}</w:instrText></w:r>" for run in runs)
    return (
        f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>{written}<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        '<w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )


def table(shading: str, run: str) -> str:
    return f"<w:tbl><w:tr><w:tc><w:tcPr>{shading}</w:tcPr>{paragraph('Otsikko', run)}</w:tc></w:tr></w:tbl>"


def alternatives(newer: str, older: str) -> str:
    return (
        f"<w:p><w:r><mc:AlternateContent {MC}><mc:Choice Requires='wps'><w:drawing/><w:t>{newer}</w:t></mc:Choice>"
        f"<mc:Fallback><w:pict/><w:t>{older}</w:t></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )


MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
SYMBOLS = "http://schemas.microsoft.com/office/word/2015/wordml/symex"
LOW = '<w:spacing w:line="10" w:lineRule="exact"/>'
WHITE = '<w:color w:val="FFFFFF"/>'
DARK = '<w:shd w:val="clear" w:color="auto" w:fill="1F3864"/>'
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
HIDDEN_STYLE = "<w:rPr><w:vanish/></w:rPr>"

REFUSED = {
    "an altChunk": showing('<w:altChunk r:id="rId1"/>'),
    "an altChunk by relationship": leading(relationship("rId9", f"{R}/aFChunk", "media/image1.png")),
    "inserted text": showing('<w:p><w:ins w:id="1" w:author="a"><w:r><w:t>uusi</w:t></w:r></w:ins></w:p>'),
    "deleted text": showing('<w:p><w:del w:id="1"><w:r><w:delText>vanha</w:delText></w:r></w:del></w:p>'),
    "moved text": showing('<w:p><w:moveTo w:id="1"><w:r><w:t>siirto</w:t></w:r></w:moveTo></w:p>'),
    "changed formatting": showing("<w:p><w:r><w:rPr><w:rPrChange w:id='1'/></w:rPr></w:r></w:p>"),
    "a changed table": showing("<w:tbl><w:tblPr><w:tblPrChange w:id='1'/></w:tblPr></w:tbl>"),
    "an OLE object": showing(
        '<w:p><w:r><w:object><o:OLEObject xmlns:o="urn:schemas-microsoft-com:office:office"/></w:object></w:r></w:p>'
    ),
    "an OLE object by relationship": leading(relationship("rId9", f"{R}/oleObject", "media/image1.png")),
    "an embedded package": leading(relationship("rId9", f"{R}/package", "media/image1.png")),
    "an ActiveX control": showing('<w:p><w:r><w:control r:id="rId1"/></w:r></w:p>'),
    "an ActiveX control by relationship": leading(relationship("rId9", f"{R}/control", "media/image1.png")),
    "an embedded font": leading(relationship("rId9", f"{R}/font", "media/image1.png")),
    "a bound control": showing('<w:sdt><w:sdtPr><w:dataBinding w:xpath="/a"/></w:sdtPr></w:sdt>'),
    "a control bound in the newer way": showing(
        '<w:sdt><w:sdtPr><x:dataBinding xmlns:x="http://schemas.microsoft.com/office/word/2012/wordml"/></w:sdtPr></w:sdt>'
    ),
    "another document": showing('<w:subDoc r:id="rId1"/>'),
    "an attached template": leading(relationship("rId9", f"{R}/attachedTemplate", "media/image1.png")),
    "a field that includes a picture": showing(field(' INCLUDEPICTURE "http://a/b.png" \\d')),
    "a field that includes text": showing(field('INCLUDETEXT "c:\\\\a.docx"')),
    "a field cut into runs": showing(field(" INCL", "UDE", 'TEXT "a"')),
    "a field in small letters": showing(field(" includetext a")),
    "a field of its older name": showing(field("IMPORT a.png")),
    "a field without a space": showing(field('INCLUDEPICTURE"a"')),
    "a DDE field": showing(field("DDEAUTO excel a b")),
    "a link field": showing(field("LINK Excel.Sheet a")),
    "a simple field": showing('<w:p><w:fldSimple w:instr=" INCLUDEPICTURE a "/></w:p>'),
    "a field in a field": showing(
        field('IF 1 = 1 "').replace(
            '<w:r><w:fldChar w:fldCharType="separate"/>',
            field("DDE a")[5:-6] + '<w:r><w:fldChar w:fldCharType="separate"/>',
        )
    ),
    "a field whose instruction goes on after a field in it": showing(
        f'<w:p><w:r><w:fldChar w:fldCharType="begin"/><w:instrText>INCL</w:instrText></w:r>{field("PAGE")[5:-6]}'
        '<w:r><w:instrText>UDETEXT a</w:instrText><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    ),
    "a field after another": showing(field("PAGE") + field("DDE a")),
    "a field after one without a result": showing(
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/><w:instrText>PAGE</w:instrText><w:fldChar w:fldCharType="end"/>'
        f"</w:r></w:p>{field('DDE a')}"
    ),
    "a field that is never closed": showing(
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/><w:instrText>DDE a</w:instrText></w:r></w:p>'
    ),
    "an instruction without a field": showing("<w:p><w:r><w:instrText>INCLUDETEXT a</w:instrText></w:r></w:p>"),
    "hidden text": showing(paragraph("piilo", "<w:vanish/>")),
    "hidden text, said at length": showing(paragraph("piilo", '<w:vanish w:val="true"/>')),
    "a hidden end of a paragraph": showing("<w:p><w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr></w:p>"),
    "white text": showing(paragraph("valkoinen", WHITE)),
    "nearly white text": showing(paragraph("valkoinen", '<w:color w:val="fefefe"/>')),
    "text in the colour of the background": showing(
        paragraph("valkoinen", '<w:color w:val="000000" w:themeColor="background1"/>')
    ),
    "white text on white": showing(table('<w:shd w:fill="FFFFFF"/>', WHITE)),
    "white text on white on dark": showing(table(DARK, f'{WHITE}<w:shd w:fill="FDFDFD"/>')),
    "white text, highlighted white": showing(paragraph("valkoinen", f'{WHITE}<w:highlight w:val="white"/>')),
    "tiny text": showing(paragraph("pieni", '<w:sz w:val="7"/>')),
    "tiny text in a complex script": showing(paragraph("pieni", '<w:szCs w:val="2"/>')),
    "tiny text with a unit": showing(paragraph("pieni", '<w:sz w:val="3.5pt"/>')),
    "text of no size": showing(paragraph("pieni", '<w:sz w:val="x"/>')),
    "a hidden symbol": showing('<w:p><w:r><w:rPr><w:sz w:val="2"/></w:rPr><w:sym w:char="F0A7"/></w:r></w:p>'),
    "a style in use that hides": styled(style("A", HIDDEN_STYLE), use="A"),
    "a default style that hides": styled(style("A", HIDDEN_STYLE, ' w:default="1"')),
    "a style in use based on one that hides": styled(
        style("A", HIDDEN_STYLE), style("B", '<w:basedOn w:val="A"/>'), use="B"
    ),
    "a style in use with white text": styled(style("A", f"<w:rPr>{WHITE}</w:rPr>"), use="A"),
    "a style in use with tiny text": styled(style("A", '<w:rPr><w:sz w:val="2"/></w:rPr>'), use="A"),
    "defaults that hide": styled(
        "<w:docDefaults><w:rPrDefault><w:rPr><w:vanish/></w:rPr></w:rPrDefault></w:docDefaults>"
    ),
    "hidden text in a header": a_document(
        **{"word/header1.xml": body(paragraph("piilo", "<w:vanish/>")).replace(b"w:document", b"w:hdr")}
    ),
    "hidden text by the strict namespace": a_document(
        **{
            DOCUMENT: body(paragraph("piilo", "<w:vanish/>")).replace(
                b"http://schemas.openxmlformats.org/wordprocessingml/2006/main", STRICT.encode()
            )
        }
    ),
    "hidden text by another prefix": a_document(
        **{DOCUMENT: body(paragraph("piilo", "<w:vanish/>")).replace(b"w:", b"a:").replace(b"xmlns:w", b"xmlns:a")}
    ),
}


@pytest.mark.parametrize("document", REFUSED.values(), ids=REFUSED.keys())
def test_it_is_invalid_with(document: Parts):
    assert_breaks(signed(document), "R9")


ACCEPTED = {
    "a page number": showing(field(" PAGE ")),
    "an empty instruction": showing(field("")),
    "an end without a beginning": showing('<w:p><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>' * 2),
    "a link within the document": showing(field(' HYPERLINK \\l "a" ')),
    "a table of contents": showing(field(' TOC \\o "1-3" ')),
    "text that only speaks of fields": showing(paragraph("INCLUDETEXT ja DDE")),
    "text that is not hidden": showing(paragraph("teksti", '<w:vanish w:val="false"/>')),
    "text hidden on the web only": showing(paragraph("teksti", "<w:webHidden/>")),
    "white text on a dark cell": showing(table(DARK, WHITE)),
    "white text in a dark paragraph": showing(
        f"<w:p><w:pPr>{DARK}</w:pPr><w:r><w:rPr>{WHITE}</w:rPr><w:t>a</w:t></w:r></w:p>"
    ),
    "white text, highlighted": showing(paragraph("teksti", f'{WHITE}<w:highlight w:val="black"/>')),
    "a darker shade of the background": showing(
        paragraph("teksti", '<w:color w:val="808080" w:themeColor="background1" w:themeShade="80"/>')
    ),
    "automatic colour": showing(paragraph("teksti", '<w:color w:val="auto"/>')),
    "small text": showing(paragraph("teksti", '<w:sz w:val="8"/>')),
    "a small gap without text": showing('<w:p><w:pPr><w:rPr><w:sz w:val="2"/></w:rPr></w:pPr></w:p>'),
    "a style that hides and is not used": styled(style("A", HIDDEN_STYLE), style("B", ""), use="B"),
    "styles that are based on each other": styled(
        style("A", '<w:basedOn w:val="B"/>'), style("B", '<w:basedOn w:val="A"/>'), style("C", HIDDEN_STYLE), use="A"
    ),
    "a table style with a dark head": styled(
        style("A", f"<w:tblStylePr w:type='firstRow'><w:rPr>{WHITE}</w:rPr><w:tcPr>{DARK}</w:tcPr></w:tblStylePr>"),
        use="A",
    ),
    "a dark text on a light cell": showing(table('<w:shd w:fill="FFFF00"/>', '<w:color w:val="000000"/>')),
    "text a little narrower and closer": showing(paragraph("teksti", '<w:spacing w:val="-10"/><w:w w:val="80"/>')),
    "letters apart": showing(paragraph("teksti", '<w:spacing w:val="40"/><w:w/>')),
    "a low line without text": showing(f"<w:p><w:pPr>{LOW}</w:pPr></w:p>"),
    "a low row without text": showing(
        '<w:tbl><w:tr><w:trPr><w:trHeight w:val="10" w:hRule="exact"/></w:trPr><w:tc><w:p/></w:tc></w:tr></w:tbl>'
    ),
    "a style of low lines without text": a_document(
        **{
            "word/styles.xml": styles(style("A", f"<w:pPr>{LOW}</w:pPr>")),
            DOCUMENT: body('<w:p><w:pPr><w:pStyle w:val="A"/></w:pPr></w:p>'),
        }
    ),
    "a line that is at least low": showing(
        f"<w:p><w:pPr>{LOW.replace('exact', 'atLeast')}</w:pPr><w:r><w:t>a</w:t></w:r></w:p>"
    ),
    "drawings that are not hidden": showing(
        '<w:p><w:r><wp:docPr xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
        'id="1" name="a" hidden="false"/><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml" '
        'style="visibility:visible"/></w:pict></w:r></w:p>'
    ),
    "a row that is not hidden": showing(
        f'<w:tbl><w:tr><w:trPr><w:hidden w:val="0"/></w:trPr><w:tc>{paragraph("a")}</w:tc></w:tr></w:tbl>'
    ),
    "a heading that is not folded": showing(
        f'<w:p><w:pPr><w15:collapsed xmlns:w15="{WORD_2012}" w15:val="false"/></w:pPr></w:p>'
    ),
    "text with a fill and a light shadow": showing(
        paragraph(
            "teksti",
            f'<w14:shadow xmlns:w14="{WORD_2010}"><w14:alpha w14:val="60000"/></w14:shadow><w14:textFill '
            f'xmlns:w14="{WORD_2010}"><w14:solidFill><w14:srgbClr w14:val="1F3864"/></w14:solidFill></w14:textFill>',
        )
    ),
    "the same text for all readers": showing(alternatives("100", "100")),
    "a picture for newer readers": showing(alternatives("", "")),
    "an emoji": showing(
        f"<w:p><w:r><mc:AlternateContent {MC}><mc:Choice Requires='w16se'><s:symEx xmlns:s='{SYMBOLS}' s:char='1F60A'/>"
        "</mc:Choice><mc:Fallback><w:t>\U0001f60a</w:t></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    ),
    "what may be ignored and has no text": showing(paragraph("teksti", f'<w14:x xmlns:w14="{WORD_2010}"/>')),
    "fields that are not computed anew": showing(field("PAGE").replace('"begin"', '"begin" w:dirty="false"')),
    "a drawing that leads to the web and within": showing(
        '<w:p><w:r><w:pict xmlns:v="urn:schemas-microsoft-com:vml"><v:shape href="https://example.fi/"/>'
        '<v:shape href="#a"/></w:pict></w:r></w:p>'
    ),
    "a link to the web": leading(relationship("rId9", f"{R}/hyperlink", "HTTP://example.fi/?a=1&amp;b=2", "External")),
}


ACCEPTED["what may be ignored and has no text"][DOCUMENT] = ACCEPTED["what may be ignored and has no text"][
    DOCUMENT
].replace(b"<w:document ", f'<w:document {MC} xmlns:w14="{WORD_2010}" mc:Ignorable="w14" '.encode())


@pytest.mark.parametrize("document", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_it_is_valid_with(document: Parts):
    assert_valid(signed(document))


def test_links_by_fields_and_drawings_are_listed_too():
    drawing = '<w:p><w:r><v:shape xmlns:v="urn:schemas-microsoft-com:vml" href="https://example.fi/a"/></w:r></w:p>'
    links = (
        ' HYPERLINK "https://example.fi/b" \\o "c" ',
        " HYPERLINK \\n https://example.fi/d ",
        ' HYPERLINK \\l "e" ',
    )
    found = assert_valid(signed(showing(drawing + "".join(map(field, links))))).links
    assert found == tuple(
        f"https://{name}" for name in ("example.fi/a", "example.fi/b", "example.fi/d", "www.example.fi/")
    )


def test_links_are_listed_for_the_reader():
    link = relationship("rId9", f"{R}/hyperlink", "http://example.fi/a", "External")
    assert assert_valid(signed(leading(link))).links == ("http://example.fi/a", "https://www.example.fi/")


@pytest.mark.parametrize("name", ["color", "sz", "vanish", "rPr", "r", "instrText", "fldChar", "styles", "style"])
def test_a_part_of_one_element_is_read(name: str):
    for attribute in ("", ' w:val="FFFFFF"'):
        content = f'<w:{name} xmlns:w="{W}"{attribute}/>'.encode()
        assert_valid(signed(a_document(**{"word/header1.xml": content})))


def test_macros_are_refused():
    project = override("/word/vbaProject.bin", "application/vnd.ms-office.vbaProject")
    document = a_document(**{TYPES: types(project), "word/vbaProject.bin": b"\0"})
    assert_breaks(signed(document), "R4")


def test_a_relationship_that_leads_nowhere_would_need_a_repair():
    for target in ("missing.xml", "../../a.xml", "#a", "styles.xml?a"):
        assert_breaks(signed(leading(relationship("rId9", f"{R}/image", target))), "R8")


@pytest.mark.parametrize(
    "content",
    [
        b"<!DOCTYPE a><a/>",
        b"<a>",
        b"hello",
        b"",
        b'<?xml version="1.0" encoding="UTF-7"?><a/>',
        b"<a>" * 300 + b"</a>" * 300,
    ],
)
def test_every_xml_part_is_read(content: bytes):
    assert_breaks(signed(a_document(**{"word/header1.xml": content})), "R1")
    assert_breaks(signed(a_document(**{"docProps/app.xml": content})), "R1")


def test_xml_is_known_by_its_look_too():
    kind = default("vml", "application/vnd.openxmlformats-officedocument.vmlDrawing")
    for mark, encoding in ((b"", "utf-8"), (b"\xff\xfe", "utf-16-le")):
        content = mark + "\n<!DOCTYPE a><a/>".encode(encoding)
        assert_breaks(signed(a_document(**{TYPES: types(kind), "word/drawing.vml": content})), "R1")


def test_a_main_part_that_is_no_document_is_refused():
    document = a_document(
        **{TYPES: types().replace(f"{WORD}.document.main+xml".encode(), f"{WORD}.header+xml".encode())}
    )
    assert_breaks(signed(document), "R4")
