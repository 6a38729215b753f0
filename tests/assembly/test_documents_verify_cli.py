"""`documents verify`: what is known of revocation and time comes from files, or from authorities that are asked."""

import json
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID

from kanta_tenancy.assembly.documents_cli import documents
from kanta_tenancy.machinery.ooxml.signing import sign
from kanta_tenancy.machinery.ooxml.signing.levels import add_timestamp, imprint_of
from kanta_tenancy.machinery.x509.credentials import Credential
from kanta_tenancy.machinery.x509.sample_authority import (
    Revoked,
    Signer,
    chain_pem,
    empty_lists,
    found,
    issue,
    lists_pem,
    revocation_list,
)
from tests.conftest import FrozenClock
from tests.machinery.ooxml.signing.documents import AUTHORITY, LISTS, NOW, START, credential, document
from tests.machinery.x509.authorities import DAY, TIME_STAMPING, answered
from tests.machinery.x509.stamping import stamp

OCSP, CA_ISSUERS = AuthorityInformationAccessOID.OCSP, AuthorityInformationAccessOID.CA_ISSUERS
AINO = credential("Aino")
TOP = ("--crl", "top.crl")  # the root's list, which nobody else gives


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("one.docx").write_bytes(sign(document(), AINO, at=NOW))
    Path("ca.pem").write_bytes(chain_pem(AUTHORITY.root))
    Path("ca.crl").write_bytes(lists_pem(LISTS))
    top = revocation_list(AUTHORITY.top, at=START, lasts=700 * DAY)
    Path("top.crl").write_bytes(top.public_bytes(Encoding.DER))
    return tmp_path


def verify(*more: str, file: str = "one.docx", at=NOW) -> Result:
    result = CliRunner().invoke(documents, ["verify", file, *more], obj=FrozenClock(at))
    assert result.exit_code != 1, result.output
    return result


def test_trust_alone_leaves_open_whether_somebody_was_revoked(folder: Path):
    told = verify("--trust", "ca.pem")
    assert told.exit_code == 4
    assert "INDETERMINATE, TRY_LATER" in told.stdout
    assert verify("--trust", "ca.pem", "--crl", "ca.crl").exit_code == 0


def test_lists_and_answers_come_from_files_of_each_form(folder: Path):
    Path("aino.ocsp").write_bytes(answered(AINO.certificate, of=AUTHORITY, at=NOW).ocsp[0])
    assert verify("--trust", "ca.pem", *TOP, "--ocsp", "aino.ocsp").exit_code == 0
    assert verify("--trust", "ca.pem", *TOP).exit_code == 4


def test_a_signature_of_a_revoked_certificate_is_invalid(folder: Path):
    gone = Revoked(certificate=AINO.certificate, at=NOW - DAY, cause=x509.ReasonFlags.key_compromise)
    made = revocation_list(AUTHORITY.issuing, at=NOW, revoked=[gone])
    Path("gone.crl").write_bytes(made.public_bytes(Encoding.PEM))
    told = verify("--trust", "ca.pem", *TOP, "--crl", "gone.crl")
    assert told.exit_code == 3
    assert "TOTAL-FAILED, REVOKED" in told.stdout


@pytest.mark.parametrize("option", ["--crl", "--ocsp", "--timestamp-trust"])
def test_a_file_that_is_something_else_is_wrong_usage(folder: Path, option: str):
    told = verify(option, "one.docx")
    assert told.exit_code == 2
    assert told.stderr.startswith("Error: one.docx: ")


def test_a_timestamp_is_believed_of_those_who_are_trusted_for_it(folder: Path):
    stamps = found("Stamps", at=START)
    stamper = issue(stamps, Signer(name="S", organisation="S"), at=START, lasts=3000 * DAY, extensions=TIME_STAMPING)
    once = Path("one.docx").read_bytes()
    part = "/_xmlsignatures/sig1.xml"
    Path("one.docx").write_bytes(add_timestamp(once, part, stamp(imprint_of(once, part), stamper, at=NOW)))
    Path("stamps.pem").write_bytes(chain_pem(stamps.root))
    Path("stamps.crl").write_bytes(lists_pem(empty_lists(stamps, at=START)))
    later = AINO.certificate.not_valid_after_utc + DAY
    trusted = ("--trust", "ca.pem", "--crl", "ca.crl", "--crl", "stamps.crl")
    assert verify(*trusted, at=later).exit_code == 4
    told = verify(*trusted, "--timestamp-trust", "stamps.pem", "--json", at=later)
    assert told.exit_code == 0
    (signature,) = json.loads(told.stdout)["signatures"]
    assert (signature["time"], signature["proved_at"]) == ("passed", "2026-03-02T09:30:15Z")
    assert signature["proved_by"] == stamper.certificate.subject.rfc4514_string()


