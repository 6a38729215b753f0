"""Whatever is done to a bundle is found, also by a verifier that a stranger wrote from docs/proof-bundle.md."""

import json
import random
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.report import Outcome, Verdict
from kanta_tenancy.machinery.sealing.jws import fingerprint, payload_of
from kanta_tenancy.proofs import bundle
from kanta_tenancy.proofs import model as m
from kanta_tenancy.proofs.verifying.findings import Statement, Trusted
from kanta_tenancy.seals import CheckpointStatement, Kind
from kanta_tenancy.seals.sealing import sealed_with
from tests.agreements.examples import a_draft, both_sign
from tests.proofs.conftest import Office
from tests.proofs.stranger import verdict_on
from tests.seals.examples import a_folder, a_key

Files = dict[str, bytes]


class Case(Record, frozen=True, kw_only=True):
    """A genuine bundle, that of another agreement of the same parties, and how both verifiers answer."""

    office: Office
    folder: Path
    trusted: Trusted
    files: Files
    other: Files

    def verify(self, content: bytes):
        """Verify by ours, and see that a stranger's verifier does not find less."""
        found = self.office.verify(content, self.trusted)
        assert self.strangers(content) == found.verdict, found
        return found

    def strangers(self, content: bytes) -> str:
        file = self.folder / "bundle.zip"
        file.write_bytes(content)
        seal = self.office.keys.folder / "seal-1.pem"
        return verdict_on(file, seal, self.office.stamps.trust)

    def after(self, change: Callable[[Files], object]) -> bytes:
        """Return a bundle after a change that left the manifest as it was."""
        files = dict(self.files)
        change(files)
        return bundle.write(files)

    def sealed_after(self, change: Callable[[Files], object]) -> bytes:
        """Return a bundle that the service's own key sealed after a change: what is wrong must be found inside."""
        files = dict(self.files)
        change(files)
        return self.office.sealed_anew(files)


@pytest.fixture
async def case(office, tmp_path) -> Case:
    desk = office.desk
    agreement = await desk.in_force()
    other = await desk.offered(a_draft(signatories=both_sign(jointly=True)))
    await office.settle()
    return Case(
        office=office,
        folder=tmp_path,
        trusted=await office.trusted(),
        files=bundle.read(await office.proof(agreement)),
        other=bundle.read(await office.proof(other)),
    )


def failed(found) -> set[Statement]:
    return {one.statement for one in found.findings if one.outcome is Outcome.FAILED}


async def test_both_verifiers_find_the_genuine_bundle_valid_whoever_put_it_together(case):
    assert case.verify(case.after(nothing)).verdict is Verdict.VALID
    assert case.verify(case.sealed_after(nothing)).verdict is Verdict.VALID


async def test_both_verifiers_leave_open_what_an_unknown_key_sealed(case):
    stranger = a_folder(case.folder, "stranger")
    a_key(stranger, case.office.desk.clock)
    content = bundle.write(case.files)
    file = case.folder / "genuine.zip"
    file.write_bytes(content)
    assert verdict_on(file, stranger.folder / "seal-1.pem", case.office.stamps.trust) == "indeterminate"
    unknown = msgspec.structs.replace(case.trusted, seals=frozenset())
    assert case.office.verify(content, unknown).verdict is Verdict.INDETERMINATE


async def test_each_file_that_is_changed_removed_or_swapped_is_found(case):
    names = sorted(case.files)
    for name, other in zip(names, names[1:] + names[:1], strict=True):

        def change(files: Files, name: str = name) -> None:
            at = len(files[name]) // 2
            files[name] = files[name][:at] + bytes([files[name][at] ^ 1]) + files[name][at + 1 :]

        def swap(files: Files, name: str = name, other: str = other) -> None:
            files[name], files[other] = files[other], files[name]

        changes = {"changed": change, "removed": lambda files, name=name: files.pop(name), "swapped": swap}
        for how, done in changes.items():
            assert case.verify(case.after(done)).verdict is Verdict.INVALID, (name, how)


async def test_a_file_that_is_added_is_found(case):
    found = case.verify(case.after(lambda files: files.update({"documents/3.docx": files["documents/2.docx"]})))
    assert Statement.CHECKSUMS in failed(found)


def nothing(_: Files) -> None:
    """Change nothing."""


