"""Agreements as the API shows and takes them."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from kanta_tenancy.agreements.ends import Ground
from kanta_tenancy.agreements.model import (
    Agreement,
    Form,
    Judged,
    Manner,
    OnPaper,
    Origin,
    Party,
    Receipt,
    Register,
    Signatory,
    Signature,
    Status,
    Summary,
)
from kanta_tenancy.kernel.explanation import Explanation
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Body
from kanta_tenancy.machinery.ooxml.levels import Level
from kanta_tenancy.machinery.web.pages import PageQuery

Line = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class KeptSignature(Body, frozen=True, kw_only=True):
    """A signature, for ever with the manner in which it was made."""

    party: Party
    position: int
    manner: Manner
    signed_at: datetime  # when the service accepted it
    claimed_at: datetime | None
    certificate_sha256: str | None
    certificate_subject: str | None
    paper: OnPaper | None  # what is here is a scan, which nothing can verify
    mandate_id: UUID | None
    mandate_on_record: bool  # false: nobody put down here that this person may sign
    level: Annotated[Level | None, msgspec.Meta(description="That it has reached; null: it is on paper")]
    level_wanted: Annotated[Level | None, msgspec.Meta(description="By the policy when it was accepted")]
    level_owed: Annotated[bool, msgspec.Meta(description="The service is still to bring it to the level wanted")]
    judged: Annotated[
        Judged | None, msgspec.Meta(description="By what the main connector trusted when it was accepted")
    ]


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
    signatures: tuple[KeptSignature, ...]
    revision: Annotated[int, msgspec.Meta(description="Of the document: how often signatures in it rose to a level")]
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


class Receipts(Body, frozen=True, kw_only=True):
    items: tuple[Receipt, ...]


def shown(agreement: Agreement) -> ShownAgreement:
    said = msgspec.structs.asdict(agreement) | {"signatures": tuple(map(kept_signature, agreement.signatures))}
    return ShownAgreement(**said, last_day=agreement.last_day)


def kept_signature(signature: Signature) -> KeptSignature:
    said = msgspec.structs.asdict(signature)
    on_record = signature.mandate_id is not None
    return KeptSignature(**said, mandate_on_record=on_record, level_owed=signature.owes_level)


def listed(summary: Summary) -> ListedAgreement:
    return ListedAgreement(**msgspec.structs.asdict(summary))
