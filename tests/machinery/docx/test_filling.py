"""What stands in a document after a template was filled."""

import io
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from kanta_tenancy.machinery.docx import TextNotPrintable, compile_template
from kanta_tenancy.machinery.opc import Package
from tests.machinery.docx import forms
from tests.machinery.docx.forms import W

OPENS_OR_CLOSES = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
PIECES = st.one_of(
    st.sampled_from("&<>\"'{}[]%\n\t\u00a0\u200b\u200d\u0301\u05d0\u0628\u0416\u6f22"),
    st.sampled_from(["{{ tenant.note }}", "]]>", "<w:br/>", "&amp;", "each:services", "\U0001f9d1\u200d\u2695\ufe0f"]),
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff" + OPENS_OR_CLOSES),
)
PRINTABLE = st.lists(PIECES).map("".join)
TEMPLATE = compile_template(forms.form(), forms.CONTRACT)


def paragraphs(filled: bytes) -> list[str]:
    return [one.text for one in docx.Document(io.BytesIO(filled)).paragraphs]


@settings(deadline=None)
@given(PRINTABLE)
def test_any_text_is_read_back_as_it_was_given(name):
    filled = TEMPLATE.fill(forms.values(texts=forms.texts(tenant_name=name)))
    assert paragraphs(filled)[0] == f"Tenant: {name}."


@settings(deadline=None)
@given(st.lists(PRINTABLE, max_size=4))
def test_every_item_becomes_a_row_with_its_text(services):
    rows = {"services": [{"service.name": name, "service.tick": "☐"} for name in services], "laws": []}
    filled = TEMPLATE.fill(forms.values(rows=rows))
    table = docx.Document(io.BytesIO(filled)).tables[0]
    assert [row.cells[0].text for row in table.rows] == ["Services", *(f"☐ {name}" for name in services)]


def test_lines_tabs_and_spaces_are_written_as_word_writes_them():
    filled = TEMPLATE.fill(forms.values(texts=forms.texts(tenant_name=" a\tb\nc ")))
    run = list(forms.document(filled).iter(f"{W}r"))[1]
    assert [etree.QName(one).localname for one in run] == ["t", "tab", "t", "br", "t"]
    texts = run.findall(f"{W}t")
    assert [one.text for one in texts] == [" a", "b", "c "]
    assert {one.get("{http://www.w3.org/XML/1998/namespace}space") for one in texts} == {"preserve"}


def test_ten_thousand_characters_are_kept():
    name = "Ä&" * 5000
    assert paragraphs(TEMPLATE.fill(forms.values(texts=forms.texts(tenant_name=name))))[0] == f"Tenant: {name}."


def test_a_closed_embedding_is_kept():
    name = "Clinic \u2067\u05e9\u05dc\u2069 Oy"
    assert paragraphs(TEMPLATE.fill(forms.values(texts=forms.texts(tenant_name=name))))[0] == f"Tenant: {name}."


@pytest.mark.parametrize(
    "text",
    ["\0", "a\x0bb", "\r", "\x7f", "\x85", "\ud800", "\ufffe", "\u202e", "\u2066\u202c", "\u202c", "\u2067\n\u2069"],
)
def test_text_that_would_disturb_what_is_around_it_is_refused_by_name(text):
    with pytest.raises(TextNotPrintable) as refusal:
        TEMPLATE.fill(forms.values(texts=forms.texts(tenant_note=f"fine {text} or not")))
    assert [flaw.field for flaw in refusal.value.flaws] == ["tenant.note"]


def test_a_refused_text_of_an_item_is_named_with_its_row():
    rows = {"services": [{"service.name": name, "service.tick": ""} for name in ("fine", "\0")], "laws": []}
    with pytest.raises(TextNotPrintable, match=r"services\[1\]\.service\.name"):
        TEMPLATE.fill(forms.values(rows=rows))


def test_a_line_break_in_a_signer_is_refused():
    line = forms.values().signature_lines["tenant.1"]
    broken = type(line)(id=line.id, name="A\nB", title="", email="", image=line.image)
    with pytest.raises(TextNotPrintable, match=r"tenant\.1\.name holds a line break"):
        TEMPLATE.fill(forms.values(signature_lines={"tenant.1": broken}))


def test_the_issued_document_has_no_content_control_and_no_mark():
    for part in Package.read(TEMPLATE.fill(forms.values(present=frozenset({"signatory.tenant.2"})))).archive.names:
        content = forms.part(TEMPLATE.fill(forms.values(present=frozenset({"signatory.tenant.2"}))), part)
        assert b"w:sdt" not in content
        assert b"kanta-slot" not in content


