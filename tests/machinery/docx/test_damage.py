"""Whatever was done to a template's markup: it is either refused with findings, or filled into a sound document."""

import copy

from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree
from msgspec.structs import replace

from kanta_tenancy.machinery.docx import compile_template, inspect_template
from kanta_tenancy.machinery.opc import Package
from tests.machinery.docx import forms
from tests.machinery.docx.forms import CONTRACT, W, form

BODY = (
    forms.BODY
    + forms.control("each:laws", forms.paragraph(forms.text("law.title")))
    + forms.paragraph(forms.FIELD.format("PAGE"))
    + forms.control("tenant.note", forms.paragraph(forms.run("note", "<w:b/>")))
)
FORM = form(BODY)
NUMBERS = st.integers(min_value=0, max_value=1000)


def remove(element, _other):
    element.getparent().remove(element)


def double(element, _other):
    element.addnext(copy.deepcopy(element))


def move(element, other):
    if element is not other and element not in other.iterancestors():
        other.append(element)


def rename(element, other):
    element.tag = other.tag


def unwrap(element, _other):
    for child in list(element):
        element.addprevious(child)
    element.getparent().remove(element)


def change(element, other):
    for name in element.attrib:
        element.set(name, next(iter(other.attrib.values()), "x"))


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([remove, double, move, rename, unwrap, change]), NUMBERS, NUMBERS),
        min_size=1,
        max_size=3,
    )
)
@example([(move, 1, 16)])  # a run beside the paragraphs of a cell
def test_damaged_markup_is_refused_or_filled(damages):
    root = forms.document(FORM)
    for damage, first, second in damages:
        inside = list(root.iter(etree.Element))[2:]  # the document and its body stay
        if inside:
            damage(inside[first % len(inside)], inside[second % len(inside)])
    damaged = forms.changed(FORM, {"word/document.xml": etree.tostring(root)})
    if inspect_template(damaged, CONTRACT):
        return
    template = compile_template(damaged, CONTRACT)
    for present in (frozenset[str](), frozenset({"signatory.tenant.2"})):
        rows = {"services": [], "laws": [{"law.title": "1/2026"}]}
        values = forms.values(present=present, rows=rows)
        shown = template.signature_lines(present)  # a line of a second signatory may have gone
        lines = {name: line for name, line in values.signature_lines.items() if name in shown}
        package = Package.read(template.fill(replace(values, signature_lines=lines)))
        package.archive.check_all()
        document = package.xml("/word/document.xml")
        assert next(document.iter(f"{W}sdt", etree.ProcessingInstruction), None) is None
        assert all(cell[-1].tag == f"{W}p" for cell in document.iter(f"{W}tc"))
