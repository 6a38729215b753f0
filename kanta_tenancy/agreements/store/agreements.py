"""Agreements and amendments in PostgreSQL, with their signatures, documents and receipts."""

from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from kanta_tenancy.agreements.errors import (
    AgreementChanged,
    AgreementNotFound,
    AnotherAgreement,
    DocumentNotFound,
    MoveNotAllowed,
)
from kanta_tenancy.agreements.model import (
    Agreement,
    Content,
    Document,
    Judged,
    LaterScan,
    Party,
    Receipt,
    Signature,
    Summary,
)
from kanta_tenancy.kernel.identifiers import AgreementId, TenancyId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement


class Version(Record, frozen=True, kw_only=True):
    version: int


INSERT: Final = statement("agreements/agreement.insert", Nothing)
FIND: Final = statement("agreements/agreement.find", Agreement)
LOCK: Final = statement("agreements/agreement.lock", Version)
SAVE_DRAFT: Final = statement("agreements/agreement.save_draft", Version)
SAVE_OFFER: Final = statement("agreements/agreement.save_offer", Version)
SAVE_MOVE: Final = statement("agreements/agreement.save_move", Version)
NEWEST: Final = statement("agreements/agreement.newest", Summary)
NEWEST_OF_TENANCY: Final = statement("agreements/agreement.newest_of_tenancy", Summary)
INSERT_SIGNATURE: Final = statement("agreements/signing.insert_signature", Nothing)
INSERT_LATER_SCAN: Final = statement("agreements/signing.insert_later_scan", Nothing)
INSERT_DOCUMENT: Final = statement("agreements/signing.insert_document", Nothing)
DOCUMENT: Final = statement("agreements/signing.document", Document)
DOCUMENTS: Final = statement("agreements/signing.documents", Document)
INSERT_RECEIPT: Final = statement("agreements/signing.insert_receipt", Nothing)
RECEIPTS: Final = statement("agreements/signing.receipts", Receipt)

_ONE_OFFER: Final = frozenset({"agreement_one_offer", "agreement_one_amendment_offer"})
_JUDGED: Final = Judged.__struct_fields__
_ON_PAPER: Final = ("signed_on", "received_on", "received_by", "put_down_by", "exhibit_id")
NEWEST_POSSIBLE: Final = UUID(int=(1 << 128) - 1)
OLDEST_POSSIBLE: Final = UUID(int=0)


async def add(tx: Transaction, agreement: Agreement) -> bool:
    """Write a new draft; return False, and write nothing, when the realm has another agreement of that reference."""
    added = await INSERT.run(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        id=agreement.id,
        tenancy_id=agreement.tenancy_id,
        reference=agreement.reference,
        status=agreement.status,
        version=agreement.version,
        originals=agreement.originals,
        created_at=agreement.created_at,
        amends=agreement.amends,
        **_said(agreement),
    )
    return added == 1


async def find(tx: Transaction, agreement_id: AgreementId) -> Agreement:
    """Read an agreement with its signatures.

    Raises:
        AgreementNotFound: the scope has no agreement of that id.
    """
    agreement = await FIND.one(tx, agreement_id=agreement_id)
    if agreement is None:
        raise AgreementNotFound(f"no agreement {agreement_id}")
    return agreement


async def take(tx: Transaction, agreement_id: AgreementId, version: int) -> Agreement:
    """Read an agreement and hold it until the transaction ends, if it is still at the version that the caller saw.

    Raises:
        AgreementNotFound: the scope has no agreement of that id.
        AgreementChanged: it is at another version.
    """
    held = await LOCK.one(tx, agreement_id=agreement_id)
    if held is None:
        raise AgreementNotFound(f"no agreement {agreement_id}")
    if held.version != version:
        raise AgreementChanged(f"the agreement is at version {held.version}, not {version}", version=held.version)
    return await find(tx, agreement_id)


async def hold(tx: Transaction, agreement_id: AgreementId) -> Agreement:
    """Read an agreement and hold it until the transaction ends, at whatever version it is.

    Raises:
        AgreementNotFound: the scope has no agreement of that id.
    """
    if await LOCK.one(tx, agreement_id=agreement_id) is None:
        raise AgreementNotFound(f"no agreement {agreement_id}")
    return await find(tx, agreement_id)


async def save_draft(tx: Transaction, agreement: Agreement) -> None:
    _check(
        agreement, await SAVE_DRAFT.one(tx, agreement_id=agreement.id, version=agreement.version, **_said(agreement))
    )


async def save_offer(tx: Transaction, agreement: Agreement, content: Content) -> None:
    """Write an offered agreement with the content that is now frozen.

    Raises:
        AgreementChanged: another transaction moved it first.
        AnotherAgreement: the tenancy, or the agreement that is amended, has another one on offer.
    """
    try:
        saved = await SAVE_OFFER.one(
            tx,
            agreement_id=agreement.id,
            status=agreement.status,
            version=agreement.version,
            signatories=msgspec.to_builtins(agreement.signatories),
            offered_at=agreement.offered_at,
            content=msgspec.to_builtins(content),
            content_sha256=agreement.content_sha256,
        )
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name not in _ONE_OFFER:
            raise
        raise AnotherAgreement("there is another one on offer, which can be signed or withdrawn first") from error
    _check(agreement, saved)


