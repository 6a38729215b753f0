"""The web application of this service: every room's routes, who may call them, and what must work."""

from typing import Final

from kanta_tenancy.agreements.campaigns.routes import ROUTES as CAMPAIGNS
from kanta_tenancy.agreements.routes import routes as agreement_routes
from kanta_tenancy.assembly.asking import WaysOut, outside, ways_out
from kanta_tenancy.assembly.database_watch import ensure_migrated
from kanta_tenancy.assembly.events import endpoint_rules
from kanta_tenancy.assembly.feeds import entries
from kanta_tenancy.assembly.journal_routes import ROUTES as JOURNAL
from kanta_tenancy.assembly.own_keys import own_key, shelf_of
from kanta_tenancy.assembly.promised import CERTIFICATE_KINDS
from kanta_tenancy.assembly.sealing import SealCheck, seal_keys
from kanta_tenancy.assembly.settings import Settings
from kanta_tenancy.assembly.signing_check import SigningCheck
from kanta_tenancy.breaches.routes import routes as breach_routes
from kanta_tenancy.certificates.chains.routes import ROUTES as CERTIFICATE_CHAINS
from kanta_tenancy.certificates.exports.routes import ROUTES as CERTIFICATE_EXPORTS
from kanta_tenancy.certificates.findings.routes import ROUTES as CERTIFICATE_FINDINGS
from kanta_tenancy.certificates.impact.routes import ROUTES as IMPACT
from kanta_tenancy.certificates.inventory.routes import ROUTES as INVENTORY
from kanta_tenancy.certificates.orders.routes import ROUTES as CERTIFICATE_ORDERS
from kanta_tenancy.certificates.warnings.routes import ROUTES as CERTIFICATE_WARNINGS
from kanta_tenancy.certificates.watching.routes import routes as certificate_watch_routes
from kanta_tenancy.disturbances.actions.storm import Storm
from kanta_tenancy.disturbances.follow_ups.routes import ROUTES as FOLLOW_UPS
from kanta_tenancy.disturbances.routes import routes as disturbance_routes
from kanta_tenancy.disturbances.routes.lane import ReportLane
from kanta_tenancy.disturbances.summary.routes import ROUTES as DISTURBANCE_SUMMARY
from kanta_tenancy.joining.routes import ROUTES as JOINING
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.machinery.postgres.database import Database
from kanta_tenancy.machinery.web import application
from kanta_tenancy.machinery.web.envelope import Envelope
from kanta_tenancy.machinery.web.metrics import Metrics
from kanta_tenancy.machinery.web.openapi import Info
from kanta_tenancy.messages.routes import routes as message_routes
from kanta_tenancy.parties.access import KeyAuthenticator, LastUses
from kanta_tenancy.parties.routes import ROUTES as PARTIES
from kanta_tenancy.promises.routes import ROUTES as PROMISES
from kanta_tenancy.proofs.routes import routes as proof_routes
from kanta_tenancy.renewals.routes import ROUTES as RENEWALS
from kanta_tenancy.seals.routes import ROUTES as SEALS
from kanta_tenancy.systems.routes import ROUTES as SYSTEMS
from kanta_tenancy.trust.routes import ROUTES as TRUST

INFO: Final = Info(
    title="Kanta tenancy",
    version="1",
    description="A Kanta main connector's agreements with its tenants, from draft to a DOCX that both have signed.",
)


def build_application(
    settings: Settings,
    db: Database,
    clock: Clock,
    uses: LastUses,
    *,
    metrics: Metrics | None = None,
    ways: WaysOut | None = None,
) -> Envelope:
    """Put the application together.

    Args:
        ways: to authorities, with the connections that the process keeps; None: it has none, and none is kept.
    """
    shelf = shelf_of(settings)
    keys = seal_keys(settings)
    access_keys = KeyAuthenticator(db, clock, uses)
    storm = Storm(db, clock, together=settings.reports_together)

    async def database_answers() -> None:
        async with db.unscoped() as connection:
            await connection.execute("SELECT 1")

    async def database_is_migrated() -> None:
        async with db.unscoped() as connection:
            await ensure_migrated(connection)

    return application.build_application(
        info=INFO,
        routers=(
            *PARTIES,
            *agreement_routes(own_key(shelf), outside(ways or ways_out(settings), clock)),
            *message_routes(endpoint_rules(settings), entries),
            CAMPAIGNS,
            JOINING,
            SYSTEMS,
            CERTIFICATE_FINDINGS,
            CERTIFICATE_WARNINGS,
            INVENTORY,
            IMPACT,
            CERTIFICATE_EXPORTS,
            CERTIFICATE_CHAINS,
            CERTIFICATE_ORDERS,
            certificate_watch_routes(CERTIFICATE_KINDS),
            RENEWALS,
            disturbance_routes(storm, keys),
            FOLLOW_UPS,
            DISTURBANCE_SUMMARY,
            breach_routes(keys),
            PROMISES,
            *TRUST,
            JOURNAL,
            *SEALS,
            proof_routes(keys),
        ),
        db=db,
        clock=clock,
        authenticator=access_keys,
        checks={
            "database": database_answers,
            "migrations": database_is_migrated,
            "signing": SigningCheck(shelf, clock),
            "sealing": SealCheck(keys, db, clock),
        },
        metrics=metrics,
        metrics_token=settings.metrics_token,
        lane=lambda router: ReportLane(router, storm, access_keys, clock),
    )
