"""The folder that a demo fills: the signed agreements, whom to trust, and what the verifier found."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import msgspec
from cryptography import x509

from kanta_tenancy.assembly.atomic_file import write_whole
from kanta_tenancy.assembly.demo_cases import Case
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml import presentation
from kanta_tenancy.machinery.ooxml.report import Report, Verdict
from kanta_tenancy.machinery.x509.revocation import RevocationData
from kanta_tenancy.machinery.x509.sample_authority import chain_pem, lists_pem

AUTHORITY_FILE: Final = "sample-authority.pem"
LISTS_FILE: Final = "sample-authority.crl"
JSON_REPORT: Final = "report.json"
TEXT_REPORT: Final = "report.txt"
_MADE_BY: Final = "kanta-tenancy demo"
_LONGEST_SLUG: Final = 40
# Letters that no normal form takes apart, and signs that stand inside words.
_WITHOUT_MARKS: Final = str.maketrans(
    {"ø": "o", "æ": "ae", "ß": "ss", "ł": "l", "đ": "d", "'": "", "\N{RIGHT SINGLE QUOTATION MARK}": ""}
)


class FolderTaken(Exception):
    """The folder has something of another origin where we would write; the sentence says what."""


class Made(Record, frozen=True, kw_only=True):
    """An agreement that everybody has signed."""

    tenant: str
    reference: str
    language: Language
    in_force_on: date | None
    file: str  # its name in the folder
    docx: bytes
    report: Report


class DemoResult(Record, frozen=True, kw_only=True):
    out: Path
    made_at: datetime
    root: x509.Certificate
    lists: RevocationData  # of the root and of the authority below it; nobody is on them
    agreements: tuple[Made, ...]

    @property
    def all_valid(self) -> bool:
        return all(made.report.verdict is Verdict.VALID for made in self.agreements)

    @property
    def signatures(self) -> int:
        return sum(len(made.report.signatures) for made in self.agreements)


def name_file(number: int, case: Case, count: int) -> str:
    """Return a name that sorts, and that a person recognises: 04-sv-ogonlakarna-astrom-soner-ab.docx."""
    letters = unicodedata.normalize("NFKD", case.both.tenant.name.lower().translate(_WITHOUT_MARKS))
    latin = letters.encode("ascii", "ignore").decode()
    slug = re.sub("[^a-z0-9]+", "-", latin)[:_LONGEST_SLUG].strip("-") or case.both.tenant.business_id
    return f"{number:0{max(2, len(str(count)))}}-{case.draft.language}-{slug}.docx"


def check_folder(out: Path, names: Iterable[str]) -> None:
    """Return when nothing but files of an earlier demo would be written over.

    Raises:
        FolderTaken: a file of another origin stands where one of ours would.
    """
    if out.exists() and not out.is_dir():
        raise FolderTaken(f"{out} is no folder")
    if _is_ours(out / JSON_REPORT):
        return
    taken = [name for name in (*names, AUTHORITY_FILE, LISTS_FILE, JSON_REPORT, TEXT_REPORT) if (out / name).exists()]
    if taken:
        raise FolderTaken(f"{out / taken[0]} is there already, and no earlier demo wrote it: name another folder")


def write(result: DemoResult) -> None:
    """Write every file, each whole or not at all; what else is in the folder stays."""
    result.out.mkdir(parents=True, exist_ok=True)
    for made in result.agreements:
        write_whole(result.out / made.file, made.docx)
    write_whole(result.out / AUTHORITY_FILE, chain_pem(result.root))
    write_whole(result.out / LISTS_FILE, lists_pem(result.lists))
    write_whole(result.out / TEXT_REPORT, "\n".join(_as_text(result)).encode())
    report = msgspec.json.format(msgspec.json.encode(_as_json(result)), indent=2)
    write_whole(result.out / JSON_REPORT, report + b"\n")  # last: it says that the folder is a demo's


def summary(result: DemoResult) -> dict[str, Any]:
    """Return what `demo --json` prints; its names are a contract."""
    return {"agreements": [_shown(made, str((result.out / made.file).resolve())) for made in result.agreements]}


def _shown(made: Made, file: str) -> dict[str, Any]:
    return {
        "tenant": made.tenant,
        "language": made.language,
        "file": file,
        "signatures": len(made.report.signatures),
        "verdict": made.report.verdict.value,
    }


def _as_json(result: DemoResult) -> dict[str, Any]:
    return {
        "made_by": _MADE_BY,
        "made_at": result.made_at,
        "trusted": AUTHORITY_FILE,
        "revocation_lists": LISTS_FILE,
        "agreements": [
            _shown(made, made.file)
            | {"reference": made.reference, "in_force_on": made.in_force_on}
            | {"report": presentation.as_json(made.report)}
            for made in result.agreements
        ],
    }


def _as_text(result: DemoResult) -> Iterator[str]:
    sound = "all of them valid" if result.all_valid else "NOT all of them valid"
    yield f"{len(result.agreements)} agreements with {result.signatures} signatures, {sound}."
    yield f"Verified at {result.made_at:%Y-%m-%d %H:%M} UTC; trusted is {AUTHORITY_FILE}, made for this demo alone."
    for made in result.agreements:
        yield ""
        yield "=" * 80
        yield f"{made.file}: {made.tenant}, {made.reference} ({made.language})"
        yield presentation.as_text(made.report)


def _is_ours(report: Path) -> bool:
    try:
        said = msgspec.json.decode(report.read_bytes())
    except (OSError, msgspec.DecodeError, RecursionError):
        return False
    return isinstance(said, dict) and said.get("made_by") == _MADE_BY
