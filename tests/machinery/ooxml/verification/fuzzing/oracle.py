"""Whether the answer about a changed file may be what it is, decided without the verifier."""

import collections
import contextlib
import json
import time
from typing import Final

from kanta_tenancy.machinery.ooxml.presentation import as_json, as_text
from kanta_tenancy.machinery.ooxml.report import Outcome, Report, Verdict
from tests.machinery.ooxml.verification.fuzzing.meaning import (
    Meaning,
    Unreadable,
    meaning,
    meaning_from_the_front,
)
from tests.machinery.ooxml.verification.fuzzing.subjects import Subject, claims, proof

SECONDS: Final = 2.0  # of the processor


class Complaint(Exception):
    """The verifier is wrong: it crashed, dallied, or passed what it should not."""


def judge(subject: Subject, data: bytes) -> Report:
    """Verify a changed file and look for what is wrong with the answer.

    Raises:
        Complaint: something is.
    """
    start = time.process_time()
    try:
        report = subject.verify(data)
        json.dumps(as_json(report)), as_text(report)
    except Exception as crash:
        raise Complaint(f"It crashed: {crash!r}") from crash
    if time.process_time() - start > SECONDS:
        raise Complaint(f"It took {time.process_time() - start:.1f} seconds.")
    if report.verdict is not Verdict.INVALID:
        _check_content(subject, data)
    _check_signatures(subject, report)
    return report


def _check_content(subject: Subject, data: bytes) -> None:
    """Check that what is not called invalid shows what was signed, whichever way it is read."""
    try:
        found = meaning(data)
        in_front = meaning_from_the_front(data)
    except Unreadable as trouble:
        raise Complaint(f"It is not called invalid, and another reader cannot read it: {trouble}") from trouble
    for each in (found, in_front):
        if not each.shows_what(subject.meaning):
            raise Complaint(f"It is not called invalid, and shows something else: {_difference(subject.meaning, each)}")
        if not set(each.signatures) <= set(subject.meaning.signatures):
            raise Complaint("It is not called invalid, and a signature says something else.")


def _check_signatures(subject: Subject, report: Report) -> None:
    """Check that every signature that passes is one of those that were made, and each but once."""
    passed = [
        claims(one)
        for one in report.signatures
        if one.integrity.outcome is Outcome.PASSED and one.certificate.outcome is not Outcome.FAILED
    ]
    made = collections.Counter(subject.claims)
    if not set(passed) <= set(made):
        raise Complaint(f"A signature passes that nobody made: {set(passed) - set(made)}")
    if report.verdict is not Verdict.INVALID and collections.Counter(passed) - made:
        raise Complaint("It is not called invalid, and one signature counts twice.")
    proved = {proof(one) for one in report.signatures if one.proved_at}
    if report.verdict is not Verdict.INVALID and not proved <= subject.proofs:
        raise Complaint("It is not called invalid, and a timestamp proves another time, or another signature.")
    if report.verdict is not Verdict.INVALID and not passed:
        raise Complaint("It is not called invalid, and no signature passes.")


def unchanged(subject: Subject, data: bytes) -> bool:
    """Tell whether a file still shows what was signed."""
    with contextlib.suppress(Unreadable):
        return meaning(data).shows_what(subject.meaning)
    return False


def _difference(signed: Meaning, found: Meaning) -> str:
    parts = {name for name in {*signed.parts, *found.parts} if signed.parts.get(name) != found.parts.get(name)}
    return f"parts {sorted(parts)}, links {sorted(signed.links ^ found.links)}"
