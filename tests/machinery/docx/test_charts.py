"""Native charts: drawn from figures in the document itself, read aloud in words, and nothing brought in with them."""

import io
from collections.abc import Mapping
from typing import Any

import pytest
from docx import Document
from docx.enum.shape import WD_INLINE_SHAPE
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from msgspec.structs import replace

from kanta_tenancy.machinery.docx import (
    BarChart,
    Contract,
    Names,
    TextNotPrintable,
    ValuesDoNotFit,
    compile_template,
    content_hash,
)
from kanta_tenancy.machinery.opc import Package
from tests.machinery.docx import forms
from tests.machinery.docx.forms import control, form, found, paragraph, run

CONTRACT = Contract(charts=Names(required=frozenset({"days"}), optional=frozenset({"types"})))
DAYS = paragraph(run("Time"), "Heading1") + control("chart:days", paragraph(run("[Chart]"), "BodyText"))
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
W = forms.W
DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
labels = st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), min_size=1, max_size=30).filter(str.isprintable)


def a_chart(**said: Any) -> BarChart:
    bars = (("Within 5 min", 12), ("Within 15 min", 3), ("Longer", 0))
    return BarChart(**{"title": "Disturbances", "alternative": "Bar chart: 12, 3, 0", "bars": bars} | said)


def filled(body: str = DAYS, **charts: BarChart) -> bytes:
    values = forms.values(
        texts={}, rows={}, signature_lines={}, charts={"days": a_chart(), "types": a_chart()} | charts
    )
    return compile_template(form(body), CONTRACT).fill(values)


def chart_parts(docx: bytes) -> Mapping[str, etree._Element]:
    package = Package.read(docx)
    return {name: package.xml(name) for name, kind in package.parts.items() if kind.endswith("drawingml.chart+xml")}


def figures(chart: etree._Element) -> list[tuple[str | None, str | None]]:
    names, values = (
        [one.text for one in chart.iter(f"{C}v") if any(True for _ in one.iterancestors(f"{C}{kind}"))]
        for kind in ("cat", "val")
    )
    return list(zip(names, values, strict=True))


def test_another_program_finds_a_chart_where_the_control_stood_in_a_paragraph_of_its_style():
    document = Document(io.BytesIO(filled()))
    (shape,) = document.inline_shapes
    assert shape.type is WD_INLINE_SHAPE.CHART
    (holder,) = [one for one in document.paragraphs if one._p.findall(f".//{W}drawing")]  # noqa: SLF001 -- no other way
    assert (holder.style.style_id, holder.text) == ("BodyText", "")
    assert "sdt" not in etree.tostring(document.element).decode()


@given(st.lists(st.tuples(labels, st.integers(0, 10**6)), max_size=40), st.booleans())
def test_its_part_says_every_label_and_figure_in_their_order(bars, upright):
    (chart,) = chart_parts(filled(days=a_chart(bars=tuple(bars), upright=upright))).values()
    assert figures(chart) == [(label, str(value)) for label, value in bars]
    assert chart.find(f".//{C}barDir").get("val") == ("col" if upright else "bar")


def test_figures_are_literals_and_no_workbook_is_embedded_or_linked():
    docx = filled()
    (chart,) = chart_parts(docx).values()
    assert [str(one.tag) for one in chart.iter(f"{C}externalData", f"{C}strRef", f"{C}numRef", f"{C}f")] == []
    package = Package.read(docx)
    assert not any("charts" in source for source, _ in package.all_relationships())
    assert [one.type.rpartition("/")[2] for _, one in package.all_relationships() if "chart" in one.target] == ["chart"]


@given(labels, labels)
def test_what_is_read_aloud_is_an_attribute_however_it_is_written(title, alternative):
    package = Package.read(filled(days=a_chart(title=title, alternative=alternative)))
    (drawn,) = package.xml("/word/document.xml").iter(DRAWN)
    assert (drawn.get("name"), drawn.get("descr")) == (title, alternative)


def test_several_charts_have_a_part_and_a_number_each_and_one_that_is_not_used_has_none():
    both = filled(DAYS + control("chart:types", paragraph("")), types=a_chart(bars=(("x", 1),)))
    counted = {name: len(figures(chart)) for name, chart in chart_parts(both).items()}
    assert counted == {"/word/charts/chart1.xml": 3, "/word/charts/chart2.xml": 1}
    ids = [one.get("id") for one in Package.read(both).xml("/word/document.xml").iter(DRAWN)]
    assert len(set(ids)) == 2
    assert list(chart_parts(filled())) == ["/word/charts/chart1.xml"]


def test_the_same_values_give_the_same_bytes_and_another_figure_another_content():
    assert filled() == filled()
    other = filled(days=a_chart(bars=(("Within 5 min", 13), ("Within 15 min", 3), ("Longer", 0))))
    assert content_hash(filled()) == content_hash(filled())
    assert content_hash(filled()) != content_hash(other)


@pytest.mark.parametrize(
    ("chart", "refusal"),
    [
        (a_chart(bars=(("a\nb", 1),)), TextNotPrintable),
        (a_chart(alternative="a\x00b"), TextNotPrintable),
        (a_chart(title="a\u202eb"), TextNotPrintable),
        (a_chart(bars=(("a", -1),)), ValuesDoNotFit),
        (a_chart(bars=(("a", 1),) * 41), ValuesDoNotFit),
    ],
    ids=["line break", "control character", "turned", "below nothing", "too many"],
)
def test_what_cannot_be_shown_is_refused(chart, refusal):
    with pytest.raises(refusal):
        filled(days=chart)


def test_every_chart_of_the_contract_is_given_and_no_other():
    template = compile_template(form(DAYS), CONTRACT)
    for charts in ({"days": a_chart()}, {"days": a_chart(), "types": a_chart(), "weeks": a_chart()}):
        with pytest.raises(ValuesDoNotFit, match="charts"):
            template.fill(forms.values(texts={}, rows={}, signature_lines={}, charts=charts))


@pytest.mark.parametrize(
    ("body", "flaw"),
    [
        (DAYS + DAYS, "The same chart is there more than once."),
        (DAYS + control("chart:weeks", paragraph("")), "No placeholder has this name."),
        (
            DAYS + control("chart:types", paragraph("") * 2),
            "The content control of a chart stands around more than one",
        ),
        (DAYS + paragraph(control("chart:types", run("x"))), "it can only stand around paragraphs."),
        (
            DAYS + control("if:now", control("chart:types", paragraph(""))),
            "The chart stands in another content control",
        ),
        (paragraph(""), "There is no content control with this tag, and one is needed."),
    ],
    ids=["twice", "unknown", "two paragraphs", "in a line", "conditional", "missing"],
)
def test_where_a_chart_cannot_stand_is_told(body, flaw):
    contract = replace(CONTRACT, conditions=Names(optional=frozenset({"now"})))
    assert any(flaw in said for _, said in found(form(body), contract))


def test_a_chart_in_a_header_is_told():
    flaws = found(form(DAYS, header=control("chart:types", paragraph(""))), CONTRACT)
    assert any("A chart can only stand in the document itself." in said for _, said in flaws)


def test_a_chart_that_somebody_drew_into_a_template_is_still_refused():
    drawn = forms.changed(
        forms.with_types(
            forms.related(form(DAYS), rIdTheirs=("chart", "charts/theirs.xml")),
            'Override PartName="/word/charts/theirs.xml"'
            ' ContentType="application/vnd.openxmlformats-officedocument.drawingml.chart+xml"',
        ),
        {"word/charts/theirs.xml": b"<x/>"},
    )
    assert any("The document has a chart" in said for _, said in found(drawn, CONTRACT))
