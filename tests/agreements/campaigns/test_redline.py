from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.agreements.campaigns.redline import Change, Kind, body_of, redline, stretches
from kanta_tenancy.agreements.models import actions as models
from kanta_tenancy.agreements.models.model import Clause
from kanta_tenancy.kernel.languages import Language
from tests.agreements.campaigns.examples import a_clause

ONE = a_clause("1", "Parties", "The parties join Kanta.", "The tenant is registered in Soteri.")
TWO = a_clause("2", "Fees", "The tenant pays the fees that are agreed on in writing each year.")
THREE = a_clause("3", "Ends", "Either party may give notice, which ends it a month after it was delivered.")

WORD = st.sampled_from(["notice", "fee", "a", "the", "tenant", "ja", "och", "§", "(17.1)"])
TEXT = st.lists(WORD, max_size=12).map(" ".join)
CLAUSE = st.builds(
    a_clause, st.sampled_from(["1", "2", "3", "4.1", ""]), TEXT.filter(bool), TEXT.filter(bool), TEXT.filter(bool)
)


def told(before, after):
    return [(line.change, line.moved, line.number_before, line.number_after) for line in redline(before, after)]


def side(found, dropped: Kind) -> list[str]:
    return " ".join(one.text for one in found if one.kind is not dropped).split()


def test_a_text_against_itself_shows_nothing():
    every = models.builtin()["main-connector-tenant", "1", Language.FINNISH].frozen.clauses
    assert {(line.change, line.moved) for line in redline(every, every)} == {(Change.SAME, False)}


def test_words_that_changed_are_shown_where_they_stand():
    new = a_clause("2", "Fees", "The tenant pays the fees that are agreed on in writing every quarter.")
    (line,) = redline([TWO], [new])
    assert line.change is Change.CHANGED
    assert [(one.kind, one.text) for one in line.body] == [
        (Kind.KEPT, "The tenant pays the fees that are agreed on in writing"),
        (Kind.DELETED, "each year."),
        (Kind.INSERTED, "every quarter."),
    ]


def test_a_clause_that_is_new_gives_the_others_new_numbers_and_moves_none():
    new = a_clause("2", "Data protection", "Each is a controller.")
    after = [ONE, new, a_clause("3", TWO.heading, *TWO.paragraphs), a_clause("4", THREE.heading, *THREE.paragraphs)]
    assert told([ONE, TWO, THREE], after) == [
        (Change.SAME, False, "1", "1"),
        (Change.ADDED, False, None, "2"),
        (Change.SAME, False, "2", "3"),
        (Change.SAME, False, "3", "4"),
    ]


def test_a_clause_that_is_gone_stands_where_it_stood():
    assert told([ONE, TWO, THREE], [ONE, THREE])[1] == (Change.REMOVED, False, "2", None)
    assert told([ONE, TWO], [TWO])[0] == (Change.REMOVED, False, "1", None)
    assert told([ONE, TWO], [ONE])[1] == (Change.REMOVED, False, "2", None)


def test_a_clause_that_moved_is_known_again_also_when_it_was_rewritten_and_renamed():
    rewritten = a_clause("1", "End of it", "Either party may give notice, which ends it two months after delivery.")
    assert told([ONE, TWO, THREE], [rewritten, ONE, TWO]) == [
        (Change.CHANGED, True, "3", "1"),
        (Change.SAME, False, "1", "1"),
        (Change.SAME, False, "2", "2"),
    ]


def test_the_same_heading_is_the_same_clause_however_much_was_rewritten():
    assert told([TWO], [a_clause("9", "FEES", "Nothing is paid.")]) == [(Change.CHANGED, False, "2", "9")]


@given(st.lists(CLAUSE, max_size=6), st.lists(CLAUSE, max_size=6))
def test_every_clause_of_both_texts_is_shown_once_and_both_can_be_read_back(before: list[Clause], after: list[Clause]):
    lines = redline(before, after)
    olds = [line for line in lines if line.number_before is not None]
    news = [line for line in lines if line.number_after is not None]
    assert [(side(line.heading, Kind.DELETED), side(line.body, Kind.DELETED)) for line in news] == [
        (one.heading.split(), body_of(one).split()) for one in after
    ]
    assert sorted((side(line.heading, Kind.INSERTED), side(line.body, Kind.INSERTED)) for line in olds) == sorted(
        (one.heading.split(), body_of(one).split()) for one in before
    )
    stayed = [line for line in lines if line.number_before is not None and not line.moved]
    assert [side(line.heading, Kind.INSERTED) for line in stayed] == _in_order(stayed, before)


def _in_order(stayed, before):
    left = [one.heading.split() for one in before]
    found = []
    for line in stayed:
        heading = side(line.heading, Kind.INSERTED)
        assert heading in left
        left = left[left.index(heading) + 1 :]
        found.append(heading)
    return found


@given(st.lists(TEXT, max_size=4).map("\n".join), st.lists(TEXT, max_size=4).map("\n".join))
def test_a_stretch_is_of_one_kind_and_none_is_empty(before: str, after: str):
    found = stretches(before, after)
    assert all(one.text for one in found)
    assert side(found, Kind.INSERTED) == before.split()
    assert side(found, Kind.DELETED) == after.split()
