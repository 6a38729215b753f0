"""What is amiss with a certificate by itself: what its profile does not allow, and what is too weak. Pure."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Final

from kanta_tenancy.certificates.chains import strength
from kanta_tenancy.certificates.chains.judging import subject_of
from kanta_tenancy.certificates.chains.model import Subject, name_of
from kanta_tenancy.certificates.findings.model import Finding
from kanta_tenancy.certificates.looking.linting import lint
from kanta_tenancy.certificates.looking.model import Finding as Linted
from kanta_tenancy.certificates.looking.model import Profile
from kanta_tenancy.certificates.looking.profiles import profiles
from kanta_tenancy.kernel.explanation import Sentence, sentence
from kanta_tenancy.kernel.severity import Severity
from kanta_tenancy.machinery.x509.inspected import Inspected, Unreadable

FAMILY: Final = "lint"
KEYS: Final = "key"
UNREADABLE: Final = "lint.unreadable"
BASICS: Final = "rfc5280"
_CERTIFICATE: Final = "RFC 5280, 4.1"


def profile_of(name: str | None, *, authority: bool) -> Profile:
    """Return what a certificate is held against: an authority, and one whose profile is not known, RFC 5280 alone."""
    known = profiles()
    return known[BASICS] if authority or name is None or name not in known else known[name]


def lint_findings(certificate: Subject, seen: Inspected | Unreadable) -> Iterator[Finding]:
    """Return what does not keep the profile of a certificate; of a rule that it breaks in several ways, one finding."""
    if isinstance(seen, Unreadable):
        yield _unreadable(certificate, seen)
        return
    profile = profile_of(certificate.profile, authority=certificate.authority)
    for rule, broken in groupby(lint(seen, profile), key=lambda one: one.rule):
        yield _linted(certificate, rule, tuple(broken), profile)


def key_findings(certificate: Subject, seen: Inspected | Unreadable, day: date) -> Iterator[Finding]:
    """Return what is too weak on a day."""
    if isinstance(seen, Unreadable):
        return
    own = certificate.issuer_sha256 == certificate.sha256
    for rule in strength.weaknesses(
        seen.key, seen.signature_algorithm, not_after=seen.not_after, own_signature=own, day=day
    ):
        yield Finding(
            rule=rule.key,
            severity=rule.severity,
            source=rule.source,
            certainty=rule.certainty,
            subject=subject_of(certificate.id),
            certificate_id=certificate.id,
            sentence=_of(certificate, rule.sentence),
            facts={"key": seen.key, "signature_algorithm": seen.signature_algorithm},
        )


def _linted(certificate: Subject, rule: str, broken: tuple[Linted, ...], profile: Profile) -> Finding:
    first = broken[0]
    return Finding(
        rule=f"{FAMILY}.{rule}",
        severity=first.severity,
        source=first.source,
        certainty=first.certainty,
        subject=subject_of(certificate.id),
        certificate_id=certificate.id,
        sentence=_of(certificate, *(one.sentence for one in broken)),
        facts={"profile": profile.name},
    )


def _unreadable(certificate: Subject, seen: Unreadable) -> Finding:
    return Finding(
        rule=UNREADABLE,
        severity=Severity.ERROR,
        source=_CERTIFICATE,
        subject=subject_of(certificate.id),
        certificate_id=certificate.id,
        sentence=sentence(
            "{name}: Varmennetta ei voi lukea, joten sitä ei voi tarkistaa eikä sen päättymisestä varoittaa.",
            "{name}: Certifikatet kan inte läsas, så det kan inte kontrolleras och ingen kan varnas innan det går ut.",
            "{name}: The certificate cannot be read, so it cannot be checked, and nobody can be warned before it ends.",
            name=_name(certificate),
        ),
        facts={"why": seen.why.replace("\0", " "), "sha256": seen.sha256},
    )


def _of(certificate: Subject, *said: Sentence) -> Sentence:
    """Say it of a certificate by name: in a mail or a list the sentence stands alone."""
    name = _name(certificate)
    return Sentence(
        fi=f"{name}: {' '.join(one.fi for one in said)}",
        sv=f"{name}: {' '.join(one.sv for one in said)}",
        en=f"{name}: {' '.join(one.en for one in said)}",
    )


def _name(certificate: Subject) -> str:
    return name_of(certificate.common_name, certificate.subject, certificate.sha256)
