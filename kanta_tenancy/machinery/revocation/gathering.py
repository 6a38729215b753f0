"""Ask authorities what they say of the certificates on some paths, at the addresses that the certificates name.

Whoever made a certificate chose those addresses: they are asked through the guard, each within a size and a time,
and only so many of them. What is fetched proves nothing by having been fetched; it is judged where it is used. What
cannot be fetched is not there, and why is told.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from http import HTTPStatus
from itertools import pairwise
from typing import Final, TypeVar
from urllib.parse import urlsplit

from cryptography import x509

from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.outgoing.errors import NotAnswered
from kanta_tenancy.machinery.outgoing.posting import Answer, Outgoing
from kanta_tenancy.machinery.x509 import access, crls, ocsp_answers
from kanta_tenancy.machinery.x509.description import human_name
from kanta_tenancy.machinery.x509.errors import CertificateUnreadable
from kanta_tenancy.machinery.x509.revocation import NOTHING, RevocationData, Standing, judge

T = TypeVar("T")
MOST_REQUESTS: Final = 24
MOST_ISSUERS: Final = 4  # of one certificate upwards
AT_ONCE: Final = 4
_ASKS: Final = {"Content-Type": "application/ocsp-request", "Accept": "application/ocsp-response"}
_FETCHES: Final = {"Accept": "*/*"}
Way = Sequence[x509.Certificate]  # each certificate followed by its issuer


class Gathered(Record, frozen=True, kw_only=True):
    """What was fetched, and a sentence for each thing that was not to be had."""

    data: RevocationData = NOTHING
    certificates: tuple[x509.Certificate, ...] = ()
    troubles: tuple[str, ...] = ()


class Gatherer:
    """Asks for as much as a caller needs at one time; it keeps nothing, and counts what it asks."""

    def __init__(self, outgoing: Outgoing, clock: Clock, *, most_requests: int = MOST_REQUESTS) -> None:
        """Say how requests leave.

        Args:
            outgoing: allowed to leave TLS out, since what comes back is signed, and to read lists of some size.
        """
        self._outgoing = outgoing
        self._clock = clock
        self._left = most_requests
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._troubles: list[str] = []

    async def revocation(self, ways: Iterable[Way], known: RevocationData = NOTHING) -> Gathered:
        """Fetch what is missing to know how every certificate on some ways stands now; anchors are not asked about.

        Args:
            known: what is at hand; nothing is asked about a certificate of which it tells enough.
        """
        pairs = dict.fromkeys(pair for way in ways for pair in pairwise(way))
        at = self._clock.now()
        found = await asyncio.gather(*(self._about(*pair, known, at) for pair in pairs))
        data = NOTHING
        for each in found:
            data = data.with_more(each)
        return Gathered(data=data, troubles=self._told())

    async def issuers(self, certificate: x509.Certificate) -> Gathered:
        """Fetch the certificates above one, as far as each says where the next one is."""
        found: list[x509.Certificate] = []
        lowest = certificate
        for _ in range(MOST_ISSUERS):
            above = await self._issuer(lowest)
            if above is None or above in found:
                break
            found.append(above)
            lowest = above
        return Gathered(certificates=tuple(found), troubles=self._told())

    async def _about(
        self, certificate: x509.Certificate, issuer: x509.Certificate, known: RevocationData, at: datetime
    ) -> RevocationData:
        """Ask by OCSP first, and fetch a list only when that tells nothing."""

        def enough(data: RevocationData) -> bool:
            return judge(certificate, issuer, known.with_more(data), at=at).standing is not Standing.UNKNOWN

        responders, lists = access.responder_addresses(certificate), access.list_addresses(certificate)
        if enough(NOTHING):
            return NOTHING
        if not responders and not lists:
            self._troubles.append(f"The certificate of {human_name(certificate)} does not say where to ask.")
        asked = access.question(certificate, issuer)
        answer = await self._first(responders, lambda url: self._outgoing.post(url, asked, _ASKS), _answer, enough)
        if answer is not None:
            return answer
        return await self._first(lists, lambda url: self._outgoing.get(url, _FETCHES), _lists, enough) or NOTHING

    async def _issuer(self, certificate: x509.Certificate) -> x509.Certificate | None:
        def is_issuer(found: tuple[x509.Certificate, ...]) -> bool:
            return any(each.subject == certificate.issuer for each in found)

        found = await self._first(
            access.issuer_addresses(certificate),
            lambda url: self._outgoing.get(url, _FETCHES),
            access.issuers_of,
            is_issuer,
        )
        return next((each for each in found or () if each.subject == certificate.issuer), None)

    async def _first(
        self,
        urls: Sequence[str],
        ask: Callable[[str], Awaitable[Answer]],
        read: Callable[[bytes], T],
        serves: Callable[[T], bool],
    ) -> T | None:
        """Return what the first address gives that serves; each that gives nothing of use is told of."""
        for url in urls:
            try:
                found = read(await self._body(url, ask))
            except (_NothingThere, CertificateUnreadable) as trouble:
                self._troubles.append(f"{_host(url)}: {trouble}")
            else:
                if serves(found):
                    return found
                self._troubles.append(f"{_host(url)}: What came answers nothing.")
        return None

    async def _body(self, url: str, ask: Callable[[str], Awaitable[Answer]]) -> bytes:
        if self._left <= 0:
            raise _NothingThere("Not asked: that would be too many requests.")
        self._left -= 1
        async with self._turns:
            try:
                answer = await ask(url)
            except NotAnswered as silence:
                raise _NothingThere(silence.detail) from silence
        if answer.status != HTTPStatus.OK:
            raise _NothingThere(f"It answered with the status {answer.status}.")
        if not answer.whole:
            raise _NothingThere("Its answer is too large, or did not come whole.")
        return answer.body

    def _told(self) -> tuple[str, ...]:
        told, self._troubles = tuple(dict.fromkeys(self._troubles)), []
        return told


def _answer(body: bytes) -> RevocationData:
    return RevocationData(ocsp=(ocsp_answers.checked(body),))


def _lists(body: bytes) -> RevocationData:
    return RevocationData(crls=crls.lists_of(body))


class _NothingThere(Exception):
    """Nothing was to be had; the sentence is ours."""


def _host(url: str) -> str:
    """Name an address without what may be a key in it."""
    try:
        return urlsplit(url).hostname or "an address without a host"
    except ValueError:
        return "an address that is none"
