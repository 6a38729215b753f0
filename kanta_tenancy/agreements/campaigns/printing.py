"""A redline for people: as text for a terminal, and as one HTML page without scripts and without the network."""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from kanta_tenancy.agreements.campaigns.bodies import ShownRedline
from kanta_tenancy.agreements.campaigns.redline import PARAGRAPH, Change, ClauseRedline, Kind, Stretch
from kanta_tenancy.kernel.explanation import Sentence

_STYLE: Final = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 52rem; padding: 1rem 1.5rem 4rem; }
ins { background: #d8f5d8; color: #064006; } del { background: #fbdcdc; color: #700; }
small { color: #555; font-weight: normal; } h2 { border-bottom: 2px solid #8886; margin-top: 3rem; }
"""
STYLE_DIGEST: Final = f"sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}"

_TITLE: Final = Sentence(fi="Mikä muuttuu", sv="Vad som ändras", en="What changes")
_SAYS: Final = {
    Change.SAME: Sentence(fi="ennallaan", sv="oförändrad", en="unchanged"),
    Change.CHANGED: Sentence(fi="muuttunut", sv="ändrad", en="changed"),
    Change.ADDED: Sentence(fi="uusi", sv="ny", en="new"),
    Change.REMOVED: Sentence(fi="poistettu", sv="borttagen", en="removed"),
}
_MOVED: Final = Sentence(fi="siirretty", sv="flyttad", en="moved")
_NOT_HERE: Final = Sentence(
    fi="Toista tekstiä ei ole tässä palvelussa, joten niitä ei voi verrata.",
    sv="Den ena texten finns inte i denna tjänst, så de kan inte jämföras.",
    en="One of the texts is not in this service, so they cannot be compared.",
)
_TEXT_MARKS: Final = {Kind.KEPT: ("", ""), Kind.INSERTED: ("{+", "+}"), Kind.DELETED: ("[-", "-]")}
_HTML_MARKS: Final = {Kind.KEPT: ("", ""), Kind.INSERTED: ("<ins>", "</ins>"), Kind.DELETED: ("<del>", "</del>")}


def as_text(redline: ShownRedline) -> str:
    """Write a redline with `{+words that come+}` and `[-words that go-]`; a clause that stays is its heading alone."""
    lines = [f"== {redline.language}: {redline.model} {redline.model_version} ({redline.tenants})"]
    if redline.clauses is None:
        lines.append(_NOT_HERE.said_in(redline.language))
    for clause in redline.clauses or ():
        lines.append(f"-- {_about(clause, redline)}: {_marked(clause.heading, html=False)}")
        if clause.change is not Change.SAME:
            lines.append(_marked(clause.body, html=False))
    return "\n".join(lines) + "\n"


def as_page(title: str, redlines: Sequence[ShownRedline]) -> str:
    """Write redlines as one page; every text is escaped on the way."""
    body = "".join(part for redline in redlines for part in _section(redline))
    name = escape(title)
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{name}</title><style>{_STYLE}</style>'
        f"</head><body><h1>{name}</h1>{body}</body></html>\n"
    )


def _section(redline: ShownRedline) -> Iterator[str]:
    of = redline.language
    yield f'<section lang="{of}"><h2>{escape(_TITLE.said_in(of))}: {escape(redline.model)}'
    yield f" {escape(redline.model_version)} ({redline.tenants})</h2>"
    if redline.clauses is None:
        yield f"<p>{escape(_NOT_HERE.said_in(of))}</p>"
    for clause in redline.clauses or ():
        yield f"<h3>{_marked(clause.heading, html=True)} <small>{escape(_about(clause, redline))}</small></h3>"
        paragraphs = _marked(clause.body, html=True).split(PARAGRAPH)
        yield from (f"<p>{paragraph}</p>" for paragraph in paragraphs if paragraph)
    yield "</section>"


def _about(clause: ClauseRedline, redline: ShownRedline) -> str:
    numbers = [number for number in (clause.number_before, clause.number_after) if number]
    shown = " → ".join(dict.fromkeys(numbers))
    said = [_SAYS[clause.change].said_in(redline.language)]
    if clause.moved:
        said.append(_MOVED.said_in(redline.language))
    return " ".join([*([shown] if shown else []), f"({', '.join(said)})"])


def _marked(stretches: Sequence[Stretch], *, html: bool) -> str:
    marks = _HTML_MARKS if html else _TEXT_MARKS
    parts = []
    for stretch in stretches:
        before, after = marks[stretch.kind]
        text = escape(stretch.text) if html else stretch.text
        # A mark ends with its paragraph, so that each can stand by itself.
        parts.append(PARAGRAPH.join(f"{before}{line}{after}" if line else "" for line in text.split(PARAGRAPH)))
    return " ".join(parts).replace(f" {PARAGRAPH}", PARAGRAPH).replace(f"{PARAGRAPH} ", PARAGRAPH)
