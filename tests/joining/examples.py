"""Dealings with Kela to test with. Say only what matters to the test."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from kanta_tenancy.joining import deadlines, due_day
from kanta_tenancy.joining.model import (
    Application,
    Change,
    ChangeKind,
    ChangeNotice,
    Roster,
    RosterService,
    RosterTenant,
    ServiceUse,
    Stage,
    Status,
)
from kanta_tenancy.kernel.identifiers import AgreementId, TenancyId, new_id
from kanta_tenancy.kernel.languages import Language

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MARCH_2 = date(2026, 3, 2)


def an_application(**said: Any) -> Application:
    return Application(
        **{
            "id": new_id(),
            "name": "Kanta 2026",
            "services": ("prescription", "patient_data"),
            "stage": Stage.DRAFTED,
            "version": 1,
            "created_at": NOON,
        }
        | said
    )


def a_change(**said: Any) -> Change:
    return Change(
        **{
            "kind": ChangeKind.ACCESS_POINT,
            "description": "The access point moves to another supplier",
            "tenancy_ids": (),
            "services": (),
            "known_on": MARCH_2,
            "effective_on": date(2026, 4, 1),
        }
        | said
    )


def a_notice(**said: Any) -> ChangeNotice:
    change = a_change()
    effective_on = said.get("effective_on", change.effective_on)
    due_on, explanation = due_day.due_day(effective_on, deadlines.technical_change_notice(effective_on))
    return ChangeNotice(
        **{
            "id": new_id(),
            "kind": change.kind,
            "description": change.description,
            "tenancy_ids": (),
            "services": (),
            "known_on": change.known_on,
            "effective_on": effective_on,
            "due_on": due_on,
            "explanation": explanation,
            "status": Status.PLANNED,
            "version": 1,
            "created_at": NOON,
        }
        | said
    )


def a_roster(*tenants: str, service: str = "Resepti-palvelu", language: Language = Language.FINNISH) -> Roster:
    """Return a roster of one service with tenants of these names."""
    used = RosterService(key="prescription", name=service, covered=True)
    with_it = tuple(
        RosterTenant(
            tenancy_id=TenancyId(UUID(int=number)),
            agreement_id=AgreementId(UUID(int=number)),
            reference=f"V-{number}",
            name=name,
            business_id="0246246-0",
            oid="1.2.246.10.2462460",
            since=date(2026, 1, 1),
            services=(used,),
        )
        for number, name in enumerate(tenants, 1)
    )
    use = ServiceUse(key="prescription", name=service, tenants=len(tenants), applications=(UUID(int=1),), warning=None)
    return Roster(
        day=MARCH_2,
        language=language,
        made_at=NOON,
        main_connector="Pääliittyjä Oy",
        business_id="2532004-3",
        services=(use,) if tenants else (),
        tenants=with_it,
    )
