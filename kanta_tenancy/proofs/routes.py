"""Proof bundles over HTTP."""

from typing import Final
from uuid import UUID

from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from kanta_tenancy.agreements.errors import AgreementNotFound, DocumentNotFound
from kanta_tenancy.kernel.identifiers import AgreementId
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.files import file_answer
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.proofs.errors import ProofNotReady
from kanta_tenancy.proofs.making import make
from kanta_tenancy.seals import SealKeys, SealKeyUnusable, SealNotSetUp

ZIP: Final = "application/zip"


def routes(keys: SealKeys | None) -> Router:
    """Return the routes of this room.

    Args:
        keys: those of the seal, where they lie beside this instance.
    """

    @get(
        "/{agreement_id:uuid}/proof",
        operation_id="readProof",
        opt=needs("agreements.read"),
        media_type=ZIP,
        responses=refusals(AgreementNotFound, DocumentNotFound, ProofNotReady, SealNotSetUp, SealKeyUnusable),
    )
    async def read_proof(agreement_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[bytes]:
        """Fetch the proof bundle of an agreement: one file that can be checked without this service.

        It holds every revision of the document, the certificates and revocation data that its signatures are judged
        by, the journal's entries up to a sealed and timestamped checkpoint, receipts and a report; of other tenants
        it holds hashes only. Verify it with `kanta-tenancy proof verify`.
        """
        made = await make(call.transaction, call.clock, keys, AgreementId(agreement_id))
        return file_answer(made.content, media_type=ZIP, name=f"{made.agreement.reference}-proof.zip")

    return Router(path="/agreements", route_handlers=[read_proof], tags=["Agreements"])
