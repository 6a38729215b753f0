"""One signature of a package, opened to be added to: read once, written once."""

from collections.abc import Sequence
from typing import Final, Self, TypeVar

import msgspec
from cryptography import x509

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml import plumbing
from kanta_tenancy.machinery.ooxml.errors import CannotUpgrade
from kanta_tenancy.machinery.ooxml.layout.unsigned_properties import UnsignedProperties, unsigned_markup
from kanta_tenancy.machinery.ooxml.levels import Level
from kanta_tenancy.machinery.ooxml.signing.grafting import grafted
from kanta_tenancy.machinery.ooxml.signing.validation_data import lacking, lacks, sound_timestamps, ways
from kanta_tenancy.machinery.ooxml.verification import additions
from kanta_tenancy.machinery.ooxml.verification.markup import LARGEST
from kanta_tenancy.machinery.ooxml.verification.reading import Signature, read
from kanta_tenancy.machinery.ooxml.verification.rewriting import rewritten
from kanta_tenancy.machinery.opc import BrokenPackage, Package
from kanta_tenancy.machinery.x509 import timestamps
from kanta_tenancy.machinery.x509.revocation import RevocationData
from kanta_tenancy.machinery.x509.timestamps import TokenUnsound

T = TypeVar("T")
Way = tuple[x509.Certificate, ...]
_BEFORE: Final = b"</xd:SignedProperties>"
_BEHIND: Final = b"</xd:QualifyingProperties>"


class OpenSignature(Record, frozen=True, kw_only=True):
    package: Package
    part: str
    content: bytes  # of the part, with what was added since it was opened
    signature: Signature  # what that says
    others: int  # bytes of the other signatures

    @classmethod
    def open(cls, data: bytes, part: str) -> Self:
        """Read a package and one of its signatures.

        Raises:
            CannotUpgrade: it is no package, there is no such signature, or it does not hold together.
        """
        try:
            package = Package.read(data)
            parts = plumbing.find(package).signatures
            if part not in parts:
                raise CannotUpgrade("The package has no such signature.", rule="R7")
            content = package.content(part)
            others = sum(len(package.content(one)) for one in parts if one != part)
            return cls(package=package, part=part, content=content, signature=read(content), others=others)
        except BrokenPackage as broken:
            raise CannotUpgrade(broken.detail, rule=broken.rule) from broken

    @property
    def octets_to_stamp(self) -> bytes:
        """What a timestamp has to be over: SignatureValue, canonical."""
        return self.signature.octets_to_stamp

    def level(self, anchors: Sequence[x509.Certificate] = ()) -> Level:
        """Tell the level by what the signature carries."""
        sound = sound_timestamps(self.signature)
        if not sound:
            return Level.B
        return Level.T if all(lacks(self.signature, one, anchors) for one in sound) else Level.LT

    def lacking(self, anchors: Sequence[x509.Certificate] = ()) -> tuple[x509.Certificate, ...]:
        """Return the certificates that stand between a signature with a timestamp and level LT.

        Raises:
            CannotUpgrade: it has no timestamp.
        """
        found = [lacking(self.signature, one, anchors) for one in sound_timestamps(self.signature)]
        if not found:
            raise CannotUpgrade("The signature has no timestamp.")
        return min(found, key=len)

    def ways(
        self, others: Sequence[x509.Certificate] = (), anchors: Sequence[x509.Certificate] = ()
    ) -> tuple[Way, ...]:
        """Return the ways up from the signer and from each timestamp's authority: for whoever asks about revocation.

        Each begins with the certificate that it is about, is followed by its issuer's and so on, and ends with an
        anchor, with one that issued itself, or where no issuer is at hand.

        Args:
            others: certificates that may lie on a way, beside those that the signature brings.
        """
        return ways(self.signature, others, anchors)

    def with_timestamp(self, token: bytes) -> Self:
        """Add a timestamp.

        Raises:
            CannotUpgrade: it is not one of this signature, or nothing can be added.
        """
        try:
            timestamp = timestamps.read(token)
        except TokenUnsound as unsound:
            raise CannotUpgrade(f"The timestamp cannot be used: {unsound.reason}.") from unsound
        if not timestamp.covers(self.octets_to_stamp):
            raise CannotUpgrade("The timestamp is not one of this signature.")
        return self._with_more(UnsignedProperties(timestamps=(token,)))

    def with_validation_data(self, certificates: Sequence[x509.Certificate], revocation: RevocationData) -> Self:
        """Add certificates, and what is known of revocation; what is there already is not added again.

        Raises:
            CannotUpgrade: nothing can be added, or it would become larger than what is read.
        """
        there = self.signature
        more = UnsignedProperties(
            certificates=_missing(certificates, there.certificates),
            crls=_missing(revocation.crls, there.added.crls),
            ocsp=_missing(revocation.ocsp, there.added.ocsp),
        )
        return self if more == UnsignedProperties() else self._with_more(more)

    def write(self) -> bytes:
        """Write the package; every part but this stays as it is packed."""
        return self.package.archive.write({self.part[1:]: self.content})

    def _with_more(self, more: UnsignedProperties) -> Self:
        """Add something, and check that the signature did not become one that nobody here would read."""
        try:
            content, signature = self._together_with(more)
        except BrokenPackage as broken:
            raise CannotUpgrade(broken.detail, rule=broken.rule) from broken
        if len(content) + self.others > plumbing.LARGEST_TOGETHER:
            detail = f"The signatures of the package would have more than {plumbing.LARGEST_TOGETHER} bytes together."
            raise CannotUpgrade(detail, rule="R7")
        return msgspec.structs.replace(self, content=content, signature=signature)

    def _together_with(self, more: UnsignedProperties) -> tuple[bytes, Signature]:
        known = rewritten(self.content)
        if known is None:
            content = grafted(self.content, more)
            return content, read(content)
        carried = _together(known.carried, more)
        before, mark, behind = self.content.partition(_BEFORE)
        content = b"".join((before, mark, unsigned_markup(carried).encode(), behind[behind.index(_BEHIND) :]))
        if more.certificates or len(content) > LARGEST:
            return content, read(content)
        # Nothing else that is counted or bounded has changed: it says what was just written.
        added = additions.as_carried(carried, known.value)
        return content, msgspec.structs.replace(self.signature, added=added)


def _together(there: UnsignedProperties, more: UnsignedProperties) -> UnsignedProperties:
    return UnsignedProperties(
        timestamps=there.timestamps + more.timestamps,
        certificates=there.certificates + more.certificates,
        crls=there.crls + more.crls,
        ocsp=there.ocsp + more.ocsp,
    )


def _missing(values: Sequence[T], there: Sequence[T]) -> tuple[T, ...]:
    return tuple(one for one in dict.fromkeys(values) if one not in there)
