"""What keeps the content controls and the markup of a template from being filled and signed, and where it is."""

import pytest

from kanta_tenancy.machinery.docx import TemplateRefused, compile_template
from tests.machinery.docx import forms
from tests.machinery.docx.forms import BODY, CONTRACT, FIELD, control, extended, form, found, paragraph, run, text


def line_twice():
    return form(BODY + forms.signature_line("tenant.1", "rIdLine2").replace("rIdLine2", "rIdLine1"))


PLACED = {
    "unknown name": (extended(paragraph(text("tenant.nmae"))), "tag tenant.nmae", "No placeholder has this name."),
    "unknown group": (
        extended(control("each:servises", paragraph(""))),
        "tag each:servises",
        "No placeholder has this name.",
    ),
    "unknown condition": (extended(control("if:x", paragraph(""))), "tag if:x", "No placeholder has this name."),
    "bad tag": (extended(paragraph(text("Tenant Name"))), "tag Tenant Name", "The tag is no name"),
    "no tag": (
        extended(paragraph(control("", run("x"), '<w:alias w:val="Tenant"/>'))),
        "near “x”",
        "The content control “Tenant” has no tag",
    ),
    "item outside": (
        extended(paragraph(text("service.name"))),
        "tag service.name",
        "The placeholder belongs inside a content control each:services.",
    ),
    "two paragraphs": (
        extended(control("tenant.note", paragraph("") * 2)),
        "tag tenant.note",
        "The content control of a text stands around more than one paragraph.",
    ),
    "text around a row": (
        extended(forms.table(control("tenant.note", forms.row(forms.cell(paragraph("")))))),
        "tag tenant.note",
        "The content control stands around table rows; it can only stand around text or paragraphs or a table cell.",
    ),
    "repeated words": (
        extended(paragraph(control("each:laws", run("x")))),
        "tag each:laws",
        "The content control stands around text; it can only stand around paragraphs or table rows.",
    ),
    "paragraph in a paragraph": (
        extended(paragraph(control("tenant.note", paragraph(run("x"))))),
        "tag tenant.note",
        "The content control stands around paragraphs in a place where that cannot be.",
    ),
    "text in a text": (
        extended(paragraph(control("tenant.note", text("tenant.name")))),
        "tag tenant.note",
        "The content control tenant.name stands inside it, where it cannot be filled.",
    ),
    "repetition in a repetition": (
        extended(control("each:laws", control("each:laws", paragraph("")))),
        "tag each:laws",
        "The content control each:laws stands inside it, where it cannot be filled.",
    ),
    "line in a repetition": (
        form(forms.NAME + forms.SERVICES + control("each:laws", forms.FIRST_LINE)),
        "tag each:laws",
        "The content control signature_line:tenant.1 stands inside it, where it cannot be filled.",
    ),
    "repeated note": (
        extended(control("each:laws", paragraph('<w:r><w:footnoteReference w:id="2"/></w:r>'))),
        "tag each:laws",
        "It holds a picture, a note or a section break, which cannot be repeated.",
    ),
    "only repeated rows": (
        extended(forms.table(control("each:laws", forms.row(forms.cell(paragraph("")))))),
        "tag each:laws",
        "All rows of the table could be left out; keep one, such as a heading row, outside the content controls.",
    ),
    "cut field": (
        extended(
            control("if:signatory.tenant.2", paragraph('<w:r><w:fldChar w:fldCharType="begin"/></w:r>'))
            + paragraph('<w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>')
        ),
        "tag if:signatory.tenant.2",
        "A field begins inside it and ends outside, or the other way round.",
    ),
    "cut bookmark": (
        extended(
            paragraph(
                control("tenant.note", '<w:bookmarkStart w:id="1" w:name="a"/>' + run("")) + '<w:bookmarkEnd w:id="1"/>'
            )
        ),
        "tag tenant.note",
        "A bookmark begins inside it and ends outside, or the other way round.",
    ),
    "text in a code": (
        extended(
            paragraph(
                '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>'
                + text("tenant.note")
                + '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
            )
        ),
        "tag tenant.note",
        "The content control stands in the code of a field, where text would become part of the code.",
    ),
    "bound": (
        extended(paragraph(control("tenant.note", run("x"), '<w:dataBinding w:xpath="/a" w:storeItemID="{1}"/>'))),
        "tag tenant.note",
        "The content control is bound to custom XML; remove the mapping.",
    ),
    "bound in 2013": (
        extended(paragraph(control("tenant.note", run("x"), '<w15:dataBinding w:xpath="/a" w:storeItemID="{1}"/>'))),
        "tag tenant.note",
        "The content control is bound to custom XML; remove the mapping.",
    ),
    "line twice": (
        line_twice(),
        "tag signature_line:tenant.1",
        "The signature line shares its picture with something else.",
    ),
    "line without picture": (
        form(forms.NAME + forms.SERVICES + forms.signature_line("tenant.1", "rId99")),
        "tag signature_line:tenant.1",
        "The picture of the signature line is not in the document.",
    ),
    "line without a line": (
        form(forms.NAME + forms.SERVICES + control("signature_line:tenant.1", paragraph(run("sign here")))),
        "tag signature_line:tenant.1",
        "The content control does not stand around exactly one signature line (Insert > Signature Line).",
    ),
    "line always there": (
        form(forms.NAME + forms.SERVICES + forms.FIRST_LINE + forms.signature_line("tenant.2", "rIdLine2")),
        "tag signature_line:tenant.2",
        "The signature line belongs inside a content control if:signatory.tenant.2, and in no other.",
    ),
    "line sometimes there": (
        form(forms.NAME + forms.SERVICES + control("if:signatory.tenant.2", forms.FIRST_LINE)),
        "tag signature_line:tenant.1",
        "The signature line would be left out together with the condition around it.",
    ),
    "line without control": (
        extended(paragraph(f"<w:r>{forms.picture('rIdLine3')}</w:r>")),
        "paragraph",
        "The signature line stands in no content control signature_line:….",
    ),
    "line in a header": (
        form(forms.NAME + forms.SERVICES + forms.FIRST_LINE, header=forms.signature_line("tenant.2", "rIdLine2")),
        "word/header1.xml, paragraph 1, tag signature_line:tenant.2",
        "A signature line can only stand in the document itself.",
    ),
    "insertion": (
        extended(paragraph(f'<w:ins w:id="1" w:author="A">{run("new")}</w:ins>')),
        "near “new”",
        "There is a tracked change; accept or reject all changes.",
    ),
    "changed format": (
        extended(paragraph(run("x", '<w:rPrChange w:id="1" w:author="A"><w:rPr/></w:rPrChange>'))),
        "near “x”",
        "There is a tracked change; accept or reject all changes.",
    ),
    "inserted file": (
        extended('<w:altChunk r:id="rId1"/>'),
        "word/document.xml",
        "The content of another file is inserted here (altChunk).",
    ),
    "object": (extended(paragraph("<w:r><w:object/></w:r>")), "paragraph", "There is an embedded object."),
    "picture from outside": (
        extended(
            paragraph('<w:r><w:pict><v:shape><v:imagedata src="http://example.com/a.png"/></v:shape></w:pict></w:r>')
        ),
        "paragraph",
        "A drawing is fetched from outside, or leads outside, the document.",
    ),
    "hidden": (
        extended(paragraph(run("secret", "<w:vanish/>"))),
        "near “secret”",
        "There is text that nobody sees: it is hidden.",
    ),
    "white": (
        extended(paragraph(run("secret", '<w:color w:val="FFFFFF"/>'))),
        "near “secret”",
        "There is text that nobody sees: it is white on white.",
    ),
    "tiny": (
        extended(paragraph(run("secret", '<w:sz w:val="2"/>'))),
        "near “secret”",
        "There is text that nobody sees: it is smaller than 4 points.",
    ),
    "empty cell": (
        extended(paragraph(run("x")) + forms.table(forms.row(forms.cell("")))),
        "near “x”",
        "A table cell does not end with a paragraph; Word would offer to repair the document.",
    ),
    "cell that ends with a table": (
        extended(forms.table(forms.row(forms.cell(forms.table(forms.row(forms.cell(paragraph(run("x"))))))))),
        "near “x”",
        "A table cell does not end with a paragraph; Word would offer to repair the document.",
    ),
    "hidden row": (
        extended(forms.table("<w:tr><w:trPr><w:hidden/></w:trPr>" + forms.cell(paragraph(run("x"))) + "</w:tr>")),
        "near “x”",
        "There is a hidden table row.",
    ),
    "comment": (
        extended(paragraph('<w:commentRangeStart w:id="1"/>' + run("x"))),
        "near “x”",
        "There is a comment; delete all comments.",
    ),
    "web link elsewhere": (
        extended(paragraph(FIELD.format('HYPERLINK "file:///etc/passwd"'))),
        "near “1”",
        "A hyperlink leads neither to the web nor into the document.",
    ),
    "open field": (
        extended(paragraph('<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>')),
        "paragraph",
        "A field begins without an end, or ends without a beginning.",
    ),
}


@pytest.mark.parametrize(("docx", "where", "detail"), PLACED.values(), ids=PLACED)
def test_a_flaw_is_found_and_its_place_named(docx, where, detail):
    places = [place for place, said in found(docx) if said.startswith(detail)]
    assert places
    assert all(where in place for place in places)
    with pytest.raises(TemplateRefused):
        compile_template(docx, CONTRACT)
