"""Orders over HTTP: translate, call one action, translate back; they are the main connector's alone."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final
from uuid import UUID

from litestar import Response, Router, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.certificates.inventory.errors import (
    CertificateMoveNotAllowed,
    CertificateNotFound,
    KeyMaterialRefused,
)
from kanta_tenancy.certificates.orders import actions, bodies, reading
from kanta_tenancy.certificates.orders.bodies import (
    Arrived,
    Cancelling,
    Closing,
    Deployed,
    NewCertificateOrder,
    OrdersAsked,
    Revoked,
    SaidOfOrder,
    ShownListedOrder,
    ShownOrder,
)
from kanta_tenancy.certificates.orders.errors import (
    CertificateNotOrdered,
    OldNotRevoked,
    OrderChanged,
    OrderExists,
    OrderMoveNotAllowed,
    OrderNotFound,
    OrderRefused,
)
from kanta_tenancy.certificates.orders.model import CertificateOrder, OrderPosition
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.files import file_answer
from kanta_tenancy.machinery.web.pages import Page, paged
from kanta_tenancy.machinery.web.preconditions import unless_seen, with_etag
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once
from kanta_tenancy.machinery.x509.errors import RequestNotProven, RequestUnreadable
from kanta_tenancy.parties import Permission

Acted = Callable[[Transaction], Awaitable[CertificateOrder]]
PEM: Final = "application/x-pem-file"
_MOVED: Final = (OrderNotFound, OrderChanged, OrderMoveNotAllowed, OrderRefused)


@post(
    "/",
    operation_id="orderCertificate",
    opt=needs(Permission.CERTIFICATES_WRITE, etag=True),
    responses=refusals(
        OrderRefused, RequestUnreadable, RequestNotProven, KeyMaterialRefused, CertificateNotFound, OrderExists
    ),
)
async def order_certificate(data: JSONBody[NewCertificateOrder], call: NamedDependency[Call]) -> Response[ShownOrder]:
    """Put down that a certificate was ordered, with the request that it was ordered with.

    The request proves that its maker has the key. The certificate that comes with this key is known as the ordered one.
    """
    content = data.request.encode()
    return await _acted(call, lambda tx: actions.put_down(tx, call.clock, data.new_order(), content), made=True)


@get("/", operation_id="listCertificateOrders", opt=needs(Permission.CERTIFICATES_READ, query=OrdersAsked))
async def list_orders(call: NamedDependency[Call]) -> Response[Page[ShownListedOrder]]:
    """List orders, the latest day first; a tenant is shown none."""
    asked = call.asked(OrdersAsked)
    async with call.transaction() as tx:
        rows = await reading.listed(tx, asked.state, after=asked.position(OrderPosition), count=asked.fetch)
    return paged(call.request, asked, rows, position=reading.position, body=bodies.listed)


@get(
    "/{order_id:uuid}",
    operation_id="readCertificateOrder",
    opt=needs(Permission.CERTIFICATES_READ, etag=True),
    responses=refusals(OrderNotFound),
)
async def read_order(order_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownOrder]:
    """Read an order with its checklist: what is done, what is to be done now and until when."""
    async with call.transaction() as tx:
        order = await reading.order(tx, order_id)
    return unless_seen(call.request, bodies.shown(order, call.clock.now()), order.version)


@get(
    "/{order_id:uuid}/request",
    operation_id="readCertificateRequest",
    opt=needs(Permission.CERTIFICATES_READ),
    media_type=PEM,
    responses=refusals(OrderNotFound),
)
async def read_request(order_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[bytes]:
    """Fetch the request that an order was made with, in PEM."""
    async with call.transaction() as tx:
        content = await reading.request(tx, order_id)
    return file_answer(content, media_type=PEM, name=f"{order_id}.csr")


@put(
    "/{order_id:uuid}",
    operation_id="amendCertificateOrder",
    opt=needs(Permission.CERTIFICATES_WRITE, if_match=True),
    responses=refusals(*_MOVED),
)
async def amend_order(
    order_id: FromPath[UUID], data: JSONBody[SaidOfOrder], call: NamedDependency[Call]
) -> Response[ShownOrder]:
    """Say anew what was ordered, when, and under which number of the issuer; the request stays."""
    async with call.transaction() as tx:
        order = await actions.amend(tx, call.clock, order_id, data.order(), version=call.expected_version)
    return with_etag(bodies.shown(order, call.clock.now()), order.version)


@post(
    "/{order_id:uuid}/arrival",
    operation_id="noteArrivalOfCertificate",
    opt=needs(Permission.CERTIFICATES_WRITE, if_match=True),
    status_code=200,
    responses=refusals(*_MOVED, CertificateNotFound, CertificateNotOrdered),
)
async def note_arrival(
    order_id: FromPath[UUID], data: JSONBody[Arrived], call: NamedDependency[Call]
) -> Response[ShownOrder]:
    """Say which certificate was ordered, when it was there before the order; others are matched by themselves."""
    return await _acted(
        call,
        lambda tx: actions.arrive_by_hand(tx, call.clock, order_id, data.certificate_id, version=call.expected_version),
    )


@post(
    "/{order_id:uuid}/deployment",
    operation_id="deployOrderedCertificate",
    opt=needs(Permission.CERTIFICATES_WRITE, if_match=True),
    status_code=200,
    responses=refusals(*_MOVED, CertificateMoveNotAllowed),
)
async def deploy(
    order_id: FromPath[UUID], data: JSONBody[Deployed], call: NamedDependency[Call]
) -> Response[ShownOrder]:
    """Say since which day the new certificate is in use; the inventory then has it in the place of the old one."""
    return await _acted(
        call, lambda tx: actions.deploy(tx, call.clock, order_id, version=call.expected_version, on=data.on)
    )


@post(
    "/{order_id:uuid}/revocation",
    operation_id="revokeReplacedCertificate",
    opt=needs(Permission.CERTIFICATES_WRITE, if_match=True),
    status_code=200,
    responses=refusals(*_MOVED),
)
async def revoke(
    order_id: FromPath[UUID], data: JSONBody[Revoked], call: NamedDependency[Call]
) -> Response[ShownOrder]:
    """Put down that the issuer was told to revoke the old certificate, by which serial number and why.

    This service tells no issuer: whoever calls has done so. Of a key that may have leaked it can be said at any time.
    """
    return await _acted(
        call,
        lambda tx: actions.revoke(tx, call.clock, order_id, data.revocation(), version=call.expected_version),
    )


@post(
    "/{order_id:uuid}/closing",
    operation_id="closeCertificateOrder",
    opt=needs(Permission.CERTIFICATES_WRITE, if_match=True),
    status_code=200,
    responses=refusals(*_MOVED, OldNotRevoked),
)
async def close(order_id: FromPath[UUID], data: JSONBody[Closing], call: NamedDependency[Call]) -> Response[ShownOrder]:
    """Say that nothing is left to do. While the old certificate is valid and was not revoked, this needs a reason."""
    return await _acted(
        call,
        lambda tx: actions.close(tx, call.clock, order_id, version=call.expected_version, because=data.reason),
    )


@post(
    "/{order_id:uuid}/cancellation",
    operation_id="cancelCertificateOrder",
    opt=needs(Permission.CERTIFICATES_WRITE, if_match=True),
    status_code=200,
    responses=refusals(*_MOVED),
)
async def cancel(
    order_id: FromPath[UUID], data: JSONBody[Cancelling], call: NamedDependency[Call]
) -> Response[ShownOrder]:
    """Say that an order comes to nothing, and why; that is final."""
    return await _acted(
        call,
        lambda tx: actions.cancel(tx, call.clock, order_id, version=call.expected_version, because=data.reason),
    )


async def _acted(call: Call, act: Acted, *, made: bool = False) -> Response[ShownOrder]:
    """Do an action once and answer with the order as it is then."""

    async def do(tx: Transaction) -> ShownOrder:
        return bodies.shown(await act(tx), call.clock.now())

    return await once(call, do, answer=partial(_answer, made=made))


def _answer(body: ShownOrder, *, made: bool) -> Response[ShownOrder]:
    return with_etag(body, body.version, location=f"/v1/certificate-orders/{body.id}" if made else None)


ROUTES: Final = Router(
    path="/certificate-orders",
    route_handlers=[
        order_certificate, list_orders, read_order, read_request, amend_order, note_arrival, deploy, revoke, close,
        cancel,
    ],
    tags=["Certificates"],
)  # fmt: skip
