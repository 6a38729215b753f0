"""What keeps the package of a template from being issued, and in which part it is."""

import pytest

from kanta_tenancy.machinery.docx import inspect_template
from tests.machinery.docx import forms
from tests.machinery.docx.forms import CONTRACT, form

SIGNED = "http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/origin"
MAIN_TYPE = b"vnd.openxmlformats-officedocument.wordprocessingml.document.main"
STRICT = b'<w:document xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"/>'


def linked(kind, target="media/spare.png", source="word/document.xml"):
    """A form with one more relationship."""
    return forms.related(form(), source, rId91=(kind, target))


def as_type(main_type):
    return forms.replaced(form(), "[Content_Types].xml", MAIN_TYPE, main_type)


PACKAGE = {
    "macros": (
        forms.changed(
            forms.with_types(form(), 'Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"'),
            {"word/vbaProject.bin": b"x"},
        ),
        "word/vbaProject.bin: The part holds macros.",
    ),
    "docm": (
        as_type(b"vnd.ms-word.document.macroEnabled.main"),
        "word/document.xml: The main document is not a Word document without macros",
    ),
    "dotx": (
        as_type(b"vnd.openxmlformats-officedocument.wordprocessingml.template.main"),
        "word/document.xml: The main document is not a Word document without macros",
    ),
    "external picture": (
        linked("image", "http://example.com/a.png"),
        "word/document.xml: The document fetches something from outside: http://example.com/a.png.",
    ),
    "file link": (
        linked("hyperlink", "file:///c:/a.docx"),
        "word/document.xml: A hyperlink leads elsewhere than to the web: file:///c:/a.docx.",
    ),
    "ampersand": (
        linked("hyperlink", "https://example.com/?a=1&b=2"),
        "word/document.xml: The address https://example.com/?a=1&b=2 has a character",
    ),
    "attached template": (
        linked("attachedTemplate", "file:///c:/a.dotm", "word/settings.xml"),
        "word/settings.xml: The document has a link to another template (file:///c:/a.dotm).",
    ),
    "object": (linked("oleObject"), "word/document.xml: The document has an embedded object (media/spare.png)."),
    "control": (linked("control"), "word/document.xml: The document has an ActiveX control (media/spare.png)."),
    "chunk": (linked("aFChunk"), "word/document.xml: The document has an inserted file (altChunk) (media/spare.png)."),
    "font": (
        linked("font", "media/spare.png", "word/fontTable.xml"),
        "word/fontTable.xml: The document has an embedded font (media/spare.png).",
    ),
    "signed": (
        linked(SIGNED, "word/media/spare.png", ""),
        ": The document has a digital signature, which filling would",
    ),
    "unknown kind": (linked("slide"), "word/document.xml: The document has a part of an unknown kind: slide"),
    "missing part": (
        linked("image", "media/gone.png"),
        "word/document.xml: The document refers to a part that is not there: media/gone.png.",
    ),
    "picture that is none": (
        linked("image", "theme/theme1.xml"),
        "word/document.xml: theme/theme1.xml has the content type",
    ),
    "mail merge": (
        forms.replaced(form(), "word/settings.xml", b"</w:settings>", b"<w:mailMerge/></w:settings>"),
        "word/settings.xml: The document is set up for mail merge",
    ),
    "entity": (
        forms.changed(form(), {"word/settings.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
        "word/settings.xml: The part has a document type declaration",
    ),
    "no xml": (
        forms.changed(form(), {"word/document.xml": b"<w:document"}),
        "word/document.xml: The part is not well-formed XML",
    ),
    "strict": (
        forms.changed(form(), {"word/document.xml": STRICT}),
        "word/document.xml: The document is in the Strict Open XML form; save it as “Word Document (*.docx)”.",
    ),
    "name": (
        forms.changed(form(), {"word/media/käyttö.png": b"x"}),
        "word/media/käyttö.png: The name of the part is not plain ASCII",
    ),
}


@pytest.mark.parametrize(("docx", "expected"), PACKAGE.values(), ids=PACKAGE)
def test_a_flaw_of_the_package_is_found_and_its_part_named(docx, expected):
    said = [f"{finding.part}: {finding.detail}" for finding in inspect_template(docx, CONTRACT)]
    assert any(one.startswith(expected) for one in said), said
    assert all(finding.rule for finding in inspect_template(docx, CONTRACT))