def of_slice(files: Files, change: Callable[[list[str]], object]) -> None:
    said = json.loads(files[m.SLICE])
    change(said["entries"])
    files[m.SLICE] = json.dumps(said).encode()


def cut(files: Files) -> None:
    of_slice(files, lambda entries: entries.pop())


def without_one(files: Files) -> None:
    of_slice(files, lambda entries: entries.pop(len(entries) // 2))


def reworded(files: Files) -> None:
    of_slice(files, lambda entries: entries.__setitem__(0, entries[0].replace("agreement", "agreemint", 1)))


def other_chain(files: Files) -> None:
    said = json.loads(files[m.SLICE])
    said["chain"] = json.loads(files[m.MANIFEST])["main_connector_id"]
    files[m.SLICE] = json.dumps(said).encode()


def other_place(files: Files) -> None:
    said = json.loads(files[m.PROOF])
    said["position"] = (said["position"] + 1) % said["size"]
    files[m.PROOF] = json.dumps(said).encode()


def longer_path(files: Files) -> None:
    said = json.loads(files[m.PROOF])
    said["path"] = ["0" * 64, *said["path"]]
    files[m.PROOF] = json.dumps(said).encode()


def other_slice(case: Case) -> Callable[[Files], None]:
    def change(files: Files) -> None:
        files |= {name: case.other[name] for name in (m.SLICE, m.PROOF, m.CHECKPOINT, m.TIMESTAMP)}

    return change


def first_revision_as_newest(files: Files) -> None:
    files["documents/2.docx"] = files["documents/1.docx"]


def without_a_revision(files: Files) -> None:
    del files["documents/1.docx"]


def without_a_receipt(files: Files) -> None:
    del files["receipts/tenant.jws"]


def receipts_swapped(files: Files) -> None:
    one, two = "receipts/tenant.jws", "receipts/main_connector.jws"
    files[one], files[two] = files[two], files[one]


def report_of_another(files: Files) -> None:
    said = json.loads(files[m.REPORT])
    said["original"] = "0" * 64
    files[m.REPORT] = json.dumps(said).encode()


def garbled_stamp(files: Files) -> None:
    files[m.TIMESTAMP] = files[m.TIMESTAMP][:-1] + bytes([files[m.TIMESTAMP][-1] ^ 1])


INSIDE = {
    cut: Statement.JOURNAL_CHAIN,
    without_one: Statement.JOURNAL_CHAIN,
    reworded: Statement.JOURNAL_CHAIN,
    other_chain: Statement.JOURNAL_CHAIN,
    other_place: Statement.INCLUSION,
    longer_path: Statement.INCLUSION,
    first_revision_as_newest: Statement.JOURNAL_TELLS,
    without_a_revision: Statement.OFFER,
    without_a_receipt: Statement.RECEIPTS,
    receipts_swapped: Statement.RECEIPTS,
    report_of_another: Statement.REPORT,
    garbled_stamp: Statement.CHECKPOINT_TIMESTAMP,
}


@pytest.mark.parametrize("change", INSIDE, ids=lambda change: change.__name__)
async def test_what_the_service_itself_put_together_wrongly_is_found_by_its_name(case, change):
    found = case.verify(case.sealed_after(change))
    assert (found.verdict, INSIDE[change] in failed(found)) == (Verdict.INVALID, True), found
    assert Statement.CHECKSUMS not in failed(found)
    assert Statement.MANIFEST_SEAL not in failed(found)


async def test_the_journal_of_another_agreement_does_not_vouch_for_this_one(case):
    found = case.verify(case.sealed_after(other_slice(case)))
    assert failed(found) >= {Statement.JOURNAL_TELLS}


async def test_the_receipts_and_documents_of_another_agreement_are_not_taken(case):
    def exchange(files: Files) -> None:
        files["documents/0.docx"] = case.other["documents/0.docx"]

    assert failed(case.verify(case.sealed_after(exchange))) >= {Statement.JOURNAL_TELLS, Statement.OFFER}


async def test_a_checkpoint_that_another_key_sealed_is_found(case):
    forger = a_folder(case.folder, "forger")
    a_key(forger, case.office.desk.clock)
    said = msgspec.json.decode(payload_of(case.files[m.CHECKPOINT].decode()), type=CheckpointStatement)
    own = fingerprint(forger.named("seal-1").certificate)
    text = sealed_with(forger, own, Kind.CHECKPOINT, said, case.office.desk.clock.now())
    found = case.verify(case.sealed_after(lambda files: files.update({m.CHECKPOINT: text.encode()})))
    assert failed(found) >= {Statement.CHECKPOINT_SEAL, Statement.CHECKPOINT_TIMESTAMP}


async def test_whatever_bytes_change_there_is_an_answer_and_it_is_never_valid(case):
    genuine, chance = bundle.write(case.files), random.Random(27)  # noqa: S311 -- repeatable, not secret
    for _ in range(300):
        mutated = bytearray(genuine)
        for _ in range(chance.randint(1, 4)):
            mutated[chance.randrange(len(mutated))] ^= 1 << chance.randrange(8)
        if chance.random() < 0.2:
            del mutated[chance.randrange(len(mutated)) :]
        found = case.office.verify(bytes(mutated), case.trusted)
        assert found.verdict is not Verdict.VALID or bytes(mutated) == genuine or same_files(mutated, case.files)


def same_files(mutated: bytearray, files: Files) -> bool:
    """Say whether only what says nothing was changed, such as the time of an entry."""
    return bundle.read(bytes(mutated)) == files


def said_anew(name: str, **said: object) -> Callable[[Files], None]:
    def change(files: Files) -> None:
        there = json.loads(files[name])
        files[name] = json.dumps([there[0] | said] if isinstance(there, list) else there | said).encode()

    return change


NONSENSE = [
    said_anew(m.SLICE, first=0),
    said_anew(m.SLICE, first=2**70),
    said_anew(m.SLICE, before="zz"),
    said_anew(m.SLICE, before="00"),
    said_anew(m.SLICE, entries=[]),
    said_anew(m.SLICE, entries=["\ud800"]),
    said_anew(m.SLICE, entries=["[" * 100_000]),
    said_anew(m.PROOF, sequence=-1),
    said_anew(m.PROOF, sequence=2**80),
    said_anew(m.PROOF, position=2**80),
    said_anew(m.PROOF, size=2**80),
    said_anew(m.PROOF, size=0),
    said_anew(m.PROOF, path=["0" * 64] * 5_000),
    said_anew(m.PROOF, path=["0" * 62]),
    said_anew(m.SEALS, number=2),
    said_anew(m.SEALS, chain=[]),
    said_anew(m.SEALS, chain=["AAAA"]),
    said_anew(m.SEALS, takes_over_at="2026-03-02T12:00:00"),
    said_anew(m.SEALS, takes_over_at="0001-01-01T00:00:00+14:00"),
    said_anew(m.SEALS, succession="a.b.c"),
    said_anew(m.SEALS, predecessor_fate="retired"),
    said_anew(m.SEALS, more="x"),
    said_anew(m.REPORT, agreement=None),
    lambda files: files.update({m.SEALS: b"[]"}),
    lambda files: files.update({m.SEALS: b"[" * 100_000}),
    lambda files: files.update({m.REPORT: b'{"verification":' + b'{"a":' * 100_000}),
    lambda files: files.update({m.CHECKPOINT: b"\xff"}),
    lambda files: files.update({m.CHECKPOINT: b"e30.e30.e30"}),
    lambda files: files.update({m.TIMESTAMP: b""}),
    lambda files: files.update({"documents/x.docx": b"PK"}),
    lambda files: files.update({"documents/2.docx": b"PK"}),
    lambda files: files.update({"receipts/tenant.jws": files[m.CHECKPOINT]}),
    lambda files: files.pop(m.SLICE),
    lambda files: files.pop(m.SEALS),
]


async def test_nonsense_that_the_service_itself_had_sealed_is_invalid_and_never_a_crash(case):
    for number, change in enumerate(NONSENSE):
        assert case.office.verify(case.sealed_after(change), case.trusted).verdict is Verdict.INVALID, number


async def test_evidence_that_cannot_be_read_is_as_if_it_were_not_there(case):
    def change(files: Files) -> None:
        for name in [name for name in files if name.startswith(("certificates/", "revocation/"))]:
            files[name] = b"nonsense"

    found = case.office.verify(case.sealed_after(change), case.trusted)
    assert found.verdict is Verdict.INDETERMINATE
