"""What is wrong with a stranger's template, and where: one finding each, in words."""

import io
import time
import zipfile

import pytest

from kanta_tenancy.machinery.docx import Contract, Names, TemplateRefused, compile_template, inspect_template
from kanta_tenancy.machinery.opc import Archive
from tests.machinery.docx import forms
from tests.machinery.docx.forms import BODY, CONTRACT, FIELD, control, extended, form, found, paragraph, run, text


def test_a_good_template_has_no_findings():
    assert found(form()) == []


@pytest.mark.parametrize(
    "docx",
    [
        b"",
        b"PK",
        b"%PDF-1.7 not a docx",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512,
        form()[:-30],
        form()[1000:],
    ],
    ids=["empty", "two bytes", "pdf", "old doc", "cut off", "beheaded"],
)
def test_a_file_that_is_no_docx_gets_one_finding(docx):
    [(where, detail)] = found(docx)
    assert where == ""
    assert "zip" in detail or "archive" in detail


@pytest.mark.parametrize(
    "code",
    [
        "INCLUDEPICTURE http://a/b.png",
        " includetext C:\\a.docx",
        "DDE excel a b",
        "DDEAUTO a b",
        "LINK Excel",
        "EMBED a",
        "DATE \\@ d.M.yyyy",
        "FILENAME",
        "MERGEFIELD a",
        "DOCPROPERTY x",
        "IF 1 = 1 a b",
        "MACROBUTTON m x",
        "= 1 + 1",
        "",
    ],
)
@pytest.mark.parametrize("form_of", [FIELD, '<w:fldSimple w:instr="{}"><w:r><w:t>1</w:t></w:r></w:fldSimple>'])
def test_a_field_that_could_show_something_else_is_refused(code, form_of):
    [(where, detail)] = found(extended(paragraph(form_of.format(code))))
    assert where.startswith("word/document.xml, paragraph 7, near “1”")
    assert "field" in detail


def test_a_field_code_in_pieces_is_read_as_one():
    pieces = FIELD.replace("{}", "INCL</w:instrText></w:r><w:r><w:instrText>UDETEXT x")
    [(_, detail)] = found(extended(paragraph(pieces)))
    assert detail.startswith("The document has a field INCLUDETEXT")


@pytest.mark.parametrize(
    "code",
    [
        "PAGE",
        " NUMPAGES ",
        'TOC \\o "1-3" \\h',
        "PAGEREF _Toc1 \\h",
        'HYPERLINK \\l "_Toc1"',
        'HYPERLINK "https://www.kanta.fi"',
    ],
)
def test_fields_that_show_the_document_itself_are_welcome(code):
    assert found(extended(paragraph(FIELD.format(code)))) == []


def test_a_whole_field_may_stand_in_a_condition_and_a_text_in_its_result():
    assert found(extended(control("if:signatory.tenant.2", paragraph(FIELD.format("PAGE"))))) == []
    result = FIELD.replace("<w:r><w:t>1</w:t></w:r>", text("tenant.note")).format("REF x")
    assert found(extended(paragraph(result))) == []


def test_white_text_on_colour_is_seen():
    shaded = '<w:tc><w:tcPr><w:shd w:val="clear" w:fill="003366"/></w:tcPr>{}</w:tc>'
    white = paragraph(run("Heading", '<w:color w:val="FFFFFF"/>'))
    assert found(extended(forms.table(forms.row(shaded.format(white))))) == []


def test_text_hidden_by_its_style_is_found():
    style = b'<w:style w:type="paragraph" w:styleId="Quiet"><w:rPr><w:vanish/></w:rPr></w:style>'
    quiet = extended(paragraph(run("secret"), "Quiet"))
    docx = forms.replaced(quiet, "word/styles.xml", b"</w:styles>", style + b"</w:styles>")
    assert found(docx) == [
        ("word/document.xml, paragraph 7, near “secret”", "There is text that nobody sees: it is hidden.")
    ]


def test_comments_are_found_where_they_are_kept():
    comments = f'<w:comments {forms.NAMESPACES}><w:comment w:id="1" w:author="A"/></w:comments>'.encode()
    docx = forms.related(forms.changed(form(), {"word/comments.xml": comments}), rId91=("comments", "comments.xml"))
    assert found(docx) == [("word/comments.xml", "The document has comments; delete all of them.")]


def test_what_is_missing_is_named():
    details = found(form(paragraph(run("nothing here"))))
    assert [tag for tag, _ in details] == [
        "tag service.name",
        "tag tenant.name",
        "tag each:services",
        "tag signature_line:tenant.1",
    ]
    assert {detail for _, detail in details} == {"There is no content control with this tag, and one is needed."}


def test_what_is_required_may_be_a_condition():
    contract = Contract(conditions=Names(required=frozenset({"signatory.tenant.3"})))
    assert ("tag if:signatory.tenant.3", "There is no content control with this tag, and one is needed.") in found(
        form(), contract
    )


def test_the_place_is_the_paragraph_and_the_text_before_it():
    docx = form(BODY + paragraph(run("4 Acting in disturbances")) + paragraph(control("tenant.nmae", "<w:r/>")))
    assert found(docx) == [
        (
            "word/document.xml, paragraph 8, near “4 Acting in disturbances”, tag tenant.nmae",
            "No placeholder has this name.",
        )
    ]


def test_the_refusal_of_a_template_carries_the_findings():
    with pytest.raises(TemplateRefused) as refusal:
        compile_template(extended(paragraph(text("tenant.nmae"))), CONTRACT)
    [flaw] = refusal.value.flaws
    assert flaw.field == "word/document.xml, paragraph 7, near “prompt”, tag tenant.nmae"
    assert flaw.detail == "No placeholder has this name."


def test_a_zip_bomb_is_refused_at_once():
    container = io.BytesIO()
    with zipfile.ZipFile(container, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("[Content_Types].xml", b" " * 60_000_000)
    begin = time.process_time()
    [finding] = inspect_template(container.getvalue(), CONTRACT)
    assert finding.rule == "R0"
    assert time.process_time() - begin < 0.5


def test_a_document_that_is_too_long_is_refused_before_it_is_parsed():
    long = extended(paragraph(run("".join(str(n) for n in range(900_000)))))
    [finding] = inspect_template(long, CONTRACT)
    assert (finding.rule, finding.part) == ("R0", "word/document.xml")


def test_no_number_of_flaws_makes_the_search_endless():
    hidden = extended("".join(paragraph(run(f"{n * n}", "<w:vanish/>")) for n in range(20_000)))
    begin = time.process_time()
    assert len(inspect_template(hidden, CONTRACT)) == 200
    assert time.process_time() - begin < 3


def test_the_archive_of_the_test_forms_is_sound():
    Archive.read(form()).check_all()
