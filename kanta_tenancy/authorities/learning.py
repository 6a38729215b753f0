"""Learn from authorities what the verifier lacks, and verify again."""

import asyncio
from collections.abc import Callable

from cryptography import x509

from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.report import Report
from kanta_tenancy.machinery.outgoing.allowance import Allowed
from kanta_tenancy.machinery.outgoing.posting import Outgoing
from kanta_tenancy.machinery.revocation.gathering import Gatherer
from kanta_tenancy.machinery.x509 import crls
from kanta_tenancy.machinery.x509.revocation import RevocationData

Verify = Callable[[tuple[x509.Certificate, ...], RevocationData], Report]


class Learnt(Record, frozen=True, kw_only=True):
    """The report with what was learnt, and why the rest was not."""

    report: Report
    troubles: tuple[str, ...]


def verify_online(verify: Verify, known: RevocationData, clock: Clock, allowed: Allowed) -> Learnt:
    """Verify, ask for what is missing, and verify with it.

    Args:
        verify: answers with further certificates that may lie on a path, and with these lists and answers.
        allowed: internal addresses that may be asked; all that is public may be, with and without TLS.
    """
    outgoing = Outgoing(allowed=allowed, without_tls=True, most_read=crls.LARGEST)

    async def learnt() -> Learnt:
        async with outgoing:
            return await _learnt(verify, known, Gatherer(outgoing, clock))

    return asyncio.run(learnt())


async def _learnt(verify: Verify, known: RevocationData, gatherer: Gatherer) -> Learnt:
    report = verify((), known)
    issuers = [await gatherer.issuers(each) for each in _without_path(report)]
    found = tuple(dict.fromkeys(each for one in issuers for each in one.certificates))
    if found:
        report = verify(found, known)
    gathered = await gatherer.revocation((path for one in report.signatures for path in one.paths), known)
    troubles = (*(each for one in issuers for each in one.troubles), *gathered.troubles)
    return Learnt(report=verify(found, known.with_more(gathered.data)), troubles=tuple(dict.fromkeys(troubles)))


def _without_path(report: Report) -> tuple[x509.Certificate, ...]:
    """Return the signers' certificates that lead to nobody trusted yet."""
    leading = {path[0] for one in report.signatures for path in one.paths}
    signers = (one.signer_certificate for one in report.signatures)
    return tuple(dict.fromkeys(each for each in signers if each is not None and each not in leading))
