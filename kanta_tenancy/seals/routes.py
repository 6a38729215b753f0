"""Checkpoints of the journal and the certificates of the seal over HTTP."""

from typing import Final

from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.pages import Page, PageQuery, paged
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.parties import Permission, TenancyNotFound, check_tenancy
from kanta_tenancy.seals import proving
from kanta_tenancy.seals.bodies import (
    ChainAsked,
    SealCertificates,
    ShownCheckpoint,
    ShownProof,
    shown,
    shown_certificate,
    shown_proof,
)
from kanta_tenancy.seals.errors import CheckpointNotFound
from kanta_tenancy.seals.model import Checkpoint
from kanta_tenancy.seals.store import certificates, checkpoints


@get("/", operation_id="listCheckpoints", opt=needs(Permission.JOURNAL_READ, query=PageQuery))
async def list_checkpoints(call: NamedDependency[Call]) -> Response[Page[ShownCheckpoint]]:
    """List the checkpoints of the journal, newest first: the root over the ends of all chains, with its seal."""
    asked = call.asked(PageQuery)
    async with call.transaction() as tx:
        rows = await checkpoints.newest(tx, before=asked.position(int), count=asked.fetch)
    return paged(call.request, asked, rows, position=_number, body=shown)


@get(
    "/{number:int}/proof",
    operation_id="proveChain",
    opt=needs(Permission.JOURNAL_READ, query=ChainAsked),
    responses=refusals(CheckpointNotFound, TenancyNotFound),
)
async def prove_chain(number: FromPath[int], call: NamedDependency[Call]) -> ShownProof:
    """Prove where a chain of the journal ended at a checkpoint: a tenancy's, or the main connector's own.

    With the entries up to that one, which the journal shows, the proof leads to the root that was sealed.
    """
    asked = call.asked(ChainAsked)
    async with call.transaction() as tx:
        if asked.tenancy_id is not None:
            await check_tenancy(tx, TenancyId(asked.tenancy_id))
        chain = asked.tenancy_id or tx.scope.tenancy_id or tx.scope.main_connector_id
        checkpoint = await checkpoints.find(tx, number)
        return shown_proof(checkpoint, await proving.prove(tx, chain, checkpoint))


@get("/", operation_id="listSealCertificates", opt=needs(Permission.JOURNAL_READ))
async def list_certificates(call: NamedDependency[Call]) -> SealCertificates:
    """List every certificate that the service has sealed with, in the order in which they took over."""
    async with call.transaction() as tx:
        return SealCertificates(items=tuple(map(shown_certificate, await certificates.every(tx))))


def _number(checkpoint: Checkpoint) -> int:
    return checkpoint.number


ROUTES: Final = (
    Router(path="/journal/checkpoints", route_handlers=[list_checkpoints, prove_chain], tags=["Journal"]),
    Router(path="/seals", route_handlers=[list_certificates], tags=["Journal"]),
)
