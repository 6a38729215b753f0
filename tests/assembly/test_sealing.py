"""The seal of a service that is tried out, and whether an instance has what sealing needs."""

import pytest

from kanta_tenancy.assembly.asking import ways_out
from kanta_tenancy.assembly.home import SEAL_KEYS
from kanta_tenancy.assembly.sealing import SealCheck, ensure_seal, seal_keys, sealing_jobs
from kanta_tenancy.assembly.settings import read_settings
from kanta_tenancy.seals.errors import SealKeyUnusable
from kanta_tenancy.seals.model import Fate
from tests.seals.examples import a_folder, a_seal, every_certificate


@pytest.fixture
def settings(tmp_path):
    return read_settings({"KANTA_HOME": str(tmp_path / "home")})


async def test_a_service_that_is_tried_out_has_a_seal_and_finds_it_again(database, clock, settings):
    assert seal_keys(settings) is None
    assert sealing_jobs(settings, ways_out(settings)) == ()
    for _ in range(2):
        await ensure_seal(settings, database, clock)
    [one] = await every_certificate(database)
    keys = seal_keys(settings)
    assert keys is not None
    assert keys.has(one.sha256)
    assert len(sealing_jobs(settings, ways_out(settings))) == 5
    await SealCheck(keys, database, clock)()


async def test_a_new_home_begins_a_new_seal_on_the_same_database(database, clock, settings):
    await ensure_seal(settings, database, clock)
    for file in (settings.home / SEAL_KEYS).iterdir():
        file.unlink()
    clock.advance(days=1)
    await ensure_seal(settings, database, clock)
    assert [one.predecessor_fate for one in await every_certificate(database)] == [Fate.NONE, Fate.LOST]
    await SealCheck(seal_keys(settings), database, clock)()


async def test_where_the_operator_names_a_folder_nothing_is_made(database, clock, tmp_path):
    folder = a_folder(tmp_path).folder
    settings = read_settings({"KANTA_HOME": str(tmp_path / "home"), "KANTA_SEAL_KEYS": str(folder)})
    await ensure_seal(settings, database, clock)
    assert (list(folder.iterdir()), await every_certificate(database)) == ([], [])


async def test_the_check_says_what_an_instance_lacks(database, clock, tmp_path):
    keys = a_folder(tmp_path)
    for check in (SealCheck(None, database, clock), SealCheck(keys, database, clock)):
        await check()
    await a_seal(database, keys, clock)
    await SealCheck(keys, database, clock)()
    with pytest.raises(SealKeyUnusable, match="no key of the certificate"):
        await SealCheck(a_folder(tmp_path, "elsewhere"), database, clock)()
    clock.advance(days=3650)
    with pytest.raises(SealKeyUnusable, match="expired"):
        await SealCheck(keys, database, clock)()
