"""Webhook endpoints over HTTP."""

from typing import Final
from uuid import UUID

from litestar import Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.pages import Page, PageQuery, paged
from kanta_tenancy.machinery.web.preconditions import unless_seen, with_etag
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once
from kanta_tenancy.messages.actions import endpoints as actions
from kanta_tenancy.messages.actions.endpoints import Rules
from kanta_tenancy.messages.bodies import (
    DeliveriesAsked,
    EndpointWithSecret,
    Kinds,
    ListedMessage,
    SaidWebhookEndpoint,
    ShownEndpoint,
    listed,
    shown_endpoint,
    shown_kind,
    with_secret,
)
from kanta_tenancy.messages.errors import (
    EndpointChanged,
    EndpointClosed,
    EndpointNotFound,
    EndpointOfAnother,
    EndpointOpen,
    EndpointRefused,
    TooManyEndpoints,
    WebhooksNotSetUp,
)
from kanta_tenancy.messages.model import Endpoint, EndpointId, Message
from kanta_tenancy.messages.store import endpoints as store
from kanta_tenancy.messages.store import messages
from kanta_tenancy.parties import Permission

_FIRST: Final = UUID(int=0)


@get("/", operation_id="listWebhookEndpoints", opt=needs(Permission.MESSAGES_READ, query=PageQuery))
async def list_endpoints(call: NamedDependency[Call]) -> Response[Page[ShownEndpoint]]:
    """List your webhook endpoints, and of a main connector those of its tenants too, in the order of their making."""
    asked = call.asked(PageQuery)
    after = asked.position(UUID) or _FIRST
    async with call.transaction() as tx:
        rows = await store.page(tx, after=after, limit=asked.fetch)
    return paged(call.request, asked, rows, position=_position, body=shown_endpoint)


@get(
    "/{endpoint_id:uuid}",
    operation_id="readWebhookEndpoint",
    opt=needs(Permission.MESSAGES_READ, etag=True),
    responses=refusals(EndpointNotFound),
)
async def read(endpoint_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownEndpoint]:
    """Read one endpoint, without its secret."""
    async with call.transaction() as tx:
        found = await store.find(tx, EndpointId(endpoint_id))
    return unless_seen(call.request, shown_endpoint(found), found.version)


@get(
    "/{endpoint_id:uuid}/deliveries",
    operation_id="listDeliveries",
    opt=needs(Permission.MESSAGES_READ, query=DeliveriesAsked),
    responses=refusals(EndpointNotFound),
)
async def deliveries(endpoint_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Page[ListedMessage]]:
    """List what was sent or waits to be sent to one endpoint, newest first."""
    asked = call.asked(DeliveriesAsked)
    before = asked.position(UUID)
    async with call.transaction() as tx:
        endpoint = await store.find(tx, EndpointId(endpoint_id))
        rows = await messages.page_of_endpoint(tx, endpoint.id, before=before, limit=asked.fetch, state=asked.state)
    return paged(call.request, asked, rows, position=_position_of_message, body=listed)


@delete(
    "/{endpoint_id:uuid}",
    operation_id="closeWebhookEndpoint",
    opt=needs(Permission.MESSAGES_MANAGE, if_match=True),
    status_code=200,
    responses=refusals(EndpointNotFound, EndpointChanged, EndpointClosed),
)
async def close(endpoint_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownEndpoint]:
    """Close an endpoint: it is sent nothing any more, and what waits for it is given up. It stays to be read."""
    async with call.transaction() as tx:
        kept = await actions.close(tx, call.clock, EndpointId(endpoint_id), version=call.expected_version)
    return _answer(kept)


@post(
    "/{endpoint_id:uuid}/opening",
    operation_id="openWebhookEndpoint",
    opt=needs(Permission.MESSAGES_MANAGE, if_match=True),
    status_code=200,
    responses=refusals(EndpointNotFound, EndpointChanged, EndpointOpen, EndpointOfAnother, TooManyEndpoints),
)
async def reopen(endpoint_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownEndpoint]:
    """Open a closed endpoint again. What was given up meanwhile is sent when you ask for it, message by message."""
    version = call.expected_version
    return await once(
        call, lambda tx: actions.reopen(tx, call.clock, EndpointId(endpoint_id), version=version), answer=_answer
    )


