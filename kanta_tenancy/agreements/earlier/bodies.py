"""Agreements that were signed before this system, as the API takes them."""

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec

from kanta_tenancy.agreements.bodies import Line
from kanta_tenancy.agreements.catalogue.bodies import ServiceKey
from kanta_tenancy.agreements.model import Earlier, Form, Register
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Body


class SaidEarlier(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An agreement that both parties have signed elsewhere, with its dates."""

    tenancy_id: UUID
    in_force_on: Annotated[date, msgspec.Meta(description="From which day it is in force")]
    version: Annotated[str, msgspec.Meta(min_length=1, max_length=200, description="Of its text, such as 1.3")]
    form: Form
    language: Language
    services: Annotated[tuple[ServiceKey, ...], msgspec.Meta(max_length=50, description="Ticked in its Annex 1")]
    registers: Annotated[tuple[Register, ...], msgspec.Meta(max_length=3)] = ()
    reference: Annotated[Line, msgspec.Meta(description="What the parties call it by")] | None = None
    exhibit_id: Annotated[UUID, msgspec.Meta(description="Its scan or file, brought before")] | None = None

    def earlier(self) -> Earlier:
        return Earlier(
            in_force_on=self.in_force_on,
            model_version=self.version,
            form=self.form,
            language=self.language,
            services=self.services,
            registers=self.registers,
            reference=self.reference,
            exhibit_id=self.exhibit_id,
        )


class Showing(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which file shows an imported agreement."""

    exhibit_id: UUID
