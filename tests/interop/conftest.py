"""Other people's verifiers, each started once; who asks for one of them is an `interop` test."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.interop.installation import OFFICE, need
from tests.interop.libreoffice import LibreOffice
from tests.interop.poi import Poi
from tests.interop.signatories import Signatories
from tests.interop.xmlsec import Xmlsec

_INSTALLED = frozenset({"poi", "libreoffice", "xmlsec", "office", "ical_js", "soffice"})
_SOFFICE = Path("/usr/bin/soffice")
_CALC = Path("/usr/lib/libreoffice/program/libsclo.so")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if not _INSTALLED.isdisjoint(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.interop)


@pytest.fixture(scope="session")
def poi() -> Iterator[Poi]:
    with Poi.running() as poi:
        yield poi


@pytest.fixture(scope="session")
def libreoffice(signatories: Signatories) -> Iterator[LibreOffice]:
    with LibreOffice.running() as libreoffice:
        libreoffice.trust(signatories.trust)
        yield libreoffice


@pytest.fixture(scope="session")
def signatories(tmp_path_factory: pytest.TempPathFactory) -> Signatories:
    return Signatories(tmp_path_factory.mktemp("signatories"))


@pytest.fixture(scope="session")
def xmlsec() -> Xmlsec:
    return Xmlsec()


@pytest.fixture(scope="session")
def office() -> Path:
    """Return the folder of documents that Microsoft Office signed."""
    need(OFFICE)
    return OFFICE


@pytest.fixture(scope="session")
def soffice(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Convert a file with a LibreOffice that has a profile of its own."""
    need(_SOFFICE, _CALC)
    profile = tmp_path_factory.mktemp("profile")

    def convert(file: Path, to: str, *options: str) -> Path:
        subprocess.run(
            [_SOFFICE, f"-env:UserInstallation={profile.as_uri()}", "--headless", *options, "--convert-to", to,
             "--outdir", file.parent / "out", file],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        return file.parent / "out" / file.with_suffix(f".{to.partition(':')[0]}").name

    return convert
