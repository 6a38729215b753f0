"""The form in a realm over HTTP: who makes links, and somebody without a key who opens them."""

from collections.abc import AsyncIterator

import httpx
import pytest

from kanta_tenancy.assembly.application import build_application
from kanta_tenancy.assembly.settings import read_settings
from kanta_tenancy.parties.access import LastUses


@pytest.fixture
async def anyone(database, clock) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without a key, with a browser."""
    application = build_application(read_settings({}), database, clock, LastUses())
    transport = httpx.ASGITransport(application, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        yield http