@pytest.mark.parametrize(
    ("language", "verdict", "name"), [("fi", "Pätevä", "Aino"), ("sv", "Giltig", "Aino"), (None, "Valid", "Aino")]
)
def test_the_report_is_written_as_a_page_too(folder: Path, language: str | None, verdict: str, name: str):
    more = () if language is None else ("--language", language)
    told = verify("--trust", "ca.pem", "--crl", "ca.crl", "--html", "report.html", *more)
    assert (told.exit_code, told.stdout.partition(":")[0]) == (0, "valid")
    page = Path("report.html").read_text("utf-8")
    assert f'<html lang="{language or "en"}">' in page
    for text in (f"<strong>{verdict}</strong>", f"<bdi>{name}</bdi>", "<bdi>one.docx</bdi>", "<bdi>Sample Root</bdi>"):
        assert text in page


def test_a_page_is_written_whatever_the_verdict_and_none_is_overwritten_unasked(folder: Path):
    Path("odd.docx").write_bytes(b"odd")
    assert verify("--html", "report.html", file="odd.docx").exit_code == 3
    assert "<strong>Not valid</strong>" in Path("report.html").read_text("utf-8")
    told = verify("--html", "report.html")
    assert (told.exit_code, told.stdout) == (2, "")
    assert "report.html exists" in told.stderr
    assert verify("--html", "report.html", "--force").exit_code == 4
    assert "<strong>Left open</strong>" in Path("report.html").read_text("utf-8")


class Shelf:
    """A web server of an authority: what lies at each path, and what was asked for."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        shelf = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                shelf.asked.append(self.path)
                content = shelf.files.get(self.path)
                self.send_response(404 if content is None else 200)
                self.end_headers()
                self.wfile.write(content or b"")

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def url(self, path: str) -> x509.UniformResourceIdentifier:
        return x509.UniformResourceIdentifier(f"http://127.0.0.1:{self.server.server_port}{path}")


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    made = Shelf()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


def signed_by_one_who_names(shelf: Shelf, files: Mapping[str, bytes]) -> None:
    """Sign with a certificate that names this shelf, and bring no issuer along."""
    extensions = (
        (x509.CRLDistributionPoints([x509.DistributionPoint([shelf.url("/ca.crl")], None, None, None)]), False),
        (x509.AuthorityInformationAccess([x509.AccessDescription(CA_ISSUERS, shelf.url("/ca.cer"))]), False),
    )
    issued = issue(AUTHORITY, Signer(name="Eino", organisation="E"), at=START, extensions=extensions)
    alone = Credential(key=issued.key, chain=issued.chain[:1])
    Path("one.docx").write_bytes(sign(document(), alone, at=NOW))
    shelf.files.update(files)


ISSUER = {"/ca.cer": AUTHORITY.issuing.certificate.public_bytes(Encoding.DER)}
LIST = {"/ca.crl": revocation_list(AUTHORITY.issuing, at=NOW).public_bytes(Encoding.DER)}


def test_online_the_issuer_and_its_list_are_fetched(folder: Path, shelf: Shelf):
    signed_by_one_who_names(shelf, ISSUER | LIST)
    trusted = ("--trust", "ca.pem", *TOP)
    assert verify(*trusted).exit_code == 4
    told = verify(*trusted, "--online", "--allow", "127.0.0.0/8")
    assert (told.exit_code, told.stderr) == (0, "")
    assert sorted(shelf.asked) == ["/ca.cer", "/ca.crl"]


def test_online_what_was_not_to_be_had_is_told_and_left_open(folder: Path, shelf: Shelf):
    signed_by_one_who_names(shelf, ISSUER)
    told = verify("--trust", "ca.pem", *TOP, "--online", "--allow", "127.0.0.0/8", "--json")
    assert told.exit_code == 4
    assert told.stderr == "not learnt: 127.0.0.1: It answered with the status 404.\n"
    assert json.loads(told.stdout)["sub_indication"] == "TRY_LATER"


def test_online_nothing_internal_is_asked_unless_it_is_allowed(folder: Path, shelf: Shelf):
    signed_by_one_who_names(shelf, ISSUER | LIST)
    told = verify("--trust", "ca.pem", *TOP, "--online")
    assert (told.exit_code, shelf.asked) == (4, [])
    assert "leads to this machine" in told.stderr


@pytest.mark.parametrize("more", [("--allow", "127.0.0.0/8"), ("--online", "--allow", "here")])
def test_what_may_be_asked_is_said_well_and_together_with_online(folder: Path, more: tuple[str, ...]):
    assert verify(*more).exit_code == 2
