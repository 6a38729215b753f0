"""Links are made and revoked; what people send through them is taken in, once."""

import hashlib
from collections.abc import Sequence
from uuid import UUID

import msgspec
from msgspec.structs import replace

from kanta_tenancy.disturbances import checking, history
from kanta_tenancy.disturbances.actions import reporting
from kanta_tenancy.disturbances.case import OPEN, SaidReport
from kanta_tenancy.disturbances.form import link_secrets, store
from kanta_tenancy.disturbances.form.errors import FormLinkChanged, FormLinkNotFound, FormLinkTooWide
from kanta_tenancy.disturbances.form.model import Brought, Filled, FormLink, OpenedLink, Sending, Sent
from kanta_tenancy.disturbances.store import disturbances, reports
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import TenancyId, new_id
from kanta_tenancy.machinery.postgres.database import Connection, Transaction
from kanta_tenancy.machinery.postgres.journal import record
from kanta_tenancy.parties import Permission, check_tenancy, wording


async def make(
    tx: Transaction, clock: Clock, *, name: str, tenancy_id: TenancyId | None, giver: frozenset[str]
) -> tuple[FormLink, str]:
    """Make a link for a party's people; a tenant makes its own, the main connector its own or a tenant's.

    Args:
        name: whom it is given to, so that the right one can be revoked.
        giver: the permissions of whoever makes it.

    Returns:
        The link and, this once, its secret.

    Raises:
        FormLinkTooWide: who gives it may not report.
        DisturbanceRefused: the name cannot be shown, or holds a personal identity code.
        TenancyNotFound: the scope has none of that id.
    """
    if Permission.DISTURBANCES_REPORT not in giver:
        raise FormLinkTooWide(f"whoever makes a link must have {Permission.DISTURBANCES_REPORT.value}", rule="K4.1a")
    look = wording.Examination()
    fit = checking.fit(look, checking.line("name", name, look))
    whose = tenancy_id or tx.scope.tenancy_id
    if whose is not None:
        await check_tenancy(tx, whose)
    secret = link_secrets.draw()
    link = FormLink(
        id=new_id(),
        tenancy_id=whose,
        name=fit,
        made_by=tx.actor.name,
        made_at=clock.now(),
        revoked_by=None,
        revoked_at=None,
        version=1,
    )
    kept = await store.add(tx, link, link_secrets.digest_of(secret))
    await _journal(tx, "made", kept)
    return kept, secret


async def revoke(tx: Transaction, clock: Clock, link_id: UUID, *, version: int) -> FormLink:
    """Close a link for ever: it opens nothing from the next request on. One that is closed stays as it is.

    Raises:
        FormLinkNotFound: the scope has none of that id.
        FormLinkChanged: somebody changed it first.
    """
    before = await store.find(tx, link_id)
    if before.version != version:
        raise FormLinkChanged(f"the link is at version {before.version}", version=before.version)
    if before.revoked_at is not None:
        return before
    kept = await store.revoke(tx, link_id, by=tx.actor.name, at=clock.now(), version=version)
    await _journal(tx, "revoked", kept)
    return kept


async def open_link(connection: Connection, secret: str) -> OpenedLink:
    """Return whose people a link is for.

    Raises:
        FormLinkNotFound: it opens nothing, for whatever reason: it is unknown, or was revoked.
    """
    found = await store.look_up(connection, link_secrets.digest_of(secret)) if link_secrets.has_shape(secret) else None
    if found is None:
        raise FormLinkNotFound("This link opens no form.")
    return found


async def send(tx: Transaction, clock: Clock, link: OpenedLink, token: UUID, filled: Filled) -> Sending:
    """Take in what was sent from an opened form.

    The same, sent again from it, is the same report, however much later. Something else that is sent from it is a
    further report of the same disturbance while that is open: whoever went back and wrote more has not lost it. Files
    that are sent after the same words are brought to that report.

    Raises:
        DisturbanceRefused: what was said is not acceptable, or a file.
        SystemNotFound: the system is none that the party sees.
        AttachmentsFull: the report has as many files as it takes.
    """
    words = hashlib.sha256(msgspec.json.encode(filled.said, order="deterministic"))
    without_files = words.digest()
    for one in filled.files:
        words.update(msgspec.json.encode([one.name, hashlib.sha256(one.content or b"").hexdigest()]))
    content = words.digest()
    await store.hold(tx, token)
    before = {one.content_sha256: one for one in await store.sent_with(tx, link.id, token)}
    if content in before:
        return before[content]
    to = before.get(without_files) or await _report(tx, clock, filled.said, list(before.values()))
    await _attach(tx, clock, to.report_id, filled.files)
    sending = replace(to, content_sha256=content, sent_at=clock.now())
    await store.keep(tx, link, token, sending)
    return sending


async def sent(tx: Transaction, link: OpenedLink, report_id: UUID) -> Sent:
    """Return how something stands that came through a link.

    Raises:
        FormLinkNotFound: no such report came through it.
    """
    found = await store.sent_as(tx, link.id, report_id)
    if found is None:
        raise FormLinkNotFound("No such report came through this link.")
    disturbance = await disturbances.find(tx, found.disturbance_id)
    return Sent(
        reference=disturbance.reference,
        sent_at=found.sent_at,
        acknowledged_at=disturbance.acknowledged_at,
        is_open=disturbance.state in OPEN,
        files=len(await reports.attachments(tx, [report_id])),
    )


async def _report(tx: Transaction, clock: Clock, said: SaidReport, before: Sequence[Sending]) -> Sending:
    join = None
    if before and (await disturbances.find(tx, before[0].disturbance_id)).state in OPEN:
        join = before[0].disturbance_id
    taken = await reporting.report(tx, clock, said, join=join)
    return Sending(
        content_sha256=b"", disturbance_id=taken.disturbance_id, report_id=taken.report_id, sent_at=clock.now()
    )


async def _attach(tx: Transaction, clock: Clock, report_id: UUID, files: Sequence[Brought]) -> None:
    """Bring files to a report; what it has already is not brought twice."""
    there = {(one.name, one.sha256) for one in await reports.attachments(tx, [report_id])} if files else set()
    for one in files:
        content = one.content or b""
        if (one.name, hashlib.sha256(content).hexdigest()) not in there:
            await reporting.attach(tx, clock, report_id, name=one.name, content=content)


async def _journal(tx: Transaction, done: str, link: FormLink) -> None:
    await record(
        tx,
        history.occurred(
            f"disturbance_form_link.{done}",
            "disturbance_form_link",
            link.id,
            tenancy_id=link.tenancy_id,
            at=link.revoked_at or link.made_at,
        ),
    )
