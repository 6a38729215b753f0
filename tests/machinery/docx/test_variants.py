"""Content controls as Word, LibreOffice and other programs write them, filled all the same."""

import io

import docx
import pytest
from lxml import etree

from kanta_tenancy.machinery.docx import compile_template
from tests.machinery.docx import forms
from tests.machinery.docx.forms import CONTRACT, W, control, extended, form, found, paragraph, run

WORDS_PROMPT = control(
    "tenant.note",
    run("Click or tap here to enter text.", '<w:rStyle w:val="Paikkamerkkiteksti"/>'),
    '<w:rPr><w:rStyle w:val="Paikkamerkkiteksti"/><w:b/></w:rPr><w:alias w:val="Note"/><w:id w:val="-1234567"/>'
    '<w:lock w:val="sdtLocked"/><w:placeholder><w:docPart w:val="DefaultPlaceholder_-1854013440"/></w:placeholder>'
    '<w:showingPlcHdr/><w15:color w:val="FF0000"/><w15:appearance w15:val="hidden"/><w:text w:multiLine="1"/>',
)
SPLIT = control(
    "tenant.note",
    '<w:proofErr w:type="spellStart"/>'
    + run("ten", "<w:i/>")
    + '<w:bookmarkStart w:id="0" w:name="x"/>'
    + run("ant", "<w:b/>")
    + '<w:bookmarkEnd w:id="0"/><w:proofErr w:type="spellEnd"/>'
    + run(".", "<w:u/>"),
    "<w:rPr><w:caps/></w:rPr>",
)
LIBREOFFICE = control(
    "tenant.note",
    "<w:r><w:rPr></w:rPr><w:t>[tenant]</w:t></w:r>",
    '<w:id w:val="791441387"/><w:alias w:val="Tenant"/><w:text/>',
)


def filled_runs(body, style=b""):
    """Return the text and the names of the run properties of each run of the last paragraph."""
    template = forms.replaced(extended(body), "word/styles.xml", b"</w:styles>", style + b"</w:styles>")
    filled = compile_template(template, CONTRACT).fill(forms.values(texts=forms.texts(tenant_note="Note & more")))
    last = list(forms.document(filled).iter(f"{W}p"))[-1]
    return [
        ("".join(one.itertext()), [etree.QName(name).localname for name in one.iterfind(f"{W}rPr/*")])
        for one in last.iter(f"{W}r")
    ]


PROMPT_STYLE = (
    b'<w:style w:type="character" w:styleId="Paikkamerkkiteksti"><w:name w:val="Placeholder Text"/>'
    b'<w:rPr><w:color w:val="808080"/></w:rPr></w:style>'
)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (paragraph(WORDS_PROMPT), [("Note & more", ["b"])]),
        (paragraph(SPLIT), [("Note & more", ["i"])]),
        (paragraph(LIBREOFFICE), [("Note & more", [])]),
        (paragraph(control("tenant.note", "")), [("Note & more", [])]),
        (paragraph(control("tenant.note", "", "<w:rPr><w:b/></w:rPr>")), [("Note & more", ["b"])]),
        (
            paragraph(f'<w:hyperlink w:anchor="x">{control("tenant.note", run("x", "<w:u/>"))}</w:hyperlink>'),
            [("Note & more", ["u"])],
        ),
        (control("tenant.note", paragraph(run("one", "<w:b/>") + run("two"))), [("Note & more", ["b"])]),
        (
            control("tenant.note", "<w:p><w:pPr><w:rPr><w:i/></w:rPr></w:pPr></w:p>", "<w:id w:val='1'/>"),
            [("Note & more", ["i"])],
        ),
        (
            forms.table(
                forms.row(
                    forms.cell(paragraph("")), control("tenant.note", forms.cell(paragraph(run("x", "<w:caps/>"))))
                )
            ),
            [("Note & more", ["caps"])],
        ),
    ],
    ids=["prompt", "split", "libreoffice", "empty", "formatted", "link", "paragraph", "paragraph mark", "cell"],
)
def test_the_text_stands_once_and_looks_like_the_first_run(body, expected):
    assert filled_runs(body, PROMPT_STYLE) == expected


def test_a_paragraph_keeps_its_own_properties():
    filled = compile_template(extended(control("tenant.note", paragraph(run("x"), "Heading1"))), CONTRACT).fill(
        forms.values(texts=forms.texts(tenant_note="A heading"))
    )
    last = docx.Document(io.BytesIO(filled)).paragraphs[-1]
    assert (last.text, last.style.name) == ("A heading", "Heading 1")


