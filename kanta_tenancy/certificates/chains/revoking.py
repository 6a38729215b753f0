"""Authorities are asked whether certificates were revoked, as often as their own words grow old.

They are asked while no transaction is open, through the guard for requests to addresses that others chose. Revocation
lists are kept beside those of signers (trust), so that one list serves every certificate that it speaks of. An answer
about one certificate is judged, and what it said is kept.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, Protocol

import structlog
from cryptography import x509

from kanta_tenancy.certificates import findings
from kanta_tenancy.certificates.chains import judging, owing, periods, standing, telling
from kanta_tenancy.certificates.chains.model import Pair, Revocation, RevocationStatus, Subject, Word
from kanta_tenancy.certificates.chains.store import certificates, revocation
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.machinery.postgres.database import Database, Transaction
from kanta_tenancy.machinery.revocation.gathering import Gathered
from kanta_tenancy.machinery.x509 import access
from kanta_tenancy.machinery.x509.errors import CertificateUnreadable
from kanta_tenancy.machinery.x509.reading import certificate_from_der
from kanta_tenancy.machinery.x509.revocation import NOTHING, Judgement, RevocationData, Standing, judge
from kanta_tenancy.promises import Errand, Kept, Later, Outcome, Promise, Released
from kanta_tenancy.trust import Published, Statement, keep_revocation, kept_revocation

log: Final = structlog.get_logger("kanta_tenancy.certificates")

Both = tuple[x509.Certificate, x509.Certificate]  # a certificate, and its issuer's
_SAID_AT_MOST: Final = 1_000  # characters of what authorities answered


class Fetch(Protocol):
    """Asks the authority of a certificate, by the addresses in it."""

    async def __call__(self, path: Both, known: RevocationData) -> Gathered:
        """Return what could be had, and why the rest could not; nothing is asked when what is known tells enough."""
        ...


class _NotAsked(Exception):
    """A certificate cannot be asked about; the sentence says why, without its stop."""


def ask(fetch: Fetch) -> Errand[Gathered]:
    """Return how the promises `certificate.ask_revocation` are kept."""

    async def question(db: Database, caller: Caller, clock: Clock, promise: Promise) -> Gathered:
        at = clock.now()
        async with db.transaction(caller) as tx:
            pair = await revocation.pair(tx, owing.certificate_of(promise.key))
            if pair is None or _has_ended(pair, at):
                return Gathered()
            try:
                path = _path(pair)
            except _NotAsked:
                return Gathered()
            lists = await kept_revocation(tx, path)
        return await fetch(path, _together(one for one in lists if _is_young(one, at)))

    return Errand(ask=question, keep=put_down)


async def put_down(tx: Transaction, clock: Clock, promise: Promise, gathered: Gathered) -> Outcome:
    """Keep how a certificate stands, tell people when it was revoked, and say when to ask again."""
    at = clock.now()
    pair = await revocation.pair(tx, owing.certificate_of(promise.key))
    if pair is None:
        return Released(because="the certificate is not there")
    if _has_ended(pair, at):
        return Released(because="the certificate has expired")
    before = next(iter(await revocation.of(tx, [pair.id])), None)
    word = await _word(tx, pair, gathered, at)
    known = standing.now_known(word, before, at=at)
    said = _revocation(pair, known, before, at)
    await revocation.put(tx, said)
    await _consequences(tx, pair, before, said, at)
    if word.status is RevocationStatus.INDETERMINATE:
        log.info("revocation state not to be had", certificate=pair.sha256)
    again = standing.ask_again_at(
        known, heard=word.status is not RevocationStatus.INDETERMINATE, since=said.since, at=at
    )
    if again is None or not _can_be_asked(pair):
        return Kept(result={"status": said.status.value})
    return Later(due_at=again)


async def _word(tx: Transaction, pair: Pair, gathered: Gathered, at: datetime) -> Word:
    try:
        path = _path(pair)
    except _NotAsked as why:
        return Word(status=RevocationStatus.INDETERMINATE, because=str(why))
    await keep_revocation(tx, path, RevocationData(crls=gathered.data.crls), at=at)
    lists = _together(await kept_revocation(tx, path))
    return _heard(judge(*path, lists.with_more(gathered.data), at=at), gathered.troubles)


def _heard(judgement: Judgement, troubles: Sequence[str]) -> Word:
    if judgement.standing is Standing.UNKNOWN:
        because = " ".join(troubles) or judgement.reason
        return Word(status=RevocationStatus.INDETERMINATE, because=because[:_SAID_AT_MOST])
    revoked = judgement.standing is Standing.REVOKED
    return Word(
        status=RevocationStatus.REVOKED if revoked else RevocationStatus.GOOD,
        because=judgement.reason,
        revoked_at=judgement.revoked_at if revoked else None,
        on_hold=judgement.on_hold,
        produced_at=judgement.since,
        counts_until=judgement.until,
    )


def _revocation(pair: Pair, known: Word, before: Revocation | None, at: datetime) -> Revocation:
    same = before is not None and before.status is known.status
    return Revocation(
        certificate_id=pair.id,
        status=known.status,
        since=before.since if same and before is not None else at,
        because=known.because,
        revoked_at=known.revoked_at,
        asked_at=at,
        produced_at=known.produced_at,
        next_at=known.counts_until,
    )


async def _consequences(tx: Transaction, pair: Pair, before: Revocation | None, said: Revocation, at: datetime) -> None:
    subject = await certificates.find(tx, pair.id)
    if subject.authority and (before is None or before.status is not said.status):
        await certificates.examine_below(tx, names=(), issuers=(subject.sha256,), at=at)
    found = tuple(standing.findings(subject, said, can_be_asked=_can_be_asked(pair), at=at))
    await findings.note(tx, at, {judging.subject_of(pair.id)}, found, family=standing.FAMILY)
    if before is None or before.status is not said.status:
        await _moved(tx, subject, before, said, at)


async def _moved(tx: Transaction, subject: Subject, before: Revocation | None, said: Revocation, at: datetime) -> None:
    await telling.journal(tx, subject, before, said, at)
    if said.status is RevocationStatus.REVOKED and await telling.tell_of_revoked(tx, subject, said, at):
        await _need_not_be_told_again(tx, subject, at)


async def _need_not_be_told_again(tx: Transaction, subject: Subject, at: datetime) -> None:
    """Keep the finding out of the next digest: people have just had a mail of its own about it."""
    found = await findings.of_certificates(tx, [subject.id])
    await findings.told_to_everybody(tx, [one.id for one in found if one.rule == standing.REVOKED], at=at)


def _path(pair: Pair) -> Both:
    if pair.issuer is None:
        raise _NotAsked("its issuer's certificate is not in the inventory, so no answer could be judged")
    try:
        return certificate_from_der(pair.content), certificate_from_der(pair.issuer)
    except CertificateUnreadable as trouble:
        raise _NotAsked(f"no authority can be asked about it: {trouble.detail}") from trouble


def _can_be_asked(pair: Pair) -> bool:
    """Tell whether a certificate says where to ask; one that waits for its issuer may say so yet."""
    try:
        certificate, _ = _path(pair)
    except _NotAsked:
        return pair.issuer is None
    return bool(access.responder_addresses(certificate) or access.list_addresses(certificate))


def _has_ended(pair: Pair, at: datetime) -> bool:
    return pair.not_after is None or pair.not_after < at


def _is_young(one: Statement, at: datetime) -> bool:
    """Tell whether a kept list is still so new that nobody need ask for another: before half of its time is over."""
    if one.next_at is None:
        return False
    return at < one.produced_at + min((one.next_at - one.produced_at) / 2, periods.LATEST)


def _together(statements: Iterable[Statement]) -> RevocationData:
    lists = tuple(one.content for one in statements if one.kind is Published.CRL)
    return RevocationData(crls=lists) if lists else NOTHING
