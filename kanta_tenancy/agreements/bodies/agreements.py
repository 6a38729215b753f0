"""Agreements as the API shows and takes them."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from kanta_tenancy.agreements.ends import Ground
from kanta_tenancy.agreements.model import (
    Agreement,
    Clause,
    Draft,
    Form,
    FrozenModel,
    Origin,
    Party,
    Receipt,
    Register,
    Signatory,
    Signature,
    Status,
    Summary,
)
from kanta_tenancy.agreements.models import NEWEST, OURS
from kanta_tenancy.kernel.explanation import Explanation
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Body
from kanta_tenancy.machinery.ooxml.presentation import as_json
from kanta_tenancy.machinery.ooxml.report import Outcome, Report, Verdict
from kanta_tenancy.machinery.web.pages import PageQuery

Line = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
ServiceKey = Annotated[str, msgspec.Meta(min_length=1, max_length=40, description="A key of GET /v1/services")]


class SaidSignatory(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is to sign for a party."""

    party: Party
    position: Annotated[int, msgspec.Meta(ge=1, le=2, description="1, and 2 where two sign jointly")] = 1
    name: Line
    title: Line
    mandate: Annotated[str, msgspec.Meta(min_length=1, max_length=200, description="On what ground they may sign")]
    email: Annotated[str, msgspec.Meta(max_length=254)] = ""


class SaidDraft(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a draft says."""

    language: Language
    model: Line = OURS
    model_version: Line = NEWEST
    services: Annotated[tuple[ServiceKey, ...], msgspec.Meta(max_length=50, description="Ticked in Annex 1")] = ()
    registers: Annotated[
        tuple[Register, ...], msgspec.Meta(max_length=3, description="Whose technical upkeep is handed over (clause 1)")
    ] = ()
    signatories: Annotated[tuple[SaidSignatory, ...], msgspec.Meta(max_length=4)] = ()

    def draft(self) -> Draft:
        return Draft(
            language=self.language,
            model=self.model,
            model_version=self.model_version,
            services=self.services,
            registers=self.registers,
            signatories=tuple(Signatory(**msgspec.structs.asdict(who)) for who in self.signatories),
        )


class NewDraft(SaidDraft, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new agreement with one tenant."""

    tenancy_id: UUID


class SigningHere(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which of the main connector's signatories the key beside the service signs for."""

    position: Annotated[int, msgspec.Meta(ge=1, le=2)] = 1


class Withdrawing(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why an agreement is given up; both parties can read it."""

    reason: Line


class ShownAgreement(Body, frozen=True, kw_only=True):
    id: UUID
    tenancy_id: UUID
    reference: str
    status: Status
    version: int
    language: Language
    model: str
    model_version: str
    services: tuple[str, ...]
    registers: tuple[Register, ...]
    originals: int
    signatories: tuple[Signatory, ...]
    signatures: tuple[Signature, ...]
    created_at: datetime
    offered_at: datetime | None
    content_sha256: str | None
    in_force_on: date | None
    ended_at: datetime | None
    withdrawn_because: str | None
    origin: Origin
    form: Form | None
    exhibit_id: UUID | None
    amends: UUID | None
    effective_on: date | None
    in_force_from: datetime | None
    in_force_until: datetime | None
    last_day: date | None
    end_ground: Ground | None
    end_source: UUID | None
    end_explanation: Explanation | None


class ListedAgreement(Body, frozen=True, kw_only=True):
    id: UUID
    tenancy_id: UUID
    reference: str
    status: Status
    version: int
    language: Language
    created_at: datetime
    offered_at: datetime | None
    in_force_on: date | None
    amends: UUID | None
    origin: Origin
    in_force_until: datetime | None


class AgreementsAsked(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    tenancy_id: UUID | None = None


class ServicesAsked(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    on: Annotated[date, msgspec.Meta(description="The day whose names are shown; today when it is left out")] | None = (
        None
    )
    language: Language = Language.ENGLISH


class ShownService(Body, frozen=True, kw_only=True):
    key: str
    name: str


class Services(Body, frozen=True, kw_only=True):
    on: date
    language: Language
    items: tuple[ShownService, ...]


class ShownModel(Body, frozen=True, kw_only=True):
    name: str
    version: str
    language: Language
    content_sha256: str
    imported_at: datetime | None
    clauses: tuple[Clause, ...]


class Models(Body, frozen=True, kw_only=True):
    items: tuple[ShownModel, ...]


class Receipts(Body, frozen=True, kw_only=True):
    items: tuple[Receipt, ...]


class ShownSignature(Body, frozen=True, kw_only=True):
    """What the verifier answers about one signature."""

    signer: str
    integrity: Outcome
    coverage: Outcome
    certificate: Outcome
    trust: Outcome
    algorithms: Outcome
    signed_at: datetime | None


class ShownReason(Body, frozen=True, kw_only=True):
    rule: str
    detail: str
    part: str = ""
    signature: str = ""


class Verification(Body, frozen=True, kw_only=True):
    """What the verifier says of the newest document, as `documents verify --json` prints it, and where it stands."""

    status: Status  # of the agreement: signatures on one that was withdrawn are sound and bind nobody
    verdict: Verdict
    signatures: tuple[ShownSignature, ...]
    uncovered: tuple[str, ...]
    reasons: tuple[ShownReason, ...]


def verification(status: Status, report: Report) -> Verification:
    return msgspec.convert({"status": status, **as_json(report)}, Verification)


def shown(agreement: Agreement) -> ShownAgreement:
    return ShownAgreement(**msgspec.structs.asdict(agreement), last_day=agreement.last_day)


def listed(summary: Summary) -> ListedAgreement:
    return ListedAgreement(**msgspec.structs.asdict(summary))


def shown_model(frozen: FrozenModel) -> ShownModel:
    return ShownModel(**msgspec.structs.asdict(frozen))
