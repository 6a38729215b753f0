"""What a program changed in a document, part by part, in words that say what the part is. Pure."""

import re
from typing import Final

from kanta_tenancy.agreements.model import Agreement

# The parts of a Word document by their usual names (ECMA-376, part 1, sections 11 and 15), for people to read.
_PARTS: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"/docProps/app\.xml", "statistics that Word writes"),
        (r"/docProps/core\.xml", "title, author and times, which Word writes when it saves"),
        (r"/docProps/custom\.xml", "properties of somebody's own, such as a sensitivity label"),
        (r"/docProps/thumbnail\..+", "a small picture of the first page"),
        (r"/word/document\.xml", "the text of the agreement"),
        (r"/word/settings\.xml", "settings of the document, which Word writes when it saves"),
        (r"/word/webSettings\.xml", "settings for web pages, which Word writes when it saves"),
        (r"/word/styles\.xml", "styles"),
        (r"/word/stylesWithEffects\.xml", "styles for older versions of Word"),
        (r"/word/fontTable\.xml", "the list of fonts"),
        (r"/word/fonts/.+", "a font"),
        (r"/word/numbering\.xml", "the numbering of clauses"),
        (r"/word/theme/.+", "colours and fonts"),
        (r"/word/(header|footer)\d*\.xml", "a header or footer"),
        (r"/word/(footnotes|endnotes)\.xml", "footnotes"),
        (r"/word/comments.*\.xml", "comments"),
        (r"/word/people\.xml", "who commented"),
        (r"/word/media/.+", "a picture"),
        (r"/word/embeddings/.+", "another file inside the document"),
        (r"/word/vba.+", "a macro"),
        (r"/customXml/.+", "data of a program beside the text"),
        (r"/_rels/\.rels", "the list of what the document is made of"),
        (r"/.*_rels/.+\.rels", "which parts belong together, and links"),
    )
)
_HOW: Final = re.compile(r"(?P<part>\S+) was (?P<how>changed|removed|added)")
SAVED_ANEW: Final = (
    "A program that saves the document anew changes it. Sign the document as you fetched it and change nothing."
)
UNSIGNED_YET: Final = (
    f"{SAVED_ANEW} Word and LibreOffice leave a document alone that carries a signature already, or say that they would"
    " remove it: if the other party signs first, fetch the document then and sign that."
)


def named(difference: str) -> tuple[str, str]:
    """Return the part of a difference and the difference in words, such as `/word/styles.xml was changed: styles`."""
    found = _HOW.fullmatch(difference)
    if found is None:
        return difference.partition(" ")[0], difference
    what = next((words for pattern, words in _PARTS if pattern.fullmatch(found["part"])), "")
    return found["part"], f"{difference}: {what}" if what else difference


def advice(agreement: Agreement) -> str:
    """Return what a signer can do whose program changed the document."""
    return SAVED_ANEW if agreement.digital_signatures else UNSIGNED_YET
