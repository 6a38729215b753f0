"""Makes a key and the request for its certificate on this machine, as the issuer's profile allows (K7).

The key is written where only this account can read it, and goes nowhere else. No service or database is needed.
"""

import re
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Final, TypeVar

from kanta_tenancy.certificates.looking.linting import lint_request
from kanta_tenancy.certificates.looking.model import Finding
from kanta_tenancy.certificates.looking.profiles import profiles
from kanta_tenancy.certificates.orders import issuing
from kanta_tenancy.certificates.orders.errors import RequestRefused
from kanta_tenancy.kernel.errors import Flaw
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.kernel.severity import Severity
from kanta_tenancy.machinery.probing.endpoint import ascii_name
from kanta_tenancy.machinery.x509 import key_file, keys, requests
from kanta_tenancy.machinery.x509.errors import KeyFileRefused
from kanta_tenancy.machinery.x509.keys import KeyKind
from kanta_tenancy.machinery.x509.requests import LONGEST_OF_SUBJECT, Requested, Wanted

RULE: Final = "K7"
_ANY: Final = "*."
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_EVERYBODY: Final = 0o644
T = TypeVar("T")


class Asked(Record, frozen=True, kw_only=True):
    """What a person asks for at the command line."""

    profile: str
    key: KeyKind | None = None  # None: as the profile has it
    common_name: str | None = None  # None: the first domain name
    organisation: str | None = None
    unit: str | None = None
    country: str | None = None
    domains: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    usages: tuple[str, ...] | None = None  # None: as the profile has it


class Made(Record, frozen=True, kw_only=True):
    """What was made; of the key nothing but where it lies."""

    key_file: str
    request_file: str
    profile: str
    said: Requested
    findings: tuple[Finding, ...]  # warnings


def make(asked: Asked, stem: Path, *, password: bytes | None = None) -> Made:
    """Make a key and a request: `stem`.key, which only this account can read, and `stem`.csr.

    Args:
        password: what the key is encrypted with; None: it is not.

    Raises:
        RequestRefused: the profile allows no such key, or the issuer would not take such a request.
        KeyFileRefused: one of the files is there already; both stay as they are.
        OSError: a file cannot be written; none is left.
    """
    wanted, kind = _wanted(asked), _kind(asked)
    own, request = _beside(stem, ".key"), _beside(stem, ".csr")
    for file in (own, request):
        if file.is_symlink() or file.exists():
            raise KeyFileRefused(f"{file} is there already, and is never written over; give another name")
    key = keys.make(kind)
    read = requests.read(requests.make(key, wanted))
    findings = _findings(read.said, asked.profile)
    key_file.write(own, key, password)
    try:
        key_file.write_new(request, requests.pem(read.der), _EVERYBODY)
    except (OSError, KeyFileRefused):
        own.unlink()
        raise
    return Made(key_file=str(own), request_file=str(request), profile=asked.profile, said=read.said, findings=findings)


def _beside(stem: Path, ending: str) -> Path:
    return stem.with_name(stem.name + ending)


def _kind(asked: Asked) -> KeyKind:
    kind = asked.key or KeyKind(issuing.issuing(asked.profile).key)
    allowed = issuing.keys_of(asked.profile)
    if kind not in allowed:
        _refuse([Flaw(field="key", detail=f"{asked.profile} allows {', '.join(allowed)}", rule=RULE)])
    return kind


def _wanted(asked: Asked) -> Wanted:
    how = issuing.issuing(asked.profile)
    look = _Look()
    domains = look.each("dns", asked.domains, _domain)
    common_name = asked.common_name or next((one for one in domains if len(one) <= LONGEST_OF_SUBJECT), None)
    wanted = Wanted(
        common_name=look.one("common-name", common_name, _text),
        organisation=look.one("organisation", asked.organisation, _text),
        unit=look.one("unit", asked.unit, _text),
        country=look.one("country", asked.country, _country),
        domains=domains,
        addresses=look.each("ip", asked.addresses, _address),
        usages=how.usages if asked.usages is None else asked.usages,
    )
    if wanted.common_name is None and not domains:
        look.note("common-name", "say for whom the certificate is: a common name, or a domain name")
    if how.organisation_needed and wanted.organisation is None:
        look.note("organisation", f"{how.issuer} issues it to an organisation; give its name as its register has it")
    if look.flaws:
        _refuse(look.flaws)
    return wanted


def _findings(said: Requested, profile: str) -> tuple[Finding, ...]:
    found = lint_request(said, profiles()[profile])
    wrong = [one for one in found if one.severity is Severity.ERROR]
    if wrong:
        _refuse([Flaw(field="", detail=f"{one.sentence.en} ({one.source})", rule=one.rule) for one in wrong])
    return found


class _Look:
    """Collects what is wrong, so that a person learns of all of it at once."""

    def __init__(self) -> None:
        self.flaws: list[Flaw] = []

    def note(self, field: str, detail: str) -> None:
        self.flaws.append(Flaw(field=field, detail=detail, rule=RULE))

    def one(self, field: str, text: str | None, read: Callable[[str], T]) -> T | None:
        if text is None:
            return None
        try:
            return read(text)
        except ValueError as trouble:
            self.note(field, str(trouble))
            return None

    def each(self, field: str, texts: Sequence[str], read: Callable[[str], T]) -> tuple[T, ...]:
        found = (self.one(field, text, read) for text in texts)
        return tuple(dict.fromkeys(one for one in found if one is not None))


def _domain(text: str) -> str:
    star = _ANY if text.startswith(_ANY) else ""
    return star + ascii_name(text.removeprefix(star))


def _address(text: str) -> IPv4Address | IPv6Address:
    return ip_address(text)


def _text(text: str) -> str:
    kept = text.strip()
    if not kept or not kept.isprintable():
        raise ValueError("it is empty, or has characters that cannot be seen")
    if len(kept) > LONGEST_OF_SUBJECT:
        raise ValueError(f"it has {len(kept)} characters; {LONGEST_OF_SUBJECT} are allowed (X.520)")
    return kept


def _country(text: str) -> str:
    if not _COUNTRY.fullmatch(text.upper()):
        raise ValueError("a country is two letters, such as FI")
    return text.upper()


def _refuse(flaws: Sequence[Flaw]) -> None:
    raise RequestRefused("the request was not made, nor a key", rule=RULE, flaws=tuple(flaws))
