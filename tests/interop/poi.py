"""Apache POI in one warm virtual machine: verifies, and signs with RSA keys."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self

import msgspec

from tests.interop.desk import Desk
from tests.interop.installation import CACHE, need

JAVA: Final = Path("/usr/bin/java")
_DEBIAN_JARS: Final = tuple(
    Path(f"/usr/share/java/{name}.jar") for name in ("xmlsec", "slf4j-api", "slf4j-nop", "bcprov", "bcpkix", "bcutil")
)
_OPTIONS: Final = (
    "-Djava.awt.headless=true",
    "-Dorg.apache.logging.log4j.simplelog.StatusLogger.level=OFF",
    "-Dorg.apache.logging.log4j.simplelog.level=OFF",
    "-Dorg.apache.xml.security.ignoreLineBreaks=true",
)


class PoiFailed(Exception):
    """POI could not do what it was asked for."""


class PoiSignature(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    part: str  # as in `/_xmlsignatures/sig1.xml`
    valid: bool
    error: str = ""
    signer: str = ""  # RFC 2253; empty unless valid
    trusted: bool = False


class PoiVerdict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    tool: str
    error: str = ""
    nanoseconds: int = 0
    signatures: tuple[PoiSignature, ...] = ()
    parts: tuple[tuple[str, str], ...] = ()  # name and content type, as POI sees them

    @property
    def valid(self) -> bool:
        """Whether there are signatures and POI accepts each of them."""
        return not self.error and bool(self.signatures) and all(each.valid for each in self.signatures)


class _Signing(msgspec.Struct, frozen=True, kw_only=True):
    error: str = ""
    nanoseconds: int = 0


class Poi:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @classmethod
    @contextmanager
    def running(cls) -> Iterator[Self]:
        """Start the virtual machine and lend it.

        Raises:
            NotInstalled: Java, POI or one of their libraries is missing.
        """
        classes = CACHE / "classes"
        need(JAVA, CACHE / "poi", classes / "PoiDesk.class", *_DEBIAN_JARS)
        path = ":".join(str(entry) for entry in (classes, CACHE / "poi" / "*", *_DEBIAN_JARS))
        with Desk.running([JAVA, *_OPTIONS, "-cp", path, "PoiDesk"], patience_s=60) as desk:
            yield cls(desk)

    def verify(self, file: Path, *, trust: Path | None = None) -> PoiVerdict:
        """Ask for POI's opinion of every signature in a package.

        Args:
            trust: PEM file of the authorities that are trusted; nobody is without it.
        """
        request = f"verify\t{file.absolute()}\t{trust.absolute() if trust else ''}"
        return msgspec.json.decode(self._desk.ask(request), type=PoiVerdict)

    def sign(self, file: Path, out: Path, *, pkcs12: Path, password: str, **options: str) -> int:
        """Let POI add a signature to a package.

        Args:
            options: of POI's own, by the names of Signing.java.

        Returns:
            How many nanoseconds POI needed from bytes in memory to bytes in memory.

        Raises:
            PoiFailed: it would not.
        """
        chosen = ";".join(f"{name}={value}" for name, value in options.items())
        request = f"sign\t{file.absolute()}\t{out.absolute()}\t{pkcs12.absolute()}\t{password}\t{chosen}"
        answer = msgspec.json.decode(self._desk.ask(request), type=_Signing)
        if answer.error:
            raise PoiFailed(answer.error)
        return answer.nanoseconds
