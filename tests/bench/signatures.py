"""Signing and verifying against Apache POI in a warm virtual machine, the same documents for both."""

import itertools
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from kanta_tenancy.machinery.ooxml.report import Verdict
from kanta_tenancy.machinery.ooxml.signature_lines import signature_lines
from kanta_tenancy.machinery.ooxml.signing import Signing, sign_all, sign_for_verifier
from kanta_tenancy.machinery.ooxml.verification import verify
from kanta_tenancy.machinery.x509 import sample_authority
from kanta_tenancy.machinery.x509.keys import KeyKind
from tests.bench import agreement
from tests.bench.alternating import alternate, middle_half
from tests.bench.results import Goal, Row, at_least
from tests.bench.signers import AUTHORITY, LISTS, credential
from tests.interop.poi import Poi

_WARM: Final = 200  # requests of each kind, after which the virtual machine has compiled what it needs
_ROUNDS: Final = 300  # of one document on each side: while one works, the other waits, so both wake up equally rested
_KNOWN: Final = 20  # documents that are verified again and again
_PASSWORD: Final = "lasts as long as this run"  # noqa: S105 -- of a file in a temporary folder

Seconds = Callable[[], float]


class Documents:
    """Agreements, unsigned and with two RSA-2048 signatures on their lines, in memory and as files for POI."""

    def __init__(self, folder: Path, poi: Poi) -> None:
        parties = [credential("Main connector", KeyKind.RSA_2048), credential("Tenant", KeyKind.RSA_2048)]
        self._signer = parties[0]
        template = agreement.template()
        unsigned = [template.fill(agreement.values(agreement.content(each))) for each in range(agreement.DIFFERENT)]
        self._unsigned = _written(folder, "unsigned", unsigned)
        self._signed = _written(
            folder,
            "signed",
            [
                sign_all(
                    docx,
                    [
                        Signing(credential=who, line=line)
                        for who, line in zip(parties, signature_lines(docx), strict=True)
                    ],
                    at=agreement.AT,
                )
                for docx in unsigned
            ],
        )
        self._out = folder / "out.docx"
        self._store = folder / "signer.p12"
        self._store.write_bytes(sample_authority.pkcs12_file(self._signer, _PASSWORD.encode()))
        self._poi = poi

    def signing(self, *, verified: bool) -> tuple[Seconds, Seconds]:
        """Return what measures our signing and POI's, each time on the next document; POI never verifies its own."""
        mine, others = itertools.cycle(self._unsigned), itertools.cycle(self._unsigned)
        signings = [Signing(credential=self._signer)]
        way = sign_all if verified else sign_for_verifier

        def ours() -> float:
            return _seconds(lambda docx: way(docx, signings, at=agreement.AT), next(mine).read_bytes())

        def theirs() -> float:
            return self._poi.sign(next(others), self._out, pkcs12=self._store, password=_PASSWORD) / 1e9

        return ours, theirs

    def verifying(self, count: int) -> tuple[Seconds, Seconds]:
        """Return what measures our verifying and POI's, each time on the next of so many documents."""
        mine, others = itertools.cycle(self._signed[:count]), itertools.cycle(self._signed[:count])

        def check(docx: bytes) -> None:
            report = verify(docx, at=agreement.AT, anchors=[AUTHORITY.root], revocation=LISTS)
            if report.verdict is not Verdict.VALID or len(report.signatures) != 2:
                raise ValueError(f"{report.verdict}: {report.reasons}")

        def ours() -> float:
            return _seconds(check, next(mine).read_bytes())

        def theirs() -> float:
            verdict = self._poi.verify(next(others))
            if not verdict.valid or len(verdict.signatures) != 2:
                raise ValueError(f"POI: {verdict.error} {verdict.signatures}")
            return verdict.nanoseconds / 1e9

        return ours, theirs


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="kanta-bench-") as folder, Poi.running() as poi:
        documents = Documents(Path(folder), poi)
        signing, verified = documents.signing(verified=False), documents.signing(verified=True)
        known, new = documents.verifying(_KNOWN), documents.verifying(agreement.DIFFERENT)
        for _ in range(_WARM):
            for _, by_poi in (signing, new):
                by_poi()
        return [
            _compared("RSA-2048 signing against POI in a warm JVM", *signing, at_least(4)),
            _compared("the same, and our signature verified", *verified, at_least(2.5)),
            _compared("two-signature verifying against POI in a warm JVM", *known, at_least(5)),
            _compared("the same, of documents that were never seen before", *new, at_least(1)),
        ]


def _compared(name: str, ours: Seconds, theirs: Seconds, goal: Goal) -> Row:
    """Compare the time from bytes in memory to the result."""
    time_taken = alternate(ours, theirs, rounds=_ROUNDS)
    speed = time_taken.inverted()
    return Row(
        name=name,
        ratio=statistics.median(speed.ratios),
        spread=middle_half(speed.ratios),
        goal=goal,
        ours=f"{statistics.median(time_taken.ours) * 1e3:.2f} ms",
        theirs=f"{statistics.median(time_taken.theirs) * 1e3:.2f} ms",
    )


def _seconds(work: Callable[[bytes], object], docx: bytes) -> float:
    start = time.perf_counter()
    work(docx)
    return time.perf_counter() - start


def _written(folder: Path, kind: str, contents: Sequence[bytes]) -> list[Path]:
    return list(_files(folder, kind, contents))


def _files(folder: Path, kind: str, contents: Sequence[bytes]) -> Iterator[Path]:
    for number, content in enumerate(contents):
        file = folder / f"{kind}-{number}.docx"
        file.write_bytes(content)
        yield file
