"""What is to be said of what a server served: pure, and apart from how it was fetched."""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.probing.endpoint import MOST_CERTIFICATES, Probed
from kanta_tenancy.machinery.probing.findings import Finding, Rule, finding
from kanta_tenancy.machinery.probing.names import is_for
from kanta_tenancy.machinery.x509.reading import quietly

SOON: Final = timedelta(days=90)
_SHOWN: Final = 10  # names in a sentence


class _Above(Record, frozen=True, kw_only=True):
    """What is known of authorities apart from what is served, and how long theirs should last."""

    anchors: tuple[x509.Certificate, ...]
    issuers: tuple[x509.Certificate, ...]
    soon: timedelta


class _Served(Record, frozen=True, kw_only=True):
    position: int  # from 1
    certificate: x509.Certificate


def fingerprint(der: bytes) -> str:
    return hashlib.sha256(der).hexdigest()


def judge(
    probed: Probed,
    *,
    at: datetime,
    name: str | None = None,
    expected: str | None = None,
    replaced: Collection[str] = (),
    anchors: Sequence[x509.Certificate] = (),
    issuers: Sequence[x509.Certificate] = (),
    soon: timedelta = SOON,
) -> tuple[Finding, ...]:
    """Compare what was served with what should be.

    Args:
        name: the host that clients ask for; None: the one that the probe asked for.
        expected: SHA-256 of the certificate that should be there, in hexadecimal.
        replaced: those of certificates that should not be there any more.
        anchors: roots that clients trust. Without them, a way that ends below a root is taken to be whole when it has
            two certificates or more: nobody can tell from the server's side alone.
        issuers: authorities that are known to be no roots: a way that ends below one of them is not whole.
        soon: what an issuer's certificate should have left.
    """
    if not probed.chain:
        why = probed.detail or "The server showed no certificate."
        return (finding(Rule.NOT_SERVED, "{why}", why=why),)
    with quietly():
        return (
            *_of_the_probe(probed),
            *_compared(fingerprint(probed.chain[0]), expected, replaced),
            *_of_the_chain(
                probed,
                name or probed.endpoint.server_name or probed.endpoint.host,
                at,
                _Above(anchors=tuple(anchors), issuers=tuple(issuers), soon=soon),
            ),
        )


def _of_the_probe(probed: Probed) -> Iterator[Finding]:
    if probed.trouble is not None:
        yield finding(Rule.HANDSHAKE_INCOMPLETE, "{why}", why=probed.detail)
    if probed.served > MOST_CERTIFICATES:
        sentence = "{served} certificates are served; {most} are looked at."
        yield finding(Rule.TOO_MANY, sentence, served=probed.served, most=MOST_CERTIFICATES)


def _compared(leaf: str, expected: str | None, replaced: Collection[str]) -> Iterator[Finding]:
    if expected is None or _hexadecimal(expected) == leaf:
        return
    if leaf in {_hexadecimal(one) for one in replaced}:
        sentence = "The certificate that was replaced is still served ({sha256})."
        yield finding(Rule.OLD_STILL_SERVED, sentence, 1, sha256=leaf)
    else:
        yield finding(Rule.DIFFERENT, "Another certificate is served ({sha256}) than the one expected.", 1, sha256=leaf)


def _of_the_chain(probed: Probed, name: str, at: datetime, above: _Above) -> Iterator[Finding]:
    served: list[_Served] = []
    for position, der in enumerate(probed.chain, start=1):
        try:
            served.append(_Served(position=position, certificate=x509.load_der_x509_certificate(der)))
        except (ValueError, x509.InvalidVersion):
            sentence = "Certificate {number} cannot be read (SHA-256 {sha256})."
            yield finding(Rule.UNREADABLE, sentence, position, number=position, sha256=fingerprint(der))
    if not served or served[0].position != 1:
        return
    leaf = served[0].certificate
    yield from _own_validity(leaf, at)
    yield from _name(leaf, name)
    if _issued(leaf, leaf):
        yield finding(Rule.SELF_SIGNED, "The server's certificate is signed by itself.", 1)
    path = _path(served)
    yield from _way(path, served, above)
    for one in path[1:]:
        yield from _issuer_validity(one, at, above.soon)


