"""Every way to tamper that mutations.py knows is invalid for us; what the others say of it is in mutations.toml."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal
from uuid import UUID

import msgspec
import pytest

from kanta_tenancy.machinery.ooxml.report import Verdict
from kanta_tenancy.machinery.ooxml.signature_lines import signature_lines
from kanta_tenancy.machinery.ooxml.signing import sign
from kanta_tenancy.machinery.ooxml.verification import verify
from kanta_tenancy.machinery.x509.keys import KeyKind
from tests.interop.documents import agreement
from tests.interop.libreoffice import LibreOffice, LibreOfficeVerdict
from tests.interop.mutations import HARMLESS, TAMPERED
from tests.interop.poi import Poi, PoiVerdict
from tests.interop.signatories import Signatories

Word = Literal["valid", "invalid", "unsigned", "refused"]


class Expected(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    rules: tuple[str, ...]  # that ours names
    poi: Word
    libreoffice: Word


TABLE: Final = msgspec.convert(
    tomllib.loads(Path(__file__).with_name("mutations.toml").read_text()), Mapping[str, Expected]
)


@pytest.fixture(scope="module")
def signed(signatories: Signatories) -> bytes:
    document = agreement([UUID(int=1, version=4), UUID(int=2, version=4)])
    for number, (name, kind) in enumerate((("Aino", KeyKind.RSA_2048), ("Eino", KeyKind.EC_P256))):
        line = signature_lines(document)[number]
        document = sign(document, signatories.credential(name, kind), at=signatories.now, line=line, comments="Seen")
    return document


def test_the_table_knows_every_mutation() -> None:
    assert list(TABLE) == list(TAMPERED)


@pytest.mark.parametrize("name", TAMPERED)
def test_a_tampered_document_is_invalid(signed: bytes, signatories: Signatories, name: str) -> None:
    tampered = TAMPERED[name](signed)

    report = verify(tampered, at=signatories.now, anchors=[signatories.root], revocation=signatories.lists)

    assert report.verdict is Verdict.INVALID
    assert tuple(sorted({reason.rule for reason in report.reasons})) == TABLE[name].rules


@pytest.mark.parametrize("name", TAMPERED)
def test_the_others_say_of_a_tampered_document_what_the_table_says(
    tmp_path: Path, poi: Poi, libreoffice: LibreOffice, signed: bytes, name: str
) -> None:
    file = tmp_path / "tampered.docx"
    file.write_bytes(TAMPERED[name](signed))

    assert (word(poi.verify(file)), word(libreoffice.verify(file))) == (TABLE[name].poi, TABLE[name].libreoffice)


@pytest.mark.parametrize("name", HARMLESS)
def test_a_harmless_change_leaves_the_document_valid(signed: bytes, signatories: Signatories, name: str) -> None:
    changed = HARMLESS[name](signed)

    assert changed != signed
    assert (
        verify(changed, at=signatories.now, anchors=[signatories.root], revocation=signatories.lists).verdict
        is Verdict.VALID
    )


@pytest.mark.parametrize("name", HARMLESS)
def test_a_harmless_change_leaves_the_document_valid_for_the_others(
    tmp_path: Path, poi: Poi, libreoffice: LibreOffice, signed: bytes, name: str
) -> None:
    file = tmp_path / "changed.docx"
    file.write_bytes(HARMLESS[name](signed))

    assert (word(poi.verify(file)), word(libreoffice.verify(file))) == ("valid", "valid")


def word(verdict: PoiVerdict | LibreOfficeVerdict) -> Word:
    if verdict.error:
        return "refused"
    if not verdict.signatures:
        return "unsigned"
    return "valid" if verdict.valid else "invalid"
