"""Charts of monthly summaries as others see them: LibreOffice draws them, every verifier guards their figures."""

import io
import subprocess
import zipfile
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path

import pytest
from docx import Document
from docx.enum.shape import WD_INLINE_SHAPE

from kanta_tenancy.disturbances.case import Place, State
from kanta_tenancy.disturbances.model import Fact
from kanta_tenancy.disturbances.summary import document as disturbances
from kanta_tenancy.disturbances.summary.counting import EventFigure, Heading, summary
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.ooxml.report import Verdict
from kanta_tenancy.machinery.ooxml.signing import sign
from kanta_tenancy.machinery.ooxml.verification import verify
from kanta_tenancy.renewals import report_document as renewals
from kanta_tenancy.renewals.model import Figure
from kanta_tenancy.renewals.model import State as Outcome
from kanta_tenancy.renewals.report import Heading as OfRenewals
from kanta_tenancy.renewals.report import report
from kanta_tenancy.seals.documents import COMMENT
from tests.seals.examples import a_folder, a_key

pytestmark = pytest.mark.interop
NOON = datetime(2026, 4, 1, 12, 0, tzinfo=UTC)
MARCH = date(2026, 3, 1)
WAITS = (12, 6, 0, 3, 0, 1)  # acknowledged within 5, 15, 30, 60, 240 minutes, and later
BAR = (0x1F, 0x4E, 0x79)


def a_month(language: Language = Language.ENGLISH) -> bytes:
    """Return the document of a month in which so many disturbances were acknowledged within each time."""
    heading = Heading(
        month=MARCH, language=language, made_at=NOON, main_connector="Saari Oy", business_id="0246246-0",
        to_acknowledge=15, to_acknowledge_when_critical=5,
    )  # fmt: skip
    events = [
        EventFigure(state=State.CLOSED, place=Place.KANTA, facts=(Fact.DISTURBANCE,), minutes=minutes, events=count)
        for minutes, count in zip((5, 15, 30, 60, 240, 999), WAITS, strict=True)
        if count
    ]
    return disturbances.as_docx(summary(heading, events, [], []))


def a_month_of_requests() -> bytes:
    heading = OfRenewals(
        month=MARCH, language=Language.SWEDISH, made_at=NOON, main_connector="Saari Oy", business_id="0246246-0",
        tenant=None,
    )  # fmt: skip
    answered = [
        Figure(outcome=Outcome.RENEWED, hours=24 * day, handed_over=False, requests=n) for day, n in ((0, 8), (2, 4))
    ]
    return renewals.as_docx(report(heading, answered))


def pixels(pdf: Path, page: int) -> list[list[bool]]:
    """Return which pixels of a page have the colour of bars, row by row."""
    ppm = subprocess.run(
        ["pdftoppm", "-r", "100", "-aa", "no", "-f", str(page), "-l", str(page), pdf], check=True, capture_output=True
    ).stdout
    magic, size, depth, raster = ppm.split(b"\n", 3)
    assert (magic, depth) == (b"P6", b"255")
    width, height = map(int, size.split())
    rows = (raster[3 * width * at : 3 * width * (at + 1)] for at in range(height))
    return [[tuple(row[3 * x : 3 * x + 3]) == BAR for x in range(width)] for row in rows]


def bars(lines: list[list[bool]]) -> list[int]:
    """Return how long each bar is, of bars that lie one above the other."""
    lengths = [sum(line) for line in lines]
    return [max(run) for shows, run in ((shows, list(run)) for shows, run in groupby(lengths, bool)) if shows]


def test_libreoffice_draws_bars_as_long_as_their_figures_say(soffice, tmp_path):
    file = tmp_path / "month.docx"
    file.write_bytes(a_month())
    pdf = soffice(file, "pdf")
    drawn = bars(pixels(pdf, 1))
    expected = [count for count in WAITS if count]
    assert len(drawn) == len(expected)
    for length, count in zip(drawn, expected, strict=True):
        assert length == pytest.approx(drawn[0] * count / expected[0], abs=3)
    shown = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, text=True).stdout
    assert shown.count("Within 15 min") == 2  # beside its bar, and in the table beneath


def test_libreoffice_draws_bars_that_stand(soffice, tmp_path):
    file = tmp_path / "requests.docx"
    file.write_bytes(a_month_of_requests())
    turned = [list(column) for column in zip(*pixels(soffice(file, "pdf"), 1), strict=True)]
    first, second = bars(turned)
    assert second == pytest.approx(first / 2, abs=3)


@pytest.mark.parametrize("language", Language)
def test_another_program_finds_charts_with_their_words_and_a_table_beneath_each(language):
    document = Document(io.BytesIO(a_month(language)))
    assert [one.type for one in document.inline_shapes] == [WD_INLINE_SHAPE.CHART] * 2
    for shape in document.inline_shapes:
        said = shape._inline.docPr.get("descr")  # noqa: SLF001 -- no other way
        holder = next(shape._inline.iterancestors("{*}p"))  # noqa: SLF001
        table = holder.getnext()
        assert table.tag.endswith("}tbl")
        cells = [[cell.text for cell in row.cells] for one in document.tables if one._tbl is table for row in one.rows]  # noqa: SLF001
        assert all(f"{name}: {count}" in said for name, count in cells[1:])
        assert len(cells) > 6


def test_every_verifier_accepts_a_sealed_chart_and_sees_that_a_figure_of_it_was_changed(
    poi, libreoffice, clock, tmp_path
):
    keys = a_folder(tmp_path)
    clock.at = NOON
    a_key(keys, clock)
    key = keys.named("seal-1")
    sealed = sign(a_month(), key, at=NOON, comments=COMMENT)
    whole, changed = tmp_path / "month.docx", tmp_path / "changed.docx"
    whole.write_bytes(sealed)
    changed.write_bytes(with_another_figure(sealed))
    ours = verify(sealed, at=NOON, anchors=[key.certificate])
    assert [(one.rule, one.detail) for one in ours.reasons if one.rule != "R11"] == []
    assert ours.uncovered == ()
    assert ours.verdict is not Verdict.INVALID
    assert poi.verify(whole, trust=keys.folder / "seal-1.pem").valid
    assert libreoffice.verify(whole).valid
    assert verify(changed.read_bytes(), at=NOON, anchors=[key.certificate]).verdict is Verdict.INVALID
    assert not poi.verify(changed).valid
    assert not libreoffice.verify(changed).valid


def with_another_figure(sealed: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sealed)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "word/charts/chart2.xml":
                assert b"<c:v>12</c:v>" in content
                content = content.replace(b"<c:v>12</c:v>", b"<c:v>2</c:v>")
            new.writestr(name, content)
    return out.getvalue()