def _own_validity(leaf: x509.Certificate, at: datetime) -> Iterator[Finding]:
    begins, ends = leaf.not_valid_before_utc, leaf.not_valid_after_utc
    if at > ends:
        yield finding(Rule.EXPIRED, "The server's certificate ended at {ends:%Y-%m-%dT%H:%M:%SZ}.", 1, ends=ends)
    if at < begins:
        sentence = "The server's certificate begins at {begins:%Y-%m-%dT%H:%M:%SZ}."
        yield finding(Rule.NOT_YET_VALID, sentence, 1, begins=begins)


def _issuer_validity(one: _Served, at: datetime, soon: timedelta) -> Iterator[Finding]:
    begins, ends = one.certificate.not_valid_before_utc, one.certificate.not_valid_after_utc
    which, number = "The issuer's certificate at position {number}", one.position
    if at > ends:
        sentence = which + " ended at {ends:%Y-%m-%dT%H:%M:%SZ}."
        yield finding(Rule.ISSUER_EXPIRED, sentence, number, number=number, ends=ends)
    elif at < begins:
        sentence = which + " begins at {begins:%Y-%m-%dT%H:%M:%SZ}."
        yield finding(Rule.ISSUER_NOT_YET_VALID, sentence, number, number=number, begins=begins)
    elif at + soon > ends:
        sentence = which + " ends at {ends:%Y-%m-%dT%H:%M:%SZ}."
        yield finding(Rule.ISSUER_ENDS_SOON, sentence, number, number=number, ends=ends)


def _name(leaf: x509.Certificate, name: str) -> Iterator[Finding]:
    try:
        names = list(leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    except x509.ExtensionNotFound:
        sentence = "The certificate has no alternative names, so it is not for {name}."
        yield finding(Rule.NAME_MISMATCH, sentence, 1, name=name)
        return
    except (ValueError, TypeError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        yield finding(Rule.UNREADABLE, "The names in the server's certificate cannot be read.", 1)
        return
    if not is_for(name, names):
        shown = [str(one.value) for one in names if isinstance(one, x509.DNSName | x509.IPAddress)]
        listed = ", ".join(shown[:_SHOWN]) or "-"
        sentence = "The certificate is not for {name}; it is for {listed}."
        yield finding(Rule.NAME_MISMATCH, sentence, 1, name=name, listed=listed)


def _path(served: Sequence[_Served]) -> list[_Served]:
    """Return the way from the server's certificate upwards through those that it serves, in whatever order."""
    path, left = [served[0]], list(served[1:])
    while not _issued(path[-1].certificate, path[-1].certificate):
        above = next((one for one in left if _issued(path[-1].certificate, one.certificate)), None)
        if above is None:
            break
        left.remove(above)
        path.append(above)
    return path


def _way(path: Sequence[_Served], served: Sequence[_Served], above: _Above) -> Iterator[Finding]:
    if any(lower.position > upper.position for lower, upper in pairwise(path)):
        order = ", ".join(str(one.position) for one in path)
        sentence = "The certificates are served out of order; the way upwards is {order}."
        yield finding(Rule.WRONG_ORDER, sentence, order=order)
    top = path[-1].certificate
    own_root = _issued(top, top)
    if not own_root and not _reaches(top, above, has_issuer=len(path) > 1):
        sentence = "The certificate of an issuer is not served: {issuer}."
        yield finding(Rule.MISSING_INTERMEDIATE, sentence, issuer=_issuer_of(top))
    if own_root and len(path) > 1:
        yield finding(Rule.UNNEEDED_ROOT, "The root is served; clients have their own.", path[-1].position)
    for one in served:
        if one not in path:
            sentence = "Certificate {number} is not on the way from the server's upwards."
            yield finding(Rule.UNRELATED, sentence, one.position, number=one.position)


def _reaches(top: x509.Certificate, above: _Above, *, has_issuer: bool) -> bool:
    if top in above.anchors or any(_issued(top, anchor) for anchor in above.anchors):
        return True
    if above.anchors or any(_issued(top, issuer) for issuer in above.issuers):
        return False
    return has_issuer


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _issuer_of(certificate: x509.Certificate) -> str:
    try:
        return certificate.issuer.rfc4514_string()
    except (ValueError, TypeError):  # TypeError: a bit string as a name
        return "its name cannot be read"


def _hexadecimal(text: str) -> str:
    return text.replace(":", "").replace(" ", "").lower()
