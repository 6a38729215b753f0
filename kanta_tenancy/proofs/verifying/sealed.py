"""Whose the seals in a bundle are: believed when they lead to a certificate that whoever verifies knows. Pure."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Generic, TypeVar

import msgspec

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.report import Outcome
from kanta_tenancy.machinery.sealing.errors import SealInDoubt, SealInvalid
from kanta_tenancy.machinery.sealing.jws import Opened, payload_of
from kanta_tenancy.machinery.x509.errors import CertificateUnreadable
from kanta_tenancy.machinery.x509.reading import certificate_from_der
from kanta_tenancy.proofs import model as m
from kanta_tenancy.proofs.verifying.files import Bundle, Unfit, decoded, text_of
from kanta_tenancy.proofs.verifying.findings import Finding, Statement, failed, passed
from kanta_tenancy.seals import Fate, Kind, SealCertificate, believed, broken_successions

T = TypeVar("T")


class Seals(Record, frozen=True, kw_only=True):
    """The line of certificates that a bundle brings, and which of them are known to be the service's."""

    line: tuple[SealCertificate, ...]
    known: frozenset[str]

    def open(self, bundle: Bundle, name: str, kind: Kind, said: type[T]) -> "Sealed[T]":
        """Open a seal that is a file of the bundle."""
        try:
            text = text_of(bundle.files, name)
            return self._opened(text, kind, said)
        except Unfit as unfit:
            return Sealed(outcome=Outcome.FAILED, detail=f"{unfit.reason}.")

    def _opened(self, text: str, kind: Kind, said: type[T]) -> "Sealed[T]":
        try:
            opened = believed(text, kind, self.line)
        except SealInDoubt as why:
            return Sealed(outcome=Outcome.UNKNOWN, detail=f"{why.detail}.", said=_said(payload_of(text), said))
        except SealInvalid as why:
            return Sealed(outcome=Outcome.FAILED, detail=f"{why.detail}.")
        found = _said(opened.payload, said)
        if found is None:
            return Sealed(outcome=Outcome.FAILED, detail="it is on something else.")
        return Sealed(outcome=self._outcome(opened), detail=self._detail(opened), said=found, text=text)

    def _outcome(self, opened: Opened) -> Outcome:
        return Outcome.PASSED if opened.certificate_sha256 in self.known else Outcome.UNKNOWN

    def _detail(self, opened: Opened) -> str:
        whose = f"the certificate {opened.certificate_sha256}"
        if self._outcome(opened) is Outcome.PASSED:
            return f"Sealed {opened.sealed_at:%Y-%m-%d %H:%M:%S} UTC with {whose}."
        return f"It holds; that {whose} is the service's is not known: see --seal-trust."


class Sealed(Record, Generic[T], frozen=True, kw_only=True):
    """What a seal says, and whether to believe it; `said` is None where it says nothing that can be used."""

    outcome: Outcome
    detail: str
    said: T | None = None
    text: str = ""


def seals_of(bundle: Bundle, known: frozenset[str]) -> tuple[Seals, Finding]:
    """Read the line of certificates of a bundle, and say whether it holds together."""
    try:
        line = tuple(map(_certificate, decoded(bundle.files, m.SEALS, tuple[m.LineCertificate, ...])))
        troubles = [*_disorder(line), *broken_successions(line)]
    except Unfit as unfit:
        line, troubles = (), [unfit.reason]
    if troubles:
        nobody = Seals(line=(), known=frozenset())
        return nobody, failed(Statement.SEAL_LINE, f"{'; '.join(troubles)}.", m.SEALS)
    told = f"{len(line)} certificate{'' if len(line) == 1 else 's'} followed one another."
    return Seals(line=line, known=_reached(line, known)), passed(Statement.SEAL_LINE, told, m.SEALS)


def manifest_seal(bundle: Bundle, seals: Seals, kind: Kind, wanted: msgspec.Struct) -> Finding:
    """Check that the seal on a bundle's manifest says what it is to say of this one."""
    sealed = seals.open(bundle, m.MANIFEST_SEAL, kind, type(wanted))
    if sealed.said is not None and sealed.said != wanted:
        return failed(Statement.MANIFEST_SEAL, "it is the seal on another manifest.", m.MANIFEST_SEAL)
    return Finding(
        statement=Statement.MANIFEST_SEAL, outcome=sealed.outcome, detail=sealed.detail, file=m.MANIFEST_SEAL
    )


def _reached(line: Sequence[SealCertificate], known: frozenset[str]) -> frozenset[str]:
    """Return whose word counts: those that are known, and whom one of them has handed over to."""
    found: set[str] = set()
    before = ""
    for one in line:
        handed_over = before in found and one.predecessor_fate is Fate.RETIRED
        if one.sha256 in known or handed_over:
            found.add(one.sha256)
        before = one.sha256
    return frozenset(found)


def _disorder(line: Sequence[SealCertificate]) -> list[str]:
    if not line:
        return ["there is no certificate of the seal"]
    ordered = [one.number for one in line] == list(range(1, len(line) + 1))
    later = all(one.takes_over_at < two.takes_over_at for one, two in pairwise(line))
    return [] if ordered and later else ["the certificates of the seal are not in order"]


def _certificate(said: m.LineCertificate) -> SealCertificate:
    try:
        for der in said.chain:
            certificate_from_der(der)
    except CertificateUnreadable as error:
        raise Unfit("a certificate of the seal cannot be read") from error
    instants = (said.takes_over_at, said.predecessor_trusted_until)
    if not said.chain or any(one is not None and one.tzinfo is None for one in instants):
        raise Unfit("the line of the seal is not what the format says")
    return SealCertificate(
        number=said.number,
        sha256=said.sha256,
        chain=said.chain,
        takes_over_at=said.takes_over_at,
        succession=said.succession,
        predecessor_fate=said.predecessor_fate,
        predecessor_trusted_until=said.predecessor_trusted_until,
        registered_at=said.takes_over_at,
        registered_by="",
    )


def _said(payload: bytes, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(payload, type=kind)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
