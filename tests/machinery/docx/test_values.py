"""Values that do not fit are a mistake of the calling code, and are said so at once."""

import pytest
from msgspec.structs import replace

from kanta_tenancy.machinery.docx import Properties, ValuesDoNotFit, compile_template
from tests.machinery.docx import forms

TEMPLATE = compile_template(forms.form(), forms.CONTRACT)
LINE = forms.values().signature_lines["tenant.1"]
OTHER = replace(LINE, id=forms.guid(2))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"texts": {"tenant.name": "A"}}, r"texts: missing \['tenant.note'\]"),
        ({"texts": {"tenant.name": "A", "tenant.note": "", "tenant.nmae": ""}}, r"unknown \['tenant.nmae'\]"),
        ({"rows": {"services": []}}, r"rows: missing \['laws'\]"),
        ({"rows": {"services": [{"service.name": "A"}], "laws": []}}, r"services: missing \['service.tick'\]"),
        ({"rows": {"services": [], "laws": [{"title": "A"}]}}, r"laws: missing \['law.title'\], unknown \['title'\]"),
        ({"present": frozenset({"signatory.tenant.3"})}, r"conditions: .*unknown \['signatory.tenant.3'\]"),
        ({"signature_lines": {}}, r"signature lines: missing \['tenant.1'\]"),
        ({"signature_lines": {"tenant.1": LINE, "tenant.2": OTHER}}, r"unknown \['tenant.2'\]"),
        ({"signature_lines": {"tenant.1": replace(LINE, id="{guid}")}}, "GUIDs"),
        ({"signature_lines": {"tenant.1": replace(LINE, image=b"GIF89a")}}, "another kind"),
        (
            {"properties": Properties(title="", language="", creator="", at=forms.AT.replace(tzinfo=None))},
            "no time zone",
        ),
    ],
)  # fmt: skip
def test_values_that_do_not_fit_are_named(changes, message):
    with pytest.raises(ValuesDoNotFit, match=message):
        TEMPLATE.fill(forms.values(**changes))


def test_two_lines_with_one_id_do_not_fit():
    lines = {"tenant.1": LINE, "tenant.2": LINE}
    with pytest.raises(ValuesDoNotFit, match="each another"):
        TEMPLATE.fill(forms.values(present=frozenset({"signatory.tenant.2"}), signature_lines=lines))


def test_a_template_says_which_lines_a_document_will_show():
    assert TEMPLATE.signature_lines(frozenset()) == {"tenant.1"}
    assert TEMPLATE.signature_lines({"signatory.tenant.2"}) == {"tenant.1", "tenant.2"}
