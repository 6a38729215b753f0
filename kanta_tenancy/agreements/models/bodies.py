"""Model agreements, as the API shows them."""

from datetime import datetime

import msgspec

from kanta_tenancy.agreements.models.model import Clause, FrozenModel
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Body


class ShownModel(Body, frozen=True, kw_only=True):
    name: str
    version: str
    language: Language
    content_sha256: str
    imported_at: datetime | None
    clauses: tuple[Clause, ...]


class Models(Body, frozen=True, kw_only=True):
    items: tuple[ShownModel, ...]


def shown_model(frozen: FrozenModel) -> ShownModel:
    return ShownModel(**msgspec.structs.asdict(frozen))
