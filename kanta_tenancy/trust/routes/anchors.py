"""Kept certificates over HTTP: translate, call one action, translate back."""

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kanta_tenancy.kernel.calendar import start_of_day
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.files import file_answer
from kanta_tenancy.machinery.web.pages import Page, paged
from kanta_tenancy.machinery.web.preconditions import unless_seen, with_etag
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once
from kanta_tenancy.machinery.x509.errors import CertificateUnreadable
from kanta_tenancy.machinery.x509.reading import MAX_BYTES
from kanta_tenancy.parties import Permission
from kanta_tenancy.trust import examining, reading
from kanta_tenancy.trust.actions import anchors as actions
from kanta_tenancy.trust.bodies.anchors import (
    AnchorsAsked,
    LoadAsked,
    LoadedAnchors,
    Removing,
    ShownAnchor,
    shown,
    shown_loaded,
)
from kanta_tenancy.trust.errors import AnchorChanged, AnchorNotFound, AnchorRefused, AnchorRemoved, KeyMaterialRefused
from kanta_tenancy.trust.model import Anchor, AnchorKind, Loaded

ANY_FILE: Final = "application/octet-stream"
CERTIFICATE: Final = "application/pkix-cert"  # RFC 2585, 4.1
_DAY: Final = timedelta(days=1)
_JUST_BEFORE: Final = timedelta(microseconds=1)


@post(
    "/anchors",
    operation_id="loadTrustAnchors",
    opt=needs(Permission.TRUST_MANAGE, query=LoadAsked, accepts=ANY_FILE),
    request_max_body_size=MAX_BYTES,
    responses=refusals(CertificateUnreadable, KeyMaterialRefused, AnchorRefused),
)
async def load_anchors(call: NamedDependency[Call]) -> Response[LoadedAnchors]:
    """Load certificates to trust: the file is PEM with up to ten of them, or DER with one.

    For `signatures` and `timestamps` each is an authority, or a self-signed signer; an `intermediate` is an authority
    that nobody trusts by itself. One that has expired is loaded with a doubt. Either all are loaded or none; what was
    kept already stays as it is.
    """
    kind = call.asked(LoadAsked).kind
    certificates = examining.read(await call.request.body())
    return await once(
        call,
        lambda tx: actions.load(tx, call.clock, kind, certificates),
        answer=partial(_loaded, call),
    )


@get("/anchors", operation_id="listTrustAnchors", opt=needs(Permission.TRUST_READ, query=AnchorsAsked))
async def list_anchors(call: NamedDependency[Call]) -> Response[Page[ShownAnchor]]:
    """List the certificates that the main connector trusts, or keeps beside those, newest first: now, or on a day."""
    asked = call.asked(AnchorsAsked)
    kinds = tuple(AnchorKind) if asked.kind is None else (asked.kind,)
    at = None if asked.removed else _instant(call, asked.day)
    async with call.transaction() as tx:
        rows = await reading.newest_anchors(tx, kinds, at=at, before=asked.position(UUID), count=asked.fetch)
    return paged(call.request, asked, rows, position=_position, body=partial(_shown, call))


@get(
    "/anchors/{anchor_id:uuid}",
    operation_id="readTrustAnchor",
    opt=needs(Permission.TRUST_READ, etag=True),
    responses=refusals(AnchorNotFound),
)
async def read_anchor(anchor_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownAnchor]:
    """Read one certificate that is or was kept: since when, by whom, and why it was removed."""
    async with call.transaction() as tx:
        anchor = await reading.anchor(tx, anchor_id)
    return unless_seen(call.request, _shown(call, anchor), anchor.version)


@get(
    "/anchors/{anchor_id:uuid}/certificate",
    operation_id="readTrustAnchorCertificate",
    opt=needs(Permission.TRUST_READ),
    media_type=CERTIFICATE,
    responses=refusals(AnchorNotFound),
)
async def read_certificate(anchor_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[bytes]:
    """Fetch the certificate itself, in DER."""
    async with call.transaction() as tx:
        anchor = await reading.anchor(tx, anchor_id)
    return file_answer(anchor.certificate, media_type=CERTIFICATE, name=f"{anchor.name}.cer")


@post(
    "/anchors/{anchor_id:uuid}/removal",
    operation_id="removeTrustAnchor",
    opt=needs(Permission.TRUST_MANAGE, if_match=True),
    status_code=200,
    responses=refusals(AnchorNotFound, AnchorChanged, AnchorRemoved, AnchorRefused),
)
async def remove_anchor(
    anchor_id: FromPath[UUID], data: JSONBody[Removing], call: NamedDependency[Call]
) -> Response[ShownAnchor]:
    """Trust a certificate no longer, and say why. That it was trusted until now stays known."""

    def act(tx: Transaction) -> Any:
        version = call.expected_version
        return actions.remove(tx, call.clock, anchor_id, version=version, because=data.reason)

    return await once(call, act, answer=lambda anchor: with_etag(_shown(call, anchor), anchor.version))


def _loaded(call: Call, loaded: tuple[Loaded, ...]) -> Response[LoadedAnchors]:
    return Response(shown_loaded(loaded, call.clock.now()))


def _shown(call: Call, anchor: Anchor) -> ShownAnchor:
    return shown(anchor, call.clock.now())


def _instant(call: Call, day: date | None) -> datetime:
    return call.clock.now() if day is None else start_of_day(day + _DAY) - _JUST_BEFORE


def _position(anchor: Anchor) -> UUID:
    return anchor.id


HANDLERS: Final = (load_anchors, list_anchors, read_anchor, read_certificate, remove_anchor)
