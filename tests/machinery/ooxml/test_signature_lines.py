import docx
import pytest
from docx.oxml import parse_xml

from kanta_tenancy.machinery.ooxml.signature_lines import signature_lines
from kanta_tenancy.machinery.ooxml.signing import sign
from kanta_tenancy.machinery.opc import BrokenPackage
from tests.machinery.ooxml.signing.documents import (
    FIRST_LINE,
    NOW,
    SECOND_LINE,
    credential,
    document,
    replaced,
    saved,
    signature_line,
)


def test_lines_come_in_the_order_of_the_document_with_what_they_say():
    made = docx.Document()
    for line, signer in ((SECOND_LINE, "Eino & <Co>"), (FIRST_LINE, "Aino")):
        made.element.body.add_p().append(parse_xml(signature_line(line, signer, "Johtaja", "a@example.fi")))
    first, second = signature_lines(saved(made))
    assert (first.setup_id, first.suggested_signer, first.title) == (SECOND_LINE, "Eino & <Co>", "Johtaja")
    assert (second.setup_id, second.email, second.signed) == (FIRST_LINE, "a@example.fi", False)


def test_a_document_without_lines_has_none():
    assert signature_lines(document()) == ()


def test_a_line_that_was_copied_counts_once():
    assert [line.setup_id for line in signature_lines(document(FIRST_LINE, FIRST_LINE))] == [FIRST_LINE]


def test_a_shape_whose_id_is_no_guid_is_no_line():
    assert signature_lines(document("rId1")) == ()


def test_a_line_is_signed_however_its_id_is_spelt():
    package = document(FIRST_LINE)
    (line,) = signature_lines(package)
    signed = sign(package, credential(), at=NOW, line=line)
    respelt = replaced(signed, "word/document.xml", FIRST_LINE.encode(), FIRST_LINE.lower().encode())
    assert [line.signed for line in signature_lines(respelt)] == [True]


def test_what_is_no_document_is_refused():
    with pytest.raises(BrokenPackage):
        signature_lines(b"no document")
