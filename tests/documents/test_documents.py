"""The functions for other Python programs: what they add to the machinery beneath them."""

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from kanta_tenancy import documents
from kanta_tenancy.machinery.x509.keys import KeyKind
from kanta_tenancy.machinery.x509.sample_authority import Revoked, chain_pem, key_pem, revocation_list
from tests.machinery.ooxml.signing.documents import (
    AUTHORITY,
    FIRST_LINE,
    LISTS,
    NOW,
    SECOND_LINE,
    START,
    credential,
    document,
)
from tests.softhsm import MODULE, SoftHsm

AGREEMENT = document(FIRST_LINE, SECOND_LINE)
AINO = credential("Aino")


class CloudKey:
    """A key of a stranger's making."""

    def __init__(self) -> None:
        self.asked: list[bytes] = []
        self.chain: tuple[x509.Certificate, ...] = AINO.chain
        self.certificate = AINO.certificate

    def sign(self, octets: bytes) -> bytes:
        self.asked.append(octets)
        return AINO.sign(octets)


def lines_signed(signed: bytes) -> list[str]:
    report = documents.verify(signed, trust=[AUTHORITY.root], revocation=LISTS, at=NOW)
    assert report.verdict is documents.Verdict.VALID
    return [one.setup_id for one in report.signatures]


def test_a_line_is_named_by_number_or_by_itself():
    second = documents.signature_lines(AGREEMENT)[1]
    assert lines_signed(documents.sign(AGREEMENT, AINO, line=2, at=NOW)) == [SECOND_LINE]
    assert lines_signed(documents.sign(AGREEMENT, AINO, line=second, at=NOW)) == [SECOND_LINE]
    assert lines_signed(documents.sign(AGREEMENT, AINO, at=NOW)) == [""]


@pytest.mark.parametrize("line", [0, -1, 3])
def test_a_line_that_is_not_there_is_refused(line: int):
    with pytest.raises(documents.CannotSign, match="2 signature lines, and none is number"):
        documents.sign(AGREEMENT, AINO, line=line, at=NOW)


def test_what_is_no_document_is_refused_as_such_on_a_line_and_on_none(tmp_path: Path):
    (tmp_path / "odd.docx").write_bytes(b"PK odd")
    for line in (None, 1):
        with pytest.raises(documents.CannotSign) as caught:
            documents.sign(tmp_path / "odd.docx", AINO, line=line, at=NOW)
        assert caught.value.rule == "R0"
    with pytest.raises(documents.BrokenPackage):
        documents.signature_lines(tmp_path / "odd.docx")


def test_any_object_that_signs_is_a_key():
    key = CloudKey()
    assert lines_signed(documents.sign(AGREEMENT, key, line=1, at=NOW)) == [FIRST_LINE]
    assert len(key.asked) == 1


def test_a_key_in_a_token_signs(softhsm: SoftHsm):
    token = softhsm.token()
    token.put(credential("Aino", KeyKind.RSA_2048), "aino", "0a")
    key = documents.key_from_token(Path(MODULE), token.pin, token=token.label, key_id="0a")
    assert lines_signed(documents.sign(AGREEMENT, key, line=1, at=NOW)) == [FIRST_LINE]
    with pytest.raises(documents.PasswordNeeded):
        documents.key_from_token(Path(MODULE), token=token.label)


def test_a_key_in_two_files_signs(tmp_path: Path):
    (tmp_path / "chain.pem").write_bytes(chain_pem(*AINO.chain))
    (tmp_path / "key.pem").write_bytes(key_pem(AINO, b"secret"))
    key = documents.key_from_pem(tmp_path / "chain.pem", tmp_path / "key.pem", b"secret")
    assert lines_signed(documents.sign(AGREEMENT, key, at=NOW)) == [""]


def test_what_is_handed_out_completes_within_its_time_only():
    to_sign = documents.prepare(AGREEMENT, AINO.chain, line=1, lasts=timedelta(minutes=5), at=NOW)
    value = AINO.sign(to_sign.octets)
    kept = documents.read_to_sign(documents.write_to_sign(to_sign))
    assert lines_signed(documents.complete(AGREEMENT, kept, value, at=NOW)) == [FIRST_LINE]
    with pytest.raises(documents.CannotComplete, match="could be completed until"):
        documents.complete(AGREEMENT, kept, value, at=NOW + timedelta(minutes=5))


def test_a_file_that_is_far_too_large_is_not_read_whole(tmp_path: Path):
    large = tmp_path / "large.docx"
    with large.open("wb") as file:
        file.truncate(40 << 30)  # takes no room on the disk
    assert documents.verify(large, at=NOW).reasons[0].rule == "R0"


def test_a_certificate_that_is_known_to_be_revoked_signs_by_no_way():
    gone = Revoked(certificate=AINO.certificate, at=NOW)
    made = revocation_list(AUTHORITY.issuing, at=NOW, revoked=[gone])
    known = documents.revocation_data(lists=[made.public_bytes(Encoding.DER)])
    to_sign = documents.prepare(AGREEMENT, AINO.chain, at=NOW)
    for way in (
        lambda: documents.sign(AGREEMENT, AINO, revocation=known, at=NOW),
        lambda: documents.prepare(AGREEMENT, AINO.chain, revocation=known, at=NOW),
        lambda: documents.complete(AGREEMENT, to_sign, AINO.sign(to_sign.octets), revocation=known, at=NOW),
    ):
        with pytest.raises(documents.CannotSign, match="the certificate is revoked") as caught:
            way()
        assert caught.value.rule == "R11"
    documents.sign(AGREEMENT, AINO, revocation=known, at=NOW - timedelta(seconds=1))


def test_doubts_tell_what_is_left_open_when_anything_is_known():
    asking = "does not say where to ask"
    (only,) = documents.doubts(AINO.chain, at=NOW)
    assert asking in only
    assert len(documents.doubts(AINO.chain, revocation=LISTS, issuers=[AUTHORITY.root], at=START)) == 1
    _, without_root = documents.doubts(AINO.chain, revocation=LISTS, at=START)
    assert without_root.endswith(
        "an issuer's certificate is revoked is not known: its issuer's certificate is not at hand"
    )


def test_a_page_in_a_language_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="de"):
        documents.as_page(documents.verify(AGREEMENT), AGREEMENT, language="de")
