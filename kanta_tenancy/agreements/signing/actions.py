"""Signing an agreement: each signatory signs elsewhere and hands in, or the main connector's own key signs here."""

import asyncio
import hashlib
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime

from msgspec.structs import replace

from kanta_tenancy import parties, trust
from kanta_tenancy.agreements import history, lifecycle, owing
from kanta_tenancy.agreements.drafting import offering
from kanta_tenancy.agreements.endings import actions as endings
from kanta_tenancy.agreements.endings.checklists import following as checklists
from kanta_tenancy.agreements.errors import AgreementChanged, MoveNotAllowed
from kanta_tenancy.agreements.exhibits import store as exhibits
from kanta_tenancy.agreements.mandates import store as mandates
from kanta_tenancy.agreements.mandates import validity
from kanta_tenancy.agreements.model import (
    Agreement,
    AgreementInForce,
    AmendmentAgreed,
    Document,
    Form,
    Party,
    Receipt,
    Signature,
    Status,
    party_of,
)
from kanta_tenancy.agreements.models import rendering
from kanta_tenancy.agreements.receipts import sealing as receipts
from kanta_tenancy.agreements.signing import raising
from kanta_tenancy.agreements.signing.acceptance import Accepted, Ground, accept, renewed
from kanta_tenancy.agreements.signing.errors import SignatureRefused, SigningKeyMissing
from kanta_tenancy.agreements.store import agreements as store
from kanta_tenancy.agreements.store import levels, life
from kanta_tenancy.kernel.acting import Scope
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.errors import Flaw
from kanta_tenancy.kernel.identifiers import AgreementId, MainConnectorId
from kanta_tenancy.machinery.ooxml.signing import Signing, sign_for_verifier, swapping
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record
from kanta_tenancy.machinery.x509.errors import CredentialUnusable
from kanta_tenancy.machinery.x509.signing_key import SigningKey
from kanta_tenancy.promises import owe, release_all

# Where the main connector's organisation key lies beside the service; None: it keeps none there.
OwnKey = Callable[[MainConnectorId], SigningKey | None]


async def ground(tx: Transaction, clock: Clock, *, agreement_id: AgreementId, version: int) -> Ground:
    """Read what a signature is held against, and refuse early what would be refused in the end.

    Raises:
        AgreementNotFound, AgreementChanged: there is none, or not at that version.
        MoveNotAllowed: it is not open for signing.
        EvidenceMissing: a party is not shown to be in the Soteri register (K1.2).
    """
    agreement = await store.find(tx, agreement_id)
    if agreement.version != version:
        raise AgreementChanged(f"the agreement is at version {agreement.version}", version=agreement.version)
    lifecycle.check(agreement, lifecycle.Move.SIGN)
    await _check_evidence(tx, agreement, clock.now())
    document = await store.newest_document(tx, agreement_id)
    if document.signatures != agreement.digital_signatures:
        raise AgreementChanged("somebody signed it just now; fetch the newest document and sign that")
    return Ground(
        agreement=agreement,
        docx=document.content,
        earlier=await levels.earlier_revisions(tx, agreement_id, document),
        judging=await trust.judging(tx, tx.scope.main_connector_id, clock.now()),
    )


def handed_in(on: Ground, signed: bytes, scope: Scope, *, at: datetime) -> Accepted:
    """Verify a document that a party signed on its own machine.

    Raises:
        SignatureRefused: with everything that is wrong.
    """
    return accept(on, signed, party=party_of(scope), at=at)


