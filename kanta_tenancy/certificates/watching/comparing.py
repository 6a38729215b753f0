"""What a server serves, held against itself, its name and the inventory. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final
from uuid import UUID

from cryptography import x509

from kanta_tenancy.certificates.findings.model import Finding
from kanta_tenancy.certificates.inventory.model import Certificate, State
from kanta_tenancy.certificates.watching import owing, wording
from kanta_tenancy.certificates.watching.model import Expected, Issuer, WatchedEndpoint
from kanta_tenancy.certificates.watching.rhythm import Rhythm
from kanta_tenancy.kernel.explanation import Sentence, sentence
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.kernel.severity import Severity
from kanta_tenancy.machinery.probing import judging
from kanta_tenancy.machinery.probing.endpoint import MOST_CERTIFICATES, Probed, Trouble
from kanta_tenancy.machinery.probing.findings import Finding as Found
from kanta_tenancy.machinery.probing.findings import Rule
from kanta_tenancy.machinery.x509.errors import CertificateUnreadable
from kanta_tenancy.machinery.x509.reading import certificate_from_der

SERVED: Final = "probe"  # the family of what is wrong with what a server serves
ANSWERS: Final = "endpoint"  # and of whether it serves anything
_INVENTORY: Final = "K7; the inventory"
_OURS: Final = "K7; this service's own probe"
# How a server ends a handshake when it wants a certificate of ours and gets none.
_TURNED_AWAY: Final = frozenset({Trouble.ALERT, Trouble.HANDSHAKE_FAILED, Trouble.CUT_OFF})


class Known(Record, frozen=True, kw_only=True):
    """What the inventory knows of what a server serves."""

    served: Mapping[str, Certificate]  # by SHA-256
    expected: tuple[Expected, ...]  # those that should be there; none: nobody has said
    issuers: tuple[Issuer, ...]  # authorities of the names that issued what is served


def subjects(endpoint_id: UUID) -> tuple[str, ...]:
    """Return everything that a look at a server looks at: itself, and each certificate above its own."""
    own = owing.subject(endpoint_id)
    return (own, *(f"{own}/{number}" for number in range(2, MOST_CERTIFICATES + 1)))


def compare(
    endpoint: WatchedEndpoint, probed: Probed, known: Known, rhythm: Rhythm, at: datetime
) -> tuple[Finding, ...]:
    """Tell what is wrong with what a server serves; it served at least one certificate."""
    found = judging.judge(
        probed,
        at=at,
        anchors=_readable(known.issuers, root=True),
        issuers=_readable(known.issuers, root=False),
        soon=rhythm.issuer_has,
    )
    fingerprints = [judging.fingerprint(der) for der in probed.chain]
    told = [_told(endpoint, one, probed, fingerprints, known) for one in found if not _is_ours(one, probed)]
    return (*told, *_against_inventory(endpoint, fingerprints[0], known))


def unanswered(endpoint: WatchedEndpoint, probed: Probed, rhythm: Rhythm, at: datetime) -> tuple[Finding, ...]:
    """Tell that a server serves no certificate; of one that served before only when it goes on for a while.

    Args:
        endpoint: as it is after this probe.
    """
    refused = probed.trouble is Trouble.ADDRESS_REFUSED
    since = endpoint.failing_since or at
    if not refused and endpoint.served_at is not None and at < since + rhythm.told_after:
        return ()
    rule, said = _unanswered(endpoint, probed.trouble, refused=refused)
    facts = {
        "trouble": None if probed.trouble is None else probed.trouble.value,
        "stage": probed.stage.value,
        "since": since.isoformat(),
        "served_at": None if endpoint.served_at is None else endpoint.served_at.isoformat(),
    }
    return (_finding(endpoint, f"{ANSWERS}.{rule}", said, source=_OURS, facts=facts),)


def _unanswered(endpoint: WatchedEndpoint, trouble: Trouble | None, *, refused: bool) -> tuple[str, Sentence]:
    place, why = owing.place_of(endpoint), wording.of_trouble(trouble)
    if refused:
        return "address_refused", Sentence(
            fi=f"Palvelinta {place} ei kysytä: {why.fi}.",
            sv=f"Servern {place} tillfrågas inte: {why.sv}.",
            en=f"The server {place} is not asked: {why.en}.",
        )
    if endpoint.served_at is None:
        return "never_served", Sentence(
            fi=f"Palvelin {place} ei ole koskaan lähettänyt varmennetta: {why.fi}.",
            sv=f"Servern {place} har aldrig skickat något certifikat: {why.sv}.",
            en=f"The server {place} has never sent a certificate: {why.en}.",
        )
    last = sentence("{at}", "{at}", "{at}", at=endpoint.served_at)
    return "vanished", Sentence(
        fi=f"Palvelin {place} ei lähetä enää varmennetta: {why.fi}. Viimeksi se lähetti {last.fi}.",
        sv=f"Servern {place} skickar inte längre något certifikat: {why.sv}. Senast skickade den {last.sv}.",
        en=f"The server {place} sends no certificate any more: {why.en}. It last did on {last.en}.",
    )


def _readable(issuers: Sequence[Issuer], *, root: bool) -> list[x509.Certificate]:
    """Return roots, or the others; one that is too odd to be read whole says nothing of a chain."""
    found: list[x509.Certificate] = []
    for one in issuers:
        with suppress(CertificateUnreadable):
            if one.root is root:
                found.append(certificate_from_der(one.content))
    return found


def _is_ours(found: Found, probed: Probed) -> bool:
    """Tell that a handshake ended since we have no certificate to show: that server does what it should."""
    return found.rule is Rule.HANDSHAKE_INCOMPLETE and probed.client_asked and probed.trouble in _TURNED_AWAY


def _told(
    endpoint: WatchedEndpoint, found: Found, probed: Probed, fingerprints: Sequence[str], known: Known
) -> Finding:
    number = found.position or 1
    certificate = known.served.get(fingerprints[number - 1])
    own = owing.subject(endpoint.id)
    return Finding(
        rule=f"{SERVED}.{found.rule}",
        severity=found.severity,
        source=found.source,
        subject=own if number == 1 else f"{own}/{number}",
        certificate_id=None if certificate is None else certificate.id,
        sentence=_sentence(owing.place_of(endpoint), found, probed),
        facts={"place": owing.place_of(endpoint), "position": found.position},
    )


def _sentence(place: str, found: Found, probed: Probed) -> Sentence:
    incomplete = found.rule is Rule.HANDSHAKE_INCOMPLETE
    said = wording.incomplete(probed.trouble) if incomplete else wording.of_served(found)
    return Sentence(fi=f"{place}: {said.fi}", sv=f"{place}: {said.sv}", en=f"{place}: {said.en}")


def _against_inventory(endpoint: WatchedEndpoint, leaf: str, known: Known) -> Iterator[Finding]:
    certificate = known.served.get(leaf)
    place = owing.place_of(endpoint)
    if certificate is not None and certificate.state is not State.IN_USE:
        rule, said = _left_in_place(place, certificate)
        yield _finding(endpoint, f"{SERVED}.{rule}", said, source=_INVENTORY, certificate_id=certificate.id)
    elif known.expected and leaf not in {one.sha256 for one in known.expected}:
        said = sentence(
            "{place}: palvelin lähettää muun varmenteen ({sha256}) kuin varmenneluettelon mukaan pitäisi.",
            "{place}: servern skickar ett annat certifikat ({sha256}) än vad certifikatförteckningen säger.",
            "{place}: the server sends another certificate ({sha256}) than it should by the inventory.",
            place=place,
            sha256=leaf,
        )
        facts = {"expected": known.expected[0].sha256, "served": leaf}
        which = None if certificate is None else certificate.id
        yield _finding(endpoint, f"{SERVED}.different", said, source=_INVENTORY, certificate_id=which, facts=facts)


def _left_in_place(place: str, certificate: Certificate) -> tuple[str, Sentence]:
    which = certificate.common_name or certificate.sha256
    if certificate.state is State.REPLACED:
        return "old_still_served", sentence(
            "{place}: palvelin lähettää yhä varmenteen {which}, joka on jo korvattu toisella.",
            "{place}: servern skickar ännu certifikatet {which}, som redan har ersatts med ett annat.",
            "{place}: the server still sends the certificate {which}, which another one has replaced.",
            place=place,
            which=which,
        )
    return "retired_still_served", sentence(
        "{place}: palvelin lähettää varmenteen {which}, jonka sanottiin poistuneen käytöstä.",
        "{place}: servern skickar certifikatet {which}, som enligt uppgift inte längre används.",
        "{place}: the server sends the certificate {which}, which was said to be in use no longer.",
        place=place,
        which=which,
    )


def _finding(
    endpoint: WatchedEndpoint,
    rule: str,
    said: Sentence,
    *,
    source: str,
    certificate_id: UUID | None = None,
    facts: Mapping[str, str | int | None] | None = None,
) -> Finding:
    return Finding(
        rule=rule,
        severity=Severity.ERROR,
        source=source,
        subject=owing.subject(endpoint.id),
        certificate_id=certificate_id,
        sentence=said,
        facts={"place": owing.place_of(endpoint)} | dict(facts or {}),
    )
