"""Which certificate seals when, and which seals are believed. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from kanta_tenancy.seals.errors import SuccessionRefused
from kanta_tenancy.seals.model import Fate, SealCertificate, Succession


def in_charge(certificates: Sequence[SealCertificate], at: datetime) -> SealCertificate | None:
    """Return the certificate that seals at an instant: the last one that has taken over by then."""
    begun = [one for one in certificates if one.takes_over_at <= at]
    return max(begun, key=lambda one: one.number, default=None)


def disbelief(certificates: Sequence[SealCertificate], sha256: str, sealed_at: datetime) -> str | None:
    """Say why a seal of this certificate, made at that instant as it says, is not the service's; None: it is."""
    ordered = sorted(certificates, key=lambda one: one.number)
    own = next((one for one in ordered if one.sha256 == sha256), None)
    if own is None:
        return f"it was sealed with a certificate that was never the service's: {sha256}"
    if sealed_at < own.takes_over_at:
        return f"it was sealed with certificate {own.number} before that took over"
    for before, after in pairwise(ordered):
        if before is own and sealed_at >= after.takes_over_at:
            return f"it was sealed with certificate {own.number} after {after.number} had taken over"
    return None


def doubt(certificates: Sequence[SealCertificate], sha256: str, sealed_at: datetime) -> str | None:
    """Say of a seal that is the service's if somebody else may have made it all the same; None: nobody could."""
    for before, after in pairwise(sorted(certificates, key=lambda one: one.number)):
        until = after.predecessor_trusted_until
        if before.sha256 == sha256 and until is not None and sealed_at >= until:
            return f"it was sealed with certificate {before.number} when somebody else may have had its key"
    return None


def statement(certificate: SealCertificate, predecessor: SealCertificate | None) -> Succession:
    """Return what is sealed of a certificate's taking over."""
    return Succession(
        number=certificate.number,
        certificate=certificate.sha256,
        takes_over_at=certificate.takes_over_at,
        predecessor=None if predecessor is None else predecessor.sha256,
        fate=certificate.predecessor_fate,
        trusted_until=certificate.predecessor_trusted_until,
    )


def sealed_by(certificate: SealCertificate, predecessor: SealCertificate | None) -> str:
    """Return whose word it is that a certificate takes over: its predecessor's, where that can be had."""
    if predecessor is not None and certificate.predecessor_fate is Fate.RETIRED:
        return predecessor.sha256
    return certificate.sha256


def takes_over_at(asked: datetime | None, now: datetime, *, is_first: bool) -> datetime:
    """Return from when a key seals, in whole seconds as seals count them: the instant that was asked, or at once.

    Raises:
        SuccessionRefused: it is over, so that seals could be made as if in the past.
    """
    second = timedelta(seconds=1)
    this = now.replace(microsecond=0)
    if asked is None:
        return this if is_first or this == now else this + second
    if asked < this:
        raise SuccessionRefused("a key takes over now or later: what was sealed was sealed with the one before")
    return asked if asked.microsecond == 0 else asked.replace(microsecond=0) + second


def check(certificates: Sequence[SealCertificate], new: SealCertificate, now: datetime) -> None:
    """Refuse a certificate that cannot be the next.

    Raises:
        SuccessionRefused: the sentence says why.
    """
    if any(one.sha256 == new.sha256 for one in certificates):
        raise SuccessionRefused("the service has sealed with this certificate already; make another key")
    waiting = [one for one in certificates if one.takes_over_at > now]
    if waiting and new.predecessor_fate is Fate.RETIRED:
        raise SuccessionRefused(f"certificate {waiting[-1].number} has yet to take over; wait until it has")
    if any(one.takes_over_at >= new.takes_over_at for one in certificates):
        raise SuccessionRefused("it would take over before the one before it has")
    until = new.predecessor_trusted_until
    if (until is not None) != (new.predecessor_fate is Fate.COMPROMISED):
        raise SuccessionRefused("of a compromised key, and of no other, say until when it was the service's alone")
    if until is not None and until > now:
        raise SuccessionRefused("the key before is in doubt from an instant that has not come")
    if not certificates and new.predecessor_fate is not Fate.NONE:
        raise SuccessionRefused("there is no key before it")
