"""How the journal names what happened to a party. No entry holds a person's name, address or secret."""

from datetime import datetime

from msgspec.structs import replace

from kanta_tenancy.kernel.errors import Flaw
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import Act, digest_of, record
from kanta_tenancy.parties.errors import MainConnectorsOwn, PartyUnfit
from kanta_tenancy.parties.model import AccessKey, Contact, EvidenceChanged, Organisation, SoteriEvidence, Tenancy

Thing = Organisation | Contact | Tenancy | SoteriEvidence | AccessKey

_SUBJECTS = {
    Organisation: "organisation",
    Contact: "contact",
    Tenancy: "tenancy",
    SoteriEvidence: "soteri_evidence",
    AccessKey: "access_key",
}


async def journal(
    tx: Transaction,
    done: str,
    before: Thing | None,
    after: Thing,
    *,
    at: datetime,
    announce: EvidenceChanged | None = None,
) -> None:
    """Journal that `after` was `done`, such as `registered`, on the chain of the tenancy that it belongs to."""
    kind = _SUBJECTS[type(after)]
    organisation_id = after.id if isinstance(after, Organisation) else after.organisation_id
    await record(
        tx,
        Act(
            action=f"{kind}.{done}",
            subject=f"{kind}/{after.id}",
            at=at,
            tenancy_id=after.id if isinstance(after, Tenancy) else after.tenancy_id,
            before=None if before is None else _digest(before),
            after=_digest(after),
            facts={"organisation": str(organisation_id)},
        ),
        announce=announce,
    )


def _digest(thing: Thing) -> str:
    # What an organisation has goes with it when it becomes a tenant. The organisation's own entry tells of that.
    return digest_of(replace(thing, tenancy_id=None) if isinstance(thing, Contact | SoteriEvidence) else thing)


def only_main_connector(tx: Transaction, what: str) -> None:
    """Refuse a tenant.

    Raises:
        MainConnectorsOwn: the scope is a tenant's.
    """
    if tx.scope.tenancy_id is not None:
        raise MainConnectorsOwn(f"{what} is the main connector's own business", rule="K1.1")


def fit(flaws: list[Flaw]) -> None:
    """Refuse what is not acceptable.

    Raises:
        PartyUnfit: with every flaw.
    """
    if flaws:
        raise PartyUnfit(f"not acceptable: {', '.join(flaw.field for flaw in flaws)}", flaws=tuple(flaws))
