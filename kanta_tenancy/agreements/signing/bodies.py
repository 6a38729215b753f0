"""Signatures, as the API shows and takes them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec

from kanta_tenancy.agreements.bodies import Line
from kanta_tenancy.agreements.model import Agreement, OnPaper, Party, Status
from kanta_tenancy.agreements.signing.on_paper import SaidOnPaper
from kanta_tenancy.agreements.signing.papers import SaidScan
from kanta_tenancy.kernel.explanation import Sentence, sentence
from kanta_tenancy.kernel.records import Body
from kanta_tenancy.machinery.ooxml.indication import Indication, SubIndication
from kanta_tenancy.machinery.ooxml.levels import Level
from kanta_tenancy.machinery.ooxml.presentation import as_json
from kanta_tenancy.machinery.ooxml.report import Outcome, Report, Verdict

Place = Annotated[int, msgspec.Meta(ge=1, le=2, description="Of the signatory; 2 is the second of two")]

NOT_VERIFIED: Final = Sentence(
    fi="Tämä on paperille tehdyn allekirjoituksen skannattu kuva. Sitä ei voi todentaa, eikä sitä ole todennettu.",
    sv="Detta är en skannad bild av en underskrift på papper. Den kan inte verifieras och har inte verifierats.",
    en="This is a scan of a signature on paper. It cannot be verified, and was not.",
)
STATUSES: Final[Mapping[Status, Sentence]] = {
    Status.DRAFT: Sentence(
        fi="Sopimus on luonnos, eikä se sido ketään.",
        sv="Avtalet är ett utkast och binder ingen.",
        en="The agreement is a draft, and binds nobody.",
    ),
    Status.OFFERED: Sentence(
        fi="Sopimusta on tarjottu, mutta kukaan ei ole vielä allekirjoittanut sitä.",
        sv="Avtalet har erbjudits, men ingen har undertecknat det ännu.",
        en="The agreement was offered, and nobody has signed it yet.",
    ),
    Status.PARTLY_SIGNED: Sentence(
        fi="Sopimuksesta puuttuu vielä allekirjoituksia, joten se ei ole voimassa.",
        sv="Avtalet saknar ännu underskrifter och är därför inte i kraft.",
        en="The agreement still lacks signatures, so that it is not in force.",
    ),
    Status.IN_FORCE: Sentence(
        fi="Kaikki ovat allekirjoittaneet sopimuksen, ja se on voimassa.",
        sv="Alla har undertecknat avtalet, och det är i kraft.",
        en="All have signed the agreement, and it is in force.",
    ),
    Status.AGREED: Sentence(
        fi="Kaikki ovat allekirjoittaneet muutoksen.",
        sv="Alla har undertecknat ändringen.",
        en="All have signed the amendment.",
    ),
    Status.ENDED: Sentence(
        fi="Sopimus oli voimassa, ja on päättynyt.",
        sv="Avtalet var i kraft och har upphört.",
        en="The agreement was in force, and has ended.",
    ),
    Status.WITHDRAWN: Sentence(
        fi="Sopimus peruutettiin ennen kuin se tuli voimaan: allekirjoitukset eivät sido ketään.",
        sv="Avtalet återtogs innan det trädde i kraft: underskrifterna binder ingen.",
        en="The agreement was withdrawn before it was in force: its signatures bind nobody.",
    ),
}


class SigningHere(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which of the main connector's signatories the key beside the service signs for."""

    position: Annotated[int, msgspec.Meta(ge=1, le=2)] = 1


class ShownSignature(Body, frozen=True, kw_only=True):
    """What the verifier answers about one signature."""

    signer: str
    integrity: Outcome
    coverage: Outcome
    certificate: Outcome
    trust: Outcome
    revocation: Outcome
    algorithms: Outcome
    time: Outcome
    signed_at: datetime | None  # as the signer says
    proved_at: datetime | None  # as a trusted timestamp says
    proved_by: str
    indication: Indication  # in the words of ETSI EN 319 102-1
    sub_indication: SubIndication | None
    sentence: Sentence  # what the indication rests on, for people


class ShownReason(Body, frozen=True, kw_only=True):
    rule: str
    detail: str
    part: str = ""
    signature: str = ""


class SigningOnPaper(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is said of a signature on paper, of which there is a scan."""

    party: Party
    position: Place = 1
    signed_on: Annotated[date, msgspec.Meta(description="As the paper says; not before the day of the offer")]
    received_on: (
        Annotated[date, msgspec.Meta(description="When it reached the other party; today if left out")] | None
    ) = None
    received_by: Annotated[Line, msgspec.Meta(description="The person who has the paper now")]
    exhibit_id: Annotated[UUID, msgspec.Meta(description="The scan: a PDF, PNG, JPEG or TIFF")]

    def said(self) -> SaidOnPaper:
        return SaidOnPaper(**msgspec.structs.asdict(self))


class ScanningAnew(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A better scan of a signature on paper, and what was wrong with the one before."""

    party: Party
    position: Place = 1
    exhibit_id: UUID
    because: Line

    def said(self) -> SaidScan:
        return SaidScan(**msgspec.structs.asdict(self))


class UnverifiedSignature(Body, frozen=True, kw_only=True):
    """A signature on paper, which no verdict counts."""

    party: Party
    position: int
    paper: OnPaper
    note: Sentence


class ShownLevel(Body, frozen=True, kw_only=True):
    """Which level a signature has, and which it is to have."""

    party: Party
    position: int
    level: Level
    level_wanted: Level | None
    level_owed: bool  # the service is still to bring it there


class Verification(Body, frozen=True, kw_only=True):
    """What the verifier says of the newest document, as `documents verify --json` prints it, and where it stands."""

    status: Status  # of the agreement: signatures on one that was withdrawn are sound and bind nobody
    verdict: Verdict
    indication: Indication
    sub_indication: SubIndication | None
    sentence: Sentence  # what the verdict means, for people
    signatures: tuple[ShownSignature, ...]
    uncovered: tuple[str, ...]
    reasons: tuple[ShownReason, ...]
    levels: tuple[ShownLevel, ...]  # of the signatures that were accepted, in their order
    on_paper: tuple[UnverifiedSignature, ...]  # not verified, and not part of the verdict


def verification(agreement: Agreement, report: Report) -> Verification:
    on_paper = tuple(
        UnverifiedSignature(party=one.party, position=one.position, paper=one.paper, note=NOT_VERIFIED)
        for one in agreement.signatures
        if one.paper is not None
    )
    levels = tuple(
        ShownLevel(
            party=one.party,
            position=one.position,
            level=one.level,
            level_wanted=one.level_wanted,
            level_owed=one.owes_level,
        )
        for one in agreement.signatures
        if one.level is not None
    )
    said = {"status": agreement.status, **as_json(report), "levels": levels, "on_paper": on_paper}
    return msgspec.convert(said, Verification)


def notes(agreement: Agreement) -> tuple[Sentence, ...]:
    """Return what whoever reads the verification of its document has to know of an agreement first."""
    papers = sum(one.paper is not None for one in agreement.signatures)
    if not papers:
        return (STATUSES[agreement.status],)
    on_paper = sentence(
        fi="Paperilla on myös allekirjoituksia ({count}): ne on skannattu, eikä niitä voi todentaa eikä lasketa tässä.",
        sv="Det finns också underskrifter på papper ({count}): skannade, som inte kan verifieras och inte räknas här.",
        en="There are signatures on paper too ({count}): scans, which cannot be verified and are not counted here.",
        count=papers,
    )
    return STATUSES[agreement.status], on_paper