def test_a_signature_line_says_whom_it_is_for():
    line = forms.values().signature_lines["tenant.1"]
    named = type(line)(id=line.id, name='Åke "A" <Ö> & Co', title="VD", email="ake@example.fi", image=line.image)
    filled = TEMPLATE.fill(forms.values(signature_lines={"tenant.1": named}))
    [element] = forms.document(filled).iter("{urn:schemas-microsoft-com:office:office}signatureline")
    office = "{urn:schemas-microsoft-com:office:office}"
    assert dict(element.attrib) == {
        "{urn:schemas-microsoft-com:vml}ext": "edit",
        "provid": "{00000000-0000-0000-0000-000000000000}",
        "issignatureline": "t",
        "id": forms.guid(1),
        f"{office}suggestedsigner": 'Åke "A" <Ö> & Co',
        f"{office}suggestedsigner2": "VD",
        f"{office}suggestedsigneremail": "ake@example.fi",
    }
    assert forms.part(filled, "word/media/line1.png") == forms.SIGNED_BY + b"tenant.1"


def test_a_line_that_is_left_out_leaves_nothing_behind():
    alone, together = (
        TEMPLATE.fill(forms.values()),
        TEMPLATE.fill(forms.values(present=frozenset({"signatory.tenant.2"}))),
    )
    assert "word/media/line2.png" not in forms.names(alone)
    assert b"line2" not in forms.part(alone, "word/_rels/document.xml.rels")
    assert b"And:" not in forms.part(alone, "word/document.xml")
    assert forms.part(together, "word/media/line2.png") == forms.SIGNED_BY + b"tenant.2"
    assert b"line2" in forms.part(together, "word/_rels/document.xml.rels")
    assert b"And:" in forms.part(together, "word/document.xml")


def test_no_content_type_is_declared_for_a_picture_that_is_not_there():
    form = forms.changed(forms.form(), {"word/media/a.png": b"\xff\xd8\xff"})
    form = forms.with_types(form, 'Override PartName="/word/media/a.png" ContentType="image/jpeg"')
    form = forms.related(form, rIdLogo=("image", "media/a.png"))
    types = forms.part(compile_template(form, forms.CONTRACT).fill(forms.values()), "[Content_Types].xml")
    assert b'<Override PartName="/word/media/a.png" ContentType="image/jpeg"/>' in types
    assert b"line" not in types


def test_a_header_is_filled_too():
    template = compile_template(forms.form(header=forms.paragraph(forms.text("tenant.name"))), forms.CONTRACT)
    filled = docx.Document(io.BytesIO(template.fill(forms.values())))
    assert filled.sections[0].header.paragraphs[0].text == "Lääkärikeskus Aava"


def test_a_text_may_be_used_many_times_and_not_at_all():
    template = compile_template(forms.form(forms.NAME * 3 + forms.SERVICES + forms.FIRST_LINE), forms.CONTRACT)
    assert paragraphs(template.fill(forms.values()))[:3] == ["Tenant: Lääkärikeskus Aava."] * 3


def test_a_cell_keeps_a_paragraph_when_all_that_it_holds_is_left_out():
    choices = forms.control("if:signatory.tenant.2", forms.paragraph(forms.run("second"))) * 2
    repeated = forms.control("each:laws", forms.paragraph(forms.text("law.title")))
    table = forms.table(forms.row(forms.cell(choices), forms.cell(repeated)))
    template = compile_template(forms.form(forms.BODY + table), forms.CONTRACT)
    for present in (frozenset[str](), frozenset({"signatory.tenant.2"})):
        for cell in forms.document(template.fill(forms.values(present=present))).iter(f"{W}tc"):
            assert cell[-1].tag == f"{W}p"


def test_rows_and_words_can_be_conditional():
    rows = forms.table(
        forms.row(forms.cell(forms.paragraph(""))),
        forms.control("if:signatory.tenant.2", forms.row(forms.cell(forms.paragraph(forms.run("row"))))),
    )
    words = forms.paragraph(forms.run("one") + forms.control("if:signatory.tenant.2", forms.run(" or two")))
    template = compile_template(forms.form(forms.BODY + rows + words), forms.CONTRACT)
    alone = docx.Document(io.BytesIO(template.fill(forms.values())))
    together = docx.Document(io.BytesIO(template.fill(forms.values(present=frozenset({"signatory.tenant.2"})))))
    assert [len(one.tables[1].rows) for one in (alone, together)] == [1, 2]
    assert [one.paragraphs[-1].text for one in (alone, together)] == ["one", "one or two"]


