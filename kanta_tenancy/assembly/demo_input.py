"""A file with one main connector, its tenants and their agreements (docs/examples/README.md tells of each field)."""

import json
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec

from kanta_tenancy.agreements.model import Draft, Party, Register, Signatory
from kanta_tenancy.assembly.lazily import load
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Body
from kanta_tenancy.machinery.resources import folder
from kanta_tenancy.machinery.x509.keys import KeyKind
from kanta_tenancy.parties.model import Finding, Function

LARGEST_FILE: Final = 20_000_000  # bytes
MOST_TENANTS: Final = 1_000
_LONGEST: Final = 200  # characters of a field's name that we repeat


class WrongInput(Exception):
    """The file is not what docs/examples/README.md asks for; the sentence names the field."""


class SaidContact(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    email: str
    function: Function
    phone: str | None = None
    valid_from: date | None = None  # today
    valid_until: date | None = None


class SaidEvidence(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    entry_reference: str
    checked_on: date
    checked_by: str
    finding: Finding = Finding.REGISTERED
    document_name: str | None = None
    document_sha256: str | None = None


class SaidSigner(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A signatory as the API takes one, and the kind of key that is made for them."""

    party: Party
    position: Annotated[int, msgspec.Meta(ge=1, le=2)] = 1
    name: str
    title: str
    mandate: str
    email: str = ""
    key: KeyKind = KeyKind.EC_P256

    def signatory(self) -> Signatory:
        said = msgspec.structs.asdict(self)
        return Signatory(**{field: said[field] for field in said if field != "key"})


class SaidAgreement(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A draft as the API takes one, on the model agreement that travels with the program."""

    language: Language
    services: tuple[str, ...]
    registers: tuple[Register, ...]
    signatories: Annotated[tuple[SaidSigner, ...], msgspec.Meta(max_length=4)]

    def draft(self, model: str, model_version: str) -> Draft:
        return Draft(
            language=self.language,
            model=model,
            model_version=model_version,
            services=self.services,
            registers=self.registers,
            signatories=tuple(signer.signatory() for signer in self.signatories),
        )


class SaidOrganisation(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An organisation as `organisations import` takes one."""

    business_id: str
    name: str
    language: Language
    name_fi: str | None = None
    name_sv: str | None = None
    name_en: str | None = None
    oid: str | None = None
    contacts: tuple[SaidContact, ...] = ()
    soteri: tuple[SaidEvidence, ...] = ()


class SaidTenant(SaidOrganisation, frozen=True, kw_only=True, forbid_unknown_fields=True):
    tenancy_reference: str | None = None
    agreement: SaidAgreement


class DemoInput(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    main_connector: SaidOrganisation
    tenants: Annotated[tuple[SaidTenant, ...], msgspec.Meta(min_length=1, max_length=MOST_TENANTS)]


def sample_input() -> DemoInput:
    """Return the sample that travels with the program."""
    return read_input(folder("examples") / "demo.json")


def read_input(file: Path) -> DemoInput:
    """Read a file; whether what it says can be agreed is another question.

    Raises:
        WrongInput: it is too large, no JSON, or lacks a field, has a strange one or one of the wrong kind.
    """
    with file.open("rb") as opened:
        content = opened.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise WrongInput(f"the file is larger than {LARGEST_FILE // 1_000_000} MB")
    try:
        return msgspec.convert(_json(content), DemoInput)
    except msgspec.ValidationError as error:
        flaw = load("kanta_tenancy.machinery.web.bodies:flaw_of")(error)
        raise WrongInput(f"{flaw.field or 'the file'}: {flaw.detail.rstrip('.')}") from error


def _json(content: bytes) -> object:
    try:
        said: object = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_each_once)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise WrongInput(f"line {line} is not UTF-8") from error
    except json.JSONDecodeError as error:
        raise WrongInput(f"line {error.lineno}, column {error.colno} is no JSON: {error.msg}") from error
    except RecursionError as error:
        raise WrongInput("the file is nested too deeply") from error
    except ValueError as error:
        raise WrongInput(f"the file is no JSON: {error}") from error  # a number of more digits than Python reads
    return said


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for name, value in pairs:
        if name in said:
            raise WrongInput(f"the field {name[:_LONGEST]!r} of an object is given twice")
        said[name] = value
    return said