def signed_here(on: Ground, key: OwnKey, scope: Scope, *, position: int, at: datetime) -> Accepted:
    """Sign with the main connector's organisation key that lies beside the service.

    Raises:
        SigningKeyMissing: none lies there, or it cannot be used.
        SignatureRefused: there is no such signatory, or the document cannot be signed.
        CannotSign: the certificate or the document breaks a rule.
    """
    with _own_key_at_work():
        credential = key(scope.main_connector_id) if scope.tenancy_id is None else None
    if credential is None:
        raise SigningKeyMissing("sign with a key of your own and hand in the signed document")
    who = next(
        (one for one in on.agreement.signatories if (one.party, one.position) == (Party.MAIN_CONNECTOR, position)), None
    )
    if who is None:
        detail = f"the main connector has no signatory at position {position}"
        raise SignatureRefused(detail, flaws=(Flaw(field="position", detail=detail, rule="K21"),))
    signing = Signing(credential=credential, line=rendering.line_to_sign(who))
    with _own_key_at_work():
        signed = sign_for_verifier(on.docx, [signing], at=at)
    return accept(on, signed, party=Party.MAIN_CONNECTOR, at=at)


async def add_signature(tx: Transaction, *, agreement_id: AgreementId, accepted: Accepted) -> Agreement:
    """Keep an accepted signature; with the last one the agreement is in force and each party holds an original.

    Raises:
        AgreementNotFound, AgreementChanged: it was changed since the document was verified.
        EvidenceMissing: a party is not shown to be in the Soteri register any more (K1.2).
        MandateNotBegun, MandateExpired, MandateEnded: the signatory's mandate does not hold today (K21).
        MoveNotAllowed: the agreement is not open for signing, or this signatory has signed already.
        LevelNotReached: the policy requires a level, and nobody brought the signature to it (`raising.reach`).
    """
    signature, policy = accepted.signature, accepted.judging.policy
    if policy.obligation is trust.Obligation.REQUIRED and signature.owes_level and signature.level is not None:
        raise raising.not_reached(signature.level, policy.level)
    before = await store.take(tx, agreement_id, accepted.version)
    newest = await store.newest_document(tx, agreement_id)
    # Since it was accepted, an earlier signature may have come to a higher level.
    contents = swapping.signature_contents(newest.content)
    now = await asyncio.to_thread(renewed, accepted, contents, at=signature.signed_at)
    after = await signed(tx, before, now.signature, docx=now.docx)
    if now.signature.owes_level:
        await owe(tx, owing.to_raise(after, now.signature))
    return after


async def signed(tx: Transaction, before: Agreement, accepted: Signature, *, docx: bytes | None) -> Agreement:
    """Keep a signature of an agreement that is held, in whatever manner it was made.

    Args:
        docx: the document with the signature; None: it is on paper.

    Raises:
        EvidenceMissing, MandateNotBegun, MandateExpired, MandateEnded, MoveNotAllowed: as `add_signature` says.
    """
    at = accepted.signed_at
    await _check_evidence(tx, before, at)
    signature = await _by_mandate(tx, before, accepted)
    free_since = await _free_since(tx, before, signature)
    after, told, completed = lifecycle.sign(before, signature, not_before=free_since)
    if after.status is Status.IN_FORCE:
        await endings.make_way(tx, after, at=at)
    amended = await _held_amended(tx, before, after, at) if after.status is Status.AGREED else None
    await store.save_move(tx, after)
    await store.add_signature(tx, after, signature)
    if docx is not None:
        sha256 = hashlib.sha256(docx).hexdigest()
        await store.add_document(
            tx, after, Document(signatures=after.digital_signatures, sha256=sha256, content=docx, at=at)
        )
    else:
        sha256 = (await store.newest_document(tx, after.id)).sha256
    await record(tx, history.act("signed", before, after, at=at, document=sha256, **_facts(signature)), announce=told)
    if signature.party is Party.TENANT and not lifecycle.waits_for(after, Party.TENANT):
        because = "the tenant has signed"
        await release_all(tx, owing.subject(after), at=at, because=because, kinds=(owing.REMIND,))
    if completed is not None:
        both = [await _receipt(tx, after, party, sha256=sha256, at=at) for party in Party]
        await store.add_receipts(tx, after, tuple(both))
        await receipts.owe(tx, after, at=at)
        return await _complete(tx, before, after, completed, amended=amended, sha256=sha256)
    return after


