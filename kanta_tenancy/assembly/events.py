"""Which events of the rooms go out to webhooks, and what an endpoint can be as this service is set up."""

from typing import Final

from kanta_tenancy.assembly.home import webhook_keys
from kanta_tenancy.assembly.settings import Settings
from kanta_tenancy.disturbances.notice import NOTICE
from kanta_tenancy.messages import EventKind, EventKinds
from kanta_tenancy.messages.actions.endpoints import Rules
from kanta_tenancy.messages.signatures import Keys

# docs/capabilities/messages.md tells of each; a test compares. An event that only the main connector may know of says
# so here: a tenant's endpoint never gets it.
EVENTS: Final[EventKinds] = {
    kind: EventKind(kind=kind, description=description, for_tenants=for_tenants)
    for kind, description, for_tenants in (
        ("agreement.offered", "An agreement was offered, and can be signed", True),
        ("agreement.signed", "A signatory has signed an agreement", True),
        (
            "agreement.signature_raised",
            "A signature has reached a higher level, and the original has a new revision",
            True,
        ),
        ("agreement.in_force", "An agreement has its last signature and is in force", True),
        ("agreement.withdrawn", "An agreement that was on offer was given up", True),
        ("agreement.imported", "An agreement that was signed before this system was brought in", True),
        ("agreement.amendment_agreed", "A change of Annex 1 has its last signature", True),
        ("agreement.ending", "The end of an agreement became known, is another now, or fell away", True),
        ("agreement.ended", "An agreement has ended", True),
        ("agreement.ending_completed", "All that an ending asked for is done, and nothing holds it", True),
        ("agreement.rescinded", "The main connector has rescinded an agreement", True),
        ("notice.given", "A party has given notice of an agreement", True),
        ("notice.delivered", "A notice has reached the other party", True),
        ("notice.withdrawn", "A notice was withdrawn by agreement of both", True),
        ("promise.kept", "A person has kept what was promised", True),
        ("soteri_evidence.changed", "A look into the Soteri register was recorded, or taken back", True),
        ("campaign.reminder_due", "A tenant has had an offer of a campaign for some days and has not signed it", True),
        ("joining_application.moved", "A joining application to Kela came to another stage", False),
        ("change_notice.moved", "A notice of a technical change was planned, sent, released or cancelled", False),
        ("information_system.moved", "An information system was taken into use or withdrawn", False),
        ("deployment.changed", "A service runs on a system in another period than before", True),
        (
            "certificate_findings.changed",
            "Something is amiss with certificates, their sources or servers, or is no longer",
            False,
        ),
        ("certificate.revoked", "An authority says that a certificate of the inventory was revoked", False),
        ("disturbance.reported", "A disturbance was reported, or a report joined one", True),
        ("disturbance.moved", "A disturbance was acknowledged, ended, closed, reopened, dismissed or joined", False),
        ("disturbance.told", "Tenants are told how a disturbance or maintenance stands", False),
        ("disturbance.duty_moved", "A duty to tell of a disturbance was fulfilled, failed or released", True),
        (
            "disturbance.follow_up_moved",
            "A follow-up or fault was put down, changed, done, dropped or reopened",
            True,
        ),
        ("breach.reported", "A personal data breach, or the suspicion of one, was reported", True),
        ("breach.recorded", "A personal data breach has come into somebody's register", True),
        ("breach.moved", "A personal data breach was confirmed, dismissed, closed or reopened", True),
        ("breach.help_moved", "Help with a personal data breach was asked for, answered or taken back", True),
        ("conformity_certificate.ending", "A system's certificate of conformity ends soon, or has ended", False),
        (
            "certificate_warnings.told",
            "People were told of certificates that end, or of what is amiss with them",
            False,
        ),
        ("certificate.arrived", "Certificates came into the inventory that it did not have", False),
        (
            "certificate.changed",
            "Something was said anew of a certificate, or it was replaced, retired or snoozed",
            False,
        ),
        ("certificate_source.read", "A source of certificates has others than before, or could not be read", False),
        ("certificate_order.moved", "A certificate was ordered, or its order came to another state", False),
        ("renewal_receiving.decided", "The main connector has decided whether a unit receives renewal requests", True),
        ("renewal_request.handed_over", "A renewal request went to the main connector's responsible physician", True),
        ("renewal_request.closed", "A renewal request was rejected or has lapsed: a patient is to be told", True),
    )
} | {NOTICE.kind: NOTICE}


def endpoint_rules(settings: Settings) -> Rules:
    return Rules(EVENTS, signing_keys(settings), settings.outgoing_allowed)


def signing_keys(settings: Settings) -> Keys | None:
    """Return what the secrets of webhooks are made from; None when there is nothing."""
    keys = webhook_keys(settings)
    return Keys(keys) if keys else None
