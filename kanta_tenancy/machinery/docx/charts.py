"""Native bar charts of a filled document: the drawing where one stands, and the part that holds its figures.

The figures are literals of the chart's own part (ECMA-376-1, 21.2.2.94 and 21.2.2.186): no workbook is embedded and
none is linked, so a chart brings nothing that a signed document may not have. Its part and the relationship to it are
signed like any other.
"""

import posixpath
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from kanta_tenancy.machinery.docx.contract import BarChart, Contract
from kanta_tenancy.machinery.docx.controls import Control, Kind, controls_of
from kanta_tenancy.machinery.docx.errors import ValuesDoNotFit
from kanta_tenancy.machinery.docx.escaping import one_line
from kanta_tenancy.machinery.docx.findings import Finding, Story
from kanta_tenancy.machinery.docx.form import Form
from kanta_tenancy.machinery.docx.relations import CHART
from kanta_tenancy.machinery.docx.wordml import R
from kanta_tenancy.machinery.opc import Relationship

CONTENT_TYPE: Final = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_DRAWING: Final = "http://schemas.openxmlformats.org/drawingml/2006"
_MOST_BARS: Final = 40  # a chart of more would not fit on a page

_WIDTH: Final = 6_120_000  # EMU, 360,000 a centimetre: the width between the margins of a page
_FRAME: Final = 180_000  # above and below the bars
_BAR: Final = 216_000  # of each bar that lies
_HEIGHT: Final = 2_160_000  # of a chart whose bars stand
_COLOUR: Final = b"1F4E79"
_FIRST_ID: Final = 9_001  # of drawings; templates begin at 1


def numbers(contract: Contract) -> Mapping[str, int]:
    """Return which number each chart of a contract has, whatever template it stands in."""
    return {name: number for number, name in enumerate(sorted(contract.charts.all()), 1)}


def used(form: Form) -> tuple[str, ...]:
    """Return the charts that a document without findings shows."""
    return tuple(sorted(control.name for _, control in _controls(form)))


def check_charts(form: Form) -> Iterator[Finding]:
    """Find charts that stand elsewhere than in the document itself, or are there twice."""
    names = Counter(control.name for _, control in _controls(form))
    for story, control in _controls(form):
        if story.name != form.main:
            yield story.finding(control.element, "A chart can only stand in the document itself.", tag=control.tag)
        elif names[control.name] > 1:
            yield story.finding(control.element, "The same chart is there more than once.", tag=control.tag)


def _controls(form: Form) -> Iterator[tuple[Story, Control]]:
    for story in form.stories:
        for control in controls_of(story.root):
            if control.kind is Kind.CHART:
                yield story, control


def part(main: str, number: int) -> str:
    """Return the name of the part of a document's chart, counted from 1."""
    return posixpath.join(posixpath.dirname(main), relationship(number).target)


def relationship(number: int) -> Relationship:
    """Return what leads from the document to that part."""
    return Relationship(id=_id(number), type=CHART, target=f"charts/chart{number}.xml")


def drawing(name: str, number: int, chart: BarChart) -> bytes:
    """Write the drawing that shows a chart, with what is read aloud in its place."""
    height = _HEIGHT if chart.upright else 2 * _FRAME + _BAR * len(chart.bars)
    return _DRAWN % {
        b"id": b"%d" % (_FIRST_ID + number),
        b"title": one_line(f"{name}.title", chart.title),
        b"alternative": one_line(f"{name}.alternative", chart.alternative),
        b"width": b"%d" % _WIDTH,
        b"height": b"%d" % height,
        b"rel": _id(number).encode(),
    }


def content(name: str, chart: BarChart) -> bytes:
    """Write the part of a chart; the same chart gives the same bytes.

    Raises:
        TextNotPrintable: a label holds what cannot be printed, or is more than a line.
        ValuesDoNotFit: there are more bars than fit, or one has less than nothing.
    """
    if len(chart.bars) > _MOST_BARS or any(value < 0 for _, value in chart.bars):
        raise ValuesDoNotFit(f"{name}: a chart has at most {_MOST_BARS} bars, none below nothing")
    said = {
        b"direction": b"col" if chart.upright else b"bar",
        b"title": one_line(f"{name}.title", chart.title),
        b"count": b"%d" % len(chart.bars),
        b"labels": _points([one_line(name, label) for label, _ in chart.bars]),
        b"values": _points([b"%d" % value for _, value in chart.bars]),
        b"order": b"minMax" if chart.upright else b"maxMin",  # of bars that lie the first stands above
        b"labels_at": b"b" if chart.upright else b"l",
        b"values_at": b"l" if chart.upright else b"t",
        b"colour": _COLOUR,
    }
    return _PART % said


