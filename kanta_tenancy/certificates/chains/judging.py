"""What is amiss with a certificate's chain at an instant, and when that can turn. Pure.

Whether a chain leads to somebody who is trusted is not asked: whose root a client trusts is the client's affair.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from kanta_tenancy.certificates.chains.model import Authority, RevocationStatus, Subject, name_of
from kanta_tenancy.certificates.findings.model import Finding
from kanta_tenancy.kernel.explanation import Sentence, sentence
from kanta_tenancy.kernel.severity import Severity

FAMILY: Final = "chain"
ISSUER_MISSING: Final = "chain.issuer_missing"
NOT_ISSUED: Final = "chain.not_issued_by_namesake"
ISSUER_ENDS_FIRST: Final = "chain.issuer_ends_first"
ISSUER_EXPIRED: Final = "chain.issuer_expired"
ISSUER_NOT_YET_VALID: Final = "chain.issuer_not_yet_valid"
ISSUER_REVOKED: Final = "chain.issuer_revoked"
_PATHS: Final = "RFC 5280, 6.1.3"
_ISSUERS: Final = "RFC 5280, 6.1; RFC 8446, 4.4.2"
_KEY_IDS: Final = "RFC 5280, 4.2.1.1"


def subject_of(certificate_id: UUID) -> str:
    """Return how findings and the journal name a certificate."""
    return f"certificate/{certificate_id}"


def findings(certificate: Subject, above: Sequence[Authority], *, namesakes: int, at: datetime) -> Iterator[Finding]:
    """Return what is amiss with the chain of a certificate that can be read; nothing once it has expired itself.

    An authority at the top whose issuer is not here is let be: that issuer is mostly a root, which clients have.

    Args:
        above: from the issuer upwards, as far as issuers are here.
        namesakes: how many authorities have the name of its issuer, whether or not they issued it.
    """
    if certificate.not_after is None or certificate.not_after < at:
        return
    if certificate.issuer_sha256 is None and not certificate.authority:
        yield _not_issued(certificate) if namesakes else _missing(certificate)
    for one in above:
        yield from _of_issuer(certificate, one, certificate.not_after, at)


def turns(certificate: Subject, above: Sequence[Authority], at: datetime) -> Iterator[datetime]:
    """Return the instants to come at which the findings can turn because of time alone."""
    ends = [(certificate.not_before, certificate.not_after), *((one.not_before, one.not_after) for one in above)]
    yield from (turn for both in ends for turn in both if turn is not None and turn > at)


def _of_issuer(certificate: Subject, issuer: Authority, not_after: datetime, at: datetime) -> Iterator[Finding]:
    if issuer.status is RevocationStatus.REVOKED:
        yield _revoked(certificate, issuer)
    if issuer.not_after < at:
        yield _expired(certificate, issuer)
    elif issuer.not_after < not_after:
        yield _ends_first(certificate, issuer, not_after)
    if issuer.not_before > at:
        yield _not_yet_valid(certificate, issuer)


def _missing(certificate: Subject) -> Finding:
    said = sentence(
        "Varmenteen {name} myöntäjän varmenne puuttuu luettelosta: {issuer}. Tuokaa se, jotta ketju ja sulkutiedot"
        " voidaan tarkistaa.",
        "Certifikatet för utfärdaren av {name} saknas i förteckningen: {issuer}. Lämna in det, så att kedjan och"
        " spärrinformationen kan kontrolleras.",
        "The certificate of the issuer of {name} is not in the inventory: {issuer}. Hand it in, so that the chain and"
        " revocation can be checked.",
        name=_name(certificate),
        issuer=certificate.issuer or "?",
    )
    return _finding(certificate, ISSUER_MISSING, Severity.WARNING, said, _ISSUERS, issuer=certificate.issuer)


def _not_issued(certificate: Subject) -> Finding:
    said = sentence(
        "Luettelossa on varmentaja, jolla on varmenteen {name} myöntäjän nimi {issuer}, mutta varmenteen allekirjoitus"
        " ei ole sen avaimella tehty, tai sitä ei voida tarkistaa.",
        "I förteckningen finns en utfärdare med namnet på den som utfärdat {name}, {issuer}, men underskriften är inte"
        " gjord med dess nyckel, eller kan inte kontrolleras.",
        "An authority with the name of the issuer of {name}, {issuer}, is in the inventory, but its key did not make"
        " the signature, or the signature cannot be checked.",
        name=_name(certificate),
        issuer=certificate.issuer or "?",
    )
    return _finding(certificate, NOT_ISSUED, Severity.WARNING, said, _KEY_IDS, issuer=certificate.issuer)


def _ends_first(certificate: Subject, issuer: Authority, not_after: datetime) -> Finding:
    said = sentence(
        "Myöntäjän {issuer} varmenne päättyy {ends}, ennen varmennetta {name} ({last}). Siitä lähtien ketju ei kelpaa.",
        "Certifikatet för utfärdaren {issuer} går ut {ends}, före {name} ({last}). Från och med då duger kedjan inte.",
        "The certificate of the issuer {issuer} ends on {ends}, before {name} does ({last}). From then on the chain"
        " is not valid.",
        issuer=_name(issuer),
        ends=issuer.not_after,
        name=_name(certificate),
        last=not_after,
    )
    return _about(certificate, ISSUER_ENDS_FIRST, Severity.WARNING, said, issuer)


def _expired(certificate: Subject, issuer: Authority) -> Finding:
    said = sentence(
        "Varmenteen {name} myöntäjän {issuer} varmenne on vanhentunut {ends}: ketju ei kelpaa.",
        "Certifikatet för utfärdaren {issuer} av {name} gick ut {ends}: kedjan duger inte.",
        "The certificate of the issuer {issuer} of {name} expired on {ends}: the chain is not valid.",
        name=_name(certificate),
        issuer=_name(issuer),
        ends=issuer.not_after,
    )
    return _about(certificate, ISSUER_EXPIRED, Severity.ERROR, said, issuer)


def _not_yet_valid(certificate: Subject, issuer: Authority) -> Finding:
    said = sentence(
        "Varmenteen {name} myöntäjän {issuer} varmenne on voimassa vasta {begins} alkaen.",
        "Certifikatet för utfärdaren {issuer} av {name} gäller först från {begins}.",
        "The certificate of the issuer {issuer} of {name} is valid only from {begins} on.",
        name=_name(certificate),
        issuer=_name(issuer),
        begins=issuer.not_before,
    )
    return _about(certificate, ISSUER_NOT_YET_VALID, Severity.ERROR, said, issuer)


def _revoked(certificate: Subject, issuer: Authority) -> Finding:
    said = sentence(
        "Varmenteen {name} myöntäjän {issuer} varmenne on suljettu: ketju ei kelpaa.",
        "Certifikatet för utfärdaren {issuer} av {name} har spärrats: kedjan duger inte.",
        "The certificate of the issuer {issuer} of {name} was revoked: the chain is not valid.",
        name=_name(certificate),
        issuer=_name(issuer),
    )
    return _about(certificate, ISSUER_REVOKED, Severity.ERROR, said, issuer)


def _about(certificate: Subject, rule: str, severity: Severity, said: Sentence, issuer: Authority) -> Finding:
    return _finding(certificate, rule, severity, said, _PATHS, issuer=_name(issuer), issuer_sha256=issuer.sha256)


def _finding(
    certificate: Subject, rule: str, severity: Severity, said: Sentence, source: str, **facts: str | None
) -> Finding:
    return Finding(
        rule=rule,
        severity=severity,
        source=source,
        subject=subject_of(certificate.id),
        certificate_id=certificate.id,
        sentence=said,
        facts=facts,
    )


def _name(one: Subject | Authority) -> str:
    return name_of(one.common_name, one.subject, one.sha256)
