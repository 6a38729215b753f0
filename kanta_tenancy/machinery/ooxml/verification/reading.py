"""What a signature part says, as far as its own bytes tell."""

import functools

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.layout.methods import method_of
from kanta_tenancy.machinery.ooxml.layout.signature_part import stamped_octets
from kanta_tenancy.machinery.ooxml.names import SHA256
from kanta_tenancy.machinery.ooxml.verification import additions, claims, manifest, trust
from kanta_tenancy.machinery.ooxml.verification.additions import Additions
from kanta_tenancy.machinery.ooxml.verification.algorithms import verifies
from kanta_tenancy.machinery.ooxml.verification.binding import bind
from kanta_tenancy.machinery.ooxml.verification.claims import CertificateDigest, Claims
from kanta_tenancy.machinery.ooxml.verification.manifest import SignedPart
from kanta_tenancy.machinery.ooxml.verification.markup import canonical
from kanta_tenancy.machinery.ooxml.verification.rewriting import Rewritten, rewritten
from kanta_tenancy.machinery.opc.remembering import remembered


class Signature(Record, frozen=True, kw_only=True):
    """A signature that holds together; what it signs has yet to be compared with the package."""

    manifest: tuple[SignedPart, ...]
    claims: Claims
    certificates: tuple[x509.Certificate, ...]  # the signer's first
    name: str  # the subject of the signer's certificate, RFC 4514
    fingerprint: str
    mismatch: str  # why the signature was made with another certificate; empty when it was not
    value: bytes
    made_by_signer: bool  # with the key of the signer's certificate
    complete: bool  # all that Office signs is signed
    algorithms: frozenset[str]  # every one that it relies on
    added: Additions  # after it was made; nobody signs it
    octets_to_stamp: bytes  # what a timestamp has to be over

    @property
    def signer(self) -> x509.Certificate:
        return self.certificates[0]


@remembered
def read(content: bytes) -> Signature:
    """Read a signature part and check everything that does not depend on the rest of the package.

    Raises:
        BrokenPackage: it does not hold together (R0, R1, R2, R3, R6, R7), or brings no usable certificate (R11).
    """
    known = rewritten(content)
    return read_with_care(content) if known is None else as_written_here(known)


def as_written_here(known: Rewritten) -> Signature:
    """Return what a signature says that this product's signer could have written."""
    said, signer = known.statement, known.statement.chain[0]
    method = method_of(signer.public_key())
    name, fingerprint = _identity(signer)
    return Signature(
        manifest=known.manifest,
        claims=Claims(
            signed_at=said.at,
            comments=said.comments.strip(),
            text=said.signature_text.strip(),
            setup_id=said.setup_id,
            certificate=CertificateDigest(algorithm=SHA256, digest=fingerprint),
        ),
        certificates=tuple(dict.fromkeys((*said.chain, *known.carried.certificates))),
        name=name,
        fingerprint=fingerprint.hex(),
        mismatch="",
        value=known.value,
        made_by_signer=verifies(signer.public_key(), method, known.value, known.signed_info),
        complete=True,
        algorithms=frozenset({method, SHA256}),
        added=additions.as_carried(known.carried, known.value),
        octets_to_stamp=stamped_octets(known.value),
    )


def read_with_care(content: bytes) -> Signature:
    """Read a signature that anybody may have written.

    Raises:
        BrokenPackage: it does not hold together, or brings no usable certificate.
    """
    bound = bind(content)
    signed = manifest.read(bound.package)
    claimed = claims.read(bound)
    certificates = trust.certificates(bound)
    signer = certificates[0]
    name, fingerprint = _identity(signer)
    own = frozenset() if claimed.certificate is None else {claimed.certificate.algorithm}
    return Signature(
        manifest=signed,
        claims=claimed,
        certificates=certificates,
        name=name,
        fingerprint=fingerprint.hex(),
        mismatch=trust.mismatch(signer, claimed.certificate),
        value=bound.value,
        made_by_signer=verifies(signer.public_key(), bound.method, bound.value, bound.signed_info),
        complete=bound.complete,
        algorithms=bound.algorithms | own | {one.algorithm for one in signed},
        added=additions.read(bound),
        octets_to_stamp=canonical(bound.value_element),
    )


@functools.lru_cache(maxsize=256)  # a signatory signs many documents
def _identity(certificate: x509.Certificate) -> tuple[str, bytes]:
    return certificate.subject.rfc4514_string(), certificate.fingerprint(hashes.SHA256())
