"""Until when a party is to be looked up in Soteri again, as a promise of the main connector (K1.2). Pure."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Final
from uuid import UUID

from kanta_tenancy.kernel.calendar import start_of_day
from kanta_tenancy.kernel.explanation import Explanation, sentence
from kanta_tenancy.kernel.identifiers import OrganisationId, TenancyId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.parties import SoteriEvidence, soteri
from kanta_tenancy.promises import Owed, Owner

KIND: Final = "soteri.look"
RULE: Final = "K1.2"
ACT_741: Final = "Act 741/2023, section 17"
_APRIL: Final = 4


class Watched(Record, frozen=True, kw_only=True):
    """A party that is looked up each year."""

    organisation_id: OrganisationId
    name: str
    tenancy_id: TenancyId | None  # None: the main connector itself
    while_holds: UUID  # the agreement in force; of the main connector, the organisation itself


def subject(organisation_id: OrganisationId) -> str:
    return f"organisation/{organisation_id}"


def to_look(party: Watched, evidence: Collection[SoteriEvidence], *, at: datetime) -> Owed | None:
    """Return the promise to look a party up again by 31 March of the year after the last look; None without any.

    A year is promised once. Where a look is taken back, the year that it had kept is promised anew, and so are the
    years after, each under another key: what is kept or released stays so.

    Args:
        evidence: all of the party's, taken back or not.
    """
    standing = [one for one in evidence if one.withdrawn_at is None]
    last = max(standing, key=_order, default=None)
    if last is None:
        return None
    year = last.checked_on.year
    taken_back = sum(one.withdrawn_at is not None and one.checked_on.year >= year for one in evidence)
    again = f"/{taken_back}" if taken_back else ""
    return _promise(party, last.checked_on, soteri.recheck_due(last.checked_on), again, at=at)


def to_look_after(party: Watched, kept: str, kept_on: date, *, at: datetime) -> Owed:
    """Return the promise of the year after one that somebody kept without recording a look.

    Args:
        kept: the key of that one; it may be kept before its year has begun.
    """
    by = max(soteri.recheck_due(kept_on), soteri.recheck_due(date(int(kept.split("/")[2]), 1, 1)))
    return _promise(party, kept_on, by, "", at=at)


def _order(evidence: SoteriEvidence) -> tuple[date, datetime, UUID]:
    return evidence.checked_on, evidence.recorded_at, evidence.id


def _promise(party: Watched, looked_on: date, by: date, again: str, *, at: datetime) -> Owed:
    return Owed(
        key=f"{KIND}/{party.while_holds}/{by.year}{again}",
        kind=KIND,
        subject=subject(party.organisation_id),
        owner=Owner.MAIN_CONNECTOR,
        due_at=start_of_day(date(by.year, _APRIL, 1)),
        rule=RULE,
        title=sentence(
            "Tarkistakaa osapuolen {name} merkintä Soterissa viimeistään {day}.",
            "Kontrollera {name} i Soteri senast {day}.",
            "Look up {name} in Soteri by {day}.",
            name=party.name,
            day=by,
        ),
        made_at=at,
        tenancy_id=party.tenancy_id,
        facts={"looked_on": looked_on.isoformat(), "by": by.isoformat()},
        explanation=_explained(looked_on, by),
    )


def _explained(looked_on: date, by: date) -> Explanation:
    return Explanation(
        rule=RULE,
        sources=(ACT_741, "model agreement, clause 1"),
        inputs={"looked_on": looked_on.isoformat()},
        steps=(
            sentence(
                "Merkintä katsottiin viimeksi {day}.",
                "Uppgiften kontrollerades senast {day}.",
                "The entry was last looked up on {day}.",
                day=looked_on,
            ),
            sentence(
                "Rekisterin tiedot tarkistetaan joka vuosi 31. maaliskuuta mennessä (laki 741/2023, 17 §). Että"
                " pääliittyjä katsoo silloin kummankin osapuolen merkinnän, on tämän palvelun tulkinta.",
                "Uppgifterna i registret kontrolleras varje år senast den 31 mars (lag 741/2023, 17 §). Att"
                " huvudanslutaren då ser efter båda parternas uppgifter är den här tjänstens tolkning.",
                "Entries of the register are checked every year by 31 March (act 741/2023, section 17). That the main"
                " connector then looks both parties up is this service's reading.",
            ),
            sentence(
                "Seuraava katsotaan viimeistään {day}.",
                "Nästa gång senast {day}.",
                "The next look is due by {day}.",
                day=by,
            ),
        ),
        result=by.isoformat(),
    )
