import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography import x509

from kanta_tenancy.agreements.catalogue import names as catalogue
from kanta_tenancy.assembly.command_line import kanta_tenancy
from kanta_tenancy.assembly.demo import make_demo
from kanta_tenancy.assembly.demo_folder import AUTHORITY_FILE, JSON_REPORT, LISTS_FILE, TEXT_REPORT, DemoResult
from kanta_tenancy.assembly.demo_input import sample_input
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.ooxml.report import Outcome as Answered
from kanta_tenancy.machinery.ooxml.report import Verdict
from kanta_tenancy.machinery.ooxml.signature_lines import signature_lines
from kanta_tenancy.machinery.ooxml.verification import verify
from kanta_tenancy.machinery.x509 import keys
from kanta_tenancy.parties import wording
from tests.assembly.demo_files import NOW, SAMPLE, a_small_file, as_input, run
from tests.assembly.processes import COMMAND, ROOT, command
from tests.conftest import FrozenClock


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> DemoResult:
    clock = FrozenClock(NOW)
    return make_demo(sample_input(), tmp_path_factory.mktemp("demo") / "out", clock)


class TestTheSample:
    def test_has_twelve_tenants_four_in_each_language_with_different_services(self):
        said = sample_input()
        languages = [tenant.agreement.language for tenant in said.tenants]
        assert {language: languages.count(language) for language in Language} == dict.fromkeys(Language, 4)
        tickable = {service.key for service in catalogue.services() if service.tickable}
        assert {key for tenant in said.tenants for key in tenant.agreement.services} == tickable
        assert len({tenant.agreement.services for tenant in said.tenants}) >= 8

    def test_names_nobody_who_exists(self):
        parties = [SAMPLE["main_connector"], *SAMPLE["tenants"]]
        for party in parties:
            assert wording.business_id(party["business_id"]) == party["business_id"]
            assert party["business_id"] > "9000000"
            assert wording.doubt_about_oid(party.get("oid"), party["business_id"]) is None
        emails = [contact["email"] for party in parties for contact in party["contacts"]]
        emails += [who["email"] for tenant in SAMPLE["tenants"] for who in tenant["agreement"]["signatories"]]
        assert all(email.endswith(".example") for email in emails)

    def test_has_names_that_test_the_printer(self):
        names = "".join(tenant["name"] for tenant in SAMPLE["tenants"])
        assert set("&<>\"'åäöÅÄÖ") <= set(names)
        assert max(len(tenant["name"]) for tenant in SAMPLE["tenants"]) > 190


class TestTheDocuments:
    def test_are_valid_with_a_signature_of_everybody(self, made: DemoResult):
        assert len(made.agreements) == 12
        for one, said in zip(made.agreements, SAMPLE["tenants"], strict=True):
            content = (made.out / one.file).read_bytes()
            report = verify(content, at=made.made_at, anchors=[made.root], revocation=made.lists)
            assert report.verdict is Verdict.VALID
            assert len(report.signatures) == len(said["agreement"]["signatories"])
            assert [line.signed for line in signature_lines(content)] == [True] * len(report.signatures)
            assert one.in_force_on is not None

    def test_are_signed_with_every_kind_of_key_and_with_rsa_and_ec_in_each_language(self, made: DemoResult):
        used: dict[str, set[str]] = {}
        all_alike: dict[str, set[str]] = {}
        for one in made.agreements:
            kinds = {
                keys.describe(signature.signer_certificate.public_key())
                for signature in one.report.signatures
                if signature.signer_certificate is not None
            }
            used.setdefault(one.language, set()).update(kinds)
            families = {kind[:2] for kind in kinds}
            if len(families) == 1:
                all_alike.setdefault(one.language, set()).update(families)
        assert set.union(*used.values()) == {"RSA-2048", "RSA-3072", "RSA-4096", "EC P-256", "EC P-384"}
        assert all_alike == {language: {"RS", "EC"} for language in Language}

    def test_some_have_two_signatories_for_each_party(self):
        sides = [sorted(who["party"] for who in tenant["agreement"]["signatories"]) for tenant in SAMPLE["tenants"]]
        assert sides.count(["main_connector"] * 2 + ["tenant"] * 2) == 2

    def test_one_person_has_one_key_in_all_agreements(self, made: DemoResult):
        used: dict[str, set[str]] = {}
        for one in made.agreements:
            for signature in one.report.signatures:
                used.setdefault(signature.signer, set()).add(signature.fingerprint)
        assert [signer for signer, prints in used.items() if len(prints) != 1] == []

    def test_without_the_authority_trust_stays_open(self, made: DemoResult):
        report = verify((made.out / made.agreements[0].file).read_bytes(), at=made.made_at)
        assert report.verdict is Verdict.INDETERMINATE
        assert {signature.trust.outcome for signature in report.signatures} == {Answered.UNKNOWN}


