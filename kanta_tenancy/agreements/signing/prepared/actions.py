"""Signing with a key that is elsewhere: hand out what is to be signed, take the value back.

Preparing and completing read in one transaction, compute outside of any, and write in another, which looks again.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from kanta_tenancy.agreements import history, lifecycle
from kanta_tenancy.agreements.errors import AgreementChanged, MoveNotAllowed
from kanta_tenancy.agreements.model import Agreement, Party, Signatory, party_of
from kanta_tenancy.agreements.models import rendering
from kanta_tenancy.agreements.signing import acceptance
from kanta_tenancy.agreements.signing import actions as signing
from kanta_tenancy.agreements.signing.acceptance import Accepted, Ground
from kanta_tenancy.agreements.signing.errors import SignatureRefused
from kanta_tenancy.agreements.signing.prepared import store
from kanta_tenancy.agreements.signing.prepared.errors import PreparedExpired, PreparedSuperseded, PreparedUsed
from kanta_tenancy.agreements.signing.prepared.model import Asked, Prepared, State
from kanta_tenancy.agreements.store import agreements
from kanta_tenancy.kernel.acting import Scope
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.errors import Flaw
from kanta_tenancy.kernel.identifiers import AgreementId, new_id
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.errors import ToSignForAnother, ToSignUnreadable
from kanta_tenancy.machinery.ooxml.signing import remote
from kanta_tenancy.machinery.ooxml.signing.remote import ToSign
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record
from kanta_tenancy.machinery.x509.reading import certificates_from_pem

_RULE: Final = "K21"
_ANEW: Final = "prepare the signature anew, from the agreement as it is now"


class Seen(Record, frozen=True, kw_only=True):
    """A prepared signature as it stands, with the agreement that it is for."""

    prepared: Prepared
    agreement: Agreement
    state: State
    to_sign: ToSign | None = None  # as long as it is open; later nobody should sign it

    @property
    def signatory(self) -> Signatory:
        place = (self.prepared.party, self.prepared.position)
        return next(who for who in self.agreement.signatories if (who.party, who.position) == place)


class HandedOut(Record, frozen=True, kw_only=True):
    """A signature that was just prepared."""

    prepared: Prepared
    agreement: Agreement
    to_sign: ToSign


class Awaited(Record, frozen=True, kw_only=True):
    """A prepared signature whose value has come, with what it is held against."""

    prepared: Prepared
    to_sign: bytes
    ground: Ground


def hand_out(on: Ground, asked: Asked, scope: Scope, *, at: datetime) -> HandedOut:
    """Prepare a signature on the newest document; pure but for the time it takes.

    Args:
        on: what `signing.ground` read.

    Raises:
        CertificateUnreadable: the certificates cannot be read.
        SignatureRefused: the caller's party has no such signatory, or another of its signatories used the certificate.
        MoveNotAllowed: this signatory has signed already.
        CannotSign: the certificate may not sign, or what was asked for breaks a rule.
    """
    agreement = on.agreement
    chain = certificates_from_pem(asked.certificates.encode())
    who = _signatory(agreement, party_of(scope), asked.position)
    certificate = _fresh(agreement, who, chain[0])
    line = rendering.line_to_sign(who)
    to_sign = remote.hand_out(on.docx, chain, at=at, lasts=asked.lasts, line=line, comments=asked.comments)
    prepared = Prepared(
        id=new_id(),
        tenancy_id=agreement.tenancy_id,
        agreement_id=agreement.id,
        party=who.party,
        position=who.position,
        version=agreement.version,
        document_sha256=to_sign.document_sha256,
        certificate_sha256=certificate,
        prepared_at=to_sign.at,
        expires_at=to_sign.expires_at,
    )
    return HandedOut(prepared=prepared, agreement=agreement, to_sign=to_sign)


async def keep(tx: Transaction, clock: Clock, out: HandedOut) -> Seen:
    """Keep what is handed out; what the party let expire on the same agreement is forgotten.

    Raises:
        AgreementNotFound, AgreementChanged: the agreement was changed since it was read.
    """
    at, prepared = clock.now(), out.prepared
    agreement = await agreements.take(tx, prepared.agreement_id, prepared.version)
    await store.forget_expired(tx, agreement, at=at)
    await store.add(tx, prepared, remote.to_bytes(out.to_sign))
    expires = prepared.expires_at.isoformat()
    await _journal(tx, "prepared", prepared, at, document=prepared.document_sha256, expires_at=expires)
    return Seen(prepared=prepared, agreement=agreement, state=State.OPEN, to_sign=out.to_sign)


async def open_ones(
    tx: Transaction, clock: Clock, *, agreement_id: AgreementId, before: UUID | None, count: int
) -> list[Seen]:
    """Read a page of what the caller's party can still sign on an agreement, newest first.

    Raises:
        AgreementNotFound: the scope has no agreement of that id.
    """
    agreement = await agreements.find(tx, agreement_id)
    found = await store.open_ones(tx, agreement, at=clock.now(), before=before, count=count)
    return [Seen(prepared=one, agreement=agreement, state=State.OPEN) for one in found]


async def read(tx: Transaction, clock: Clock, prepared_id: UUID) -> Seen:
    """Read one as it stands now.

    Raises:
        PreparedNotFound: the caller's party has none of that id.
        PreparedSuperseded: an earlier version of this program prepared it.
    """
    prepared = await store.find(tx, prepared_id)
    agreement = await agreements.find(tx, prepared.agreement_id)
    state = prepared.state(version=agreement.version, at=clock.now())
    to_sign = _read(await store.to_sign(tx, prepared_id)) if state is State.OPEN else None
    return Seen(prepared=prepared, agreement=agreement, state=state, to_sign=to_sign)


async def awaited(tx: Transaction, clock: Clock, prepared_id: UUID) -> Awaited:
    """Read what a signature value is for, and refuse early what would be refused in the end.

    Raises:
        PreparedNotFound, PreparedUsed, PreparedSuperseded, PreparedExpired: it cannot be completed.
        MoveNotAllowed: the agreement is not open for signing.
        DomainError: `signing.ground` refuses.
    """
    prepared = await store.find(tx, prepared_id)
    await _check_as_it_is(tx, prepared, clock.now())
    try:
        ground = await signing.ground(tx, clock, agreement_id=prepared.agreement_id, version=prepared.version)
    except (AgreementChanged, MoveNotAllowed) as why:  # by whoever signed a moment ago
        await _check_as_it_is(tx, prepared, clock.now())
        raise PreparedSuperseded(f"somebody signed it just now: {_ANEW}") from why
    return Awaited(prepared=prepared, to_sign=await store.to_sign(tx, prepared_id), ground=ground)


def take_back(awaited: Awaited, value: bytes, *, at: datetime) -> Accepted:
    """Put a signature value into the document and accept that as what a party hands in; pure but for the time it takes.

    Raises:
        PreparedSuperseded: the document is another by now, or an earlier version of this program prepared it.
        SignatureValueWrong: the certificate's key did not make this value of what was handed out.
        CannotSign, SignatureRefused: the signature would not be accepted, and why.
    """
    to_sign = _read(awaited.to_sign)
    try:
        # An upgrade of an earlier signature since makes another revision of the same document.
        docx = awaited.ground.revision(to_sign.document_sha256)
        signed = remote.take_back(docx, to_sign, value, at=at)
    except ToSignForAnother as why:
        raise PreparedSuperseded(_ANEW) from why
    return acceptance.accept(awaited.ground, signed, party=awaited.prepared.party, at=at)


async def complete(tx: Transaction, clock: Clock, awaited: Awaited, accepted: Accepted) -> Agreement:
    """Keep the signature and mark that what was prepared for it is used, or neither.

    Raises:
        PreparedUsed, PreparedSuperseded, PreparedExpired, MoveNotAllowed: it cannot be completed any more.
        DomainError: `signing.add_signature` refuses.
    """
    at, prepared = clock.now(), awaited.prepared
    agreement = await agreements.hold(tx, prepared.agreement_id)
    _check(await store.find(tx, prepared.id), agreement, at)  # as it is now that nobody else can complete it
    after = await signing.add_signature(tx, agreement_id=agreement.id, accepted=accepted)
    await store.complete(tx, prepared.id, at=at)
    await store.forget_expired(tx, agreement, at=at)
    await _journal(tx, "completed", prepared, at)
    return after


async def _check_as_it_is(tx: Transaction, prepared: Prepared, at: datetime) -> None:
    agreement = await agreements.find(tx, prepared.agreement_id)
    if agreement.version != prepared.version:  # whoever signed between the two reads may have used this very one
        prepared = await store.find(tx, prepared.id)
    _check(prepared, agreement, at)


def _check(prepared: Prepared, agreement: Agreement, at: datetime) -> None:
    state = prepared.state(version=agreement.version, at=at)
    if state is State.USED:
        raise PreparedUsed("its signature is in the document")
    lifecycle.check(agreement, lifecycle.Move.SIGN)
    if state is State.SUPERSEDED:
        raise PreparedSuperseded(
            f"the agreement is at version {agreement.version}, it was prepared at {prepared.version}: {_ANEW}",
            version=agreement.version,
        )
    if state is State.EXPIRED:
        raise PreparedExpired(f"its value was waited for until {prepared.expires_at:%Y-%m-%d %H:%M:%S} UTC: {_ANEW}")


def _signatory(agreement: Agreement, party: Party, position: int) -> Signatory:
    who = next((one for one in agreement.signatories if (one.party, one.position) == (party, position)), None)
    if who is None:
        detail = f"your party has no signatory at position {position}"
        raise SignatureRefused(detail, flaws=(Flaw(field="position", detail=detail, rule=_RULE),))
    if who not in lifecycle.unsigned(agreement):
        raise MoveNotAllowed("this signatory has signed already", status=agreement.status.value)
    return who


def _fresh(agreement: Agreement, who: Signatory, certificate: x509.Certificate) -> str:
    """Return the certificate's fingerprint; two who sign jointly have a certificate each."""
    fingerprint = certificate.fingerprint(hashes.SHA256()).hex()
    if (who.party, fingerprint) in {(one.party, one.certificate_sha256) for one in agreement.signatures}:
        detail = "another signatory of your party signed with this certificate"
        raise SignatureRefused(detail, flaws=(Flaw(field="certificates", detail=detail, rule=_RULE),))
    return fingerprint


def _read(to_sign: bytes) -> ToSign:
    try:
        return remote.from_bytes(to_sign)
    except ToSignUnreadable as why:
        raise PreparedSuperseded(f"an earlier version of this program prepared it: {_ANEW}") from why


async def _journal(tx: Transaction, action: str, prepared: Prepared, at: datetime, **facts: str) -> None:
    # The tenant does not see what the main connector prepares: neither does the chain that it reads.
    act = history.occurred(
        f"prepared_signature.{action}",
        prepared.id,
        tenancy_id=tx.scope.tenancy_id,
        at=at,
        agreement=str(prepared.agreement_id),
        party=prepared.party.value,
        position=prepared.position,
        certificate=prepared.certificate_sha256,
        **facts,
    )
    await record(tx, act)
