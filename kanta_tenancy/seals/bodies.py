"""Seals and checkpoints as the API shows them."""

import base64
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from kanta_tenancy.kernel.records import Body
from kanta_tenancy.seals.evidence import HeadProof
from kanta_tenancy.seals.model import Checkpoint, Fate, SealCertificate

Hex = Annotated[str, msgspec.Meta(description="SHA-256, hexadecimal")]


class ChainAsked(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    tenancy_id: (
        Annotated[UUID, msgspec.Meta(description="Whose chain; the main connector's own when it is left out")] | None
    ) = None


class ShownCheckpoint(Body, frozen=True, kw_only=True):
    number: int
    at: datetime
    size: Annotated[int, msgspec.Meta(description="How many chains the journal had")]
    root: Annotated[str, msgspec.Meta(description="Of the tree over their ends (RFC 9162), hexadecimal")]
    certificate: Annotated[Hex, msgspec.Meta(description="Of the certificate that it was sealed with")]
    seal: Annotated[str, msgspec.Meta(description="A JSON Web Signature in its compact form (RFC 7515)")]
    timestamp: Annotated[str | None, msgspec.Meta(description="An RFC 3161 token over the seal, in base64")]


class ShownProof(Body, frozen=True, kw_only=True):
    """That a chain ended at an entry when the checkpoint was made."""

    checkpoint: ShownCheckpoint
    chain: UUID
    sequence: Annotated[int, msgspec.Meta(description="The number of the chain's last entry then")]
    digest: Annotated[str, msgspec.Meta(description="Of that entry, as the journal shows it")]
    position: Annotated[int, msgspec.Meta(description="Of the leaf in the tree, from 0")]
    path: Annotated[tuple[str, ...], msgspec.Meta(description="From the leaf's sibling up to the root, hexadecimal")]


class ShownSealCertificate(Body, frozen=True, kw_only=True):
    number: int
    sha256: Hex
    takes_over_at: datetime
    predecessor_fate: Annotated[Fate, msgspec.Meta(description="What became of the key before")]
    predecessor_trusted_until: Annotated[
        datetime | None, msgspec.Meta(description="What the key before sealed from then on is not to be believed")
    ]
    succession: Annotated[str, msgspec.Meta(description="That it takes over, sealed with the key before")]
    chain: Annotated[tuple[str, ...], msgspec.Meta(description="DER in base64, its own certificate first")]


class SealCertificates(Body, frozen=True, kw_only=True):
    items: tuple[ShownSealCertificate, ...]


def shown(checkpoint: Checkpoint) -> ShownCheckpoint:
    token = checkpoint.token
    return ShownCheckpoint(
        number=checkpoint.number,
        at=checkpoint.at,
        size=checkpoint.size,
        root=checkpoint.root.hex(),
        certificate=checkpoint.certificate,
        seal=checkpoint.seal,
        timestamp=None if token is None else base64.b64encode(token).decode(),
    )


def shown_proof(checkpoint: Checkpoint, proof: HeadProof) -> ShownProof:
    return ShownProof(
        checkpoint=shown(checkpoint),
        chain=proof.chain,
        sequence=proof.sequence,
        digest=proof.digest.hex(),
        position=proof.position,
        path=tuple(step.hex() for step in proof.path),
    )


def shown_certificate(certificate: SealCertificate) -> ShownSealCertificate:
    return ShownSealCertificate(
        number=certificate.number,
        sha256=certificate.sha256,
        takes_over_at=certificate.takes_over_at,
        predecessor_fate=certificate.predecessor_fate,
        predecessor_trusted_until=certificate.predecessor_trusted_until,
        succession=certificate.succession,
        chain=tuple(base64.b64encode(one).decode() for one in certificate.chain),
    )
