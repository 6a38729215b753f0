"""Drafts, as the API takes them."""

from typing import Annotated
from uuid import UUID

import msgspec

from kanta_tenancy.agreements.bodies import Line, ShownAgreement, shown
from kanta_tenancy.agreements.catalogue.bodies import ServiceKey
from kanta_tenancy.agreements.drafting.actions import Offered
from kanta_tenancy.agreements.model import Draft, Party, Register, Signatory
from kanta_tenancy.agreements.models.actions import NEWEST, OURS
from kanta_tenancy.kernel.errors import Flaw
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Body


class SaidSignatory(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is to sign for a party."""

    party: Party
    position: Annotated[int, msgspec.Meta(ge=1, le=2, description="1, and 2 where two sign jointly")] = 1
    name: Line
    title: Line
    mandate: Annotated[str, msgspec.Meta(min_length=1, max_length=200, description="On what ground they may sign")]
    email: Annotated[str, msgspec.Meta(max_length=254)] = ""
    mandate_id: (
        Annotated[UUID, msgspec.Meta(description="The mandate on record by which they sign, where there is one")] | None
    ) = None


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


class Withdrawing(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why an agreement is given up; both parties can read it."""

    reason: Line


class OfferedAgreement(ShownAgreement, frozen=True, kw_only=True):
    """An agreement on offer, and what may hinder its signatories later, such as a mandate that ends soon."""

    warnings: tuple[Flaw, ...]


def offered_agreement(made: Offered) -> OfferedAgreement:
    return OfferedAgreement(**msgspec.structs.asdict(shown(made.agreement)), warnings=made.warnings)
