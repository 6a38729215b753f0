"""Whom the main connector names, what parties say of themselves, and authorities, over HTTP."""

from typing import Final
from uuid import UUID

from litestar import Response, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.disturbances import authorities as known
from kanta_tenancy.disturbances import reading
from kanta_tenancy.disturbances.actions import naming
from kanta_tenancy.disturbances.bodies import people as bodies
from kanta_tenancy.disturbances.bodies.people import (
    Authorities,
    AuthoritiesAsked,
    Firms,
    SaidCovered,
    SaidReach,
    SaidRoster,
    ShownAuthority,
    ShownCovered,
    ShownFirm,
    ShownRoster,
)
from kanta_tenancy.disturbances.errors import DisturbanceRefused, OwnWordChanged, RosterChanged
from kanta_tenancy.disturbances.model import Addressee
from kanta_tenancy.disturbances.reading import FIRMS, NIS2
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.preconditions import unless_seen, with_etag
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.parties import Permission
from kanta_tenancy.systems import SystemNotFound


@get("/disturbances/roster", operation_id="readRoster", opt=needs(Permission.DISTURBANCES_READ, etag=True))
async def read_roster(call: NamedDependency[Call]) -> Response[ShownRoster]:
    """Read who is called when something is reported; a tenant sees nobody."""
    async with call.transaction() as tx:
        found = bodies.roster(await reading.roster(tx))
    return unless_seen(call.request, found, found.version)


@put(
    "/disturbances/roster",
    operation_id="nameRoster",
    opt=needs(Permission.DISTURBANCES_MANAGE, if_match=True),
    responses=refusals(DisturbanceRefused, RosterChanged),
)
async def name_roster(data: JSONBody[SaidRoster], call: NamedDependency[Call]) -> Response[ShownRoster]:
    """Say who is called, in which order, and when each can be. `If-Match: "0"` where nobody was named here before."""
    async with call.transaction() as tx:
        named = await naming.name_people(tx, call.clock, data.said(), seen=call.expected_version)
    return with_etag(bodies.roster(named), named.version)


@get("/disturbances/nis2", operation_id="readOwnCoverage", opt=needs(Permission.DISTURBANCES_READ, etag=True))
async def read_covered(call: NamedDependency[Call]) -> Response[ShownCovered]:
    """Read whether you yourself have said that Act 124/2025 on cyber security covers you."""
    async with call.transaction() as tx:
        found = bodies.covered(await reading.own_word(tx, call.caller.scope.tenancy_id, NIS2))
    return unless_seen(call.request, found, found.version)


@put(
    "/disturbances/nis2",
    operation_id="sayOwnCoverage",
    opt=needs(Permission.DISTURBANCES_REPORT, if_match=True),
    responses=refusals(OwnWordChanged),
)
async def say_covered(data: JSONBody[SaidCovered], call: NamedDependency[Call]) -> Response[ShownCovered]:
    """Say whether Act 124/2025 covers you; nobody computes it. It brings duties from the next assessment on."""
    async with call.transaction() as tx:
        said = await naming.say_covered(
            tx, call.clock, call.caller.scope.tenancy_id, covered=data.covered, seen=call.expected_version
        )
    return with_etag(bodies.covered(said), said.version)


@get(
    "/disturbances/authorities",
    operation_id="listAuthorities",
    opt=needs(Permission.DISTURBANCES_READ, query=AuthoritiesAsked),
)
async def list_authorities(call: NamedDependency[Call]) -> Authorities:
    """List whom one tells outside the agreement on a day, how each is reached, and how sure that is."""
    day = call.asked(AuthoritiesAsked).day or day_in_finland(call.clock.now())
    items = []
    async with call.transaction() as tx:
        for key in known.authorities():
            _, version = await reading.override(tx, key)
            items.append(bodies.authority(await reading.authority(tx, key, day), version))
    return Authorities(day=day, items=tuple(items))


@put(
    "/disturbances/authorities/{addressee:str}",
    operation_id="sayHowAuthorityIsReached",
    opt=needs(Permission.DISTURBANCES_MANAGE, if_match=True),
    responses=refusals(DisturbanceRefused, OwnWordChanged),
)
async def say_how_reached(
    addressee: FromPath[str], data: JSONBody[SaidReach], call: NamedDependency[Call]
) -> Response[ShownAuthority]:
    """Say how you yourself reach an authority, such as `kela`; what is left out is taken from the data again."""
    day = day_in_finland(call.clock.now())
    async with call.transaction() as tx:
        said = await naming.say_how_reached(tx, call.clock, addressee, data.said(), seen=call.expected_version)
        authority = await reading.authority(tx, Addressee(addressee), day)
    return with_etag(bodies.authority(authority, said.version), said.version)


@get(
    "/disturbances/systems/{system_id:uuid}/firms",
    operation_id="listFirmsOfSystem",
    opt=needs(Permission.DISTURBANCES_READ),
    responses=refusals(SystemNotFound),
)
async def list_firms(system_id: FromPath[UUID], call: NamedDependency[Call]) -> Firms:
    """List who answers for a system and who makes it, and how each is reached when it fails."""
    async with call.transaction() as tx:
        found = {one.addressee: one for one in [await reading.firm(tx, system_id, each) for each in sorted(FIRMS)]}
    return Firms(items=tuple(bodies.firm(one) for one in found.values()))


@put(
    "/disturbances/systems/{system_id:uuid}/firms/{addressee:str}",
    operation_id="sayHowFirmIsReached",
    opt=needs(Permission.DISTURBANCES_MANAGE, if_match=True),
    responses=refusals(SystemNotFound, DisturbanceRefused, OwnWordChanged),
)
async def say_how_firm_is_reached(
    system_id: FromPath[UUID], addressee: FromPath[str], data: JSONBody[SaidReach], call: NamedDependency[Call]
) -> Response[ShownFirm]:
    """Say how you yourself reach the `producer` or `manufacturer` of a system; it falls away with another firm."""
    async with call.transaction() as tx:
        said = await naming.say_how_firm_is_reached(
            tx, call.clock, system_id, addressee, data.said(), seen=call.expected_version
        )
    return with_etag(bodies.firm(said), said.version)


HANDLERS: Final = (
    read_roster,
    name_roster,
    read_covered,
    say_covered,
    list_authorities,
    say_how_reached,
    list_firms,
    say_how_firm_is_reached,
)
