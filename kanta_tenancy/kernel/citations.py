"""How a source is cited to people in their language: *Act 703/2023, section 90(1)*, *laki 703/2023, 90 § 1 mom.*.

Data name their sources in English, once. What is cited on paper is said by this, so that it reads the same everywhere.
"""

import re
from collections.abc import Mapping
from typing import Final

from kanta_tenancy.kernel.explanation import Sentence

_ACT: Final = re.compile(r"Act ([0-9]+/[0-9]+)")
_REGULATION: Final = re.compile(r"Regulation (\([A-Z, a-z]+\) [0-9/]+)")
_PLACE: Final = re.compile(r"(clause|section|article) ([0-9.]+)(?:\(([0-9]+)\))?", re.IGNORECASE)
_TWO: Final = re.compile(r"sections ([0-9]+) and ([0-9]+)")
_WHOLE: Final[Mapping[str, Sentence]] = {
    "clause": Sentence(fi="kohta {0}", sv="punkt {0}", en="clause {0}"),
    "section": Sentence(fi="{0} §", sv="{0} §", en="section {0}"),
    "article": Sentence(fi="{0} artikla", sv="artikel {0}", en="article {0}"),
}
_WITHIN: Final[Mapping[str, Sentence]] = {
    "section": Sentence(fi="{0} § {1} mom.", sv="{0} § {1} mom.", en="section {0}({1})"),
    "article": Sentence(fi="{0} artiklan {1} kohta", sv="artikel {0}.{1}", en="article {0}({1})"),
}
_AND: Final = Sentence(fi="{0} ja {1} §", sv="{0} och {1} §", en="sections {0} and {1}")
_AGREEMENT: Final = {"the model agreement": Sentence(fi="mallisopimus", sv="modellavtalet", en="the model agreement")}


def cited(source: str, named: Mapping[str, Sentence] | None = None) -> Sentence:
    """Return how a source is cited in each language.

    Args:
        source: an act, a regulation or the model agreement, and a place in it after a comma.
        named: what is called by a name of its own, an instruction for one.

    Raises:
        KeyError: it is neither, or its place is none.
    """
    parts = [_part(part, _AGREEMENT | dict(named or {})) for part in source.split(", ")]
    return Sentence(
        fi=", ".join(part.fi for part in parts),
        sv=", ".join(part.sv for part in parts),
        en=", ".join(part.en for part in parts),
    )


def _part(text: str, named: Mapping[str, Sentence]) -> Sentence:
    if found := _ACT.fullmatch(text):
        return _said(Sentence(fi="laki {0}", sv="lag {0}", en="Act {0}"), *found.groups())
    if found := _REGULATION.fullmatch(text):
        return _said(Sentence(fi="asetus {0}", sv="förordning {0}", en="Regulation {0}"), *found.groups())
    if found := _TWO.fullmatch(text):
        return _said(_AND, *found.groups())
    if found := _PLACE.fullmatch(text):
        kind, number, within = found.groups()
        return _said((_WHOLE if within is None else _WITHIN)[kind.lower()], number, within)
    return named[text]


def _said(sentence: Sentence, *values: str | None) -> Sentence:
    return Sentence(fi=sentence.fi.format(*values), sv=sentence.sv.format(*values), en=sentence.en.format(*values))
