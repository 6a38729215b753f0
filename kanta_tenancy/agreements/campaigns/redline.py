"""Two models held against each other, clause by clause and word by word. Pure."""

import difflib
import enum
import re
from collections.abc import Sequence
from typing import Final

from kanta_tenancy.agreements.models.model import Clause
from kanta_tenancy.kernel.records import Record

_ALIKE: Final = 0.5  # share of words that two clauses have in common, from which on one is a rewriting of the other
_WORD: Final = re.compile(r"\S+|\n")
PARAGRAPH: Final = "\n"


class Change(enum.StrEnum):
    """What became of a clause."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


class Kind(enum.StrEnum):
    KEPT = "kept"
    INSERTED = "inserted"
    DELETED = "deleted"


class Stretch(Record, frozen=True, kw_only=True):
    """Words that stand in both texts, in the new one only, or in the old one only; paragraphs end with a line break."""

    kind: Kind
    text: str


class ClauseRedline(Record, frozen=True, kw_only=True):
    change: Change
    moved: bool  # it stands elsewhere among the clauses than it did; to get another number alone is no move
    number_before: str | None  # None: it is new
    number_after: str | None  # None: it is gone
    heading: tuple[Stretch, ...]
    body: tuple[Stretch, ...]


def redline(before: Sequence[Clause], after: Sequence[Clause]) -> tuple[ClauseRedline, ...]:
    """Return every clause of both texts, in the order of the new one; what is gone stands where it stood."""
    pairs = _pairs(before, after)
    stayed = _stayed(pairs)
    old_of = {new: old for old, new in pairs}
    gone = [old for old in range(len(before)) if old not in dict(pairs)]
    lines: list[ClauseRedline] = []
    for place, clause in enumerate(after):
        old = old_of.get(place)
        if old is not None and place in stayed:
            lines += [_removed(before[each]) for each in gone if each < old]
            gone = [each for each in gone if each > old]
        lines.append(_added(clause) if old is None else _paired(before[old], clause, moved=place not in stayed))
    return (*lines, *(_removed(before[each]) for each in gone))


def stretches(before: str, after: str) -> tuple[Stretch, ...]:
    """Return both texts as one: the words that stay, those that go and those that come."""
    old, new = _words(before), _words(after)
    found: list[Stretch] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for what, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if what == "equal":
            found.append(Stretch(kind=Kind.KEPT, text=_joined(old[old_from:old_to])))
            continue
        if old_from < old_to:
            found.append(Stretch(kind=Kind.DELETED, text=_joined(old[old_from:old_to])))
        if new_from < new_to:
            found.append(Stretch(kind=Kind.INSERTED, text=_joined(new[new_from:new_to])))
    return tuple(found)


def body_of(clause: Clause) -> str:
    return PARAGRAPH.join(clause.paragraphs)


def _pairs(before: Sequence[Clause], after: Sequence[Clause]) -> list[tuple[int, int]]:
    """Return which old clause became which new one: the same words first, then the same heading, then the likest."""
    pairs: list[tuple[int, int]] = []
    for key in (lambda one: (one.heading, one.paragraphs), lambda one: _normal(one.heading)):
        waiting: dict[object, list[int]] = {}
        for old in _left(before, {pair[0] for pair in pairs}):
            waiting.setdefault(key(before[old]), []).append(old)
        for new in _left(after, {pair[1] for pair in pairs}):
            same = waiting.get(key(after[new]))
            if same:
                pairs.append((same.pop(0), new))
    pairs += _likest(before, after, pairs)
    return sorted(pairs, key=lambda pair: pair[1])


def _likest(
    before: Sequence[Clause], after: Sequence[Clause], pairs: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    olds, news = _left(before, {pair[0] for pair in pairs}), _left(after, {pair[1] for pair in pairs})
    ratios = sorted(
        ((ratio, old, new) for old in olds for new in news if (ratio := _alike(before[old], after[new])) >= _ALIKE),
        key=lambda one: (-one[0], one[1], one[2]),
    )
    found: list[tuple[int, int]] = []
    for _, old, new in ratios:
        if not any(old == taken or new == given for taken, given in found):
            found.append((old, new))
    return found


def _alike(one: Clause, other: Clause) -> float:
    matcher = difflib.SequenceMatcher(None, _words(_whole(one)), _words(_whole(other)), autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= _ALIKE else 0.0


def _stayed(pairs: Sequence[tuple[int, int]]) -> frozenset[int]:
    """Return the new places of a longest run of clauses whose order did not change; the others have moved."""
    best: list[tuple[int, ...]] = []  # for each pair, the longest run of old places that ends with it
    for number, (old, _) in enumerate(pairs):
        runs = [best[earlier] for earlier in range(number) if pairs[earlier][0] < old]
        best.append((*max(runs, key=len, default=()), number))
    return frozenset(pairs[number][1] for number in max(best, key=len, default=()))


def _left(clauses: Sequence[Clause], taken: set[int]) -> list[int]:
    return [place for place in range(len(clauses)) if place not in taken]


def _paired(before: Clause, after: Clause, *, moved: bool) -> ClauseRedline:
    same = (before.heading, before.paragraphs) == (after.heading, after.paragraphs)
    return ClauseRedline(
        change=Change.SAME if same else Change.CHANGED,
        moved=moved,
        number_before=before.number,
        number_after=after.number,
        heading=stretches(before.heading, after.heading),
        body=stretches(body_of(before), body_of(after)),
    )


def _added(clause: Clause) -> ClauseRedline:
    return ClauseRedline(
        change=Change.ADDED,
        moved=False,
        number_before=None,
        number_after=clause.number,
        heading=stretches("", clause.heading),
        body=stretches("", body_of(clause)),
    )


def _removed(clause: Clause) -> ClauseRedline:
    return ClauseRedline(
        change=Change.REMOVED,
        moved=False,
        number_before=clause.number,
        number_after=None,
        heading=stretches(clause.heading, ""),
        body=stretches(body_of(clause), ""),
    )


def _whole(clause: Clause) -> str:
    return f"{clause.heading}\n{body_of(clause)}"


def _normal(heading: str) -> str:
    return " ".join(heading.casefold().split())


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def _joined(words: Sequence[str]) -> str:
    return (
        " ".join(words)
        .replace(f" {PARAGRAPH} ", PARAGRAPH)
        .replace(f"{PARAGRAPH} ", PARAGRAPH)
        .replace(f" {PARAGRAPH}", PARAGRAPH)
    )
