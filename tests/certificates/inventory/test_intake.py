"""What a source has comes in, once; what it has no more ends; and keys never do."""

import asyncio
import json
from datetime import timedelta

from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

from kanta_tenancy.certificates.inventory import intake, reading
from kanta_tenancy.certificates.inventory.model import Arrival, SourceKind, SourceNamed
from tests.certificates.inventory.examples import FOLDER, HANDED_IN, NOON, a_key, der, many

ELSEWHERE = SourceNamed(kind=SourceKind.IMPORT, name="elsewhere")


async def test_a_certificate_comes_with_all_that_it_says(inventory):
    taken = await inventory.taken(der(), source=FOLDER)
    certificate = await inventory.read(taken.new[0])
    assert (certificate.subject, certificate.issuer) == ("CN=palvelin.example.org", "CN=DVV Service Certificates")
    assert (certificate.kind, certificate.profile, certificate.state) == ("server", "dvv-server", "in_use")
    assert certificate.not_after == NOON + timedelta(days=335)
    assert certificate.third_left_at == certificate.not_after - timedelta(days=365) / 3
    assert (certificate.first_seen_at, certificate.version, certificate.tenancy_id) == (NOON, 1, None)
    async with inventory.database.transaction(inventory.caller) as tx:
        seen = await reading.seen(tx, certificate.id)
        contents = await reading.contents(tx, [certificate.id])
    assert (seen.fingerprint, seen.extended_usages) == (certificate.sha256, ("server_auth",))
    assert contents.keys() == {certificate.id}


async def test_the_same_certificate_twice_is_one_entry_with_two_places(inventory):
    one = der()
    first = await inventory.taken(one, one)
    second = await inventory.taken(one, source=ELSEWHERE)
    assert (len(first.new), len(first.known), first.after) == (1, 0, 1)
    assert (second.new, second.known) == ((), first.new)
    places = await inventory.places(first.new[0])
    assert [(place.source, place.place) for place in places] == [
        ("folder", "place 1"), ("folder", "place 2"), ("elsewhere", "place 1"),
    ]  # fmt: skip


async def test_an_import_replaces_what_its_source_had(inventory, clock):
    stays, goes, comes = many(3)
    first = await inventory.took([Arrival(der=stays, place="a.pem"), Arrival(der=goes, place="b.pem")])
    await inventory.took([Arrival(der=goes, place="b.pem")], source=ELSEWHERE)
    clock.advance(days=1)
    again = await inventory.took([Arrival(der=stays, place="a.pem"), Arrival(der=comes, place="c.pem")])
    assert (again.before, again.after, again.ended) == (2, 2, 1)
    assert (len(again.new), again.known) == (1, first.new[:1])
    gone = await inventory.places(first.new[1])
    assert [(place.source, place.until) for place in gone] == [("folder", clock.at), ("elsewhere", None)]
    assert (await inventory.read(first.new[1])).state == "in_use"  # that a folder has it no more says nothing else


async def test_reading_the_same_again_changes_nothing_and_is_not_journalled(inventory, clock, owner):
    ders = many(3)
    await inventory.taken(*ders)
    entries = "SELECT count(*) FROM journal_entry"
    before = await owner.fetchval(entries)
    clock.advance(hours=1)
    again = await inventory.taken(*ders)
    assert (again.new, len(again.known), again.ended, again.before, again.after) == ((), 3, 0, 3, 3)
    assert (again.source.last_read_at, await owner.fetchval(entries)) == (clock.at, before)


async def test_what_is_handed_in_ends_nothing(inventory):
    one, two = many(2)
    await inventory.taken(one, source=HANDED_IN)
    taken = await inventory.taken(two, source=HANDED_IN)
    again = await inventory.taken(one, two, source=HANDED_IN)
    assert (taken.before, taken.after, taken.ended) == (1, 2, 0)
    assert (again.before, again.after, len(again.known)) == (2, 2, 2)


async def test_of_a_source_that_was_read_in_part_nothing_ends(inventory, clock):
    one, two = many(2)
    first = await inventory.taken(one, two)
    clock.advance(days=1)
    part = await inventory.taken(one, missing="b.pem: it cannot be opened")
    assert (part.ended, part.before, part.after) == (0, 2, 2)
    assert (part.source.trouble, part.source.last_read_at) == ("b.pem: it cannot be opened", NOON)
    assert [place.until for place in await inventory.places(first.new[1])] == [None]


