"""Holds the journal against its checkpoints: what they saw must still be there, and they must be what was sealed."""

import hashlib
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Final

import msgspec

from kanta_tenancy.kernel.identifiers import MainConnectorId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.sealing import jws, merkle
from kanta_tenancy.machinery.sealing.errors import SealInDoubt, SealInvalid
from kanta_tenancy.seals import elsewhere, sealing
from kanta_tenancy.seals.elsewhere import KeptCheckpoint
from kanta_tenancy.seals.errors import CheckpointNotFound, CheckpointUnreadable
from kanta_tenancy.seals.evidence import leaf_of
from kanta_tenancy.seals.model import Checkpoint, CheckpointStatement, Kind, SealCertificate, SeenHead
from kanta_tenancy.seals.stamps import Stamped, StampJudgement
from kanta_tenancy.seals.store import certificates
from kanta_tenancy.seals.store import checkpoints as store

CHECKPOINTS: Final = 20  # read at once, with the heads of all chains that moved to them
HEADS: Final = 1_000  # of a file, compared at once
JudgeStamp = Callable[[Checkpoint], StampJudgement]


class Line:
    """Follows the checkpoints of a realm from the first one and says what is wrong with them.

    One whose seal is in doubt, since somebody else may have had the key then, is vouched for by the next one that is
    not: that names the seals before it, one by one, and was made when the key had been replaced.
    """

    def __init__(
        self,
        known: Sequence[SealCertificate],
        realm: MainConnectorId,
        judge_stamp: JudgeStamp | None = None,
    ) -> None:
        self.count = 0
        self.stamps = dict.fromkeys(Stamped, 0)
        self.unproved: list[str] = []  # what is said of timestamps of which it is open whether to believe them
        self._judge_stamp = judge_stamp
        self._known = known
        self._realm = realm
        self._tree = merkle.Tree()
        self._previous: str | None = None
        self._number = 0
        self._in_doubt: list[str] = []

    def follow(self, checkpoint: Checkpoint, heads: Sequence[SeenHead]) -> Iterator[str]:
        """Go on with the next checkpoint and the heads that moved to it."""
        self.count += 1
        name = f"checkpoint {checkpoint.number}"
        if checkpoint.number != self._number + 1:
            yield f"checkpoint {self._number + 1} is missing before {checkpoint.number}"
        for head in heads:
            try:
                self._tree.put(head.position, leaf_of(head.chain, head.sequence, head.digest))
            except IndexError:
                yield f"{name}: a chain before place {head.position} is missing"
        yield from self._judge(name, checkpoint)
        yield from self._hold_stamp(name, checkpoint)
        self._number, self._previous = checkpoint.number, hashlib.sha256(checkpoint.seal.encode()).hexdigest()

    def end(self) -> Iterator[str]:
        """Say which checkpoints are in doubt and vouched for by none."""
        yield from self._in_doubt

    def _hold_stamp(self, name: str, checkpoint: Checkpoint) -> Iterator[str]:
        if self._judge_stamp is None:
            return
        judged = self._judge_stamp(checkpoint)
        self.stamps[judged.stands] += 1
        if judged.stands is Stamped.BROKEN:
            yield f"{name}: its timestamp does not hold: {judged.reason}"
        elif judged.stands is Stamped.INDETERMINATE:
            self.unproved.append(f"{name}: its timestamp is indeterminate: {judged.reason}")

    def _judge(self, name: str, checkpoint: Checkpoint) -> Iterator[str]:
        try:
            said = statement(checkpoint.seal, self._known)
        except SealInDoubt as why:
            self._in_doubt.append(f"{name}: its seal is in doubt: {why.detail}")
            yield from self._compare(name, checkpoint, claimed(checkpoint.seal))
        except SealInvalid as why:
            yield f"{name}: its seal does not hold: {why.detail}"
        else:
            yield from self._compare(name, checkpoint, said)
            if said.previous == self._previous:
                self._in_doubt.clear()

    def _compare(self, name: str, checkpoint: Checkpoint, said: CheckpointStatement) -> Iterator[str]:
        kept = (checkpoint.number, checkpoint.at, checkpoint.size, checkpoint.root.hex())
        if kept != (said.number, said.at, said.size, said.root) or said.main_connector_id != self._realm:
            yield f"{name}: it is not what was sealed"
        elif (said.size, said.root) != (len(self._tree), self._tree.root.hex()):
            yield f"{name}: the heads that it saw are not those that were sealed"
        if said.previous != self._previous and checkpoint.number == self._number + 1:
            yield f"{name}: it was sealed after another checkpoint than the one before it"


async def verify(tx: Transaction, line: Line) -> AsyncIterator[str]:
    """Read all checkpoints of a realm and say what is wrong with them, and what the journal has lost since.

    That the entries themselves are whole is for `verify_chain` of the journal to say.
    """
    after = 0
    while batch := await store.oldest(tx, after=after, count=CHECKPOINTS):
        upto = batch[-1].number
        moved = defaultdict(list)
        for head in await store.moved(tx, after=after, upto=upto):
            moved[head.number].append(head)
        for checkpoint in batch:
            for sentence in line.follow(checkpoint, moved[checkpoint.number]):
                yield sentence
        for lost in await store.gone(tx, after=after, upto=upto):
            yield f"chain {lost.chain}: entry {lost.sequence} is not what checkpoint {lost.number} saw, or is gone"
        after = upto
    for sentence in line.end():
        yield sentence


async def verify_kept(tx: Transaction, kept: KeptCheckpoint) -> AsyncIterator[str]:
    """Hold the journal of a realm against a checkpoint that was kept elsewhere; a sentence for each difference."""
    said = claimed(kept.seal)
    name = f"checkpoint {said.number}, kept elsewhere"
    heads = elsewhere.heads_of(kept)
    try:
        elsewhere.check_heads(said, heads)
        statement(kept.seal, await certificates.every(tx))
    except SealInDoubt as why:
        yield f"{name}: its seal is in doubt: {why.detail}"
    except SealInvalid as why:
        yield f"{name}: its seal does not hold: {why.detail}"
        return
    try:
        if (await store.find(tx, said.number)).seal != kept.seal:
            yield f"{name}: the database has another one of that number"
    except CheckpointNotFound:
        yield f"{name}: the database does not have it any more"
    for begin in range(0, len(heads), HEADS):
        for lost in await store.missing(tx, heads[begin : begin + HEADS]):
            yield f"chain {lost.chain}: entry {lost.sequence} is not what {name}, saw, or is gone"


def claimed(seal: str) -> CheckpointStatement:
    """Return what a checkpoint's seal says, before anything is believed of it.

    Raises:
        CheckpointUnreadable: it says nothing of a checkpoint.
    """
    try:
        return msgspec.json.decode(jws.payload_of(seal), type=CheckpointStatement)
    except (SealInvalid, msgspec.DecodeError) as error:
        raise CheckpointUnreadable("there is no seal on a checkpoint in it") from error


def statement(seal: str, known: Sequence[SealCertificate]) -> CheckpointStatement:
    """Return what a checkpoint's seal says.

    Raises:
        SealInvalid: it does not hold, or is not to be believed.
        SealInDoubt: somebody else may have made it.
    """
    try:
        said = claimed(seal)
    except CheckpointUnreadable as error:
        raise SealInvalid("it is on something else than a checkpoint") from error
    sealing.believed(seal, Kind.CHECKPOINT, known)
    return said
