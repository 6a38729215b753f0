"""The verifier's answer about a document that somebody sent."""

from datetime import datetime
from typing import Annotated

import msgspec

from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.records import Body
from kanta_tenancy.machinery.ooxml.indication import Indication, SubIndication
from kanta_tenancy.machinery.ooxml.presentation import as_json
from kanta_tenancy.machinery.ooxml.report import Outcome, Report, Verdict


class VerifiedSignature(Body, frozen=True, kw_only=True):
    """The answers about one signature, each apart."""

    signer: str
    integrity: Outcome
    coverage: Outcome
    certificate: Outcome
    trust: Outcome
    revocation: Outcome
    algorithms: Outcome
    time: Outcome
    signed_at: Annotated[datetime | None, msgspec.Meta(description="As the signer says")]
    proved_at: Annotated[datetime | None, msgspec.Meta(description="As a trusted timestamp says")]
    proved_by: str
    indication: Annotated[Indication, msgspec.Meta(description="In the words of ETSI EN 319 102-1")]
    sub_indication: SubIndication | None
    sentence: Annotated[Sentence, msgspec.Meta(description="What the indication rests on, for people")]


class Broken(Body, frozen=True, kw_only=True):
    """Why the verdict is not *valid*: the rule, where, and a plain sentence."""

    rule: str
    detail: str
    part: str = ""
    signature: str = ""


class VerifiedDocument(Body, frozen=True, kw_only=True):
    """What the verifier says of a document, as `documents verify --json` prints it."""

    verdict: Verdict
    indication: Indication
    sub_indication: SubIndication | None
    sentence: Annotated[Sentence, msgspec.Meta(description="What the verdict means, for people")]
    signatures: tuple[VerifiedSignature, ...]
    uncovered: tuple[str, ...]
    reasons: tuple[Broken, ...]


def verified(report: Report) -> VerifiedDocument:
    return msgspec.convert(as_json(report), VerifiedDocument)
