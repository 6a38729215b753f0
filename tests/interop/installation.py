"""Where `install.sh` puts what the interoperability tests ask, and the sentence for whoever has not run it."""

import os
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
CACHE: Final = Path(os.environ.get("KANTA_TEST_INTEROP_CACHE", ROOT / "build" / "interop"))
OFFICE: Final = CACHE / "office"
SCHEMAS: Final = OFFICE / "libapache-poi-java"
SYSTEM_PYTHON: Final = Path("/usr/bin/python3")  # Debian's UNO bindings belong to Debian's Python


class NotInstalled(Exception):
    """A tool that the interoperability tests need is not on this machine."""


def need(*paths: Path) -> None:
    """Check that files are where they are installed.

    Raises:
        NotInstalled: one is not.
    """
    for path in paths:
        if not path.exists():
            raise NotInstalled(f"{path} is missing: run tests/interop/install.sh (`make test` does it first)")