class TestTheFolder:
    def test_holds_the_documents_the_authority_and_the_reports_and_no_key(self, made: DemoResult):
        documents = {one.file for one in made.agreements}
        assert {file.name for file in made.out.iterdir()} == documents | {
            AUTHORITY_FILE,
            LISTS_FILE,
            JSON_REPORT,
            TEXT_REPORT,
        }
        assert x509.load_pem_x509_certificate((made.out / AUTHORITY_FILE).read_bytes()) == made.root
        assert not any(b"PRIVATE KEY" in file.read_bytes() for file in made.out.iterdir())

    def test_has_names_in_the_order_of_the_file_that_any_system_can_hold(self, made: DemoResult):
        names = [one.file for one in made.agreements]
        assert names == sorted(names)
        assert names[4] == "05-sv-ogonlakarna-astrom-soner-ab.docx"
        assert names[11] == "12-en-sorens-home-care-helsinki-espoo-vantaa-o.docx"
        assert all(name.isascii() and len(name) < 64 for name in names)

    def test_has_reports_that_agree(self, made: DemoResult):
        report = json.loads((made.out / JSON_REPORT).read_text("utf-8"))
        assert [one["file"] for one in report["agreements"]] == [one.file for one in made.agreements]
        assert {one["report"]["verdict"] for one in report["agreements"]} == {"valid"}
        text = (made.out / TEXT_REPORT).read_text("utf-8")
        assert text.startswith("12 agreements with 29 signatures, all of them valid.\n")
        assert all(one.file in text and one.tenant in text for one in made.agreements)

    def test_is_written_over_by_a_second_demo_and_keeps_what_is_not_ours(self, tmp_path: Path, clock: FrozenClock):
        (tmp_path / "notes.txt").write_text("mine")
        said = as_input(a_small_file())
        first = make_demo(said, tmp_path, clock)
        second = make_demo(said, tmp_path, clock)
        assert (tmp_path / "notes.txt").read_text() == "mine"
        assert first.agreements[0].file == second.agreements[0].file
        assert (tmp_path / second.agreements[0].file).read_bytes() == second.agreements[0].docx
        assert len(list(tmp_path.iterdir())) == 6

    @pytest.mark.parametrize("name", [TEXT_REPORT, JSON_REPORT, AUTHORITY_FILE, LISTS_FILE])
    def test_of_somebody_else_is_refused_where_a_file_would_be_lost(self, tmp_path: Path, written, name: str):
        out = tmp_path / "out"
        out.mkdir()
        (out / name).write_text('{"made_by": "somebody else"}')
        result = run("--out", out, "--input", written(a_small_file()))
        assert (result.returncode, result.stdout) == (2, "")
        assert result.stderr == (
            f"kanta-tenancy: {out / name} is there already, and no earlier demo wrote it: name another folder\n"
        )
        assert [file.name for file in out.iterdir()] == [name]

    def test_may_not_be_a_file(self, written):
        file = written(a_small_file())
        result = run("--out", file, "--input", file)
        assert result.returncode == 2
        assert result.stderr.startswith("kanta-tenancy: ")


class TestTheCommand:
    def test_prints_exactly_what_the_contract_says(self, tmp_path: Path, written):
        result = run("--out", tmp_path / "out", "--json", "--input", written(a_small_file()))
        assert (result.returncode, result.stderr) == (0, "")
        said = json.loads(result.stdout)
        (one,) = said.pop("agreements")
        assert said == {}
        file = Path(one.pop("file"))
        assert file.parent == tmp_path / "out"
        assert file.read_bytes()[:2] == b"PK"
        assert one == {
            "tenant": "Ammatinharjoittaja Åke Äijö-Öhberg",
            "language": "fi",
            "signatures": 2,
            "verdict": "valid",
        }

    def test_tells_people_how_to_verify_one_themselves(self, tmp_path: Path, written):
        result = run("--out", tmp_path / "out", "--input", written(a_small_file()))
        assert result.stdout.startswith("valid  fi  2 signatures  01-fi-ammatinharjoittaja-ake-aijo-ohberg.docx\n")
        words = result.stdout.splitlines()[-1].split()
        assert command(*words[1:]).returncode == 0

    def test_works_from_any_folder_and_needs_no_setting(self, tmp_path: Path, written):
        file = written(a_small_file())
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
        result = subprocess.run(
            [sys.executable, "-m", "kanta_tenancy", "demo", "--out", "here", "--input", file],
            check=True, capture_output=True, text=True, cwd=tmp_path, env=environment, timeout=60,
        )  # fmt: skip
        assert result.stdout.startswith("valid")
        assert (tmp_path / "here" / AUTHORITY_FILE).is_file()

    def test_says_so_when_the_disk_is_full_and_leaves_no_half_of_a_file(self, tmp_path: Path, written):
        words = ("demo", "--out", str(tmp_path / "out"), "--input", str(written(a_small_file())))
        small = 'ulimit -f 8; exec "$@"'  # no file larger than 8 KB
        result = subprocess.run(
            ["bash", "-c", small, "-", *COMMAND, *words],
            check=False, capture_output=True, text=True, cwd=ROOT, timeout=60,
        )  # fmt: skip
        assert (result.returncode, result.stdout) == (2, "")
        name = "01-fi-ammatinharjoittaja-ake-aijo-ohberg.docx"
        assert result.stderr == f"kanta-tenancy: {tmp_path / 'out' / name}: File too large.\n"
        assert list((tmp_path / "out").iterdir()) == []

    def test_explains_itself(self):
        told = CliRunner().invoke(kanta_tenancy, ["demo", "--help"]).output
        assert all(name in told for name in (AUTHORITY_FILE, LISTS_FILE))
