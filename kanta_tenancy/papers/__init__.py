"""Papers: Word documents that the service fills for an addressee, seals, and keeps as they were made.

What rooms above use: a `Paper` says what stands in one; `draw_up` fills, seals and keeps it, or answers with the one
that says the same already; `begin`, `seal` and `keep` do the same in three steps, of which the second needs no
transaction. `page`, `one` and `kept` find what was made. What a paper is about is named as the journal names it.
"""

from kanta_tenancy.papers.drawing_up import Unsealed, begin, draw_up, every, keep, kept, one, page, seal
from kanta_tenancy.papers.errors import PaperNotFound
from kanta_tenancy.papers.model import KEPT_AS, KeptPaper, Paper, PaperWithContent, Part, Row

__all__ = [
    "KEPT_AS",
    "KeptPaper",
    "Paper",
    "PaperNotFound",
    "PaperWithContent",
    "Part",
    "Row",
    "Unsealed",
    "begin",
    "draw_up",
    "every",
    "keep",
    "kept",
    "one",
    "page",
    "seal",
]
