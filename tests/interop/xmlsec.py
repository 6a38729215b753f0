"""xmlsec1 on the XMLDSig core of a signature: what SignedInfo says, without the parts that the manifest names."""

import subprocess
import tempfile
import zipfile
from pathlib import Path
from typing import Final

from tests.interop.installation import need

PROGRAM: Final = Path("/usr/bin/xmlsec1")
_IDENTIFIED: Final = (
    "http://www.w3.org/2000/09/xmldsig#:Object",
    "http://uri.etsi.org/01903/v1.3.2#:SignedProperties",
    "http://schemas.openxmlformats.org/package/2006/digital-signature:SignatureProperty",
)


class Xmlsec:
    def __init__(self) -> None:
        """Find the program.

        Raises:
            NotInstalled: it is not there.
        """
        need(PROGRAM)

    def verifies(self, file: Path, part: str, *, trust: Path) -> bool:
        """Whether a signature part, such as `/_xmlsignatures/sig1.xml`, holds under a trusted authority (PEM)."""
        with zipfile.ZipFile(file) as package, tempfile.NamedTemporaryFile(suffix=".xml") as signature:
            signature.write(package.read(part.removeprefix("/")))
            signature.flush()
            identified = (option for name in _IDENTIFIED for option in ("--id-attr:Id", name))
            command = [PROGRAM, "--verify", "--ignore-manifests", *identified, "--trusted-pem", trust, signature.name]
            return subprocess.run(command, capture_output=True, check=False).returncode == 0
