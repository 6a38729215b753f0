"""Other people's verifiers, each started once; who asks for one of them is an `interop` test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interop.installation import OFFICE, need
from tests.interop.libreoffice import LibreOffice
from tests.interop.poi import Poi
from tests.interop.signatories import Signatories
from tests.interop.xmlsec import Xmlsec

_INSTALLED = frozenset({"poi", "libreoffice", "xmlsec", "office", "ical_js"})


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
