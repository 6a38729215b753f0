"""Who keeps what the system owes, who says what should be owed, and the jobs that ask both."""

from typing import Final

import structlog

from kanta_tenancy.agreements import owing
from kanta_tenancy.agreements.campaigns import reminding, signing
from kanta_tenancy.agreements.endings import jobs
from kanta_tenancy.agreements.endings.checklists import open_endings
from kanta_tenancy.agreements.looks import reading as looks
from kanta_tenancy.agreements.receipts import sealing as receipts
from kanta_tenancy.agreements.signing import upgrading
from kanta_tenancy.agreements.signing.actions import OwnKey
from kanta_tenancy.agreements.signing.raising import Outside
from kanta_tenancy.breaches import jobs as breaches
from kanta_tenancy.breaches import owing as breaches_owing
from kanta_tenancy.certificates.chains import auditing as chains
from kanta_tenancy.certificates.chains.owing import ASK
from kanta_tenancy.certificates.orders import auditing as certificate_orders
from kanta_tenancy.certificates.warnings import jobs as certificates
from kanta_tenancy.certificates.warnings import owing as certificates_owing
from kanta_tenancy.certificates.warnings import reading as certificates_reading
from kanta_tenancy.certificates.warnings import reconciling
from kanta_tenancy.certificates.watching import owing as watching
from kanta_tenancy.certificates.watching import rounds
from kanta_tenancy.disturbances import jobs as disturbances
from kanta_tenancy.disturbances import owing as disturbances_owing
from kanta_tenancy.disturbances.follow_ups import jobs as follow_ups
from kanta_tenancy.disturbances.follow_ups import owing as follow_ups_owing
from kanta_tenancy.joining import auditing as joining
from kanta_tenancy.kernel.acting import Actor, ActorKind, Caller, Scope
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.machinery.postgres.attempt import attempt
from kanta_tenancy.machinery.postgres.database import Database
from kanta_tenancy.parties import desk_work
from kanta_tenancy.parties.model import MainConnector
from kanta_tenancy.promises import AMISS, Expectation, Finding, Keeper, What, audit, pay_due
from kanta_tenancy.renewals import holding as renewal_holds
from kanta_tenancy.renewals import owing as renewals_owing
from kanta_tenancy.renewals import reminding as renewals
from kanta_tenancy.renewals import waking as renewals_waking
from kanta_tenancy.seals.jobs import checkpoints_expected
from kanta_tenancy.systems import jobs as systems
from kanta_tenancy.systems import owing as systems_owing
from kanta_tenancy.trust import auditing as trust
from kanta_tenancy.trust import warning
from kanta_tenancy.trust.owing import WARN

