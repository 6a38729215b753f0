"""What calls of the routes of breaches need: queries, bodies, and something of each kind that is there."""

import uuid
from typing import Any

from kanta_tenancy.breaches.actions import drawing_up
from kanta_tenancy.breaches.model import Addressee, RegisterKind
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.postgres.database import Database
from kanta_tenancy.seals import SealKeys
from tests.breaches.desk import Register, of_main_connector
from tests.journeys.conftest import Realm
from tests.parties.examples import Tenant

DATA = [{"register": "client_documents", "producer": {"kind": "tenant"}}]
REPORT = {
    "title": "A letter to the wrong house",
    "what": "It was posted to a neighbour",
    "found_at": "2026-03-02T08:00:00Z",
    "concerned": DATA,
    "damage": ["confidentiality"],
}
QUERIES = {
    "explainControllership": "?register=will&producer=tenant",
    "readBreachRegister": "?since=2026-01-01&until=2026-12-31",
    "readBreachRegisterAsCsv": "?since=2026-01-01&until=2026-12-31",
}
BODIES: dict[str, dict[str, Any]] = {
    "reportBreach": REPORT,
    "sayBreachData": {"concerned": DATA},
    "sayBreachAwareness": {"aware_at": "2026-03-02T08:00:00Z", "ground": "found_itself", "reason": "x"},
    "decideBreachRisk": {"risk": "risk", "ground": "x"},
    "sayBreachContent": {"item": "measures", "text": "x"},
    "recordBreachTelling": {"addressee": "kela", "told_at": "2026-03-02T08:00:00Z", "how": "A call"},
    "correctBreachTelling": {"number": 1, "reason": "x"},
    "moveBreach": {"move": "confirm", "reason": "x"},
    "drawUpBreachDocument": {"addressee": "kela"},
    "askBreachHelp": {"question": "What does the log say?"},
    "answerBreachHelp": {"answer": "Nothing"},
    "takeBackBreachHelp": {"reason": "It was found"},
}


async def ids_of(realm: Realm) -> dict[str, str]:
    """Report a breach of the tenant's and ask for help with it; return the identifiers."""
    http = realm.of_tenant
    report = (await http.post("/v1/breach-reports", json=REPORT)).json()
    breach = report["breaches"][0]["id"]
    asked = await http.post(f"/v1/breaches/{breach}/help-requests", json=BODIES["askBreachHelp"])
    return {"breach_report_id": report["id"], "breach_id": breach, "help_id": asked.json()["id"]}


async def reported(
    database: Database, clock: Clock, realm: Caller, tenant: Tenant, keys: SealKeys
) -> dict[str, uuid.UUID]:
    """Report a breach in data of Kela's, and ask a tenant for help with one of ours; both at their second version.

    Kela is told of the first by a document.
    """
    register = Register(database, clock, realm)
    record = of_main_connector(RegisterKind.PERSONAL_HEALTH_RECORD)
    found = await register.reported(record, found_at=clock.now())
    own = await register.reported(of_main_connector(), found_at=clock.now())
    asked = await register.asked(own.breaches[0].id, tenancy_id=tenant.tenancy.id)
    asked, _ = await Register(database, clock, tenant.caller).answered(asked, is_final=False)
    breach_id, to_kela = found.breaches[0].id, {"to": Addressee.KELA, "language": Language.SWEDISH}
    async with database.transaction(realm) as tx:
        paper = await drawing_up.draw_up(tx, clock, keys, breach_id, **to_kela)
    return {
        "breach_report_id": found.report.id,
        "breach_id": breach_id,
        "breach_document_id": paper.id,
        "help_id": asked.id,
    }
