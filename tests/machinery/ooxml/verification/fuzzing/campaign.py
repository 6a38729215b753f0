"""Change good files at random and ask about each; what is wrong is made small and kept."""

import collections
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from kanta_tenancy.machinery.ooxml.report import Verdict
from tests.machinery.ooxml.verification.fuzzing.mutations import DAMAGES, MUTATIONS
from tests.machinery.ooxml.verification.fuzzing.oracle import Complaint, judge, unchanged
from tests.machinery.ooxml.verification.fuzzing.subjects import Subject
from tests.machinery.opc.zips import zipped

_MOST_STEPS: Final = 3
_SEEDS: Final = 2**32


@dataclass(frozen=True, kw_only=True)
class Step:
    mutation: int
    seed: int


@dataclass(frozen=True, kw_only=True)
class Case:
    """A changed file, so that it can be made again, and made with less."""

    subject: int
    steps: tuple[Step, ...]
    damage: Step

    def build(self, subjects: Sequence[Subject]) -> bytes:
        entries = list(subjects[self.subject].items)
        others = [list(each.items) for each in subjects]
        for step in self.steps:
            entries = MUTATIONS[step.mutation](random.Random(step.seed), entries, others)  # noqa: S311 -- to be repeated
        return DAMAGES[self.damage.mutation](random.Random(self.damage.seed), zipped(*entries))  # noqa: S311

    def smaller(self) -> Iterator["Case"]:
        for at in range(len(self.steps)):
            yield replace(self, steps=self.steps[:at] + self.steps[at + 1 :])
        if self.damage.mutation:
            yield replace(self, damage=Step(mutation=0, seed=0))

    def __str__(self) -> str:
        names = [getattr(MUTATIONS[step.mutation], "__name__", "") for step in self.steps]
        return ", ".join([*names, DAMAGES[self.damage.mutation].__name__]).replace("_", " ")


@dataclass(kw_only=True)
class Tally:
    """What came of a campaign."""

    seed: int
    cases: int = 0
    unchanged: int = 0  # files that show what was signed, though something was changed
    verdicts: collections.Counter[Verdict] = field(default_factory=collections.Counter)
    rules: collections.Counter[str] = field(default_factory=collections.Counter)
    complaints: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def __str__(self) -> str:
        verdicts = ", ".join(f"{count} {verdict}" for verdict, count in self.verdicts.most_common())
        rules = ", ".join(f"{rule} {count}" for rule, count in sorted(self.rules.items()))
        rate = self.cases / self.seconds if self.seconds else 0.0
        return (
            f"{self.cases} changed files in {self.seconds:.0f} s, {rate:.0f} a second, seed {self.seed}\n"
            f"verdicts: {verdicts}; still showing what was signed: {self.unchanged}\n"
            f"rules named: {rules}\n"
            f"wrong answers: {len(self.complaints)}"
        )


def run(subjects: Sequence[Subject], *, count: int, seed: int, kept: Path) -> Tally:
    """Ask about so many changed files; those with a wrong answer are kept in a folder."""
    chance = random.Random(seed)  # noqa: S311
    tally, start = Tally(seed=seed), time.monotonic()
    for _ in range(count):
        case = draw(chance, len(subjects))
        data, subject = case.build(subjects), subjects[case.subject]
        tally.cases += 1
        try:
            report = judge(subject, data)
        except Complaint as complaint:
            tally.complaints.append(_keep(case, subjects, complaint, kept))
            continue
        tally.verdicts[report.verdict] += 1
        tally.rules.update({reason.rule for reason in report.reasons})
        tally.unchanged += report.verdict is not Verdict.INVALID or unchanged(subject, data)
    tally.seconds = time.monotonic() - start
    return tally


def draw(chance: random.Random, subjects: int) -> Case:
    steps = tuple(
        Step(mutation=chance.randrange(len(MUTATIONS)), seed=chance.randrange(_SEEDS))
        for _ in range(chance.choice((1, 1, 2, _MOST_STEPS)))
    )
    damage = Step(mutation=chance.randrange(len(DAMAGES)), seed=chance.randrange(_SEEDS))
    return Case(subject=chance.randrange(subjects), steps=steps, damage=damage)


def shrunk(case: Case, subjects: Sequence[Subject]) -> Case:
    """Leave out what the wrong answer does not need."""
    for smaller in case.smaller():
        try:
            judge(subjects[smaller.subject], smaller.build(subjects))
        except Complaint:
            return shrunk(smaller, subjects)
    return case


def _keep(case: Case, subjects: Sequence[Subject], complaint: Complaint, kept: Path) -> str:
    small = shrunk(case, subjects)
    data = small.build(subjects)
    kept.mkdir(parents=True, exist_ok=True)
    file = kept / f"{subjects[small.subject].name}-{small.steps[0].seed if small.steps else small.damage.seed}.docx"
    file.write_bytes(data)
    return f"{file}: {small}: {complaint}"
