"""Put a signature part of one revision of a document in the place of the same signature's part in another.

Revisions of a document differ in what its signatures carry unsigned, and in nothing else. Whoever signed an older one
signed the same content, so that their signature stands on the newest one too.
"""

from collections.abc import Mapping

from kanta_tenancy.machinery.ooxml import plumbing
from kanta_tenancy.machinery.ooxml.errors import CannotUpgrade
from kanta_tenancy.machinery.ooxml.signing.grafting import what_is_signed
from kanta_tenancy.machinery.ooxml.verification.markup import signature_element
from kanta_tenancy.machinery.opc import BrokenPackage, Package


def signature_contents(package: bytes) -> dict[str, bytes]:
    """Return the parts that hold the signatures of a package, with their bytes.

    Raises:
        CannotUpgrade: it is no package.
    """
    try:
        read = Package.read(package)
        return {part: read.content(part) for part in plumbing.find(read).signatures}
    except BrokenPackage as broken:
        raise CannotUpgrade(broken.detail, rule=broken.rule) from broken


def swapped(package: bytes, contents: Mapping[str, bytes]) -> bytes:
    """Return a package with other revisions of some of its signatures; every other part stays as it is packed.

    Raises:
        CannotUpgrade: it has no such signature, or what would take its place signs something else.
    """
    there = signature_contents(package)
    changed = {part: content for part, content in contents.items() if there.get(part) != content}
    if not changed:
        return package
    for part, content in changed.items():
        if part not in there:
            raise CannotUpgrade("The package has no such signature.", rule="R7")
        if not _same(there[part], content):
            raise CannotUpgrade("It is not the same signature.", rule="R7")
    return Package.read(package).archive.write({part[1:]: content for part, content in changed.items()})


def _same(one: bytes, other: bytes) -> bool:
    try:
        return what_is_signed(signature_element(one)) == what_is_signed(signature_element(other))
    except BrokenPackage as broken:
        raise CannotUpgrade(broken.detail, rule=broken.rule) from broken
