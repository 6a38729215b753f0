"""What a web server serves is held against the inventory: another one, the old one after a renewal, and the new one."""

import hashlib
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from kanta_tenancy.certificates.inventory import reading
from kanta_tenancy.certificates.inventory.actions import certificates
from kanta_tenancy.certificates.inventory.model import NewUse, Use
from kanta_tenancy.certificates.watching.errors import EndpointRefused
from kanta_tenancy.kernel.identifiers import new_id
from tests.certificates.watching.nginx import nginx
from tests.machinery.probing.shown import DAY, HOST, NOW, authority, der, issued, written
from tests.systems.examples import Register

BY = authority()
OLD = issued(BY, at=NOW - 60 * DAY)
NEW = issued(BY)


class People:
    """What people say in the inventory."""

    def __init__(self, watchman) -> None:
        self.watchman = watchman

    async def use(
        self, certificate_id: UUID, host: str, since: date = date(2027, 1, 1), until: date | None = None
    ) -> None:
        new = NewUse(host=host, since=since, until=until)
        await self._say(certificates.add_use, certificate_id, new)

    async def replaced(self, old: UUID, new: UUID) -> None:
        await self._say(certificates.replace, old, successor_id=new)

    async def retire(self, certificate_id: UUID) -> None:
        await self._say(certificates.retire, certificate_id, because="Nobody uses it")

    async def uses(self, certificate_id: UUID) -> list[Use]:
        async with self.watchman.database.transaction(self.watchman.caller) as tx:
            return await reading.uses_of(tx, certificate_id)

    async def _say(self, act, certificate_id: UUID, *said, **more) -> None:
        async with self.watchman.database.transaction(self.watchman.caller) as tx:
            version = (await reading.certificate(tx, certificate_id)).version
            await act(tx, self.watchman.clock, certificate_id, *said, version=version, **more)


@pytest.fixture
def recorded(watchman) -> People:
    return People(watchman)


def leaf(shown) -> bytes:
    return der(*shown.chain)[0]


async def test_the_old_certificate_is_told_of_until_the_server_was_told_to_take_the_new_one(
    watchman, recorded, tmp_path: Path
):
    old, new = await watchman.has(leaf(OLD), leaf(NEW))
    with nginx(tmp_path, OLD) as server:
        endpoint = await watchman.watches(server.port, expected_id=old, probe_every_hours=1)
        await watchman.asks()
        assert await watchman.rules() == []
        await recorded.replaced(old, new)
        server.renew(NEW)  # the file is there, and nobody has told the server
        watchman.clock.advance(hours=1)
        await watchman.asks()
        (found,) = await watchman.findings()
        assert (found.rule, found.certificate_id) == ("probe.old_still_served", old)
        server.reload()
        watchman.clock.advance(hours=1)
        await watchman.asks()
        assert await watchman.rules() == []
    served = [one.chain[0] for one in await watchman.observed(endpoint)]
    assert served == [hashlib.sha256(leaf(one)).hexdigest() for one in (NEW, OLD)]


async def test_another_certificate_than_the_expected_one_is_told_of(watchman, tmp_path: Path):
    (expected,) = await watchman.has(leaf(NEW))
    with nginx(tmp_path, issued(BY)) as server:
        await watchman.watches(server.port, expected_id=expected)
        await watchman.asks()
    (found,) = await watchman.findings()
    assert found.rule == "probe.different"
    assert found.facts["expected"] == hashlib.sha256(leaf(NEW)).hexdigest()


@pytest.mark.parametrize("where", [HOST, f"{HOST}:{{port}}", "127.0.0.1", "127.0.0.1:{port}"])
async def test_without_a_word_about_it_the_certificates_used_at_its_address_are_expected(
    watchman, recorded, tmp_path: Path, where: str
):
    (expected,) = await watchman.has(leaf(NEW))
    with nginx(tmp_path, issued(BY)) as server:
        await recorded.use(expected, where.format(port=server.port))
        await watchman.watches(server.port, probe_every_hours=1)
        await watchman.asks()
        assert await watchman.rules() == ["probe.different"]
        server.renew(NEW)
        server.reload()
        watchman.clock.advance(hours=1)
        await watchman.asks()
        assert await watchman.rules() == []


