"""The service's own seal, and what is sealed with it: receipts, and checkpoints of the journal.

What rooms above use: `seal` with the keys that the assembly found (`SealKeys`), what a seal is on (`Kind`), whether one
is to be believed (`believed`), and proofs of where a chain of the journal ended (`prove`, `cut`). `seal_document` seals
a Word document as Word itself shows it, `judge_document` says whether one has the seal. Where a key may be slow,
`in_charge` names the certificate in a transaction, and `seal_document_with` seals outside any.
"""

from kanta_tenancy.seals.documents import (
    DocumentJudgement,
    SealedDocument,
    judge_document,
    seal_document,
    seal_document_with,
)
from kanta_tenancy.seals.errors import CheckpointNotFound, SealKeyUnusable, SealNotSetUp
from kanta_tenancy.seals.evidence import HeadProof, Slice, is_proved, leads_to
from kanta_tenancy.seals.keys import SealKeys
from kanta_tenancy.seals.model import Checkpoint, CheckpointStatement, Fate, Kind, SealCertificate
from kanta_tenancy.seals.proving import cut, prove
from kanta_tenancy.seals.rotating import broken_successions
from kanta_tenancy.seals.sealing import believed, canonical, in_charge, is_set_up, seal
from kanta_tenancy.seals.store.certificates import every as certificates
from kanta_tenancy.seals.store.checkpoints import covering

__all__ = [
    "Checkpoint",
    "CheckpointNotFound",
    "CheckpointStatement",
    "DocumentJudgement",
    "Fate",
    "HeadProof",
    "Kind",
    "SealCertificate",
    "SealKeyUnusable",
    "SealKeys",
    "SealNotSetUp",
    "SealedDocument",
    "Slice",
    "believed",
    "broken_successions",
    "canonical",
    "certificates",
    "covering",
    "cut",
    "in_charge",
    "is_proved",
    "is_set_up",
    "judge_document",
    "leads_to",
    "prove",
    "seal",
    "seal_document",
    "seal_document_with",
]
