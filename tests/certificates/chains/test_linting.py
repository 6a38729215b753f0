"""Certificates of the inventory are held against their profile when they come, when that changes, and on demand."""

import hashlib

import pytest

from kanta_tenancy.certificates.chains import reading
from kanta_tenancy.certificates.chains.errors import ProfileUnknown
from kanta_tenancy.certificates.chains.model import name_of
from kanta_tenancy.certificates.inventory.actions import certificates as actions
from kanta_tenancy.certificates.inventory.model import Description
from kanta_tenancy.kernel.dated import Certainty
from tests.certificates.chains.authority import YEAR, a_server, an_authority, der
from tests.machinery.x509 import der as odd

ROOT = an_authority("Root")
CUT_OFF = der(a_server(ROOT))[:-30]


async def described(examination, certificate_id, profile: str) -> None:
    version = (await examination.read(certificate_id)).version
    said = Description(kind="server", profile=profile)
    async with examination.database.transaction(examination.caller) as tx:
        await actions.describe(tx, examination.clock, certificate_id, said, version=version)


async def linted(examination, certificate_id, profile: str | None = None):
    async with examination.database.transaction(examination.caller) as tx:
        return await reading.lint_of(tx, certificate_id, profile)


def nameless(content: bytes) -> str:
    """Return what a certificate without a name is called by."""
    return f"SHA-256 {hashlib.sha256(content).hexdigest()[:16]}…"


def of_lint(rules: set[str]) -> set[str]:
    return {one for one in rules if one.startswith("lint.")}


async def test_when_the_profile_is_said_it_is_held_against_it(examination):
    one, _ = await examination.have(a_server(ROOT, lasts=2 * YEAR), ROOT.certificate)
    assert of_lint(await examination.amiss(one)) == set()  # RFC 5280 alone
    await described(examination, one, "dvv-server")
    assert await examination.examine() == 1
    assert of_lint(await examination.amiss(one)) == {"lint.dvv.server.validity", "lint.dvv.server.key"}
    (finding,) = [each for each in await examination.findings(one) if each.rule == "lint.dvv.server.validity"]
    assert (finding.severity, finding.certainty, finding.facts) == (
        "error",
        Certainty.EXCERPT,
        {"profile": "dvv-server"},
    )
    assert finding.source.startswith("dvv.fi")
    assert finding.sentence.fi == "palvelin.example.org: Se on voimassa yli vuoden."
    await described(examination, one, "rfc5280")
    await examination.examine()
    assert of_lint(await examination.amiss(one)) == set()


async def test_what_is_said_of_it_without_its_profile_examines_nothing(examination):
    one, _ = await examination.have(a_server(ROOT), ROOT.certificate)
    profile = (await examination.read(one)).profile
    await described(examination, one, profile)
    assert await examination.examine() == 0


async def test_of_a_rule_that_is_broken_in_several_ways_there_is_one_finding_that_tells_all(examination):
    broken = tuple(odd.extension(bytes.fromhex(oid), b"\x05\x00") for oid in ("551d11", "551d13"))
    one_of = odd.certificate(extensions=broken)
    (one,) = await examination.have(one_of)
    (finding,) = [each for each in await examination.findings(one) if each.rule == "lint.rfc5280.extensions"]
    assert finding.sentence.sv == (
        f"{nameless(one_of)}: Ett tillägg kan inte läsas: subject alternative name."
        " Ett tillägg kan inte läsas: basic constraints."
    )


async def test_each_finding_says_of_which_certificate_it_is_since_it_stands_alone_in_a_mail(examination):
    (one,) = await examination.have(CUT_OFF)
    (nothing,) = [each for each in await examination.findings(one) if each.rule == "lint.unreadable"]
    assert nothing.sentence.fi.startswith(f"{nameless(CUT_OFF)}: Varmennetta ei voi lukea")


def test_of_a_very_long_name_the_beginning_is_told():
    assert name_of("a" * 64_000, None, "00" * 32) == "a" * 199 + "…"
    assert name_of("a" * 200, None, "00" * 32) == "a" * 200


async def test_on_demand_it_is_held_against_any_profile_and_nothing_is_written(examination):
    one, _ = await examination.have(a_server(ROOT, lasts=2 * YEAR), ROOT.certificate)
    profile, found = await linted(examination, one, "dvv-server")
    assert (profile.name, {each.rule for each in found}) == ("dvv-server", {"dvv.server.validity", "dvv.server.key"})
    assert of_lint(await examination.amiss(one)) == set()
    with pytest.raises(ProfileUnknown):
        await linted(examination, one, "nobody's")


async def test_an_authority_is_held_against_rfc_5280_alone(examination):
    (one,) = await examination.have(ROOT.certificate)
    profile, found = await linted(examination, one)
    assert (profile.name, found) == ("rfc5280", ())
