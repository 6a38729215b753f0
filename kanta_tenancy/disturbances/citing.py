"""How a rule's source is cited to people, in their language: `703/2023, 90 § 1 mom.` Pure."""

import re
from collections.abc import Mapping
from typing import Final

from kanta_tenancy.disturbances.model import Rule, Source
from kanta_tenancy.kernel.explanation import Sentence

_SOURCES: Final[Mapping[Source, Sentence]] = {
    Source.CONTRACT: Sentence(fi="mallisopimus", sv="modellavtalet", en="the model agreement"),
    Source.SECTION_90: Sentence(fi="laki 703/2023", sv="lag 703/2023", en="Act 703/2023"),
    Source.KELA_INSTRUCTION: Sentence(fi="kanta.fi", sv="kanta.fi", en="kanta.fi"),
    Source.NIS2: Sentence(fi="laki 124/2025", sv="lag 124/2025", en="Act 124/2025"),
    Source.GDPR: Sentence(fi="asetus (EU) 2016/679", sv="förordning (EU) 2016/679", en="Regulation (EU) 2016/679"),
    Source.OWN_PRACTICE: Sentence(
        fi="palvelun oma käytäntö", sv="tjänstens egen praxis", en="this service's own practice"
    ),
}
_PLACE: Final = re.compile(r"(clause|section|article) ([0-9.]+)(?:\(([0-9]+)\))?")
_WHOLE: Final[Mapping[str, Sentence]] = {
    "clause": Sentence(fi="kohta {0}", sv="punkt {0}", en="clause {0}"),
    "section": Sentence(fi="{0} §", sv="{0} §", en="section {0}"),
    "article": Sentence(fi="{0} artikla", sv="artikel {0}", en="article {0}"),
}
_WITHIN: Final[Mapping[str, Sentence]] = {
    "section": Sentence(fi="{0} § {1} mom.", sv="{0} § {1} mom.", en="section {0}({1})"),
    "article": Sentence(fi="{0} artiklan {1} kohta", sv="artikel {0}.{1}", en="article {0}({1})"),
}
_NAMED: Final[Mapping[str, Sentence]] = {
    "instructions for fault situations": Sentence(
        fi="ohje vikatilanteisiin", sv="anvisning för felsituationer", en="instructions for fault situations"
    ),
    "action in suspected data breaches": Sentence(
        fi="toiminta epäillyissä tietoturvaloukkauksissa",
        sv="åtgärder vid misstänkta personuppgiftsincidenter",
        en="action in suspected data breaches",
    ),
}


def cited(rule: Rule) -> Sentence:
    """Return how the source of a rule is cited.

    Raises:
        KeyError: the table has a clause that is not known how to cite.
    """
    source = _SOURCES[rule.source]
    if not rule.clause:
        return source
    place = _place(rule.clause)
    return Sentence(fi=f"{source.fi}, {place.fi}", sv=f"{source.sv}, {place.sv}", en=f"{source.en}, {place.en}")


def _place(clause: str) -> Sentence:
    found = _PLACE.fullmatch(clause)
    if found is None:
        return _NAMED[clause]
    kind, number, within = found.groups()
    said = _WHOLE[kind] if within is None else _WITHIN[kind]
    return Sentence(
        fi=said.fi.format(number, within), sv=said.sv.format(number, within), en=said.en.format(number, within)
    )
