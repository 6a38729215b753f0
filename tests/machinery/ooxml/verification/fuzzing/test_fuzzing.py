"""A small sample of `make fuzz` on every run, and proof that its oracle would notice."""

import dataclasses
from pathlib import Path
from typing import Final

import msgspec
import pytest

from kanta_tenancy.machinery.ooxml.report import Report, Verdict
from tests.machinery.ooxml.verification.attacks import archives
from tests.machinery.ooxml.verification.documents import DOCUMENT, RELATIONSHIPS, TYPES, packed
from tests.machinery.ooxml.verification.forger import SIG1
from tests.machinery.ooxml.verification.fuzzing.campaign import Case, Step, run, shrunk
from tests.machinery.ooxml.verification.fuzzing.meaning import meaning, meaning_from_the_front
from tests.machinery.ooxml.verification.fuzzing.mutations import DAMAGES, MUTATIONS
from tests.machinery.ooxml.verification.fuzzing.oracle import Complaint, judge
from tests.machinery.ooxml.verification.fuzzing.subjects import Subject, ours
from tests.machinery.ooxml.verification.signers import ISSUED

SEED: Final = 3


def test_no_answer_about_three_hundred_changed_files_is_wrong(tmp_path: Path):
    tally = run(ours(), count=300, seed=SEED, kept=tmp_path)
    assert tally.complaints == []
    assert tally.cases == tally.verdicts.total() == 300
    assert tally.verdicts[Verdict.INVALID] > 150
    assert tally.verdicts[Verdict.INVALID] < 300 > tally.unchanged > 0
    assert {"R0", "R1", "R2", "R5", "R8"} <= set(tally.rules)


def test_a_seed_gives_the_same_files_again(tmp_path: Path):
    one, other = (run(ours(), count=20, seed=SEED, kept=tmp_path) for _ in range(2))
    assert (one.verdicts, one.rules) == (other.verdicts, other.rules)


@pytest.mark.parametrize("subject", ours(), ids=lambda subject: subject.name)
def test_a_good_file_is_read_alike_by_its_directory_and_from_the_front(subject: Subject):
    assert judge(subject, subject.data).verdict is not Verdict.INVALID
    assert meaning(subject.data) == meaning_from_the_front(subject.data) == subject.meaning
    assert len(subject.meaning.signatures) == len(subject.claims)
    assert len(subject.proofs) == (len(subject.claims) if subject.name == "lasting" else 0)


class Credulous(Subject):
    """A verifier that answers about the good file, whatever it is asked about."""

    def verify(self, data: bytes) -> Report:
        assert data
        return super().verify(self.data)


class Crashing(Subject):
    def verify(self, data: bytes) -> Report:
        return super().verify(data[: len(data) // 0])


class Confusing(Subject):
    """A verifier that takes another signer for this one."""

    def verify(self, data: bytes) -> Report:
        report = super().verify(data)
        (one, *others) = report.signatures
        return msgspec.structs.replace(report, signatures=(msgspec.structs.replace(one, comments="Hylkään"), *others))


class Doubling(Subject):
    def verify(self, data: bytes) -> Report:
        report = super().verify(data)
        return msgspec.structs.replace(report, signatures=report.signatures * 2)


class Backdating(Subject):
    """A verifier that believes another time of a timestamp."""

    def verify(self, data: bytes) -> Report:
        report = super().verify(data)
        earlier = [msgspec.structs.replace(one, proved_at=ISSUED) for one in report.signatures]
        return msgspec.structs.replace(report, signatures=tuple(earlier))


def as_kind(kind: type[Subject], subject: Subject) -> Subject:
    return kind(**{each.name: getattr(subject, each.name) for each in dataclasses.fields(subject)})


@pytest.mark.parametrize("change", ["text", "type", "link", "part", "signature"])
def test_the_oracle_notices_what_a_credulous_verifier_does_not(change: str):
    (subject,) = (each for each in ours() if each.name == "twice")
    parts = {item.name: item.content for item in subject.items}
    changed = {
        "text": (DOCUMENT, b"agree", b"disagree"),
        "type": (TYPES, b"header+xml", b"footer+xml"),
        "link": (RELATIONSHIPS, b"line1.png", b"line2.png"),
        "part": (TYPES, b"Types>", b"Types>"),
        "signature": (SIG1, b"sha256", b"sha512"),
    }[change]
    name, old, new = changed
    assert old in parts[name]
    evil = {"word/evil.xml": b"<a/>"} if change == "part" else {}
    data = packed({**parts, name: parts[name].replace(old, new), **evil})
    with pytest.raises(Complaint, match="not called invalid"):
        judge(as_kind(Credulous, subject), data)


def test_the_oracle_notices_what_only_a_reader_from_the_front_sees():
    (subject,) = (each for each in ours() if each.name == "once")
    parts = {item.name: item.content for item in subject.items}
    hidden = archives.HEADERS.attacks["stored content that says its length only at its end"].change(parts)
    assert isinstance(hidden, bytes)
    assert meaning(hidden).shows_what(subject.meaning)
    with pytest.raises(Complaint, match="shows something else"):
        judge(as_kind(Credulous, subject), hidden)


@pytest.mark.parametrize(
    ("kind", "words"),
    [(Crashing, "crashed"), (Confusing, "nobody made"), (Doubling, "counts twice"), (Backdating, "another time")],
)
def test_the_oracle_notices_other_wrong_answers(kind: type[Subject], words: str):
    with pytest.raises(Complaint, match=words):
        judge(as_kind(kind, ours()[0]), ours()[0].data)


def test_a_wrong_answer_is_made_small_and_kept(tmp_path: Path):
    subjects = [as_kind(Credulous, each) for each in ours()]
    tally = run(subjects, count=5, seed=SEED, kept=tmp_path)
    assert len(tally.complaints) > 0
    assert len(list(tmp_path.glob("*.docx"))) == len(tally.complaints)
    drop = next(at for at, each in enumerate(MUTATIONS) if each.__name__ == "_drop")
    idle = next(at for at, each in enumerate(MUTATIONS) if each.__name__ == "_shuffle")
    steps = (Step(mutation=idle, seed=1), Step(mutation=drop, seed=4), Step(mutation=idle, seed=2))
    case = Case(subject=0, steps=steps, damage=Step(mutation=len(DAMAGES) - 1, seed=5))
    small = shrunk(case, subjects)
    assert len(small.steps) + bool(small.damage.mutation) == 1
    assert str(small)
