"""Proof bundles: one file for each agreement or case, checked by somebody who trusts neither service nor server.

What rooms above use: a `Case` says what a bundle of theirs holds, `make_case` reads the journal about it, has it sealed
and returns the file. docs/proof-bundle.md describes the format, docs/capabilities/proofs.md what it is for.
"""

from kanta_tenancy.proofs.cases import Attached, Case
from kanta_tenancy.proofs.errors import ProofNotReady, ProofTooLarge
from kanta_tenancy.proofs.making_cases import MadeCase, make_case

__all__ = ["Attached", "Case", "MadeCase", "ProofNotReady", "ProofTooLarge", "make_case"]