async def save_move(tx: Transaction, agreement: Agreement) -> None:
    saved = await SAVE_MOVE.one(
        tx,
        agreement_id=agreement.id,
        status=agreement.status,
        version=agreement.version,
        in_force_on=agreement.in_force_on,
        ended_at=agreement.ended_at,
        withdrawn_because=agreement.withdrawn_because,
        in_force_from=agreement.in_force_from,
        in_force_until=agreement.in_force_until,
        end_ground=agreement.end_ground,
        end_source=agreement.end_source,
        end_explanation=msgspec.to_builtins(agreement.end_explanation),
    )
    _check(agreement, saved)


async def add_signature(tx: Transaction, agreement: Agreement, signature: Signature) -> None:
    """Keep an accepted signature.

    Raises:
        MoveNotAllowed: this signatory has signed already.
    """
    said = msgspec.structs.asdict(signature)
    paper, judged = said.pop("paper"), said.pop("judged")
    on_paper = dict.fromkeys(_ON_PAPER) if paper is None else {name: getattr(paper, name) for name in _ON_PAPER}
    as_judged = dict.fromkeys(_JUDGED) if judged is None else msgspec.structs.asdict(judged)
    number = len(agreement.signatures)
    try:
        await INSERT_SIGNATURE.run(tx, **_owned(tx, agreement), number=number, **said, **on_paper, **as_judged)
    except asyncpg.UniqueViolationError as error:
        raise MoveNotAllowed("this signatory has signed already", status=agreement.status.value) from error


async def add_later_scan(
    tx: Transaction, agreement: Agreement, scan: LaterScan, *, party: Party, position: int, number: int
) -> None:
    said = msgspec.structs.asdict(scan)
    await INSERT_LATER_SCAN.run(tx, **_owned(tx, agreement), party=party, position=position, number=number, **said)


async def add_document(tx: Transaction, agreement: Agreement, document: Document) -> None:
    await INSERT_DOCUMENT.run(
        tx,
        **_owned(tx, agreement),
        signatures=document.signatures,
        revision=document.revision,
        sha256=document.sha256,
        content=document.content,
        at=document.at,
    )


async def newest_document(tx: Transaction, agreement_id: AgreementId) -> Document:
    """Read the document with the most signatures, in its newest revision.

    Raises:
        DocumentNotFound: the agreement was never offered here.
    """
    document = await DOCUMENT.one(tx, agreement_id=agreement_id)
    if document is None:
        raise DocumentNotFound("a draft is offered first; the file of an imported agreement is an exhibit")
    return document


async def documents(tx: Transaction, agreement_id: AgreementId) -> tuple[Document, ...]:
    """Read every revision of the document, by its number of signatures."""
    return tuple(await DOCUMENTS.all(tx, agreement_id=agreement_id))


async def add_receipts(tx: Transaction, agreement: Agreement, receipts: tuple[Receipt, ...]) -> None:
    owned = _owned(tx, agreement)
    said = [{"party": one.party, "form": one.form, "sha256": one.sha256, "at": one.at} for one in receipts]
    await INSERT_RECEIPT.run_many(tx, [owned | one for one in said])


async def receipts(tx: Transaction, agreement_id: AgreementId) -> tuple[Receipt, ...]:
    return tuple(await RECEIPTS.all(tx, agreement_id=agreement_id))


async def newest(tx: Transaction, *, before: UUID | None, count: int, tenancy_id: TenancyId | None) -> list[Summary]:
    """Read a page of agreements, newest first; of one tenancy, or of all that the scope sees."""
    asked = {
        "main_connector_id": tx.scope.main_connector_id,
        "before": NEWEST_POSSIBLE if before is None else before,
        "count": count,
    }
    if tenancy_id is not None:
        return await NEWEST_OF_TENANCY.all(tx, tenancy_id=tenancy_id, **asked)
    return await NEWEST.all(tx, **asked)


def _owned(tx: Transaction, agreement: Agreement) -> dict[str, Any]:
    return {
        "agreement_id": agreement.id,
        "main_connector_id": tx.scope.main_connector_id,
        "tenancy_id": agreement.tenancy_id,
    }


def _said(agreement: Agreement) -> dict[str, Any]:
    return {
        "language": agreement.language,
        "model": agreement.model,
        "model_version": agreement.model_version,
        "services": agreement.services,
        "registers": agreement.registers,
        "signatories": msgspec.to_builtins(agreement.signatories),
        "effective_on": agreement.effective_on,
    }


def _check(agreement: Agreement, saved: Version | None) -> None:
    if saved is None:
        raise AgreementChanged(f"the agreement is no longer at version {agreement.version - 1}")