@pytest.mark.parametrize(("host", "until"), [("elsewhere.example.org", None), (HOST, date(2027, 2, 1))])
async def test_what_is_used_elsewhere_or_was_used_before_is_not_expected(
    watchman, recorded, tmp_path: Path, host: str, until: date | None
):
    (other,) = await watchman.has(leaf(NEW))
    with nginx(tmp_path, OLD) as server:
        await recorded.use(other, host, until=until)
        await watchman.watches(server.port)
        await watchman.asks()
    assert await watchman.rules() == []


async def test_a_certificate_that_is_said_to_be_in_use_no_longer_is_told_of_where_it_is_served(
    watchman, recorded, tmp_path: Path
):
    (retired,) = await watchman.has(leaf(OLD))
    await recorded.retire(retired)
    with nginx(tmp_path, OLD) as server:
        await watchman.watches(server.port)
        await watchman.asks()
    assert await watchman.rules() == ["probe.retired_still_served"]


async def test_a_server_that_asks_for_a_certificate_of_ours_and_then_refuses_us_is_looked_at_all_the_same(
    watchman, tmp_path: Path
):
    root = tmp_path / "root.pem"
    root.write_bytes(written(tmp_path, issued(BY))[0].read_bytes())
    extra = f"ssl_client_certificate {root}; ssl_verify_client on;"
    with nginx(tmp_path, issued(BY, "another.example.org"), extra) as server:
        endpoint = await watchman.watches(server.port)
        await watchman.asks()
    assert await watchman.rules() == ["probe.name_mismatch"]
    assert (await watchman.observed(endpoint))[0].client_asked


async def test_a_server_of_the_certificates_of_another_realm_cannot_be_said(watchman):
    with pytest.raises(EndpointRefused):
        await watchman.watches(443, expected_id=new_id())
    with pytest.raises(EndpointRefused):
        await watchman.watches(443, system_id=new_id())


async def test_what_replaces_an_expected_certificate_is_expected_after_it_however_often(
    watchman, recorded, tmp_path: Path
):
    middle = issued(BY, at=NOW - 30 * DAY)
    first, second, third = await watchman.has(leaf(OLD), leaf(middle), leaf(NEW))
    await recorded.replaced(first, second)
    await recorded.replaced(second, third)
    with nginx(tmp_path, NEW) as server:
        await watchman.watches(server.port, expected_id=first)
        await watchman.asks()
        assert await watchman.rules() == []


async def test_what_the_server_of_a_system_serves_is_used_there_unless_somebody_said_what_is(
    watchman, recorded, clock, tmp_path: Path
):
    system = await Register(watchman.database, clock, watchman.caller).system()
    with nginx(tmp_path, OLD) as server:
        await watchman.watches(server.port, system_id=system.id, probe_every_hours=1)
        await watchman.asks()
        (first,) = (await watchman.certificates([hashlib.sha256(leaf(OLD)).hexdigest()])).values()
        (use,) = await recorded.uses(first.id)
        assert (use.system_id, use.host, use.since) == (system.id, f"{HOST}:{server.port}", date(2027, 3, 1))
        clock.advance(hours=1)
        await watchman.asks()
        assert len(await recorded.uses(first.id)) == 1
        server.renew(NEW)
        server.reload()
        clock.advance(hours=1)
        await watchman.asks()
        assert await watchman.rules() == ["probe.different"]
        (second,) = (await watchman.certificates([hashlib.sha256(leaf(NEW)).hexdigest()])).values()
        assert await recorded.uses(second.id) == []
        await recorded.replaced(first.id, second.id)
        clock.advance(hours=1)
        await watchman.asks()
        assert await watchman.rules() == []
        assert [one.system_id for one in await recorded.uses(second.id)] == [system.id]
