"""A file that was made to do harm is refused before anything in it is looked into."""

import io
import zipfile

import pytest

from kanta_tenancy.proofs import bundle
from kanta_tenancy.proofs.bundle import Unreadable
from kanta_tenancy.proofs.verifying.findings import Statement, Trusted
from kanta_tenancy.proofs.verifying.verifier import verify
from tests.seals.examples import NOON


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


MANIFEST = {"manifest.json": b"{}"}
DEEP = b"[" * 200_000 + b"]" * 200_000


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no sound zip archive"),
        (b"PK\x05\x06" + bytes(18), "manifest.json is missing"),
        (zipped(MANIFEST) + b"more", "no sound zip archive"),
        (b"before" + zipped(MANIFEST), "no sound zip archive"),
        (zipped({"big.json": bytes(50_000_000)}, zipfile.ZIP_DEFLATED), "no sound zip archive"),
        (zipped({"small.json": b"a" * 500}, zipfile.ZIP_DEFLATED), "compressed"),
        (zipped({"../manifest.json": b"{}"}), "no sound zip archive|a name that no bundle has"),
        (zipped({"/etc/passwd.txt": b""}), "no sound zip archive|a name that no bundle has"),
        (zipped({"a/b/c.json": b""}), "a name that no bundle has"),
        (zipped({"C:\\manifest.json": b"{}"}), "no sound zip archive|a name that no bundle has"),
        (zipped({f"f{number}.txt": b"" for number in range(2_001)}), "no sound zip archive"),
        (zipped({"a.txt": b"", "A.txt": b""}), "no sound zip archive|a name that no bundle has"),
        (zipped(MANIFEST), "manifest.json is not what the format says"),
        (zipped({"manifest.json": DEEP}), "manifest.json is not what the format says"),
        (zipped({"manifest.json": b"\xff\xfe"}), "manifest.json is not what the format says"),
    ],
)
def test_it_is_refused_with_a_reason(content, why):
    found = verify(content, Trusted(), now=NOON)
    [finding] = found.findings
    assert (finding.statement, found.verdict) == (Statement.ARCHIVE, "invalid")
    assert any(one in finding.detail for one in why.split("|")), finding.detail


def test_what_is_written_is_read_back_and_any_zip_program_reads_it():
    files = {"manifest.json": b"{}", "manifest.jws": b"a.b.c", "documents/0.docx": bytes(range(256))}
    written = bundle.write(files)
    assert bundle.read(written) == files
    assert bundle.write(dict(reversed(files.items()))) == written
    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == files


def test_a_bundle_larger_than_any_is_not_read(monkeypatch):
    monkeypatch.setattr(bundle, "LIMITS", bundle.Limits(file_size=100, entries=10, unpacked_size=100))
    with pytest.raises(Unreadable, match="bytes"):
        bundle.read(zipped({"a.txt": bytes(200)}))
