"""A verifier's report as one HTML page for people: without scripts, pictures or the network, whoever wrote the names.

Everything that comes from the file is a stranger's: it is cleaned of what cannot be seen, escaped, and never a link.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from html import escape
from typing import Final

from cryptography import x509

from kanta_tenancy.kernel.explanation import Sentence, sentence
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml import page_words as words
from kanta_tenancy.machinery.ooxml import sentences
from kanta_tenancy.machinery.ooxml.indication import Indicated
from kanta_tenancy.machinery.ooxml.presentation import answers_of, in_the_standards_words, printable
from kanta_tenancy.machinery.ooxml.report import Answer, Outcome, Reason, Report, SignatureReport, Verdict
from kanta_tenancy.machinery.x509.description import human_name

_STYLE: Final = """
:root { color-scheme: light; }
body { background: #fff; color: #1a1a1a; font: 1rem/1.5 system-ui, "Liberation Sans", Arial, sans-serif; margin: 0; }
main { margin: 0 auto; max-width: 56rem; padding: 1rem 1.25rem 3rem; }
h1 { font-size: 1.6rem; margin: .5rem 0 1rem; }
h2 { border-bottom: 1px solid #bbb; font-size: 1.25rem; margin: 2.5rem 0 .75rem; padding-bottom: .25rem; }
h3 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
.verdict { border-left: .5rem solid; margin: 0 0 1rem; padding: .75rem 1rem; }
.verdict strong { display: block; font-size: 1.35rem; }
.passed { background: #e9f5ec; } .passed strong, td.passed { color: #145523; }
.failed { background: #fdecea; } .failed strong, td.failed { color: #8a1414; }
.unknown { background: #fff5dc; } .unknown strong, td.unknown { color: #6b4500; }
.verdict.passed { border-color: #19692c; } .verdict.failed { border-color: #a11a1a; }
.verdict.unknown { border-color: #8a5a00; }
dl { display: grid; gap: .3rem 1rem; grid-template-columns: minmax(9rem, 19rem) 1fr; margin: 0 0 1rem; }
dt { color: #444; } dd { margin: 0; } dd, td, li { overflow-wrap: anywhere; }
table { border-collapse: collapse; margin: .5rem 0 1rem; width: 100%; }
th, td { border-bottom: 1px solid #ccc; padding: .4rem .6rem; text-align: left; vertical-align: top; }
thead th { border-bottom: 2px solid #888; } tbody th { font-weight: 600; }
tbody th, td.passed, td.failed, td.unknown { white-space: nowrap; width: 1%; }
td.passed, td.failed, td.unknown { font-weight: 600; overflow-wrap: normal; }
td.passed::before { content: "\\2713\\A0"; } td.failed::before { content: "\\2717\\A0"; }
td.unknown::before { content: "?\\A0"; }
small { color: #444; display: block; } ul { padding-left: 1.25rem; } .mono { font-family: monospace; }
@media (max-width: 40rem) {
  dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .5rem; }
  tbody th, td.passed, td.failed, td.unknown { white-space: normal; }
}
@media print { tr, dl { break-inside: avoid; } h2, h3 { break-after: avoid; } main { max-width: none; padding: 0; } }
"""
STYLE_DIGEST: Final = f"sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}"
# What a browser may do with the page: nothing but show it.
POLICY: Final = f"default-src 'none'; style-src '{STYLE_DIGEST}'; base-uri 'none'; form-action 'none'"
_DASH: Final = " \N{EN DASH} "
_LOOKS: Final = {
    Verdict.VALID: Outcome.PASSED,
    Verdict.INVALID: Outcome.FAILED,
    Verdict.INDETERMINATE: Outcome.UNKNOWN,
}
_TELLING: Final = frozenset({"trust", "revocation", "time"})  # what the verifier says of them names whom and when


class Circumstances(Record, frozen=True, kw_only=True):
    """What was asked about, when, and whom the answer trusts; the report says nothing of it."""

    sha256: str  # of the file, hexadecimal
    at: datetime
    name: str = ""  # of the file, when it has one
    anchors: tuple[x509.Certificate, ...] = ()
    timestamp_anchors: tuple[x509.Certificate, ...] = ()
    notes: tuple[Sentence, ...] = ()  # of whoever asks, to be read before all else


def circumstances(
    document: bytes,
    at: datetime,
    anchors: Iterable[x509.Certificate] = (),
    timestamp_anchors: Iterable[x509.Certificate] = (),
    *,
    name: str = "",
    notes: Iterable[Sentence] = (),
) -> Circumstances:
    """Return what a page tells beside the report about a document."""
    digest = hashlib.sha256(document).hexdigest()
    return Circumstances(
        sha256=digest,
        at=at,
        name=name,
        anchors=tuple(anchors),
        timestamp_anchors=tuple(timestamp_anchors),
        notes=tuple(notes),
    )


def as_page(report: Report, about: Circumstances, language: Language) -> str:
    """Write a report as a page; what only the verifier says in detail stays in English, and is marked so."""
    return "".join(_Page(language).lines(report, about))


class _Page:
    """Writes in one language."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def lines(self, report: Report, about: Circumstances) -> Iterator[str]:
        verdict = self._say(words.VERDICTS[report.verdict])
        yield f'<!DOCTYPE html>\n<html lang="{self._language}"><head><meta charset="utf-8">\n'
        yield f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">\n'
        yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        yield '<meta name="robots" content="noindex"><meta name="referrer" content="no-referrer">\n'
        name = f"{_DASH}{_text(about.name)}" if about.name else ""
        yield f"<title>{verdict}{name}</title>\n<style>{_STYLE}</style></head>\n<body><main>\n"
        yield f"<h1>{self._say(words.TITLE)}</h1>\n"
        yield f'<p class="verdict {_LOOKS[report.verdict]}"><strong>{verdict}</strong>'
        yield f"{self._say(sentences.of_report(report))}</p>\n"
        yield from (f"<p>{self._say(each)}</p>\n" for each in about.notes)
        yield from self._facts(self._about(report, about))
        yield from self._signatures(report)
        yield from self._listed(words.UNCOVERED, report.uncovered)
        yield from self._listed(words.LINKS, report.links, words.ABOUT_LINKS)
        yield from self._reasons(report.reasons)
        yield f"<section><h2>{self._say(words.NOT_TOLD)}</h2>\n<ul>"
        yield from (f"<li>{self._say(each)}</li>" for each in words.NOT_SAYINGS)
        yield "</ul></section>\n</main></body></html>\n"

    def _about(self, report: Report, about: Circumstances) -> Iterator[tuple[Sentence, str]]:
        if about.name:
            yield words.FILE, _foreign(about.name)
        yield words.DIGEST, f'<span class="mono">{escape(about.sha256)}</span>'
        yield words.ASKED_AT, self._instant(about.at)
        yield words.STANDARD, _standard(report.indicated)
        yield words.TRUSTED, self._names(about.anchors)
        if about.timestamp_anchors != about.anchors:
            yield words.STAMPS_TRUSTED, self._names(about.timestamp_anchors)

    def _names(self, certificates: Iterable[x509.Certificate]) -> str:
        found = dict.fromkeys(_foreign(human_name(each)) for each in certificates)
        return ", ".join(found) or self._say(words.NOBODY)

    def _signatures(self, report: Report) -> Iterator[str]:
        yield f"<section><h2>{self._say(words.SIGNATURES)} ({len(report.signatures)})</h2>\n"
        if not report.signatures:
            yield f"<p>{self._say(words.NO_SIGNATURES)}</p>\n"
        yield "</section>\n"
        for number, signature in enumerate(report.signatures, start=1):
            yield f'<section aria-labelledby="s{number}"><h3 id="s{number}">{number}. {self._signer(signature)}</h3>\n'
            yield f"<p>{self._say(sentences.of_signature(signature))}</p>\n"
            yield from self._facts(self._about_signature(signature))
            yield from self._answers(signature)
            yield "</section>\n"

    def _signer(self, signature: SignatureReport) -> str:
        if signature.signer_certificate is None:
            return self._say(words.UNKNOWN_SIGNER)
        return _foreign(human_name(signature.signer_certificate))

    def _about_signature(self, signature: SignatureReport) -> Iterator[tuple[Sentence, str]]:
        signed_at = signature.signed_at
        yield words.SIGNED_AT, self._say(words.NOT_SAID) if signed_at is None else self._instant(signed_at)
        if signature.proved_at is not None:
            yield words.PROVED_AT, self._instant(signature.proved_at)
            yield words.PROVED_BY, _foreign(signature.proved_by)
        if signature.comments:
            yield words.COMMENT, _foreign(signature.comments)
        certificate = signature.signer_certificate
        if certificate is not None:
            yield words.SIGNER, _foreign(signature.signer)
            yield words.ISSUER, _foreign(certificate.issuer.rfc4514_string())
            first, last = map(self._instant, (certificate.not_valid_before_utc, certificate.not_valid_after_utc))
            yield words.VALIDITY, f"{first}{_DASH}{last}"
            yield words.FINGERPRINT, f'<span class="mono">{escape(signature.fingerprint)}</span>'
        yield words.STANDARD, _standard(signature.indicated)

    def _answers(self, signature: SignatureReport) -> Iterator[str]:
        yield from self._head(words.WHAT, words.OUTCOME, words.MEANING)
        for question, answer in answers_of(signature):
            yield f'<tr><th scope="row">{self._say(sentences.QUESTIONS[question])}</th>'
            yield f'<td class="{answer.outcome}">{self._say(sentences.OUTCOMES[answer.outcome])}</td>'
            yield f"<td>{self._answer(question, answer)}</td></tr>\n"
        yield "</tbody></table>\n"

    def _answer(self, question: str, answer: Answer) -> str:
        said = sentences.of_answer(question, answer)
        if answer.outcome is Outcome.PASSED and question not in _TELLING:
            return self._say(said)
        more = f'{self._say(words.PARTICULARS)}: <span lang="en">{_foreign(answer.reason)}</span>'
        return f"{self._say(said)}<small>{more}</small>"

    def _reasons(self, reasons: tuple[Reason, ...]) -> Iterator[str]:
        if not reasons:
            return
        yield f"<section><h2>{self._say(words.REASONS)}</h2>\n"
        yield from self._head(words.RULE, words.PLACE, words.FOUND)
        for each in reasons:
            place = _DASH.join(filter(None, (each.part, each.signature)))
            yield f'<tr><th scope="row">{escape(each.rule)}</th>'
            yield f"<td>{_foreign(place) if place else self._say(words.WHOLE_FILE)}</td>"
            yield f'<td lang="en">{_foreign(each.detail)}</td></tr>\n'
        yield "</tbody></table></section>\n"

    def _listed(self, title: Sentence, items: tuple[str, ...], about: Sentence | None = None) -> Iterator[str]:
        if items:
            yield f"<section><h2>{self._say(title)}</h2>\n"
            yield f"<p>{self._say(about)}</p>\n" if about else ""
            yield f"<ul>{''.join(f'<li>{_foreign(each)}</li>' for each in items)}</ul></section>\n"

    def _facts(self, facts: Iterator[tuple[Sentence, str]]) -> Iterator[str]:
        yield "<dl>\n"
        yield from (f"<dt>{self._say(name)}</dt><dd>{fact}</dd>\n" for name, fact in facts)
        yield "</dl>\n"

    def _head(self, *names: Sentence) -> Iterator[str]:
        cells = "".join(f'<th scope="col">{self._say(each)}</th>' for each in names)
        yield f"<table><thead><tr>{cells}</tr></thead>\n<tbody>\n"

    def _instant(self, at: datetime) -> str:
        local = sentence(fi="{at} Suomen aikaa", sv="{at} finsk tid", en="{at} Finnish time", at=at)
        return f'<time datetime="{at.astimezone(UTC).isoformat()}">{self._say(local)}</time>'

    def _say(self, what: Sentence) -> str:
        return escape(what.said_in(self._language))


def _standard(found: Indicated) -> str:
    return escape(in_the_standards_words(found))


def _foreign(text: str) -> str:
    """Show a stranger's text apart from what stands around it, so that its direction turns nothing."""
    return f"<bdi>{_text(text)}</bdi>"


def _text(text: str) -> str:
    return escape(printable(text))
