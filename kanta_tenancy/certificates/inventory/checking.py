"""Whether what people say of certificates can be kept: kinds, purposes, days, hosts (K7). Pure."""

import re
from datetime import date
from typing import Final, TypeVar

from msgspec.structs import replace

from kanta_tenancy.certificates.inventory import kinds
from kanta_tenancy.certificates.inventory.errors import CertificateRefused
from kanta_tenancy.certificates.inventory.lifecycle import RULE
from kanta_tenancy.certificates.inventory.model import Description, NewUse
from kanta_tenancy.certificates.looking.profiles import profiles
from kanta_tenancy.parties import wording

FIRST_DAY: Final = date(2010, 1, 1)  # there was nothing to connect before
LAST_DAY: Final = date(2199, 12, 31)
_LONGEST_PURPOSE: Final = 500
_LONGEST_HOST: Final = 260
_HOST: Final = re.compile(r"[^\s/@]+")

T = TypeVar("T")


def description(said: Description) -> Description:
    """Return what is said of a certificate as it is kept.

    Raises:
        CertificateRefused: with every flaw.
    """
    look = wording.Examination()
    if said.kind not in kinds.kinds():
        look.note("kind", f"one of {', '.join(kinds.kinds())} is expected", clause=RULE)
    if said.profile is not None and said.profile not in profiles():
        look.note("profile", f"one of {', '.join(profiles())} is expected", clause=RULE)
    if said.deputy_id is not None and said.deputy_id == said.responsible_id:
        look.note("deputy_id", "a deputy is another person", clause=RULE)
    if said.deputy_id is not None and said.responsible_id is None:
        look.note("responsible_id", "there is a deputy, and nobody whose deputy it is", clause=RULE)
    purpose = look.optional("purpose", _purpose, said.purpose, clause=RULE)
    return _fit(look, replace(said, purpose=purpose))


def use(said: NewUse) -> NewUse:
    """Return where a certificate is used as it is kept.

    Raises:
        CertificateRefused: with every flaw.
    """
    look = wording.Examination()
    host = look.optional("host", _host, said.host, clause=RULE)
    access_point = look.optional("access_point", wording.name, said.access_point, clause=RULE)
    if (said.system_id, host, access_point) == (None, None, None):
        look.note("system_id", "a system, a host or an access point is expected", clause=RULE)
    _day(look, "since", said.since)
    if said.until is not None:
        _day(look, "until", said.until)
        if said.until < said.since:
            look.note("until", "it is before the first day", clause=RULE)
    return _fit(look, replace(said, host=host, access_point=access_point))


def last_day(since: date, until: date) -> date:
    """Return until when a certificate is used somewhere.

    Raises:
        CertificateRefused: it is before the first day.
    """
    look = wording.Examination()
    _day(look, "until", until)
    if until < since:
        look.note("until", f"it is before the first day, {since.isoformat()}", clause=RULE)
    return _fit(look, until)


def reason(text: str) -> str:
    """Return why something is done, as it is kept.

    Raises:
        CertificateRefused: there is none, or it cannot be kept.
    """
    look = wording.Examination()
    return _fit(look, look.text("reason", wording.name, text, clause=RULE))


def refuse_person(field: str, detail: str) -> None:
    """Refuse whom a certificate names.

    Raises:
        CertificateRefused: always.
    """
    look = wording.Examination()
    look.note(field, detail, clause=RULE)
    _fit(look, None)


def _purpose(text: str) -> str:
    kept = wording.lines(text)
    if len(kept) > _LONGEST_PURPOSE:
        raise wording.Unfit(f"it has {len(kept)} characters; {_LONGEST_PURPOSE} are allowed")
    return kept


def _host(text: str) -> str:
    kept = text.strip().lower()
    if len(kept) > _LONGEST_HOST or not kept.isprintable() or not _HOST.fullmatch(kept):
        raise wording.Unfit("a host's name or address is expected, with :port where it matters")
    return kept


def _day(look: wording.Examination, field: str, day: date) -> None:
    if not FIRST_DAY <= day <= LAST_DAY:
        look.note(field, f"a day from {FIRST_DAY.isoformat()} to {LAST_DAY.isoformat()} is meant", clause=RULE)


def _fit(look: wording.Examination, value: T) -> T:
    if look.flaws:
        first = look.flaws[0]
        raise CertificateRefused(f"{first.field}: {first.detail}", rule=RULE, flaws=tuple(look.flaws))
    return value
