"""A source is cited as each language cites it; what nobody knows how to cite is refused."""

import pytest

from kanta_tenancy.kernel.citations import cited
from kanta_tenancy.kernel.explanation import Sentence


@pytest.mark.parametrize(
    ("source", "fi", "sv"),
    [
        ("Act 703/2023", "laki 703/2023", "lag 703/2023"),
        ("Act 703/2023, section 90(1)", "laki 703/2023, 90 § 1 mom.", "lag 703/2023, 90 § 1 mom."),
        ("Act 124/2025, section 11", "laki 124/2025, 11 §", "lag 124/2025, 11 §"),
        ("Act 703/2023, sections 13 and 69", "laki 703/2023, 13 ja 69 §", "lag 703/2023, 13 och 69 §"),
        (
            "Regulation (EU) 2016/679, article 33(1)",
            "asetus (EU) 2016/679, 33 artiklan 1 kohta",
            "förordning (EU) 2016/679, artikel 33.1",
        ),
        ("the model agreement, clause 4.1", "mallisopimus, kohta 4.1", "modellavtalet, punkt 4.1"),
    ],
)
def test_each_language_cites_it_in_its_way(source, fi, sv):
    assert cited(source) == Sentence(fi=fi, sv=sv, en=source)


def test_what_has_a_name_of_its_own_is_called_by_it():
    named = {"kanta.fi": Sentence(fi="a", sv="b", en="kanta.fi")}
    assert cited("kanta.fi, section 1", named).sv == "b, 1 §"


@pytest.mark.parametrize("source", ["", "Act 703", "Act 703/2023, chapter 2", "kanta.fi"])
def test_what_nobody_knows_how_to_cite_is_refused(source):
    with pytest.raises(KeyError):
        cited(source)
