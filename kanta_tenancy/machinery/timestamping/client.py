"""Ask timestamp authorities for a timestamp, one after the other, until one gives what can be relied on.

Source: RFC 3161, 2.2, 2.4 and 3.4.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from cryptography import x509
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.outgoing.errors import NotAnswered
from kanta_tenancy.machinery.outgoing.posting import MOST_READ, Answer, Outgoing
from kanta_tenancy.machinery.timestamping import replies
from kanta_tenancy.machinery.timestamping.errors import Failure, Fault, NoTimestamp
from kanta_tenancy.machinery.x509 import paths, timestamps
from kanta_tenancy.machinery.x509.paths import Purpose
from kanta_tenancy.machinery.x509.timestamps import Timestamp, TokenUnsound

CLOCKS_DIFFER: Final = timedelta(minutes=5)
_DIGEST: Final = "sha256"
_QUERY: Final = "application/timestamp-query"
_REPLY: Final = "application/timestamp-reply"


class Authority(Record, frozen=True, kw_only=True):
    """A timestamp authority: where it is, and what its timestamps have to be."""

    url: str
    policy: str = ""  # a dotted identifier; only timestamps under this policy are taken, if there is one
    anchors: tuple[x509.Certificate, ...] = ()  # it must lead to one of these, if there are any
    intermediates: tuple[x509.Certificate, ...] = ()  # that may lie on the way, beside those that it sends

    @property
    def name(self) -> str:
        """How people are told of it: without what may be a key in its address."""
        return urlsplit(self.url).hostname or "an authority without an address"


class Stamped(Record, frozen=True, kw_only=True):
    """A timestamp, and how it was come by."""

    token: bytes  # RFC 3161, DER
    timestamp: Timestamp  # what it says
    authority: Authority  # who answered
    failures: tuple[Failure, ...] = ()  # of those that were asked before


class _Useless(Exception):
    def __init__(self, fault: Fault, detail: str) -> None:
        super().__init__(detail)
        self.fault = fault
        self.detail = detail


class TimestampClient:
    """Fetches timestamps; it holds no state."""

    def __init__(self, outgoing: Outgoing, clock: Clock) -> None:
        self._outgoing = outgoing
        self._clock = clock

    async def stamp(self, octets: bytes, authorities: Sequence[Authority]) -> Stamped:
        """Return a timestamp of some octets from the first authority that gives a good one.

        What is sent is a SHA-256 digest and a number for once; the octets are not.

        Raises:
            NoTimestamp: none gave one.
        """
        failures: list[Failure] = []
        for authority in authorities:
            try:
                token, timestamp = await self._from(authority, octets)
            except _Useless as useless:
                failures.append(Failure(authority=authority.name, fault=useless.fault, detail=useless.detail))
            else:
                return Stamped(token=token, timestamp=timestamp, authority=authority, failures=tuple(failures))
        raise NoTimestamp(failures)

    async def _from(self, authority: Authority, octets: bytes) -> tuple[bytes, Timestamp]:
        builder = TimestampRequestBuilder().data(octets).hash_algorithm(HashAlgorithm.SHA256)
        request = builder.nonce(nonce=True).cert_request(cert_request=True).build()
        try:
            answer = await self._outgoing.post(
                authority.url, request.as_bytes(), {"Content-Type": _QUERY, "Accept": _REPLY}
            )
        except NotAnswered as silence:
            raise _Useless(Fault.UNREACHED, silence.detail) from silence
        token = _token(answer)
        timestamp = _sound(token)
        if timestamp.certificates:  # more than one, which have an order
            token = replies.in_strict_order(token)
        if timestamp.nonce != request.nonce:
            raise _Useless(Fault.OTHER_REQUEST, "It answered another request than ours (nonce).")
        if timestamp.algorithm != _DIGEST or not timestamp.covers(octets):
            raise _Useless(Fault.OTHER_REQUEST, "It stamped something else than was asked for (message imprint).")
        _check_wanted(timestamp, authority, self._clock.now())
        return token, timestamp


def _token(answer: Answer) -> bytes:
    if answer.status != HTTPStatus.OK:
        raise _Useless(Fault.FAILED, f"It answered with the status {answer.status} where 200 is expected.")
    if answer.content_type != _REPLY:
        raise _Useless(Fault.OTHER_CONTENT, f"What it sent is not called {_REPLY}.")
    if len(answer.body) >= MOST_READ:
        raise _Useless(Fault.TOO_LARGE, f"It sent {MOST_READ} bytes or more.")
    try:
        reply = replies.read(answer.body)
    except ValueError:
        raise _Useless(Fault.UNREADABLE, _about_reading(answer)) from None
    if not reply.granted:
        raise _Useless(Fault.REFUSED, "It refuses to give a timestamp.")
    if not reply.token:
        raise _Useless(Fault.UNREADABLE, "It says that it gives a timestamp, and none is there.")
    return reply.token


def _about_reading(answer: Answer) -> str:
    return "What it sent is no answer of a timestamp authority." if answer.whole else "Its answer did not come whole."


def _sound(token: bytes) -> Timestamp:
    try:
        return timestamps.read(token)
    except TokenUnsound as unsound:
        raise _Useless(Fault.UNSOUND, f"Its timestamp cannot be used: {unsound.reason}.") from unsound


def _check_wanted(timestamp: Timestamp, authority: Authority, now: datetime) -> None:
    if authority.policy and timestamp.policy != authority.policy:
        raise _Useless(Fault.OTHER_POLICY, f"Its timestamp is under the policy {timestamp.policy}.")
    if abs(timestamp.at - now) > CLOCKS_DIFFER:
        raise _Useless(Fault.OTHER_TIME, "Its clock and ours differ by more than five minutes.")
    _check_trust(timestamp, authority)


def _check_trust(timestamp: Timestamp, authority: Authority) -> None:
    if not authority.anchors:
        return
    path = paths.find(
        timestamp.authority,
        anchors=authority.anchors,
        others=(*timestamp.certificates, *authority.intermediates),
        at=timestamp.at,
        purpose=Purpose.TIMESTAMPS,
    )
    if not path.certificates:
        raise _Useless(Fault.UNTRUSTED, f"Its certificate does not lead to a trusted authority: {path.trouble}.")
