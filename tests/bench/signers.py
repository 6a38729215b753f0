"""Who signs: one person for the main connector, one for each tenant, and the authority that all trust."""

from datetime import datetime, timedelta
from functools import cache
from typing import Final

from kanta_tenancy.machinery.x509 import sample_authority
from kanta_tenancy.machinery.x509.credentials import Credential
from kanta_tenancy.machinery.x509.keys import KeyKind
from tests.bench.agreement import AT

_SINCE: Final[datetime] = AT - timedelta(days=1)
AUTHORITY: Final = sample_authority.found("Bench", at=_SINCE)
LISTS: Final = sample_authority.empty_lists(AUTHORITY, at=_SINCE)


@cache
def credential(name: str, kind: KeyKind) -> Credential:
    signer = sample_authority.Signer(name=name, organisation="Bench")
    return sample_authority.issue(AUTHORITY, signer, at=_SINCE, kind=kind)
