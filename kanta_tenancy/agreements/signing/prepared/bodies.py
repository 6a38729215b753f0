"""Prepared signatures, as the API shows and takes them."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec

from kanta_tenancy.agreements.model import Party
from kanta_tenancy.agreements.signing.prepared.actions import Seen
from kanta_tenancy.agreements.signing.prepared.model import Asked, State
from kanta_tenancy.kernel.records import Body
from kanta_tenancy.machinery.ooxml.signing.remote import LONGEST, USUAL, ToSign
from kanta_tenancy.machinery.x509.reading import MAX_BYTES

_MINUTE: Final = timedelta(minutes=1)
_CERTIFICATES: Final = ["-----BEGIN CERTIFICATE-----\nMIIB…\n-----END CERTIFICATE-----\n"]
_VALUE: Final = ["MEUCIQDk…"]


class PreparingSignature(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is to sign, and with which certificate."""

    certificates: Annotated[
        str,
        msgspec.Meta(
            min_length=1,
            max_length=MAX_BYTES,
            description="PEM: the signer's certificate first, then its issuers",
            examples=_CERTIFICATES,
        ),
    ]
    position: Annotated[int, msgspec.Meta(ge=1, le=2, description="Of the signatory, in your party")] = 1
    comments: Annotated[str, msgspec.Meta(max_length=255, description="Why it is signed; the signature says it")] = ""
    lasts_minutes: Annotated[
        int, msgspec.Meta(ge=1, le=LONGEST // _MINUTE, description="How long its value is waited for")
    ] = USUAL // _MINUTE

    def asked(self) -> Asked:
        return Asked(
            certificates=self.certificates,
            position=self.position,
            comments=self.comments,
            lasts=self.lasts_minutes * _MINUTE,
        )


class CompletingSignature(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The signature value that the key elsewhere made."""

    value: Annotated[
        bytes,
        msgspec.Meta(
            min_length=1,
            max_length=2048,
            description="Base64: PKCS #1 v1.5 for RSA; for a curve r and s in a row, or DER",
            examples=_VALUE,
        ),
    ]


class ListedPrepared(Body, frozen=True, kw_only=True):
    """A prepared signature without what is to be signed."""

    id: UUID
    agreement_id: UUID
    party: Party
    position: int
    signatory: str  # whose line it is on
    version: int  # of the agreement that it was prepared from
    state: State
    document_sha256: str
    content_sha256: str | None  # of the offer: what everybody signs
    certificate_sha256: str
    prepared_at: datetime
    expires_at: datetime
    completed_at: datetime | None


class ShownPrepared(ListedPrepared, frozen=True, kw_only=True):
    """A prepared signature, with what is to be signed as long as it is open."""

    to_sign: ToSign | None


def listed(seen: Seen) -> ListedPrepared:
    return ListedPrepared(**_facts(seen))


def shown(seen: Seen) -> ShownPrepared:
    return ShownPrepared(**_facts(seen), to_sign=seen.to_sign)


def _facts(seen: Seen) -> dict[str, Any]:
    facts = msgspec.structs.asdict(seen.prepared)
    del facts["tenancy_id"]
    content = seen.agreement.content_sha256
    return facts | {"signatory": seen.signatory.name, "state": seen.state, "content_sha256": content}
