"""Personal data breaches to test with. Say only what matters to the test."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from kanta_tenancy.breaches.controllership import controllership
from kanta_tenancy.breaches.model import (
    Addressee,
    AwareGround,
    Awareness,
    Concerned,
    Concerning,
    Entry,
    Item,
    Part,
    Party,
    PartyKind,
    RegisterKind,
    Said,
    Statement,
    Telling,
)
from kanta_tenancy.kernel.identifiers import TenancyId

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)  # a Monday
MARCH_2 = date(2026, 3, 2)
MAIN_CONNECTOR = Party(kind=PartyKind.MAIN_CONNECTOR)
KELA = Party(kind=PartyKind.KELA)
TENANT = Party(kind=PartyKind.TENANT, tenancy_id=TenancyId(UUID(int=7)))
NEIGHBOUR = Party(kind=PartyKind.TENANT, tenancy_id=TenancyId(UUID(int=8)))


def a_concerned(**said: Any) -> Concerned:
    return Concerned(**{"register": RegisterKind.CLIENT_DOCUMENTS, "producer": TENANT} | said)


def concerning(*concerned: Concerned, part: Part = Part.CONTROLLER) -> Concerning:
    return Concerning(part=part, controllerships=tuple(controllership(one, MARCH_2) for one in concerned))


def an_awareness(**said: Any) -> Awareness:
    return Awareness(**{"aware_at": NOON, "ground": AwareGround.FOUND_ITSELF, "reason": "Seen in the log"} | said)


def a_telling(**said: Any) -> Telling:
    return Telling(**{"addressee": Addressee.AUTHORITY, "told_at": NOON, "how": "The form"} | said)


def entries(*said: Said, at: datetime = NOON) -> list[Entry]:
    """Return what was said, one thing a minute."""
    return [
        Entry(number=number, said=one, said_by="a test", said_at=at + timedelta(minutes=number - 1))
        for number, one in enumerate(said, start=1)
    ]


def stated(items: Iterable[Item] = Item) -> list[Statement]:
    return [Statement(item=item, text=f"About {item.value}") for item in items]
