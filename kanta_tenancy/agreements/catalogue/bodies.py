"""The Kanta services, as the API shows them."""

from datetime import date
from typing import Annotated

import msgspec

from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Body

ServiceKey = Annotated[str, msgspec.Meta(min_length=1, max_length=40, description="A key of GET /v1/services")]


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
