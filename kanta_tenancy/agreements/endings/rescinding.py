"""Rescission at once, by the main connector only: one of its people proposes it, another confirms it (K20.4)."""

from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from kanta_tenancy import parties
from kanta_tenancy.agreements import history, lifecycle
from kanta_tenancy.agreements.endings import actions as endings
from kanta_tenancy.agreements.endings import ending, four_eyes, owing
from kanta_tenancy.agreements.endings.checklists import following as checklists
from kanta_tenancy.agreements.endings.errors import FourEyes, OccurrenceChanged, OccurrenceRefused
from kanta_tenancy.agreements.endings.model import AgreementRescinded, NewRescission, Rescission
from kanta_tenancy.agreements.endings.store import rescissions as store
from kanta_tenancy.agreements.errors import MoveNotAllowed
from kanta_tenancy.agreements.exhibits import store as exhibits
from kanta_tenancy.agreements.model import Agreement
from kanta_tenancy.agreements.store import agreements
from kanta_tenancy.kernel.acting import ActorKind
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import AgreementId, ContactId, TenancyId, new_id
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record
from kanta_tenancy.parties import wording
from kanta_tenancy.promises import owe


async def propose(tx: Transaction, clock: Clock, *, agreement_id: AgreementId, said: NewRescission) -> Rescission:
    """Propose to rescind, with the breach and the evidence; the tenant sees nothing yet, and nothing ends.

    Raises:
        AgreementNotFound, ExhibitNotFound: there is no such agreement, or its tenancy has no such file.
        MoveNotAllowed: it is not in force, or its rescission is proposed already.
        FourEyes: the caller is no person of the main connector.
        OccurrenceRefused: the breach is not described.
    """
    at = clock.now()
    agreement = await _hold(tx, agreement_id, at)
    who = await _person(tx, agreement.tenancy_id, at)
    look = wording.Examination()
    description = look.text("description", wording.lines, said.description, clause="K20.4")
    if look.flaws:
        raise OccurrenceRefused(look.flaws[0].detail, flaws=tuple(look.flaws))
    await exhibits.check(tx, said.exhibit_id, agreement.tenancy_id)
    proposal = Rescission(
        id=new_id(),
        tenancy_id=agreement.tenancy_id,
        agreement_id=agreement.id,
        breach=said.breach,
        description=description,
        exhibit_id=said.exhibit_id,
        proposed_at=at,
        proposed_by=who.contact_id,
        proposed_with=who.key_id,
        version=1,
    )
    await store.add(tx, proposal)
    await _journal(tx, "proposed", proposal, at)
    return proposal


async def confirm(tx: Transaction, clock: Clock, *, rescission_id: UUID, version: int) -> Rescission:
    """Confirm what another person proposed: the agreement ends at that instant.

    Raises:
        RescissionNotFound, OccurrenceChanged: there is none, or not at that version any more.
        MoveNotAllowed: it is confirmed or dropped already, or the agreement is not in force.
        FourEyes: the caller is no person of the main connector, or the one who proposed it.
    """
    at = clock.now()
    agreement, before = await _take(tx, rescission_id, version, at)
    second = await _person(tx, agreement.tenancy_id, at)
    first = four_eyes.Eyes(
        contact_id=before.proposed_by,
        key_id=before.proposed_with,
        email=await _email(tx, agreement.tenancy_id, before.proposed_by, at),
    )
    four_eyes.check(first, second)
    after = replace(
        before,
        confirmed_at=at,
        confirmed_by=second.contact_id,
        confirmed_with=second.key_id,
        version=before.version + 1,
    )
    await store.save(tx, after)
    event = AgreementRescinded(rescission_id=after.id, agreement_id=agreement.id, breach=after.breach, at=at)
    facts = {"agreement": str(agreement.id), "breach": after.breach.value}
    act = history.occurred("rescission.confirmed", after.id, tenancy_id=agreement.tenancy_id, at=at, **facts)
    await record(tx, act, announce=event)
    await endings.finish(tx, agreement, ending.by_rescission(after.id, confirmed_at=at), at=at)
    await owe(tx, owing.to_tell(after, agreement.reference, at=at))
    return after


async def drop(tx: Transaction, clock: Clock, *, rescission_id: UUID, version: int) -> Rescission:
    """Let a proposal go; the agreement goes on.

    Raises:
        RescissionNotFound, OccurrenceChanged: there is none, or not at that version any more.
        MoveNotAllowed: it is confirmed or dropped already, or the agreement is not in force.
    """
    at = clock.now()
    _, before = await _take(tx, rescission_id, version, at)
    after = replace(before, dropped_at=at, version=before.version + 1)
    await store.save(tx, after)
    await _journal(tx, "dropped", after, at)
    return after


async def _hold(tx: Transaction, agreement_id: AgreementId, at: datetime) -> Agreement:
    agreement = await agreements.hold(tx, agreement_id)
    lifecycle.check(agreement, lifecycle.Move.END)
    if agreement.in_force_until is not None and agreement.in_force_until <= at:
        raise MoveNotAllowed("its end has come", status=agreement.status.value)
    await checklists.hold(tx, agreement)
    return agreement


async def _take(tx: Transaction, rescission_id: UUID, version: int, at: datetime) -> tuple[Agreement, Rescission]:
    seen = await store.find(tx, rescission_id)
    agreement = await _hold(tx, seen.agreement_id, at)
    proposal = await store.find(tx, rescission_id)  # as it is now that nobody else can change it
    if proposal.version != version:
        raise OccurrenceChanged(f"it is at version {proposal.version}, not {version}", version=proposal.version)
    if not proposal.is_open:
        raise MoveNotAllowed("it is confirmed or dropped already", status=agreement.status.value)
    return agreement, proposal


async def _person(tx: Transaction, tenancy_id: TenancyId, at: datetime) -> four_eyes.Eyes:
    """Return who acts: a contact of the main connector with a key of its own, never a system."""
    if tx.actor.kind is not ActorKind.PERSON or tx.actor.key_id is None:
        raise FourEyes("a person of the main connector does this, with a key of their own", rule="K20.4")
    contact_id = ContactId(UUID(tx.actor.name))
    email = await _email(tx, tenancy_id, contact_id, at)
    return four_eyes.Eyes(contact_id=contact_id, key_id=tx.actor.key_id, email=email)


async def _email(tx: Transaction, tenancy_id: TenancyId, contact_id: ContactId, at: datetime) -> str:
    both = await parties.the_parties(tx, tenancy_id, on_day=day_in_finland(at))
    return (await parties.find_contact(tx, both.main_connector.organisation_id, contact_id)).email


async def _journal(tx: Transaction, action: str, proposal: Rescission, at: datetime) -> None:
    # In the main connector's own chain: the tenant does not learn of what may never happen.
    facts = {"agreement": str(proposal.agreement_id), "breach": proposal.breach.value}
    await record(tx, history.occurred(f"rescission.{action}", proposal.id, tenancy_id=None, at=at, **facts))
