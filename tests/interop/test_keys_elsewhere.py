"""What a token or another program signed is valid for verifiers that nobody here wrote."""

import subprocess
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest

from kanta_tenancy.machinery.ooxml.signature_lines import signature_lines
from kanta_tenancy.machinery.ooxml.signing import hand_out, sign, take_back
from kanta_tenancy.machinery.x509.keys import KeyKind
from kanta_tenancy.machinery.x509.sample_authority import key_pem
from kanta_tenancy.machinery.x509.token_key import from_token
from tests.interop.documents import agreement
from tests.interop.libreoffice import LibreOffice
from tests.interop.poi import Poi
from tests.interop.signatories import Signatories
from tests.softhsm import SoftHsm

LINES: Final = (UUID(int=1), UUID(int=2))
KINDS: Final = (KeyKind.RSA_2048, KeyKind.EC_P256, KeyKind.EC_P384)


@pytest.fixture
def verifiers(poi: Poi, libreoffice: LibreOffice) -> tuple[Poi, LibreOffice]:
    return poi, libreoffice


@pytest.mark.parametrize("kind", KINDS)
def test_a_token_and_openssl_sign_the_two_lines_of_one_document(
    verifiers: tuple[Poi, LibreOffice], signatories: Signatories, softhsm: SoftHsm, tmp_path: Path, kind: KeyKind
) -> None:
    poi, libreoffice = verifiers
    document = agreement(LINES)
    first, second = signature_lines(document)
    aino, eino = signatories.credential("Aino", kind), signatories.credential("Eino", kind)
    token = softhsm.token()
    token.put(aino, "aino", "01")

    once = sign(document, from_token(token.place(), token.pin), at=signatories.now, line=first)
    to_sign = hand_out(once, eino.chain, at=signatories.now, line=second)
    twice = take_back(
        once, to_sign, by_openssl(tmp_path, key_pem(eino), to_sign.digest_algorithm, to_sign.octets), at=signatories.now
    )

    file = tmp_path / "signed.docx"
    file.write_bytes(twice)
    theirs, verdict = libreoffice.verify(file), poi.verify(file, trust=signatories.trust)
    assert (verdict.valid, [one.trusted for one in verdict.signatures]) == (True, [True, True]), verdict
    assert (theirs.valid, [one.trusted for one in theirs.signatures]) == (True, [True, True]), theirs
    assert sorted(one.line for one in theirs.signatures) == sorted(line.setup_id for line in (first, second))


def by_openssl(folder: Path, key: bytes, digest: str, octets: bytes) -> bytes:
    (folder / "key.pem").write_bytes(key)
    (folder / "octets").write_bytes(octets)
    command = ["openssl", "dgst", f"-{digest}", "-sign", folder / "key.pem", folder / "octets"]
    return subprocess.run(command, capture_output=True, check=True).stdout