@contextmanager
def _own_key_at_work() -> Generator[None]:
    try:
        yield
    except CredentialUnusable as why:  # a key in a token may also fail when it is to sign
        raise SigningKeyMissing(f"the key beside the service cannot be used: {why.detail}") from why


async def _free_since(tx: Transaction, agreement: Agreement, signature: Signature) -> datetime | None:
    # Only a paper can put an agreement in force from an instant that is past.
    if agreement.amends is None and any(one.paper for one in (*agreement.signatures, signature)):
        return await life.free_since(tx, agreement.tenancy_id)
    return None


async def _by_mandate(tx: Transaction, agreement: Agreement, signature: Signature) -> Signature:
    """Return the signature with the mandate that it was made by, which holds on the day of signing."""
    place = (signature.party, signature.position)
    who = next((one for one in agreement.signatories if (one.party, one.position) == place), None)
    if who is None or who.mandate_id is None:
        return signature
    mandate = await mandates.hold(tx, who.mandate_id)
    paper = signature.paper
    objection = validity.objection(mandate, day_in_finland(signature.signed_at) if paper is None else paper.signed_on)
    if objection is not None:
        raise objection
    return replace(signature, mandate_id=mandate.id)


async def _receipt(tx: Transaction, agreement: Agreement, party: Party, *, sha256: str, at: datetime) -> Receipt:
    """Return what a party holds: the document, or the paper that somebody signed for it."""
    papers = [one.paper for one in agreement.signatures if one.party is party and one.paper is not None]
    if not papers:
        return Receipt(party=party, sha256=sha256, at=at)
    scan = await exhibits.find(tx, papers[-1].exhibit_id)
    return Receipt(party=party, form=Form.PAPER, sha256=scan.sha256, at=at)


def _facts(signature: Signature) -> dict[str, str | int | None]:
    said: dict[str, str | int | None] = {
        "party": signature.party.value,
        "position": signature.position,
        "manner": signature.manner.value,
        "mandate": None if signature.mandate_id is None else str(signature.mandate_id),
    }
    paper = signature.paper
    if paper is None:
        return said | {"certificate": signature.certificate_sha256}
    return said | {
        "exhibit": str(paper.exhibit_id),
        "signed_on": paper.signed_on.isoformat(),
        "received_on": paper.received_on.isoformat(),
        "by": paper.put_down_by.value,
    }


async def _check_evidence(tx: Transaction, agreement: Agreement, at: datetime) -> None:
    today = day_in_finland(at)
    offering.check_evidence(await parties.the_parties(tx, agreement.tenancy_id, on_day=today), today)


async def _held_amended(tx: Transaction, before: Agreement, after: Agreement, at: datetime) -> Agreement:
    """Hold the agreement that an amendment amends, with its checklist, before anything is journalled.

    Raises:
        MoveNotAllowed: it is not in force any more.
    """
    amended = await life.in_force(tx, after.tenancy_id)
    if amended is None or amended.id != after.amends or _is_over(amended, at):
        raise MoveNotAllowed("the agreement that it amends is not in force", status=before.status.value)
    await checklists.hold(tx, amended)
    return amended


async def _complete(
    tx: Transaction,
    before: Agreement,
    after: Agreement,
    event: AgreementInForce | AmendmentAgreed,
    *,
    amended: Agreement | None,
    sha256: str,
) -> Agreement:
    if isinstance(event, AgreementInForce):
        act = history.act("in_force", before, after, at=event.at, on=event.on.isoformat(), original=sha256)
        await record(tx, act, announce=event)
        await endings.write_annex(tx, after)
        return await endings.reckon(tx, after, at=event.at)  # a contract beneath it may have its last day already
    act = history.act("amendment_agreed", before, after, at=event.at, since=event.since.isoformat(), original=sha256)
    await record(tx, act, announce=event)
    if amended is not None:
        await endings.write_annex(tx, amended)
        await checklists.follow(tx, amended, at=event.at)
    return after


def _is_over(agreement: Agreement, at: datetime) -> bool:
    return agreement.in_force_until is not None and agreement.in_force_until <= at
