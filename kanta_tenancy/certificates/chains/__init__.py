"""Certificates held together: who issued which, how strong their keys are, who was revoked, what renews what."""

from kanta_tenancy.certificates.chains.examining import examine
from kanta_tenancy.certificates.chains.model import Chain, Line, Revocation, RevocationStatus
from kanta_tenancy.certificates.chains.reading import chain_of, line_of, revocation_of

__all__ = ["Chain", "Line", "Revocation", "RevocationStatus", "chain_of", "examine", "line_of", "revocation_of"]
