"""Whom the main connector names for reports, and what parties say of themselves."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from kanta_tenancy import messages, parties
from kanta_tenancy.disturbances import authorities, checking, history, reading
from kanta_tenancy.disturbances.case import Hours, OnCall, OwnWord, Roster
from kanta_tenancy.disturbances.lifecycle import RULE
from kanta_tenancy.disturbances.model import Addressee, Override, Webhook
from kanta_tenancy.disturbances.notice import NOTICE
from kanta_tenancy.disturbances.reachability import MIDNIGHT
from kanta_tenancy.disturbances.reading import FIRM, FIRMS, NIS2, FirmReached
from kanta_tenancy.disturbances.store import reaching as store
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record
from kanta_tenancy.parties import Function, wording

_TIME: Final = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00")
_SUNDAY: Final = 7
MOST_PEOPLE: Final = 50


async def name_people(tx: Transaction, clock: Clock, people: Sequence[OnCall], *, seen: int) -> Roster:
    """Say who is called when something is reported, in which order, and when each can be.

    Args:
        seen: the version that the caller saw; 0: there was none.

    Raises:
        DisturbanceRefused: somebody is no contact for disturbances today, or the hours cannot be.
        RosterChanged: it is at another version.
    """
    at = clock.now()
    look = wording.Examination()
    found = await parties.persons_for(tx, Function.DISTURBANCES, tenancy_id=None, on_day=day_in_finland(at))
    known = {one.id for one in found}
    if len({one.contact_id for one in people}) != len(people):
        look.note("people", "somebody is named twice", clause=RULE)
    for place, one in enumerate(people):
        if one.contact_id not in known:
            look.note(f"people[{place}].contact_id", "this is no contact of yours for disturbances today", clause=RULE)
        for number, hours in enumerate(one.hours):
            _hours(hours, f"people[{place}].hours[{number}]", look)
    version = await store.save_roster(tx, checking.fit(look, tuple(people)), seen=seen, at=at)
    act = history.occurred(
        "disturbance_roster.named",
        "main_connector",
        tx.scope.main_connector_id,
        tenancy_id=None,
        at=at,
        people=len(people),
    )
    await record(tx, act)
    return Roster(people=tuple(people), version=version, changed_at=at)


async def say_covered(
    tx: Transaction, clock: Clock, tenancy_id: TenancyId | None, *, covered: bool, seen: int
) -> OwnWord:
    """Say whether a party holds itself to be covered by Act 124/2025; nobody computes that for it.

    Raises:
        OwnWordChanged: it is at another version.
    """
    return await _say(tx, tenancy_id, NIS2, {"covered": covered}, seen=seen, at=clock.now())


async def say_how_reached(tx: Transaction, clock: Clock, authority: str, said: Override, *, seen: int) -> OwnWord:
    """Say how the main connector itself reaches an authority, in the place of what the data say.

    Raises:
        DisturbanceRefused: the addressee is no authority, or an address or endpoint cannot be one.
        OwnWordChanged: it is at another version.
    """
    look = wording.Examination()
    if authority not in {one.value for one in authorities.authorities()}:
        look.note("addressee", "this is no authority", clause=RULE)
    word = await _how(tx, said, look)
    return await _say(tx, None, authority, checking.fit(look, word), seen=seen, at=clock.now())


async def say_how_firm_is_reached(
    tx: Transaction, clock: Clock, system_id: UUID, addressee: str, said: Override, *, seen: int
) -> FirmReached:
    """Say how the main connector itself reaches who answers for a system or makes it, beside what the register has.

    Raises:
        SystemNotFound: there is no such system.
        DisturbanceRefused: the addressee is no firm of it, or an address cannot be one.
        OwnWordChanged: it is at another version.
    """
    look = wording.Examination()
    before = await reading.firm(tx, system_id, Addressee(addressee) if addressee in FIRMS else Addressee.PRODUCER)
    if addressee not in FIRMS:
        look.note("addressee", "producer or manufacturer is meant", clause=RULE)
    elif before.addressee != addressee:
        look.note("addressee", "the producer makes this system too: say it of the producer", clause=RULE)
    word = checking.fit(look, await _how(tx, said, look))
    key = reading.firm_key(before.addressee, system_id)
    await _say(tx, None, key, word | {FIRM: before.firm.name}, seen=seen, at=clock.now())
    return await reading.firm(tx, system_id, before.addressee)


async def _how(tx: Transaction, said: Override, look: wording.Examination) -> dict[str, Any]:
    """Return how an addressee is reached as it is kept."""
    form = None if said.form is None else checking.line("form", said.form, look)
    if form is not None and not form.startswith("https://"):
        look.note("form", "an address that begins with https:// is meant", clause=RULE)
    if said.webhook is not None:
        await _examine(tx, said.webhook, look)
    how = Override(
        email=look.optional("email", wording.email, said.email, clause=RULE),
        phone=look.optional("phone", wording.phone, said.phone, clause=RULE),
        form=form,
        webhook=said.webhook,
    )
    word: dict[str, Any] = msgspec.to_builtins(how)
    return word


async def _examine(tx: Transaction, webhook: Webhook, look: wording.Examination) -> None:
    try:
        await messages.receiver(tx, messages.EndpointId(webhook.endpoint_id), NOTICE)
    except (messages.EndpointNotFound, messages.EndpointClosed) as why:
        look.note("webhook.endpoint_id", f"an open endpoint for {NOTICE.kind} alone is meant: {why}", clause=RULE)


async def _say(
    tx: Transaction,
    tenancy_id: TenancyId | None,
    about: str,
    word: Mapping[str, Any],
    *,
    seen: int,
    at: datetime,
) -> OwnWord:
    version = await store.save_own_word(tx, tenancy_id, about, word, seen=seen, by=tx.actor.name, at=at)
    act = history.occurred(
        "disturbance_own_word.said",
        "main_connector" if tenancy_id is None else "tenancy",
        tx.scope.main_connector_id if tenancy_id is None else tenancy_id,
        tenancy_id=tenancy_id,
        at=at,
        about=about,
    )
    await record(tx, act)
    return OwnWord(tenancy_id=tenancy_id, about=about, word=word, said_by=tx.actor.name, said_at=at, version=version)


def _hours(hours: Hours, field: str, look: wording.Examination) -> None:
    if not hours.days or not all(1 <= day <= _SUNDAY for day in hours.days):
        look.note(f"{field}.days", "days are 1, Monday, to 7, Sunday", clause=RULE)
    for name, value in (("from", hours.begins), ("until", hours.ends)):
        if not _TIME.fullmatch(value) or (name == "from" and value == MIDNIGHT):
            look.note(f"{field}.{name}", "a time of day such as 08:00 is meant", clause=RULE)
    if hours.begins >= hours.ends:
        look.note(field, "they end before they begin; a night is two entries", clause=RULE)
