"""What passing time does: the table of jobs, and when each is woken on every instance."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Final

import structlog

from kanta_tenancy.agreements import telling
from kanta_tenancy.agreements.campaigns import running
from kanta_tenancy.agreements.endings.checklists import settling
from kanta_tenancy.agreements.looks import following as looks
from kanta_tenancy.agreements.signing import watching
from kanta_tenancy.assembly import promised
from kanta_tenancy.assembly.events import EVENTS
from kanta_tenancy.assembly.reminding import remind
from kanta_tenancy.assembly.serving import GRACE_S, Stop
from kanta_tenancy.breaches import following as breaches
from kanta_tenancy.certificates.chains.jobs import examine_waiting
from kanta_tenancy.certificates.orders import following as certificate_orders
from kanta_tenancy.certificates.warnings import changes
from kanta_tenancy.certificates.watching import rounds
from kanta_tenancy.disturbances import following as disturbances
from kanta_tenancy.disturbances import jobs as reports
from kanta_tenancy.disturbances.follow_ups import following as follow_ups
from kanta_tenancy.joining import following
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres import invariants, outbox
from kanta_tenancy.machinery.postgres.database import Database, Transaction
from kanta_tenancy.machinery.scheduling.ticking import Tick, tick
from kanta_tenancy.machinery.web.repeatable import forget_answers
from kanta_tenancy.messages import jobs as deliveries
from kanta_tenancy.messages.events import fan_out
from kanta_tenancy.renewals import following as renewals
from kanta_tenancy.renewals import working as renewal_work

# Which room is woken by which kind of message; of several that want a kind, each hears it, in this order and all in
# one transaction.
SUBSCRIPTIONS: Final[tuple[Mapping[str, outbox.Subscriber], ...]] = (
    dict.fromkeys(EVENTS, fan_out(EVENTS)),
    dict.fromkeys(telling.TOLD, telling.tell_people),
    {"agreement.signed": watching.watch_signer},
    {"promise.kept": settling.carry_on_kept},
    {looks.EVIDENCE: looks.evidence_changed, "promise.kept": looks.promise_was_kept},
    dict.fromkeys(looks.CHANGES, looks.agreement_changed),
    {"promise.kept": following.promise_was_kept},
    {"certificate_source.read": rounds.source_was_read},
    {
        "certificate.arrived": changes.certificates_arrived,
        "certificate.changed": changes.certificate_changed,
        "certificate_findings.changed": changes.findings_changed,
    },
    {
        "certificate.arrived": certificate_orders.certificates_arrived,
        "promise.kept": certificate_orders.promise_was_kept,
    },
    {
        "promise.kept": disturbances.promise_was_kept,
        "disturbance.reported": disturbances.report_came,
        "disturbance.duty_moved": disturbances.duty_was_moved,
    },
    {
        "disturbance.follow_up_moved": follow_ups.follow_up_was_moved,
        "promise.kept": follow_ups.promise_was_kept,
    },
    dict.fromkeys(renewals.CHANGES, renewals.agreement_changed),
    {renewals.ENDING: renewals.agreement_ending},
    {
        "promise.kept": breaches.promise_was_kept,
        "breach.reported": breaches.breach_was_reported,
        "breach.help_moved": breaches.help_was_moved,
    },
)

log: Final = structlog.get_logger("kanta_tenancy.work")


def by_kind(subscriptions: Iterable[Mapping[str, outbox.Subscriber]]) -> dict[str, outbox.Subscriber]:
    """Return one subscriber for each kind, which hands the message to everyone who wants it."""
    wanted: dict[str, list[outbox.Subscriber]] = {}
    for subscription in subscriptions:
        for kind, subscriber in subscription.items():
            wanted.setdefault(kind, []).append(subscriber)
    return {kind: _each(subscribers) for kind, subscribers in wanted.items()}


def _each(subscribers: Sequence[outbox.Subscriber]) -> outbox.Subscriber:
    async def hand_on(tx: Transaction, message: outbox.Message) -> None:
        for subscriber in subscribers:
            await subscriber(tx, message)

    return hand_on


SUBSCRIBERS: Final = by_kind(SUBSCRIPTIONS)


class Job(Record, frozen=True, kw_only=True):
    """Work that may run on several instances at once and twice in a row without harm."""

    name: str
    every: timedelta
    run: Callable[[Database, Clock], Awaitable[int]]  # returns how much it did
    first_after: timedelta = timedelta(0)  # after the start of each instance


async def _carry_on_outbox(db: Database, clock: Clock) -> int:
    return await outbox.carry_on(db, clock, SUBSCRIBERS)


async def _check_invariants(db: Database, _: Clock) -> int:
    broken = await invariants.broken(db)
    for name, count in broken.items():
        log.error("invariant broken", invariant=name, rows=count)
    return len(broken)


# docs/jobs.md tells of each; a test compares.
JOBS: Final[tuple[Job, ...]] = (
    Job(name="outbox", every=timedelta(seconds=1), run=_carry_on_outbox),
    Job(name="promises", every=timedelta(seconds=1), run=promised.pay),
    Job(name="campaigns", every=timedelta(seconds=1), run=running.work),
    Job(name="examine-certificates", every=timedelta(seconds=5), run=examine_waiting),
    Job(name="renewals", every=timedelta(seconds=1), run=renewal_work.work),
    Job(name="follow-reports", every=timedelta(minutes=1), run=reports.follow),
    Job(name="remind", every=timedelta(minutes=15), run=remind),
    Job(name="forget-answers", every=timedelta(hours=1), run=forget_answers),
    Job(name="forget-messages", every=timedelta(hours=1), run=outbox.forget),
    Job(name="forget-deliveries", every=timedelta(hours=1), run=deliveries.forget),
    Job(name="reduce-renewals", every=timedelta(hours=1), run=renewal_work.reduce),
    # It reads every document there is: not at each deployment, and not while an instance that fails starts over.
    Job(name="invariants", every=timedelta(hours=24), first_after=timedelta(hours=1), run=_check_invariants),
    Job(name="audit-promises", every=timedelta(hours=24), first_after=timedelta(hours=1), run=promised.audit_all),
    Job(
        name="reconcile-warnings",
        every=timedelta(hours=24),
        first_after=timedelta(hours=1),
        run=promised.reconcile_warnings,
    ),
)


async def work(db: Database, clock: Clock, stop: Stop, jobs: Sequence[Job] = JOBS) -> None:
    """Wake every job in its rhythm until asked to stop; one that is at work then may finish."""
    ticks = [
        Tick(name=job.name, every=job.every, first_after=job.first_after, run=partial(job.run, db, clock))
        for job in jobs
    ]
    await tick(ticks, stop.wait, now=clock.now(), grace_s=GRACE_S)
