"""A verifier's report as JSON data and as text for people."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

import msgspec

from kanta_tenancy.machinery.ooxml import sentences
from kanta_tenancy.machinery.ooxml.indication import Indicated
from kanta_tenancy.machinery.ooxml.report import Answer, Reason, Report, SignatureReport

QUESTIONS: Final = ("integrity", "coverage", "certificate", "trust", "revocation", "algorithms", "time")


def as_json(report: Report) -> dict[str, object]:
    """Return the report in the shape that `documents verify --json` prints."""
    return {
        "verdict": report.verdict.value,
        **_indication(report.indicated),
        "sentence": msgspec.to_builtins(sentences.of_report(report)),
        "signatures": [_signature(signature) for signature in report.signatures],
        "uncovered": list(report.uncovered),
        "reasons": [_reason(reason) for reason in report.reasons],
    }


def as_text(report: Report) -> str:
    """Return the report as lines for a reader at a terminal."""
    return "\n".join(_lines(report)) + "\n"


def _signature(signature: SignatureReport) -> dict[str, object]:
    answers = {question: answer.outcome.value for question, answer in answers_of(signature)}
    return {
        "signer": signature.signer,
        **answers,
        "signed_at": _instant(signature.signed_at),
        "proved_at": _instant(signature.proved_at),
        "proved_by": signature.proved_by,
        **_indication(signature.indicated),
        "sentence": msgspec.to_builtins(sentences.of_signature(signature)),
    }


def _indication(indicated: Indicated) -> dict[str, str | None]:
    return {"indication": indicated.indication.value, "sub_indication": indicated.sub_indication}


def _reason(reason: Reason) -> dict[str, str]:
    found = {"rule": reason.rule, "detail": reason.detail, "part": reason.part, "signature": reason.signature}
    return {key: text for key, text in found.items() if text}


def answers_of(signature: SignatureReport) -> Iterator[tuple[str, Answer]]:
    """Return each question about a signature with its answer, in the order in which a reader asks them."""
    for question in QUESTIONS:
        answer: Answer = getattr(signature, question)
        yield question, answer


def _lines(report: Report) -> Iterator[str]:
    count = len(report.signatures)
    yield f"{report.verdict.value}: {count} signature{'' if count == 1 else 's'}"
    yield in_the_standards_words(report.indicated)
    for number, signature in enumerate(report.signatures, start=1):
        yield ""
        yield f"{number}. {printable(signature.signer) or 'unknown signer'}"
        yield f"   {'signed at':<12} {_instant(signature.signed_at) or 'not said'} (as the signer says)"
        for question, answer in answers_of(signature):
            yield f"   {question:<12} {answer.outcome.value}: {printable(answer.reason)}"
        yield f"   {'indication':<12} {in_the_standards_words(signature.indicated)}"
        if signature.comments:
            yield f"   {'comment':<12} {printable(signature.comments)}"
    yield from _listed("Not covered by a signature", report.uncovered)
    yield from _listed("Links that lead out of the document, to what is not signed", report.links)
    yield from _listed("Reasons", [_sentence(reason) for reason in report.reasons])


def in_the_standards_words(indicated: Indicated) -> str:
    """Write an indication with its sub-indication, if it has one."""
    return ", ".join(filter(None, (indicated.indication.value, indicated.sub_indication)))


def _listed(title: str, items: tuple[str, ...] | list[str]) -> Iterator[str]:
    if items:
        yield ""
        yield f"{title}:"
        yield from (f"   {printable(item)}" for item in items)


def _sentence(reason: Reason) -> str:
    where = " in ".join(filter(None, (reason.part, reason.signature)))
    return f"{reason.rule} {f'({where}) ' if where else ''}{reason.detail}"


def _instant(instant: datetime | None) -> str | None:
    return None if instant is None else instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def printable(text: str) -> str:
    """Keep a stranger's text from steering a terminal."""
    return "".join(character if character.isprintable() else " " for character in text)
