"""The main connector's own model agreements in PostgreSQL."""

from typing import Final

import asyncpg
import msgspec

from kanta_tenancy.agreements.models.errors import ModelExists
from kanta_tenancy.agreements.models.model import FrozenModel, ModelFile
from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement


class InLanguage(Record, frozen=True, kw_only=True):
    language: Language


INSERT: Final = statement("agreements/model.insert", Nothing)
LISTED: Final = statement("agreements/model.listed", FrozenModel)
LANGUAGES: Final = statement("agreements/model.languages", InLanguage)
FILE: Final = statement("agreements/model.file", ModelFile)


async def add(tx: Transaction, frozen: FrozenModel, content: bytes) -> None:
    """Freeze a template.

    Raises:
        ModelExists: its name, version and language are taken.
    """
    try:
        await INSERT.run(
            tx,
            id=new_id(),
            main_connector_id=tx.scope.main_connector_id,
            name=frozen.name,
            version=frozen.version,
            language=frozen.language,
            content=content,
            content_sha256=frozen.content_sha256,
            clauses=msgspec.to_builtins(frozen.clauses),
            imported_at=frozen.imported_at,
        )
    except asyncpg.UniqueViolationError as error:
        raise ModelExists(f"{frozen.name} {frozen.version} ({frozen.language}) is frozen already") from error


async def listed(tx: Transaction) -> list[FrozenModel]:
    return await LISTED.all(tx)


async def find(tx: Transaction, name: str, version: str, language: Language) -> ModelFile | None:
    return await FILE.one(tx, name=name, version=version, language=language)


async def languages(tx: Transaction, name: str, version: str) -> frozenset[Language]:
    return frozenset(one.language for one in await LANGUAGES.all(tx, name=name, version=version))
