"""Papers to test with. Say only what matters to the test."""

import io
from datetime import UTC, datetime
from typing import Any

from docx import Document

from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.papers import Paper, PaperWithContent, Part, Row

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def a_paper(**said: Any) -> Paper:
    return Paper(
        **{
            "about": "thing/1",
            "tenancy_id": None,
            "language": Language.ENGLISH,
            "title": "Notice of a disturbance",
            "reference": "0A1B2C3D",
            "known_at": NOON,
            "rows": (Row(label="To", value="Kela"),),
            "parts": (Part(heading="The disturbance", text="Prescriptions do not open\nBegan at noon"),),
        }
        | said
    )


def text_of(made: PaperWithContent) -> str:
    """Return all that stands in a paper, as another program reads it."""
    document = Document(io.BytesIO(made.content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*cells, *(one.text for one in document.paragraphs)])
