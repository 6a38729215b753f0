"""Model agreements: ours, frozen with the program, and the main connector's own, frozen when they are imported."""

import hashlib
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final

from kanta_tenancy.agreements.model import OUR_MODEL, Agreement
from kanta_tenancy.agreements.models import amendment_form, store
from kanta_tenancy.agreements.models.errors import ModelNotFound, ModelRefused
from kanta_tenancy.agreements.models.model import Clause, FrozenModel
from kanta_tenancy.agreements.models.rendering import CONTRACT
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.errors import Flaw
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.docx import Template, compile_template, content_hash, inspect_template, read_clauses
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import Act, record
from kanta_tenancy.machinery.resources import folder
from kanta_tenancy.parties import wording

OURS: Final = OUR_MODEL
AMENDMENT: Final = "annex-1-amendment"
NEWEST: Final = "1"


_CONTRACTS: Final = {"agreement": CONTRACT, "amendment": amendment_form.CONTRACT}


class Model(Record, frozen=True, kw_only=True):
    """A frozen model in one language, ready to be filled."""

    frozen: FrozenModel
    template: Template


class ModelFileChanged(Exception):
    """A model that travels with the program is not the one that was frozen; the installation is damaged."""


async def load(tx: Transaction, name: str, version: str, language: Language) -> Model:
    """Return a model: one of ours, or the main connector's own.

    Raises:
        ModelNotFound: there is none of that name and version in that language.
    """
    ours = builtin().get((name, version, language))
    if ours is not None:
        return ours
    own = await store.find(tx, name, version, language)
    if own is None:
        flaw = Flaw(field="model", detail="no such model in that language")
        raise ModelNotFound("there is no model of that name and version in that language", flaws=(flaw,))
    return _own(name, version, language, own.content)


async def load_for(tx: Transaction, agreement: Agreement) -> Model:
    """Return the model that an agreement or amendment is rendered from.

    Raises:
        ModelNotFound: it has gone.
    """
    if agreement.amends is None:
        return await load(tx, agreement.model, agreement.model_version, agreement.language)
    return _travelling()[agreement.model, agreement.model_version, agreement.language]


async def check(tx: Transaction, name: str, version: str, language: Language) -> None:
    """Refuse a model that an agreement cannot be drafted on.

    Raises:
        ModelNotFound: there is none of that name and version in that language.
    """
    if (name, version, language) not in builtin():
        await load(tx, name, version, language)


async def listed(tx: Transaction) -> list[FrozenModel]:
    """Return every model that an agreement can be drafted on."""
    return [model.frozen for model in builtin().values()] + await store.listed(tx)


async def languages(tx: Transaction, name: str, version: str) -> frozenset[Language]:
    """Return the languages in which a model can be drafted on; none when there is no such model."""
    ours = frozenset(language for known, of, language in builtin() if (known, of) == (name, version))
    return ours or await store.languages(tx, name, version)


async def freeze(
    tx: Transaction, clock: Clock, *, name: str, version: str, language: Language, docx: bytes
) -> FrozenModel:
    """Check a template and freeze it as the main connector's own model.

    Raises:
        ModelRefused: the file cannot be used; the flaws say what is wrong and where.
        ModelExists: that name, version and language are taken.
    """
    seen = wording.Examination()
    name, version = seen.text("name", wording.name, name), seen.text("version", wording.name, version)
    flaws = (*seen.flaws, *(finding.flaw() for finding in inspect_template(docx, CONTRACT)))
    if flaws:
        raise ModelRefused(f"what is wrong with the file ({len(flaws)}):", flaws=flaws)
    if name in {ours for ours, _, _ in _travelling()}:  # whatever the version: a later program may bring that one
        raise ModelRefused(
            "a model that travels with the program has that name", flaws=(Flaw(field="name", detail="is taken"),)
        )
    compile_template(docx, CONTRACT)
    frozen = _frozen(name, version, language, docx)
    at = clock.now()
    kept = FrozenModel(
        name=name,
        version=version,
        language=language,
        content_sha256=frozen.content_sha256,
        clauses=frozen.clauses,
        imported_at=at,
    )
    await store.add(tx, kept, docx)
    subject = f"agreement_model/{name}/{version}/{language}"
    await record(tx, Act(action="agreement_model.frozen", subject=subject, at=at, after=kept.content_sha256))
    return kept


@cache
def builtin() -> Mapping[tuple[str, str, Language], Model]:
    """Return our own models that an agreement can be drafted on.

    Raises:
        ModelFileChanged: a file was edited after it had been frozen.
    """
    return {key: model for key, model in _travelling().items() if model.template.contract is CONTRACT}


@cache
def _travelling() -> Mapping[tuple[str, str, Language], Model]:
    """Return all that travels with the program, compiled, after checking that its files are those that were frozen."""
    found: dict[tuple[str, str, Language], Model] = {}
    for manifest in sorted(folder("templates").glob("agreements/*/manifest.toml")):
        stated = tomllib.loads(manifest.read_text("utf-8"))
        contract = _CONTRACTS[stated.get("kind", "agreement")]
        for code, about in stated["languages"].items():
            docx = (manifest.parent / about["file"]).read_bytes()
            if hashlib.sha256(docx).hexdigest() != about["sha256"]:
                raise ModelFileChanged(f"{manifest.parent.name}/{about['file']} was edited after it had been frozen")
            language = Language(code)
            found[stated["id"], stated["version"], language] = Model(
                frozen=_frozen(stated["id"], stated["version"], language, docx),
                template=compile_template(docx, contract),
            )
    return found


@lru_cache(maxsize=64)
def _own(name: str, version: str, language: Language, docx: bytes) -> Model:
    return Model(frozen=_frozen(name, version, language, docx), template=compile_template(docx, CONTRACT))


def _frozen(name: str, version: str, language: Language, docx: bytes) -> FrozenModel:
    return FrozenModel(
        name=name,
        version=version,
        language=language,
        content_sha256=content_hash(docx),
        clauses=tuple(
            Clause(number=clause.number, heading=clause.heading, paragraphs=clause.paragraphs)
            for clause in read_clauses(docx)
        ),
    )
