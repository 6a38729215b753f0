"""What calls of the routes of renewal requests need: queries, bodies, and something of each kind that is there."""

from typing import Any

from tests.journeys.conftest import Realm

UNIT = {"oid": "1.2.246.10.12345671.10.1", "name": "Saaren vastaanotto"}
PRESCRIBER = {"name": "Lea", "since": "2020-01-01"}
ABSENCE = {"since": "2026-03-03T06:00:00Z"}
ARRIVAL = {
    "request_id": "1.2.246.10.32213086.10.77.118",
    "prescription_id": "1.2.246.10.32213086.93.2026.118",
    "unit": UNIT["oid"],
    "prescriber_code": "123456",
    "kind": "two_years",
    "arrived_at": "2026-03-02T08:00:00Z",
}
QUERIES = {
    "findRenewalRequests": f"?request_id={ARRIVAL['request_id']}",
    "readRenewalReport": "?month=2026-03-01",
    "readRenewalReportAsCsv": "?month=2026-03-01",
    "readRenewalReportAsDocument": "?month=2026-03-01",
}
BODIES: dict[str, dict[str, Any]] = {
    "takeInRenewalRequest": ARRIVAL,
    "takeInRenewalRequests": {"requests": [ARRIVAL]},
    "answerRenewalRequest": {"answer": "renew"},
    "tellPatientOfRenewalRequest": {"way": "call"},
    "registerRenewalUnit": UNIT,
    "amendRenewalUnit": {"name": "Saaren vastaanotto"},
    "decideOnRenewalRequests": {"receives": False, "effective_on": "2026-09-01"},
    "seeDecisionOnRenewalRequests": {"extranet": {"on": "2026-03-02", "reference": "E-1"}},
    "withdrawDecisionOnRenewalRequests": {"reason": "A mistake"},
    "amendPrescriber": PRESCRIBER,
    "addAbsence": ABSENCE,
}


async def ids_of(realm: Realm) -> dict[str, str]:
    """Have a unit of the tenant receive a renewal request; return the identifiers of what that takes."""
    http, own = realm.main_connector, {"tenancy_id": str(realm.tenant.tenancy.id)}
    physician = PRESCRIBER | {"code": "900001", "office": "responsible_physician"}
    assert (await http.post("/v1/prescribers", json=physician)).status_code == 201
    unit = (await http.post("/v1/renewal-units", json=UNIT | own)).json()
    decided = await http.post(
        f"/v1/renewal-units/{unit['id']}/decisions",
        json={"receives": True, "effective_on": "2026-03-02"},
        headers={"If-Match": '"1"'},
    )
    prescriber = (await realm.of_tenant.post("/v1/prescribers", json=PRESCRIBER | {"code": "123456"})).json()
    absence = await realm.of_tenant.post(f"/v1/prescribers/{prescriber['id']}/absences", json=ABSENCE)
    prevention = await realm.of_tenant.post("/v1/renewal-preventions", json={})
    request = await http.post("/v1/renewal-requests", json=ARRIVAL)
    assert request.status_code == 201, request.text
    return {
        "unit_id": unit["id"],
        "decision_id": decided.json()["decisions"][0]["id"],
        "prescriber_id": prescriber["id"],
        "absence_id": absence.json()["absences"][0]["id"],
        "prevention_id": prevention.json()["id"],
        "request_id": request.json()["id"],
    }
