"""What changes the content hash of a document, and what does not."""

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kanta_tenancy.machinery.docx import content_hash
from tests.machinery.docx import forms
from tests.machinery.docx.forms import form

FORM = form()


def repacked(docx, order, method):
    container = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as old, zipfile.ZipFile(container, "w", method) as new:
        names = old.namelist()
        for position in sorted(range(len(names)), key=lambda n: order[n % len(order)]):
            new.writestr(
                zipfile.ZipInfo(names[position], (1999, 12, 31, 23, 59, 58)), old.read(names[position]), method
            )
    return container.getvalue()


@settings(deadline=None)
@given(st.lists(st.integers(), min_size=1), st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
def test_zipping_again_keeps_the_hash(order, method):
    assert content_hash(repacked(FORM, order, method)) == content_hash(FORM)


@pytest.mark.parametrize(
    "same",
    [
        forms.replaced(FORM, "docProps/core.xml", b"python-docx", b"someone else"),
        forms.changed(FORM, {"word/document.xml": b"<?xml version='1.0'?>\n" + forms.part(FORM, "word/document.xml")}),
        forms.replaced(FORM, "word/document.xml", b"<w:tblPr/>", b"<w:tblPr></w:tblPr><!-- nothing -->"),
        forms.changed(FORM, {"docProps/thumbnail.jpeg": b"another"}),
    ],
    ids=["properties", "declaration", "ways of writing", "thumbnail"],
)
def test_what_is_not_content_keeps_the_hash(same):
    assert same != FORM
    assert content_hash(same) == content_hash(FORM)


@pytest.mark.parametrize(
    "other",
    [
        forms.replaced(FORM, "word/document.xml", b"Tenant: ", b"Tenant:"),
        forms.replaced(FORM, "word/styles.xml", b"minorHAnsi", b"majorHAnsi"),
        forms.changed(FORM, {"word/media/line1.png": forms.PNG + b"!"}),
        forms.replaced(FORM, "word/_rels/document.xml.rels", b"media/line1.png", b"media/spare.png"),
        forms.related(FORM, rId91=("hyperlink", "https://www.kanta.fi")),
        forms.with_types(FORM, 'Override PartName="/word/media/line1.png" ContentType="image/x-emf"'),
    ],
    ids=["text", "style", "picture", "relationship", "hyperlink", "content type"],
)
def test_what_is_content_changes_the_hash(other):
    assert content_hash(other) != content_hash(FORM)
