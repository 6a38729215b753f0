"""Certificates that others made, many of them odd or broken, through the whole of the intake and back."""

import itertools
from collections.abc import Iterable
from pathlib import Path

import cryptography_vectors
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kanta_tenancy.certificates.inventory import reading
from kanta_tenancy.certificates.inventory.bodies.certificates import whole
from kanta_tenancy.certificates.inventory.examining import as_json, could_be_a_certificate
from kanta_tenancy.certificates.inventory.model import Arrival, TakenIn, Wanted
from kanta_tenancy.certificates.looking.gathering import bundled
from kanta_tenancy.machinery.x509.bundles import Found
from kanta_tenancy.machinery.x509.inspected import Inspected, Unreadable
from kanta_tenancy.machinery.x509.inspection import inspect
from tests.certificates.inventory.examples import Inventory, der

VECTORS = Path(cryptography_vectors.__file__).parent
SYSTEM = Path("/etc/ssl/certs/ca-certificates.crt")


def certificates_in(folder: Path) -> list[Arrival]:
    """Return what is in a folder; a file with many certificates, or folder with many files, comes whole."""
    return [
        Arrival(der=one.der, place=one.where)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for one in bundled([path])
        if isinstance(one, Found)
    ]


async def kept(inventory: Inventory, taken: TakenIn) -> dict[str, bytes]:
    """Return what the inventory has, each also shown as the API shows it."""
    found: dict[str, bytes] = {}
    async with inventory.database.transaction(inventory.caller) as tx:
        for batch in batches(taken.certificates):
            read = await reading.certificates_of(tx, batch)
            contents = await reading.contents(tx, batch)
            for one in batch:
                shown = whole(await reading.whole(tx, one), inventory.clock.now())
                assert shown.sha256 == read[one].sha256
                assert shown.says is None or shown.says == inspect(contents[one])
                assert (shown.says is None) == (shown.unreadable is not None)
            found |= {read[one].sha256: contents[one] for one in batch}
    return found


def batches(ids: Iterable) -> Iterable[list]:
    values = list(ids)
    return [values[start : start + 500] for start in range(0, len(values), 500)]


@pytest.mark.slow
async def test_every_vector_goes_in_once_and_comes_out_as_it_was(inventory):
    arrivals = certificates_in(VECTORS)
    assert len(arrivals) > 500
    taken = await inventory.took(arrivals)
    found = await kept(inventory, taken)
    begun = {one.der for one in arrivals if could_be_a_certificate(one.der)}
    assert {content for content in found.values() if isinstance(inspect(content), Inspected)} <= begun
    readable = {one.der for one in arrivals if isinstance(inspect(one.der), Inspected)}
    assert readable <= set(found.values())
    for left in taken.left_out:
        assert "does not begin" in left.why or "at most" in left.why or "no part of it" in left.why
    again = await inventory.took(arrivals)
    assert (again.new, len(again.known), again.ended) == ((), len(taken.new), 0)


async def test_every_root_of_the_system_is_an_authority_that_can_be_read(inventory):
    arrivals = [Arrival(der=one.der, place=one.where) for one in bundled([SYSTEM]) if isinstance(one, Found)]
    taken = await inventory.took(arrivals)
    assert (len(taken.new), taken.left_out) == (len({one.der for one in arrivals}), ())
    async with inventory.database.transaction(inventory.caller) as tx:
        read = await reading.certificates_of(tx, taken.new)
        listed = await reading.listed(
            tx, Wanted(kind="authority"), today=inventory.clock.now().date(), after=None, count=999
        )
    assert {one.kind for one in read.values()} == {"authority"}
    assert [one.unreadable for one in read.values() if one.unreadable] == []
    assert len(listed) == len(taken.new)
    assert all(earlier.not_after <= later.not_after for earlier, later in itertools.pairwise(listed))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 600), st.binary(min_size=1, max_size=8))
async def test_whatever_is_broken_in_a_certificate_it_is_kept_or_left_out_and_never_a_crash(inventory, at, bytes_there):
    one = der()
    at %= len(one)
    broken = one[:at] + bytes_there + one[at + len(bytes_there) :]
    taken = await inventory.took([Arrival(der=broken, place="x")])
    assert bool(taken.certificates) or bool(taken.left_out)
    await kept(inventory, taken)


@given(st.text(st.sampled_from("\\\0u0a")))
def test_a_nul_in_what_a_certificate_says_is_never_sent_to_the_database(why):
    told = msgspec.json.decode(as_json(Unreadable(sha256="", why=why)))
    assert told["why"] == why.replace("\0", "?")
