"""What signatures are to reach, over HTTP."""

from typing import Final

from litestar import Response, get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.pages import Page, PageQuery, paged
from kanta_tenancy.machinery.web.preconditions import unless_seen, with_etag
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.parties import Permission
from kanta_tenancy.trust import reading
from kanta_tenancy.trust.actions import policies as actions
from kanta_tenancy.trust.bodies.policies import SaidPolicy, ShownPolicy, shown
from kanta_tenancy.trust.errors import PolicyChanged, PolicyRefused
from kanta_tenancy.trust.model import Policy


@get("/policy", operation_id="readTrustPolicy", opt=needs(Permission.TRUST_READ, etag=True))
async def read_policy(call: NamedDependency[Call]) -> Response[ShownPolicy]:
    """Read what signatures are to reach now: level, whether it is required, timestamp authorities, freshness."""
    async with call.transaction() as tx:
        policy = await reading.policy(tx)
    return unless_seen(call.request, shown(policy), policy.version)


@put(
    "/policy",
    operation_id="decideTrustPolicy",
    opt=needs(Permission.TRUST_MANAGE, if_match=True),
    responses=refusals(PolicyChanged, PolicyRefused),
)
async def decide_policy(data: JSONBody[SaidPolicy], call: NamedDependency[Call]) -> Response[ShownPolicy]:
    """Decide what signatures are to reach from now on. The first decision names the version 0, `If-Match: "0"`."""
    async with call.transaction() as tx:
        policy = await actions.decide(tx, call.clock, data.wish, version=call.expected_version)
    return with_etag(shown(policy), policy.version)


@get("/policy/versions", operation_id="listTrustPolicies", opt=needs(Permission.TRUST_READ, query=PageQuery))
async def list_policies(call: NamedDependency[Call]) -> Response[Page[ShownPolicy]]:
    """List every version of the policy, newest first: each held from its `since` until that of the next."""
    asked = call.asked(PageQuery)
    async with call.transaction() as tx:
        rows = await reading.newest_policies(tx, before=asked.position(int), count=asked.fetch)
    return paged(call.request, asked, rows, position=_position, body=shown)


def _position(policy: Policy) -> int:
    return policy.version


HANDLERS: Final = (read_policy, decide_policy, list_policies)
