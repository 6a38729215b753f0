"""Signatures, as the API shows and takes them."""

from datetime import datetime
from typing import Annotated

import msgspec

from kanta_tenancy.agreements.model import Status
from kanta_tenancy.kernel.records import Body
from kanta_tenancy.machinery.ooxml.indication import Indication, SubIndication
from kanta_tenancy.machinery.ooxml.presentation import as_json
from kanta_tenancy.machinery.ooxml.report import Outcome, Report, Verdict


class SigningHere(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which of the main connector's signatories the key beside the service signs for."""

    position: Annotated[int, msgspec.Meta(ge=1, le=2)] = 1


class ShownSignature(Body, frozen=True, kw_only=True):
    """What the verifier answers about one signature."""

    signer: str
    integrity: Outcome
    coverage: Outcome
    certificate: Outcome
    trust: Outcome
    revocation: Outcome
    algorithms: Outcome
    time: Outcome
    signed_at: datetime | None  # as the signer says
    proved_at: datetime | None  # as a trusted timestamp says
    proved_by: str
    indication: Indication  # in the words of ETSI EN 319 102-1
    sub_indication: SubIndication | None


class ShownReason(Body, frozen=True, kw_only=True):
    rule: str
    detail: str
    part: str = ""
    signature: str = ""


class Verification(Body, frozen=True, kw_only=True):
    """What the verifier says of the newest document, as `documents verify --json` prints it, and where it stands."""

    status: Status  # of the agreement: signatures on one that was withdrawn are sound and bind nobody
    verdict: Verdict
    indication: Indication
    sub_indication: SubIndication | None
    signatures: tuple[ShownSignature, ...]
    uncovered: tuple[str, ...]
    reasons: tuple[ShownReason, ...]


def verification(status: Status, report: Report) -> Verification:
    return msgspec.convert({"status": status, **as_json(report)}, Verification)