def test_what_is_repeated_has_no_bookmark_or_paragraph_id_twice():
    bookmarked = f'<w:bookmarkStart w:id="7" w:name="law"/>{forms.text("law.title")}<w:bookmarkEnd w:id="7"/>'
    law = f'<w:p w14:paraId="12345678" w14:textId="77777777">{bookmarked}</w:p>'
    body = forms.BODY + forms.control("each:laws", law)
    filled = compile_template(forms.form(body), forms.CONTRACT).fill(
        forms.values(rows={"services": [], "laws": [{"law.title": "a"}, {"law.title": "b"}]})
    )
    assert b"paraId" not in forms.part(filled, "word/document.xml")
    assert b"bookmark" not in forms.part(filled, "word/document.xml")


def test_only_what_the_caller_says_is_said_about_the_document():
    filled = TEMPLATE.fill(forms.values())
    properties = docx.Document(io.BytesIO(filled)).core_properties
    assert (properties.title, properties.language, properties.author) == ("Agreement", "en-GB", "Tests")
    assert (properties.created, properties.modified) == (forms.AT, forms.AT)
    left_behind = ("docProps/app.xml", "docProps/thumbnail.jpeg", "customXml/item1.xml", "word/stylesWithEffects.xml")
    assert not set(left_behind) & set(forms.names(filled))


def test_the_package_is_one_that_a_strict_reader_accepts():
    package = Package.read(TEMPLATE.fill(forms.values(present=frozenset({"signatory.tenant.2"}))))
    package.archive.check_all()
    assert package.main_part() == "/word/document.xml"
    reached = {package.target(source, link) for source, link in package.all_relationships() if not link.external}
    assert reached == set(package.parts)
    for part, kind in package.content_types.items():
        if kind.endswith("xml"):
            package.xml(part)


def test_the_same_values_give_the_same_bytes_in_every_process():
    program = (
        "import hashlib; from tests.machinery.docx import forms;"
        "from kanta_tenancy.machinery.docx import compile_template;"
        "template = compile_template(forms.form(), forms.CONTRACT);"
        "print(hashlib.sha256(template.fill(forms.values(present=frozenset({'signatory.tenant.2'})))).hexdigest())"
    )
    root = Path(__file__).parents[3]
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "TZ": zone},
            cwd=root,
            check=True,
            capture_output=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Pacific/Kiritimati"), ("3", "Europe/Helsinki"))
    }
    assert len(digests) == 1


def test_threads_share_a_template():
    expected = [TEMPLATE.fill(forms.values(texts=forms.texts(tenant_name=str(n)))) for n in range(50)]
    with ThreadPoolExecutor(8) as pool:
        filled = list(pool.map(lambda n: TEMPLATE.fill(forms.values(texts=forms.texts(tenant_name=str(n)))), range(50)))
    assert filled == expected


def test_the_rest_of_the_document_is_as_it_was():
    body = forms.BODY + forms.paragraph(forms.run("R&amp;D ]]&gt; &lt;b&gt; ''", "<w:b/>")) + "<w:p/>"
    filled = compile_template(forms.form(body), forms.CONTRACT).fill(forms.values())
    last, empty = list(forms.document(filled).iter(f"{W}p"))[-2:]
    assert "".join(last.itertext()) == "R&D ]]> <b> ''"
    assert last.find(f"{W}r/{W}rPr/{W}b") is not None
    assert len(empty) == 0
    assert etree.tostring(forms.document(filled)).count(b"<w:sectPr") == 1


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("one two", False),
        (" one", True),
        ("one ", True),
        ("a  b", True),
        ("a\u00a0b", True),
        ("a\tb", True),
        (" ", True),
    ],
)
def test_only_texts_with_space_to_keep_say_that_it_is_kept(text: str, kept: bool):
    filled = compile_template(
        forms.extended(f'<w:p><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'), forms.CONTRACT
    ).fill(forms.values())
    last = [one for one in forms.document(filled).iter(f"{W}t") if one.text == text][-1]
    assert (last.get("{http://www.w3.org/XML/1998/namespace}space") == "preserve") is kept


def test_a_placeholder_keeps_the_space_of_what_is_filled_in():
    filled = TEMPLATE.fill(forms.values(texts=forms.texts(tenant_name=" two  spaces ")))
    assert paragraphs(filled)[0] == "Tenant:  two  spaces ."
    place = next(one for one in forms.document(filled).iter(f"{W}t") if one.text == " two  spaces ")
    assert place.get("{http://www.w3.org/XML/1998/namespace}space") == "preserve"