async def test_a_source_that_fails_says_why_until_it_can_be_read_again(inventory, clock, owner):
    await inventory.taken(*many(2))
    for _ in range(2):  # the second time is no news
        clock.advance(hours=1)
        async with inventory.database.transaction(inventory.caller) as tx:
            failed = await intake.source_failed(tx, clock, FOLDER, "the folder is not there")
    assert (failed.trouble, failed.last_tried_at, failed.last_read_at) == ("the folder is not there", clock.at, NOON)
    assert failed.certificates == 2
    async with inventory.database.transaction(inventory.caller) as tx:
        read = await intake.source_read(tx, clock, FOLDER)
    assert (read.trouble, read.last_read_at, read.certificates) == (None, clock.at, 2)
    kinds = await owner.fetch("SELECT entry::jsonb ->> 'action' AS action FROM journal_entry ORDER BY sequence")
    assert [row["action"] for row in kinds][-3:] == [
        "certificate_source.read", "certificate_source.failed", "certificate_source.read",
    ]  # fmt: skip


async def test_whose_rooms_above_hear_of_what_came(inventory, owner):
    taken = await inventory.taken(*many(3))
    rows = await owner.fetch("SELECT kind, body FROM outbox WHERE kind LIKE 'certificate%' ORDER BY id")
    assert [row["kind"] for row in rows] == ["certificate.arrived", "certificate_source.read"]
    assert set(map(str, taken.new)) == set(json.loads(rows[0]["body"])["certificate_ids"])


async def test_what_cannot_be_read_is_kept_with_the_reason(inventory):
    whole = der()
    taken = await inventory.taken(whole[:-40])
    certificate = await inventory.read(taken.new[0])
    assert certificate.unreadable is not None
    assert (certificate.kind, certificate.not_after, certificate.profile) == ("other", None, None)
    async with inventory.database.transaction(inventory.caller) as tx:
        seen = await reading.seen(tx, certificate.id)
    assert seen.sha256 == certificate.sha256


async def test_a_private_key_never_comes_in_whatever_it_claims_to_be(inventory):
    key = a_key("secret")
    for form in (PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL):
        encoded = key.private_bytes(Encoding.DER, form, NoEncryption())
        for bytes_of_it in (encoded, encoded[:-9]):
            taken = await inventory.taken(bytes_of_it)
            assert (taken.new, [one.place for one in taken.left_out]) == ((), ["place 1"])
    closed = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, BestAvailableEncryption(b"x"))
    container = pkcs12.serialize_key_and_certificates(b"x", key, None, None, BestAvailableEncryption(b"x"))
    for bytes_of_it in (closed, closed[:-9], container, container[:-9]):
        assert (await inventory.taken(bytes_of_it)).new == ()


async def test_what_stands_behind_a_certificate_is_left_out(inventory):
    key = a_key("secret").private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    whole = der()
    taken = await inventory.taken(whole + key)
    async with inventory.database.transaction(inventory.caller) as tx:
        assert await reading.contents(tx, taken.new) == {taken.new[0]: whole}
    assert taken.left_out[0].why == f"{len(key)} bytes behind the certificate are no part of it"


async def test_a_certificate_over_64_kb_is_left_out_with_its_size(inventory):
    taken = await inventory.taken(b"\x30\x83\x01\x10\x00\x30\x83\x01\x0f\xf0\xa0" + bytes(66_000))
    assert taken.new == ()
    assert taken.left_out[0].why == "a certificate has at most 65536 bytes, this one has 66011"


async def test_of_two_who_bring_the_same_certificates_at_once_each_finds_them_there(inventory, owner):
    ders = many(60)
    sources = [SourceNamed(kind=SourceKind.IMPORT, name=name) for name in ("one", "two", "three")]
    taken = await asyncio.gather(
        inventory.taken(*ders, source=sources[0]),
        inventory.taken(*reversed(ders), source=sources[1]),
        inventory.taken(*ders[30:], *ders[:30], source=sources[2]),
    )
    assert sum(len(one.new) for one in taken) == await owner.fetchval("SELECT count(*) FROM certificate") == 60
    assert [len(one.certificates) for one in taken] == [60, 60, 60]
    assert len({frozenset(one.certificates) for one in taken}) == 1


async def test_two_who_read_the_same_source_at_once_leave_what_the_later_one_found(inventory, owner):
    ders = many(20)
    await asyncio.gather(inventory.taken(*ders[:12]), inventory.taken(*ders[8:]))
    assert await owner.fetchval("SELECT count(*) FROM certificate_place WHERE until IS NULL") == 12
    assert await owner.fetchval("SELECT certificates FROM certificate_source") == 12
    assert await owner.fetchval("SELECT count(*) FROM certificate") == 20


async def test_whoever_writes_into_the_journal_does_not_wait_for_an_import_that_reads(inventory):
    began, go_on = asyncio.Event(), asyncio.Event()

    async def slowly(batches):
        async for batch in intake.here(batches):
            yield batch
        began.set()
        await go_on.wait()

    slow = asyncio.create_task(inventory.taken(*many(3), source=ELSEWHERE, examine=slowly))
    await began.wait()
    other = await asyncio.wait_for(inventory.taken(der("other")), timeout=2)
    go_on.set()
    assert (len(other.new), len((await slow).new)) == (1, 3)
