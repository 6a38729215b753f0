"""What calls of the routes of breaches need: queries, bodies, and something of each kind that is there."""

from typing import Any

from tests.journeys.conftest import Realm

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
    return {"report_id": report["id"], "breach_id": breach, "help_id": asked.json()["id"]}