def _id(number: int) -> str:
    return f"rIdChart{number}"


def _points(values: list[bytes]) -> bytes:
    return b"".join(b'<c:pt idx="%d"><c:v>%b</c:v></c:pt>' % (at, value) for at, value in enumerate(values))


_WP: Final = f"{_DRAWING}/wordprocessingDrawing".encode()
_A: Final = f"{_DRAWING}/main".encode()
_C: Final = f"{_DRAWING}/chart".encode()
_SMALL: Final = b'<c:txPr><a:bodyPr/><a:p><a:pPr><a:defRPr sz="900"/></a:pPr><a:endParaRPr/></a:p></c:txPr>'
_DRAWN: Final = (
    b'<w:drawing><wp:inline xmlns:wp="' + _WP + b'" distT="0" distB="0" distL="0" distR="0">'
    b'<wp:extent cx="%(width)b" cy="%(height)b"/><wp:docPr id="%(id)b" name="%(title)b" descr="%(alternative)b"/>'
    b'<wp:cNvGraphicFramePr/><a:graphic xmlns:a="' + _A + b'"><a:graphicData uri="' + _C + b'">'
    b'<c:chart xmlns:c="' + _C + b'" xmlns:r="' + R.encode() + b'" r:id="%(rel)b"/>'
    b"</a:graphicData></a:graphic></wp:inline></w:drawing>"
)
_PART: Final = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<c:chartSpace xmlns:c="' + _C + b'" xmlns:a="' + _A + b'"><c:roundedCorners val="0"/><c:chart>'
    b'<c:autoTitleDeleted val="1"/><c:plotArea><c:layout/><c:barChart><c:barDir val="%(direction)b"/>'
    b'<c:grouping val="clustered"/><c:varyColors val="0"/><c:ser><c:idx val="0"/><c:order val="0"/>'
    b'<c:tx><c:v>%(title)b</c:v></c:tx><c:spPr><a:solidFill><a:srgbClr val="%(colour)b"/></a:solidFill></c:spPr>'
    b'<c:invertIfNegative val="0"/><c:dLbls><c:numFmt formatCode="0" sourceLinked="0"/><c:spPr><a:noFill/></c:spPr>'
    + _SMALL
    + b'<c:dLblPos val="outEnd"/><c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/>'
    b'<c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>'
    b'<c:cat><c:strLit><c:ptCount val="%(count)b"/>%(labels)b</c:strLit></c:cat>'
    b'<c:val><c:numLit><c:formatCode>0</c:formatCode><c:ptCount val="%(count)b"/>%(values)b</c:numLit></c:val></c:ser>'
    b'<c:gapWidth val="50"/><c:axId val="1"/><c:axId val="2"/></c:barChart>'
    b'<c:catAx><c:axId val="1"/><c:scaling><c:orientation val="%(order)b"/></c:scaling><c:delete val="0"/>'
    b'<c:axPos val="%(labels_at)b"/><c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/>'
    b'<c:minorTickMark val="none"/><c:tickLblPos val="low"/>'
    + _SMALL
    + b'<c:crossAx val="2"/><c:crosses val="autoZero"/><c:auto val="0"/><c:lblAlgn val="ctr"/><c:lblOffset val="100"/>'
    b'<c:noMultiLvlLbl val="1"/></c:catAx>'
    b'<c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/><c:min val="0"/></c:scaling><c:delete val="1"/>'
    b'<c:axPos val="%(values_at)b"/><c:numFmt formatCode="0" sourceLinked="0"/><c:majorTickMark val="none"/>'
    b'<c:minorTickMark val="none"/><c:tickLblPos val="none"/><c:crossAx val="1"/><c:crosses val="autoZero"/>'
    b'<c:crossBetween val="between"/></c:valAx>'
    b'<c:spPr><a:noFill/></c:spPr></c:plotArea><c:plotVisOnly val="0"/><c:dispBlanksAs val="gap"/></c:chart>'
    b"<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr></c:chartSpace>"
)