def test_a_repeating_section_of_word_is_repeated():
    section = control(
        "each:laws",
        control("", paragraph(forms.text("law.title")), "<w15:repeatingSectionItem/>"),
        '<w15:repeatingSection w15:sectionTitle="Laws"/>',
    )
    laws = [{"law.title": "703/2023"}, {"law.title": "61/2007"}]
    filled = compile_template(extended(section), CONTRACT).fill(forms.values(rows={"services": [], "laws": laws}))
    assert [one.text for one in docx.Document(io.BytesIO(filled)).paragraphs[-2:]] == ["703/2023", "61/2007"]


def test_a_table_of_contents_loses_its_frame_only():
    contents = control(
        "", paragraph(run("Contents")), '<w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj>'
    )
    filled = compile_template(extended(contents), CONTRACT).fill(forms.values())
    assert docx.Document(io.BytesIO(filled)).paragraphs[-1].text == "Contents"
    assert b"docPart" not in forms.part(filled, "word/document.xml")


def test_words_own_building_blocks_are_left_behind():
    blocks = f"<w:glossaryDocument {forms.NAMESPACES}/>".encode()
    template = forms.changed(form(), {"word/glossary/document.xml": blocks})
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.glossary+xml"
    template = forms.with_types(template, f'Override PartName="/word/glossary/document.xml" ContentType="{kind}"')
    template = forms.related(template, rId91=("glossaryDocument", "glossary/document.xml"))
    filled = compile_template(template, CONTRACT).fill(forms.values())
    assert "word/glossary/document.xml" not in forms.names(filled)
    assert b"glossary" not in forms.part(filled, "[Content_Types].xml") + forms.part(
        filled, "word/_rels/document.xml.rels"
    )


def test_where_the_author_was_last_does_no_harm():
    crossing = control("tenant.note", run("") + '<w:bookmarkStart w:id="5" w:name="_GoBack"/>')
    template = extended(paragraph(crossing + '<w:bookmarkEnd w:id="5"/>'))
    assert found(template) == []
    assert b"bookmark" not in forms.part(compile_template(template, CONTRACT).fill(forms.values()), "word/document.xml")


def test_both_forms_of_a_text_box_are_filled():
    compatible = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    box = f"<w:txbxContent>{paragraph(forms.text('tenant.note'))}</w:txbxContent>"
    body = paragraph(
        f"<w:r><mc:AlternateContent {compatible}><mc:Choice Requires='wps'><w:drawing>{box}</w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    filled = compile_template(extended(body), CONTRACT).fill(forms.values(texts=forms.texts(tenant_note="in a box")))
    assert forms.part(filled, "word/document.xml").count(b"in a box") == 2


USUAL = b'<q:sdt xmlns:q="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
OTHER = b'<other xmlns:w="urn:other" w:x="1"/><w:tag '


@pytest.mark.parametrize(
    "written",
    [
        lambda xml: (
            xml.replace(b"<w:", b"<q:").replace(b"</w:", b"</q:").replace(b" w:", b" q:").replace(b":w=", b":q=")
        ),
        lambda xml: xml.replace(b"<w:sdt>", USUAL).replace(b"</w:sdt>", b"</q:sdt>"),
        lambda xml: xml.replace(b"<w:tag ", OTHER),
        lambda xml: xml.decode().encode("utf-16"),
        lambda xml: b"\xef\xbb\xbf" + xml,
        lambda xml: xml.replace(b"><w:p>", b">\n  <w:p>").replace(
            b"<w:sdtPr>", b"\n<!-- a note --><?note x?>\n<w:sdtPr>"
        ),
    ],
    ids=[
        "another prefix",
        "two prefixes",
        "the prefix for something else",
        "UTF-16",
        "byte order mark",
        "white space, comments, instructions",
    ],
)
def test_another_way_of_writing_the_same_xml_is_filled_the_same(written):
    template = forms.changed(form(), {"word/document.xml": written(forms.part(form(), "word/document.xml"))})
    filled = compile_template(template, CONTRACT).fill(forms.values(texts=forms.texts(tenant_name="A\tB\nC")))
    opened = docx.Document(io.BytesIO(filled))
    assert opened.paragraphs[0].text == "Tenant: A\tB\nC."
    assert opened.tables[0].rows[1].cells[0].text == "☒ Prescription"
    assert b"kanta-slot" not in forms.part(filled, "word/document.xml")
