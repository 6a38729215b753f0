"""Notices, written in the transaction of what they are about."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from kanta_tenancy import parties
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.identifiers import TenancyId, new_id
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.messages import gathering
from kanta_tenancy.messages.model import Notice, Recipient
from kanta_tenancy.messages.store import notices as store
from kanta_tenancy.parties import Function

_BATCH: Final = 1_000  # notices in one round trip


async def tell(tx: Transaction, at: datetime, notices: Sequence[Notice]) -> int:
    """Tell people something; the mail goes out after the transaction has committed.

    A notice whose key was told before is left as it was. In a tenant's scope every notice is about that tenant.

    Returns:
        How many were not told before.

    Raises:
        ValueError: a subject or the name of a file names the person or holds an address: it would be read on a locked
            telephone. A programmer must mend it.
    """
    for notice in notices:
        _refuse_personal(notice.subject, notice.to.name, notice.to.email)
        if notice.attached is not None:
            _refuse_personal(notice.attached.name, notice.to.name, notice.to.email)
    written = 0
    for start in range(0, len(notices), _BATCH):
        rows = [_row(notice, at) for notice in notices[start : start + _BATCH]]
        written += await store.tell(tx, rows, at=at)
    return written


async def readers(
    tx: Transaction, functions: Sequence[Function], *, tenancy_id: TenancyId | None, at: datetime
) -> list[Recipient]:
    """Return who reads a party's post: the contacts for the first of these functions that somebody has on that day.

    Args:
        tenancy_id: of this tenant; None: of the main connector itself.
    """
    for function in functions:
        found = await parties.persons_for(tx, function, tenancy_id=tenancy_id, on_day=day_in_finland(at))
        if found:
            return [
                Recipient(contact_id=one.id, name=one.name, email=one.email, language=one.language) for one in found
            ]
    return []


def _row(notice: Notice, at: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "tenancy_id": notice.tenancy_id,
        "key": notice.key,
        "contact_id": notice.to.contact_id,
        "name": notice.to.name,
        "email": notice.to.email,
        "language": notice.to.language,
        "topic": notice.topic,
        "subject": msgspec.to_builtins(notice.subject),
        "lines": msgspec.to_builtins(notice.lines),
        "facts": msgspec.to_builtins(notice.facts),
        "urgent": notice.urgent,
        "attached": msgspec.to_builtins(notice.attached),
        "due_at": gathering.due_at(at, urgent=notice.urgent),
        "about": notice.about,
    }


def _refuse_personal(subject: Sentence, name: str, email: str) -> None:
    # A name of one word may be a word of the language too: somebody is called An, and that must not stop their mail.
    names = [name.casefold()] if len(name.split()) > 1 else []
    for text in (subject.fi, subject.sv, subject.en):
        if "@" in text or any(one in text.casefold() for one in (*names, email.casefold())):
            raise ValueError("what a notice or its file is called holds personal data")