# By which the service watches certificates; the watch tells when one of them is late.
CERTIFICATE_KINDS: Final = (
    watching.PROBE,
    ASK,
    certificates_owing.SWEEP,
    certificates_owing.TELL,
    certificates_owing.ESCALATE,
)
# Kind of promise → who keeps it when it is due.
KEEPERS: Final[dict[str, Keeper]] = {
    owing.END: jobs.end_agreement,
    owing.REMIND: reminding.remind,
    WARN: warning.warner(certificates_reading.is_told_of),
    systems_owing.WARN: systems.warn,
    watching.ROUND: rounds.keeper(CERTIFICATE_KINDS),
    certificates_owing.SWEEP: certificates.sweep,
    certificates_owing.TELL: certificates.tell,
    certificates_owing.ESCALATE: certificates.tell,
    disturbances_owing.CALL: disturbances.call,
    disturbances_owing.CHASE: disturbances.chase,
    disturbances_owing.LOOK: disturbances.look,
    disturbances_owing.TELL: disturbances.tell_tenants,
    follow_ups_owing.REMIND: follow_ups.remind,
    renewals_owing.REMIND: renewals.remind,
    renewals_owing.UNHOLD: renewal_holds.look,
    renewals_owing.LOOK_AGAIN: renewals_waking.go_on,
    breaches_owing.REMIND: breaches.remind,
}
# By the name of whoever expects.
EXPECTATIONS: Final[dict[str, Expectation]] = {
    "ends of agreements": jobs.ends_expected,
    "decisions on circumstances": jobs.decisions_expected,
    "tellings of rescissions": jobs.tellings_expected,
    "checklists of endings": open_endings.items_expected,
    "yearly looks into Soteri": looks.looks_expected,
    "notices of technical changes": joining.expected,
    "reminders of campaigns": reminding.reminders_expected,
    "signatures of campaigns": signing.signatures_expected,
    "levels of signatures": upgrading.upgrades_expected,
    "warnings of expiry": trust.warnings_expected,
    "fresh revocation data": trust.refreshes_expected,
    "checkpoints of the journal": checkpoints_expected,
    "warnings of certificates of conformity": systems.warnings_expected,
    "revocation of certificates": chains.questions_expected,
    "seals on receipts": receipts.seals_expected,
    "probes of servers": rounds.probes_expected,
    "rounds of the watch": rounds.rounds_expected,
    "sweeps of certificates": certificates.sweeps_expected,
    "escalations of warnings of certificates": certificates.escalations_expected,
    "steps of orders of certificates": certificate_orders.steps_expected,
    "calls to named persons": disturbances.calls_expected,
    "duties to tell of disturbances": disturbances.duties_expected,
    "follow-ups and faults": follow_ups.expected,
    "patients to be told of renewal requests": renewals.duties_expected,
    "decisions on renewal requests": renewals.decisions_expected,
    "time limits of breaches": breaches.reminders_expected,
    "help with breaches": breaches.answers_expected,
}

log: Final = structlog.get_logger("kanta_tenancy.work")


async def pay(db: Database, clock: Clock) -> int:
    """Have what is due kept."""
    return await pay_due(db, clock, KEEPERS)


async def pay_signatures(db: Database, clock: Clock, *, own_key: OwnKey, outside: Outside | None = None) -> int:
    """Have what is to be signed here signed; apart from the rest, which never waits for a key."""
    return await pay_due(db, clock, {owing.SIGN: signing.signer(own_key, outside)})


async def audit_all(db: Database, clock: Clock) -> int:
    """Audit the ledger of every realm and say what is wrong, or late, without saying whose it is."""
    count = 0
    for realm in await desk_work.realms(db):
        async with db.transaction(_auditor(realm)) as tx:
            found = await audit(tx, clock.now(), EXPECTATIONS)
        for what in What:
            _tell(realm, what, [finding for finding in found if finding.what is what])
        count += len(found)
    return count


async def reconcile_warnings(db: Database, clock: Clock) -> int:
    """Have warnings of certificates put right in every realm; one whose turn fails does not hold up the others."""
    count = 0
    for realm in await desk_work.realms(db):
        done = await attempt(_reconcile(db, clock, realm))
        if done.failure is None:
            count += done.result()
        else:
            log.error("certificate warnings not reconciled", main_connector=str(realm.id), error=done.failure)
    return count


async def _reconcile(db: Database, clock: Clock, realm: MainConnector) -> int:
    async with db.transaction(_auditor(realm)) as tx:
        return await reconciling.reconcile(tx, clock)


def _tell(realm: MainConnector, what: What, found: list[Finding]) -> None:
    if not found:
        return
    said = {"main_connector": str(realm.id), "what": what.value, "rows": len(found), "first": found[0].key}
    if what in AMISS:
        log.error("promises amiss", **said)
    else:
        log.warning("promises late", **said)


def _auditor(realm: MainConnector) -> Caller:
    return Caller(
        scope=Scope(main_connector_id=realm.id),
        actor=Actor(kind=ActorKind.SERVICE, name="audit-promises"),
        permissions=frozenset(),
    )
