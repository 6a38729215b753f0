"""What a route is sent when only the answer to a caller without rights matters: just enough to be read."""

import uuid
from typing import Any

from kanta_tenancy.machinery.x509 import sample_authority
from tests.agreements.conftest import a_credential
from tests.journeys import breaches, follow_ups, renewals

ENDPOINT = {"url": "https://hooks.example.org/in", "kinds": ["agreement.offered"]}
QUERIES = {
    **breaches.QUERIES,
    **follow_ups.QUERIES,
    **renewals.QUERIES,
    "loadTrustAnchors": "?kind=signatures",
    "addExhibit": "?name=scan.pdf",
    "showConformityCertificate": "?name=scan.pdf",
    "attachToReport": "?name=scan.pdf",
    "readDisturbanceRegister": "?since=2026-01-01&until=2026-12-31",
    "readDisturbanceRegisterAsCsv": "?since=2026-01-01&until=2026-12-31",
    "tenancyAsOf": "?day=2030-01-01",
    "forecastOfTenancy": "?until=2030-01-01",
    "forecast": "?until=2030-01-01",
}
CAMPAIGN = {
    "name": "Another model",
    "signatories": [{"party": "main_connector", "name": "Aino", "title": "Director", "mandate": "Register"}],
    "cohorts": [{"name": "All", "starts_on": "2026-03-02"}],
}
CERTIFICATE = sample_authority.chain_pem(*a_credential("Aino").chain).decode()
WHO = {"name": "Aino", "email": "aino@example.org", "function": "disturbances", "valid_from": "2026-01-01"}
CHANGE = {"kind": "other", "description": "x", "effective_on": "2026-04-01"}
SYSTEM = {
    "kind": "information_system",
    "name": "Saaristo Care",
    "system_class": "A3",
    "producer": {"name": "Ohjelmistotalo Oy"},
}
RELEASE = {"number": "2026.1", "since": "2026-01-01"}
CONFORMITY = {
    "kind": "security",
    "issuer": "Arviointilaitos Oy",
    "number": "1",
    "granted_on": "2026-01-01",
    "last_day": "2026-12-31",
}
ORDER = {"profile": "dvv-server", "ordered_on": "2026-03-02"}
DISTURBANCE = {"what": "Prescriptions do not open", "since": "2026-03-02T08:00:00Z", "ongoing": True}
ALERTS = {
    "groupKey": '{}:{alertname="Down"}',
    "alerts": [{"status": "firing", "startsAt": "2026-03-02T08:00:00Z", "fingerprint": "a1"}],
}
BODIES: dict[str, dict[str, Any]] = {
    "sendAlerts": ALERTS,
    **breaches.BODIES,
    **follow_ups.BODIES,
    **renewals.BODIES,
    "assessDisturbance": {"answers": [{"fact": "deviation", "answer": "yes"}]},
    "describeDisturbance": {"since": "2026-03-02T08:00:00Z", "detected_at": "2026-03-02T08:00:00Z"},
    "endDisturbance": {"until": "2026-03-02T08:30:00Z"},
    "dismissDisturbance": {"because": "A cable was out"},
    "joinDisturbance": {"to": str(uuid.uuid4())},
    "cancelMaintenance": {"because": "Not ready"},
    "drawUpDutyDocument": {"language": "sv"},
    "tellDuty": {"channel": "phone", "note": "Told"},
    "acknowledgeDuty": {"note": "Ticket 9"},
    "failDuty": {"note": "It came back"},
    "releaseDuty": {"note": "None is hit"},
    "acknowledgeCertificateWarning": {"level": "30"},
    "describeCertificate": {"kind": "server"},
    "replaceCertificate": {"successor_id": str(uuid.uuid4())},
    "retireCertificate": {"reason": "A mistake"},
    "restoreCertificate": {"reason": "A mistake"},
    "snoozeCertificate": {"until": "2026-03-09", "reason": "Ordered"},
    "addCertificateUse": {"since": "2026-01-01", "host": "palvelin.example.org"},
    "endCertificateUse": {"until": "2026-03-02"},
    "promiseCertificateSource": {"read_every_hours": 24},
    "watchCertificateEndpointOtherwise": {"probe_every_hours": 6},
    "endCertificateEndpoint": {"reason": "A mistake"},
    "acceptCertificateSourceSize": {"certificates": 1, "reason": "It moved"},
    "amendCertificateOrder": ORDER,
    "noteArrivalOfCertificate": {"certificate_id": str(uuid.uuid4())},
    "deployOrderedCertificate": {"on": "2026-03-02"},
    "revokeReplacedCertificate": {"serial": "01", "reason": "no_longer_needed", "on": "2026-03-02"},
    "cancelCertificateOrder": {"reason": "A mistake"},
    "amendSystem": SYSTEM,
    "takeSystemIntoUse": {"on": "2026-03-02"},
    "withdrawSystem": {"on": "2026-03-02", "reason": "A mistake"},
    "addSystemRelease": RELEASE,
    "changeSystemRelease": RELEASE,
    "recordConformityCertificate": CONFORMITY,
    "withdrawConformityCertificate": {"reason": "A mistake"},
    "changeDeployment": {"since": "2026-01-01"},
    "draftJoiningApplication": {"name": "Kanta", "services": ["prescription"]},
    "amendJoiningApplication": {"name": "Kanta", "services": ["imaging"]},
    "takeJoiningStep": {"move": "apply", "on": "2026-03-02", "evidence": "x"},
    "planChangeNotice": CHANGE,
    "planChangeNoticeAnew": CHANGE,
    "sendChangeNotice": {"sent_on": "2026-03-02", "sent_by": "Aino"},
    "ruleOutChangeNotice": {"reason": "A mistake"},
    "cancelChangeNotice": {"reason": "A mistake"},
    "amendAgreement": {"language": "fi"},
    "retryCampaign": {},
    "giveNotice": {"party": "tenant", "given_on": "2026-03-02", "message": "We leave"},
    "deliverNotice": {"delivered_on": "2026-03-02", "how": "receipt"},
    "recordServiceAgreement": {"name": "S-1", "since": "2026-01-01"},
    "changeServiceAgreement": {"name": "S-1", "since": "2026-01-01"},
    "proposeRescission": {"breach": "considerable_harm", "description": "x", "exhibit_id": str(uuid.uuid4())},
    "noteCircumstance": {"kind": "death", "party": "tenant", "known_on": "2026-03-01", "note": "x"},
    "decideCircumstance": {"decision": "goes_on", "reason": "x"},
    "importAgreement": {
        "tenancy_id": str(uuid.uuid4()),
        "in_force_on": "2019-03-01",
        "version": "1.3",
        "form": "paper",
        "language": "fi",
        "services": ["prescription"],
    },
    "showImportedAgreement": {"exhibit_id": str(uuid.uuid4())},
    "releaseEndingItem": {"item": "dpo_mandate", "because": "It has none"},
    "draftAmendment": {"services": ["imaging"], "effective_on": "2026-05-01"},
    "amendAmendment": {"services": ["imaging"], "effective_on": "2026-05-01"},
    "amendCampaign": CAMPAIGN,
    "signWithOwnKey": {},
    "signOnPaper": {
        "party": "tenant",
        "signed_on": "2026-03-02",
        "received_by": "Eino",
        "exhibit_id": str(uuid.uuid4()),
    },
    "scanPaperAnew": {"party": "tenant", "exhibit_id": str(uuid.uuid4()), "because": "A page was missing"},
    "recordMandate": {"party": "main_connector", "person": "Aino", "ground": "procuration", "valid_from": "2026-01-01"},
    "endMandate": {"because": "She has left"},
    "prepareSignature": {"certificates": CERTIFICATE},
    "completeSignature": {"value": "AAAA"},
    "withdrawAgreement": {"reason": "A mistake"},
    "keepPromise": {"evidence": "Handed over"},
    "changeOrganisation": {"name": "Oy", "language": "fi"},
    "nameContact": WHO,
    "changeContact": WHO,
    "recordSoteriEvidence": {"entry_reference": "S-7", "checked_on": "2026-03-01", "checked_by": "Eino"},
    "withdrawSoteriEvidence": {"reason": "A mistake"},
    "changeWebhookEndpoint": ENDPOINT,
    "removeTrustAnchor": {"reason": "A new one came"},
    "decideTrustPolicy": {"level": "B", "obligation": "best_effort"},
}
