"""How the main connector wants requests followed: when people are warned, and when the tenant is taken as prevented."""

from msgspec.structs import asdict

from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record
from kanta_tenancy.renewals import checking, history, requirements, waking
from kanta_tenancy.renewals.model import Concerned, DecidedPolicy, Policy
from kanta_tenancy.renewals.store import policies as store


async def choose(tx: Transaction, clock: Clock, said: Policy) -> DecidedPolicy:
    """Choose it for every request that is open, and for those to come.

    Raises:
        PolicyRefused: warnings would come too late or in no order, or the physician would not have a day.
    """
    await waking.stand_alone(tx)
    at = clock.now()
    today = day_in_finland(at)
    fit = checking.policy(said, requirements.following_on(today), requirements.clock_on(today).hours)
    chosen = DecidedPolicy(decided_at=at, **asdict(fit))
    await store.add(tx, chosen)
    await waking.look_again(tx, Concerned(), at=at)
    act = history.of(
        "renewal_policy",
        "chosen",
        new_id(),
        tenancy_id=None,
        at=at,
        after=chosen,
        warn_after_hours=",".join(map(str, chosen.warn_after_hours)),
        hand_over_after_hours=chosen.hand_over_after_hours,
    )
    await record(tx, act)
    return chosen
