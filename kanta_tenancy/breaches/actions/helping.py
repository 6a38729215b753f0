"""Help with a breach: asked of the other party, answered, taken back (clause 4.2)."""

from datetime import datetime, timedelta
from uuid import UUID

from msgspec.structs import replace

from kanta_tenancy import parties, promises
from kanta_tenancy.breaches import checking, history, lifecycle, owing, requirements
from kanta_tenancy.breaches.errors import BreachRefused, HelpOfAnother, HelpSettled
from kanta_tenancy.breaches.model import Breach, Help, HelpAnswer, HelpMoved, HelpState
from kanta_tenancy.breaches.store import breaches
from kanta_tenancy.breaches.store import helping as store
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.errors import Flaw
from kanta_tenancy.kernel.identifiers import TenancyId, new_id
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record


async def ask(
    tx: Transaction,
    clock: Clock,
    breach_id: UUID,
    question: str,
    *,
    wanted_by: datetime | None = None,
    tenancy_id: TenancyId | None = None,
) -> Help:
    """Ask the other party for help with a breach of one's own register.

    Args:
        wanted_by: by when an answer is wanted; None: within the hours that this service asks for it.
        tenancy_id: whom the main connector asks about a breach of its own.

    Raises:
        BreachNotFound: there is none.
        BreachMoveNotAllowed: it was dismissed or closed.
        BreachRefused: what was said is not acceptable, or it is not said which tenant is asked.
        HelpOfAnother: it stands in a tenant's register; that tenant asks.
        TenancyNotFound: the scope has no such tenancy.
    """
    breach = await breaches.find(tx, breach_id)
    lifecycle.check_open(breach.state)
    at = clock.now()
    asked = Help(
        id=new_id(),
        tenancy_id=_with_whom(tx, breach, tenancy_id),
        breach_id=breach.id,
        asked_by_tenant=breach.tenancy_id is not None,
        question=checking.lines("question", question),
        wanted_by=_default(at) if wanted_by is None else checking.wanted_by(wanted_by, at),
        asked_by=tx.actor.name,
        asked_at=at,
        state=HelpState.ASKED,
        state_at=at,
        version=1,
    )
    await parties.check_tenancy(tx, asked.tenancy_id)
    await store.add(tx, breach, asked)
    await promises.owe(tx, owing.of_help(asked, at=at))
    told = HelpMoved(help_id=asked.id, state=asked.state, at=at)
    await record(tx, history.of_help("asked", None, asked, at=at), announce=told)
    return asked


async def answer(
    tx: Transaction, clock: Clock, help_id: UUID, text: str, *, is_final: bool, version: int
) -> tuple[Help, HelpAnswer]:
    """Answer the other party; the final answer settles the request, others add to it.

    Raises:
        HelpNotFound, HelpChanged: there is none, or something else was said of it meanwhile.
        HelpSettled: it was answered or taken back.
        HelpOfAnother: one's own request.
        BreachRefused: the answer is none, or cannot be kept.
    """
    before = await store.take(tx, help_id, version)
    _check_open(before)
    if before.asked_by_tenant is (tx.scope.tenancy_id is not None):
        raise HelpOfAnother("the other party answers it")
    at = clock.now()
    given = HelpAnswer(
        number=len(await store.answers(tx, help_id)) + 1,
        answer=checking.lines("answer", text),
        is_final=is_final,
        answered_by=tx.actor.name,
        answered_at=at,
    )
    state = HelpState.ANSWERED if is_final else HelpState.ASKED
    after = replace(before, state=state, state_at=at, version=version + 1)
    await store.add_answer(tx, after, given)
    await store.save(tx, after)
    if is_final:
        await promises.keep(tx, f"{owing.HELP}/{help_id}", at=at, result={"answer": given.number})
    told = HelpMoved(help_id=help_id, state=HelpState.ANSWERED, at=at)
    await record(tx, history.of_help("answered", before, after, at=at), announce=told)
    return after, given


async def take_back(tx: Transaction, clock: Clock, help_id: UUID, because: str, *, version: int) -> Help:
    """Say that help is not needed any more, and why.

    Raises:
        HelpNotFound, HelpChanged: there is none, or something else was said of it meanwhile.
        HelpSettled: it was answered or taken back.
        HelpOfAnother: the other party asked.
        BreachRefused: the reason is none, or cannot be kept.
    """
    before = await store.take(tx, help_id, version)
    _check_open(before)
    if before.asked_by_tenant is not (tx.scope.tenancy_id is not None):
        raise HelpOfAnother("whoever asked takes it back")
    at = clock.now()
    reason = checking.lines("because", because, longest=checking.LONGEST_REASON)
    after = replace(before, state=HelpState.TAKEN_BACK, state_at=at, because=reason, version=version + 1)
    await store.save(tx, after)
    await promises.release(tx, f"{owing.HELP}/{help_id}", at=at, because="The request was taken back")
    told = HelpMoved(help_id=help_id, state=after.state, at=at)
    await record(tx, history.of_help("taken_back", before, after, at=at), announce=told)
    return after


def _with_whom(tx: Transaction, breach: Breach, tenancy_id: TenancyId | None) -> TenancyId:
    """Return the tenant of the two."""
    if breach.tenancy_id is not None:
        if tx.scope.tenancy_id is None:
            raise HelpOfAnother("it stands in the tenant's register: the tenant asks")
        if tenancy_id not in {None, breach.tenancy_id}:
            raise _refused("the main connector is asked, no tenant")
        return breach.tenancy_id
    if tenancy_id is None:
        raise _refused("say which tenant is asked")
    return tenancy_id


def _refused(detail: str) -> BreachRefused:
    flaw = Flaw(field="tenancy_id", detail=detail, rule=lifecycle.RULE)
    return BreachRefused(f"tenancy_id: {detail}", rule=lifecycle.RULE, flaws=(flaw,))


def _check_open(asked: Help) -> None:
    if asked.state is not HelpState.ASKED:
        raise HelpSettled(f"it is {asked.state.value}", state=asked.state.value)


def _default(at: datetime) -> datetime:
    return at + timedelta(hours=requirements.own_times_on(day_in_finland(at))["help"])
