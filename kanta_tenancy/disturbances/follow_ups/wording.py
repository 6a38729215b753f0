"""What people are told of follow-ups, in three languages. Pure."""

from collections.abc import Mapping
from typing import Final

from kanta_tenancy.disturbances.follow_ups.model import FollowUp, FollowUpKind, FollowUpState
from kanta_tenancy.kernel.explanation import Sentence, sentence

_SHOWN: Final = 100  # signs of the text in a title
STANDS: Final[Mapping[tuple[FollowUpKind, FollowUpState], Sentence]] = {
    (FollowUpKind.ACTION, FollowUpState.OPEN): Sentence(
        fi="Häiriön jälkeen on tehtävää",
        sv="Något ska göras efter en störning",
        en="Something to do after a disturbance",
    ),
    (FollowUpKind.ACTION, FollowUpState.DONE): Sentence(
        fi="Häiriön jälkitoimi on tehty", sv="En åtgärd efter en störning är gjord", en="Done after a disturbance"
    ),
    (FollowUpKind.ACTION, FollowUpState.DROPPED): Sentence(
        fi="Häiriön jälkitoimesta on luovuttu",
        sv="En åtgärd efter en störning görs inte",
        en="What was left after a disturbance will not be done",
    ),
    (FollowUpKind.FAULT, FollowUpState.OPEN): Sentence(
        fi="Vika on avoinna", sv="Ett fel är öppet", en="A fault is open"
    ),
    (FollowUpKind.FAULT, FollowUpState.DONE): Sentence(
        fi="Vika on korjattu", sv="Ett fel är åtgärdat", en="A fault is corrected"
    ),
    (FollowUpKind.FAULT, FollowUpState.DROPPED): Sentence(
        fi="Vikaa ei korjata", sv="Ett fel åtgärdas inte", en="A fault will not be corrected"
    ),
}
OVERDUE: Final[Mapping[FollowUpKind, Sentence]] = {
    FollowUpKind.ACTION: Sentence(
        fi="Häiriön jälkitoimi on myöhässä",
        sv="En åtgärd efter en störning är försenad",
        en="What was left after a disturbance is overdue",
    ),
    FollowUpKind.FAULT: Sentence(
        fi="Vian korjaus on myöhässä", sv="Rättelsen av ett fel är försenad", en="The correction of a fault is overdue"
    ),
}
RULE: Final = Sentence(fi="Sääntö", sv="Regel", en="Rule")


def title(one: FollowUp) -> Sentence:
    """Say what it is, as a line in a list of what is owed."""
    line = " ".join(one.what.split())
    what = line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}\N{HORIZONTAL ELLIPSIS}"
    if one.kind is FollowUpKind.FAULT:
        return sentence("Korjaa vika: {what}", "Rätta felet: {what}", "Correct the fault: {what}", what=what)
    return sentence(
        "Häiriön jälkitoimi: {what}", "Åtgärd efter en störning: {what}", "After a disturbance: {what}", what=what
    )


def until(one: FollowUp) -> Sentence:
    return sentence("Viimeistään {day}.", "Senast {day}.", "By {day}.", day=one.due_on)


def noted(one: FollowUp) -> Sentence | None:
    """Return the note as it was written, in whatever language that was; None: there is none."""
    return None if one.note is None else Sentence(fi=one.note, sv=one.note, en=one.note)
