"""The slice of the journal in a bundle: whole, in the checkpoint, sealed, stamped. Pure."""

from datetime import datetime
from typing import Final

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.report import Outcome
from kanta_tenancy.machinery.ooxml.verification.timing import Existence
from kanta_tenancy.machinery.postgres.journal import Entry
from kanta_tenancy.proofs import entries as said_in
from kanta_tenancy.proofs import model as m
from kanta_tenancy.proofs.verifying.files import AgreementBundle, Bundle, Unfit, decoded, text_of
from kanta_tenancy.proofs.verifying.findings import Finding, Statement, Trusted, failed, passed, unknown
from kanta_tenancy.proofs.verifying.sealed import Sealed, Seals
from kanta_tenancy.seals import CheckpointStatement, HeadProof, Kind, Slice, is_proved, leads_to
from kanta_tenancy.seals.stamps import Stamped, StampJudgement, StampTrust, judge

_DIGEST: Final = 32
_MOST: Final = 1 << 62


class Journalled(Record, frozen=True, kw_only=True):
    """What the journal says, once it is found to be whole, and since when that is proved."""

    findings: tuple[Finding, ...]
    entries: tuple[Entry, ...] = ()  # about the agreement
    added: frozenset[str] = frozenset()  # digests of the files that were brought meanwhile
    proved: Existence | None = None


def examine(bundle: AgreementBundle, seals: Seals, trusted: Trusted, now: datetime) -> Journalled:
    """Follow the entries of a bundle up to its checkpoint."""
    sealed = seals.open(bundle, m.CHECKPOINT, Kind.CHECKPOINT, CheckpointStatement)
    said, findings = sealed.said, [of_checkpoint(bundle, sealed)]
    try:
        part, proof = slice_of(bundle, m.SLICE), proof_of(bundle, m.PROOF)
    except Unfit as unfit:
        return Journalled(findings=(*findings, failed(Statement.JOURNAL_CHAIN, f"{unfit.reason}.")))
    if part.chain != bundle.manifest.tenancy_id:
        chain = failed(Statement.JOURNAL_CHAIN, "the entries are of another tenancy's chain.", m.SLICE)
    else:
        chain = followed(part, proof, m.SLICE)
    inclusion = included(proof, said, m.PROOF)
    stamped = stamp_of(bundle, said, trusted, now)
    holds = all(one.outcome is Outcome.PASSED for one in (chain, inclusion))
    proved = existence(stamped) if holds else None
    return Journalled(
        findings=(chain, inclusion, *findings, of_stamp(stamped)),
        entries=tuple(said_in.about(part.entries, bundle.manifest.agreement_id)) if holds else (),
        added=said_in.exhibits_in(part.entries) if holds else frozenset(),
        proved=proved,
    )


def existence(stamped: StampJudgement) -> Existence | None:
    if stamped.at is None or stamped.stands is not Stamped.PROVED:
        return None
    return Existence(at=stamped.at, by=stamped.authority)


def of_checkpoint(bundle: Bundle, sealed: Sealed[CheckpointStatement]) -> Finding:
    said = sealed.said
    if said is not None and said.main_connector_id != bundle.manifest.main_connector_id:
        return failed(Statement.CHECKPOINT_SEAL, "it is a checkpoint of another main connector.", m.CHECKPOINT)
    return Finding(statement=Statement.CHECKPOINT_SEAL, outcome=sealed.outcome, detail=sealed.detail, file=m.CHECKPOINT)


def followed(part: Slice, proof: HeadProof, name: str) -> Finding:
    """Check that entries follow one another up to where a proof says that they end."""
    if not leads_to(part, proof):
        return failed(Statement.JOURNAL_CHAIN, f"the entries do not lead to entry {proof.sequence}.", name)
    told = f"Entries {part.first} to {proof.sequence} follow one another."
    return passed(Statement.JOURNAL_CHAIN, told, name)


def included(proof: HeadProof, said: CheckpointStatement | None, name: str) -> Finding:
    """Check that where entries end is in a checkpoint."""
    if said is None:
        return failed(Statement.INCLUSION, "there is no checkpoint that could be asked.", name)
    try:
        root = bytes.fromhex(said.root)
    except ValueError:
        root = b""
    if (proof.number, proof.size) != (said.number, said.size) or not is_proved(proof, root):
        return failed(Statement.INCLUSION, "where the entries end is not in the checkpoint.", name)
    told = f"The entries end where checkpoint {said.number} saw the chain end."
    return passed(Statement.INCLUSION, told, name)


def stamp_of(bundle: Bundle, said: CheckpointStatement | None, trusted: Trusted, now: datetime) -> StampJudgement:
    if said is None or said.at.tzinfo is None:
        return StampJudgement(stands=Stamped.BROKEN, reason="there is no checkpoint that could have been stamped")
    trust = StampTrust(
        anchors=trusted.timestamp_anchors or trusted.anchors,
        intermediates=bundle.certificates,
        data=trusted.revocation.with_more(bundle.revocation),
    )
    token = bundle.files.get(m.TIMESTAMP)
    return judge(text_of(bundle.files, m.CHECKPOINT), token, sealed_at=said.at, trust=trust, now=now)


def of_stamp(judged: StampJudgement) -> Finding:
    told = f"{judged.reason[:1].upper()}{judged.reason[1:]}."
    match judged.stands:
        case Stamped.PROVED:
            return passed(Statement.CHECKPOINT_TIMESTAMP, told, m.TIMESTAMP)
        case Stamped.BROKEN:
            return failed(Statement.CHECKPOINT_TIMESTAMP, told, m.TIMESTAMP)
        case _:
            return unknown(Statement.CHECKPOINT_TIMESTAMP, told, m.TIMESTAMP)


def slice_of(bundle: Bundle, name: str) -> Slice:
    """Return entries of a chain.

    Raises:
        Unfit: the file is missing, or something else.
    """
    found = decoded(bundle.files, name, m.SliceFile)
    if not 0 < found.first < _MOST:
        raise Unfit(f"{name} is not what the format says")
    return Slice(chain=found.chain, first=found.first, before=_digest(found.before), entries=found.entries)


def proof_of(bundle: Bundle, name: str) -> HeadProof:
    """Return the proof of a chain's end.

    Raises:
        Unfit: the file is missing, or something else.
    """
    found = decoded(bundle.files, name, m.ProofFile)
    if not 0 < found.sequence < _MOST:
        raise Unfit(f"{name} is not what the format says")
    return HeadProof(
        number=found.number,
        chain=found.chain,
        sequence=found.sequence,
        digest=_digest(found.digest),
        position=found.position,
        size=found.size,
        path=tuple(map(_digest, found.path)),
    )


def _digest(text: str) -> bytes:
    try:
        octets = bytes.fromhex(text)
    except ValueError:
        octets = b""
    if len(octets) != _DIGEST:
        raise Unfit("a digest in the journal's files is none")
    return octets
