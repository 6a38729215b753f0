"""Papers: Word documents that the service fills for an addressee, seals, and keeps as they were made.

What rooms above use: a `Paper` says what stands in one; `draw_up` fills, seals and keeps it, or answers with the one
that says the same already; `page` and `one` find what was made. What a paper is about is named as the journal names it.
"""

from kanta_tenancy.papers.drawing_up import draw_up, every, one, page
from kanta_tenancy.papers.errors import PaperNotFound
from kanta_tenancy.papers.model import KeptPaper, Paper, PaperWithContent, Part, Row

__all__ = [
    "KeptPaper",
    "Paper",
    "PaperNotFound",
    "PaperWithContent",
    "Part",
    "Row",
    "draw_up",
    "every",
    "one",
    "page",
]
