"""Mandates and papers at the command line."""

import msgspec

from kanta_tenancy.agreements.model import Manner, Party, Status
from tests.desk import ADesk


async def test_a_mandate_is_recorded_listed_shown_and_ended(desk, database_url):
    typist = ADesk(database_url, desk.clock)
    said = ("--party", "main_connector", "--person", "Aino", "--ground", "procuration", "--valid-from", "2026-01-01")
    made = await typist.type("agreements", "mandates", "record", *said, "--json")
    mandate = msgspec.json.decode(made.output)
    assert (made.code, mandate["tenancy_id"], mandate["recorded_by"]) == (0, None, "main_connector")
    line = "\t".join((mandate["id"], "main_connector", "Aino", "procuration", "2026-01-01", "-", "-"))
    assert (await typist.type("agreements", "mandates", "list")).output == f"{line}\n"
    assert (await typist.type("agreements", "mandates", "show", mandate["id"])).output == f"{line}\n"
    ended = await typist.type("agreements", "mandates", "end", mandate["id"], "--because", "She has left")
    assert ended.output == f"{line[:-1]}2026-03-02\n"
    again = await typist.type("agreements", "mandates", "end", mandate["id"], "--because", "She has left")
    assert (again.code, "was ended on 2026-03-02" in again.errors) == (5, True)


async def test_a_paper_is_put_down_with_its_scan(desk, database_url, tmp_path):
    agreement = await desk.offered()
    scan = tmp_path / "scan.pdf"
    said = ("agreements", "sign-on-paper", agreement.id, scan, "--signed-on", "2026-03-02", "--received-by", "Eino")
    typist = ADesk(database_url, desk.clock)
    scan.write_bytes(b"no scan")
    refused = await typist.type(*said, "--party", "tenant")
    assert (refused.code, "a PDF, a PNG" in refused.errors) == (5, True)
    scan.write_bytes(b"%PDF-1.7\n%%EOF\n")
    for party in Party:
        told = await typist.type(*said, "--party", party.value)
        assert told.output.startswith(agreement.reference), told.errors
    signed = await desk.read(agreement)
    assert (signed.status, {one.manner for one in signed.signatures}) == (Status.IN_FORCE, {Manner.PAPER})
