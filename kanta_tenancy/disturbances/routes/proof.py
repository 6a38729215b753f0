"""The proof bundle of a disturbance over HTTP."""

from typing import Final
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from kanta_tenancy.disturbances.actions import proving
from kanta_tenancy.disturbances.errors import DisturbanceNotFound
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.files import file_answer
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.parties import Permission
from kanta_tenancy.proofs import ProofNotReady, ProofTooLarge, make_case
from kanta_tenancy.seals import SealKeys, SealKeyUnusable, SealNotSetUp

ZIP: Final = "application/zip"


def proof_route(keys: SealKeys | None) -> HTTPRouteHandler:
    """Return the route that makes a bundle.

    Args:
        keys: those of the seal, where they lie beside this instance.
    """

    @get(
        "/disturbances/{disturbance_id:uuid}/proof",
        operation_id="readDisturbanceProof",
        opt=needs(Permission.DISTURBANCES_READ),
        media_type=ZIP,
        responses=refusals(DisturbanceNotFound, ProofNotReady, ProofTooLarge, SealNotSetUp, SealKeyUnusable),
    )
    async def read_proof(disturbance_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[bytes]:
        """Fetch the proof bundle of a disturbance: one file that can be checked without this service.

        It holds the record with every answer and duty, the documents that were drawn up, files of reports, and the
        journal up to a sealed and timestamped checkpoint. To a tenant, what that tenant sees. Verify it with
        `kanta-tenancy proof verify`.
        """
        made = await make_case(call.transaction, call.clock, keys, lambda tx: proving.collect(tx, disturbance_id))
        return file_answer(made.content, media_type=ZIP, name=f"{made.case.reference}-proof.zip")

    return read_proof
