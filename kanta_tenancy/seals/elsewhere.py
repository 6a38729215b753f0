"""A checkpoint as a file, for keeping where whoever owns the database cannot write."""

import base64
from typing import Final
from uuid import UUID

import msgspec

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.sealing.errors import SealInvalid
from kanta_tenancy.seals.errors import CheckpointUnreadable
from kanta_tenancy.seals.evidence import root_of
from kanta_tenancy.seals.model import Checkpoint, CheckpointHead, CheckpointStatement

FORMAT: Final = "kanta-journal-checkpoint/1"
LARGEST: Final = 256 * 1024 * 1024  # octets; a million chains take 150 MB


class KeptHead(Record, frozen=True, kw_only=True):
    chain: UUID
    sequence: int
    digest: str  # hexadecimal


class KeptCheckpoint(Record, frozen=True, kw_only=True):
    """A checkpoint with all that it saw; nothing else is needed to compare a journal with it."""

    format: str
    seal: str
    timestamp: str | None  # base64 of an RFC 3161 token
    heads: tuple[KeptHead, ...]  # of all chains, by their places in the tree


def written(checkpoint: Checkpoint, heads: list[CheckpointHead]) -> bytes:
    """Write a checkpoint as a file."""
    token = checkpoint.token
    kept = KeptCheckpoint(
        format=FORMAT,
        seal=checkpoint.seal,
        timestamp=None if token is None else base64.b64encode(token).decode(),
        heads=tuple(KeptHead(chain=one.chain, sequence=one.sequence, digest=one.digest.hex()) for one in heads),
    )
    return msgspec.json.encode(kept) + b"\n"


def read(content: bytes) -> KeptCheckpoint:
    """Read a file.

    Raises:
        CheckpointUnreadable: it is none of ours.
    """
    try:
        kept = msgspec.json.decode(content, type=KeptCheckpoint)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CheckpointUnreadable("the file is no checkpoint that `journal checkpoint --out` wrote") from error
    if kept.format != FORMAT:
        raise CheckpointUnreadable(f"the file is in another format than {FORMAT}")
    return kept


def heads_of(kept: KeptCheckpoint) -> list[CheckpointHead]:
    """Return the heads of a file.

    Raises:
        CheckpointUnreadable: a digest in it is none.
    """
    try:
        return [
            CheckpointHead(position=place, chain=one.chain, sequence=one.sequence, digest=_digest(one.digest))
            for place, one in enumerate(kept.heads)
        ]
    except ValueError as error:
        raise CheckpointUnreadable("the file has a digest that is none") from error


def check_heads(said: CheckpointStatement, heads: list[CheckpointHead]) -> None:
    """Refuse heads that are not those that were sealed.

    Raises:
        SealInvalid: they are others.
    """
    root = root_of([(one.chain, one.sequence, one.digest) for one in heads])
    if (len(heads), root.hex()) != (said.size, said.root):
        raise SealInvalid("the heads are not those that were sealed")


def _digest(text: str) -> bytes:
    octets = bytes.fromhex(text)
    if len(octets) != 32:  # noqa: PLR2004 -- SHA-256
        raise ValueError(text)
    return octets