@post(
    "/{endpoint_id:uuid}/test",
    operation_id="testWebhookEndpoint",
    opt=needs(Permission.MESSAGES_MANAGE),
    status_code=202,
    responses=refusals(EndpointNotFound, EndpointClosed),
)
async def test(endpoint_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ListedMessage]:
    """Send a made-up event of the kind `webhook.test` to an endpoint; its deliveries tell how that went."""

    async def begin(tx: Transaction) -> Message:
        claimed = await actions.send_test(tx, call.clock, EndpointId(endpoint_id))
        return await messages.find(tx, claimed.id)

    return await once(call, begin, answer=lambda message: Response(listed(message)))


def handlers(rules: Rules) -> list[HTTPRouteHandler]:
    """Return the routes below /webhooks."""

    @post(
        "/",
        operation_id="makeWebhookEndpoint",
        opt=needs(Permission.MESSAGES_MANAGE, etag=True),
        responses=refusals(EndpointRefused, TooManyEndpoints, WebhooksNotSetUp),
    )
    async def make(data: JSONBody[SaidWebhookEndpoint], call: NamedDependency[Call]) -> Response[EndpointWithSecret]:
        """Make an endpoint of your own. Its secret is in this answer and nowhere else."""
        return await once(
            call,
            lambda tx: actions.make(tx, call.clock, rules, data.said()),
            answer=lambda made: with_etag(with_secret(*made), made[0].version, location=f"/v1/webhooks/{made[0].id}"),
            secret=True,
        )

    @put(
        "/{endpoint_id:uuid}",
        operation_id="changeWebhookEndpoint",
        opt=needs(Permission.MESSAGES_MANAGE, if_match=True),
        responses=refusals(EndpointNotFound, EndpointChanged, EndpointOfAnother, EndpointRefused),
    )
    async def change(
        endpoint_id: FromPath[UUID], data: JSONBody[SaidWebhookEndpoint], call: NamedDependency[Call]
    ) -> Response[ShownEndpoint]:
        """Write everything about an endpoint of your own anew, but its secret."""
        async with call.transaction() as tx:
            kept = await actions.change(
                tx, call.clock, rules, EndpointId(endpoint_id), data.said(), version=call.expected_version
            )
        return _answer(kept)

    @post(
        "/{endpoint_id:uuid}/secret",
        operation_id="renewWebhookSecret",
        opt=needs(Permission.MESSAGES_MANAGE, if_match=True),
        status_code=200,
        responses=refusals(EndpointNotFound, EndpointChanged, EndpointOfAnother, WebhooksNotSetUp),
    )
    async def renew(endpoint_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[EndpointWithSecret]:
        """Give an endpoint of your own another secret, shown this once; the one before signs too for 24 hours."""
        version = call.expected_version
        return await once(
            call,
            lambda tx: actions.renew_secret(tx, call.clock, rules, EndpointId(endpoint_id), version=version),
            answer=lambda made: with_etag(with_secret(*made), made[0].version),
            secret=True,
        )

    return [make, list_endpoints, read, change, close, renew, reopen, test, deliveries]


def kinds(rules: Rules) -> HTTPRouteHandler:
    """Return the route that lists kinds of events."""

    @get("/", operation_id="listEventKinds", opt=needs(Permission.MESSAGES_READ), sync_to_thread=False)
    def list_kinds(call: NamedDependency[Call]) -> Kinds:
        """List the kinds of events that an endpoint of yours can be told of."""
        tenant = call.caller.scope.tenancy_id is not None
        return Kinds(items=tuple(shown_kind(kind) for kind in rules.kinds_for(tenant=tenant)))

    return list_kinds


def _answer(endpoint: Endpoint) -> Response[ShownEndpoint]:
    return with_etag(shown_endpoint(endpoint), endpoint.version)


def _position(endpoint: Endpoint) -> UUID:
    return endpoint.id


def _position_of_message(message: Message) -> UUID:
    return message.id
