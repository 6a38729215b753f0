"""Keys and signatures that are too weak, by rules that are data with a day, a source and how sure that is."""

from datetime import UTC, date, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from kanta_tenancy.certificates.chains import strength
from kanta_tenancy.kernel.dated import Certainty
from tests.certificates.chains.authority import a_server, an_authority

DAY = date(2026, 3, 2)
SHORT = rsa.generate_private_key(65537, 1024)  # noqa: S505  to be found too short
SOON, LATE = datetime(2027, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, 12, tzinfo=UTC)
LAST_OF_2030 = datetime(2030, 12, 31, 21, 59, tzinfo=UTC)  # in Finland
SIGNED = "rsa-with-sha256"


def weak(key: str, signed: str = SIGNED, *, until: datetime = SOON, own: bool = False, day: date = DAY) -> list[str]:
    return [one.key for one in strength.weaknesses(key, signed, not_after=until, own_signature=own, day=day)]


@pytest.mark.parametrize(
    ("key", "until", "rules"),
    [
        ("RSA-1024", SOON, ["key.rsa_too_short"]),
        ("RSA-2047", SOON, ["key.rsa_too_short"]),
        ("RSA-2048", SOON, []),
        ("RSA-2048", LAST_OF_2030, []),
        ("RSA-2048", LATE, ["key.rsa_short_after_2030"]),
        ("RSA-3072", LATE, []),
        ("RSA-4096", LATE, []),
        ("EC P-256", LATE, []),
        ("EC secp192r1", SOON, ["key.curve_too_short"]),
        ("EC secp224r1", SOON, []),
        ("EC secp224r1", LATE, ["key.curve_short_after_2030"]),
        ("DSA", SOON, ["key.dsa"]),
        ("Ed25519", LATE, []),
        ("unknown (1.2.643.2.2.19)", LATE, []),
    ],
)
def test_a_key_is_weak_or_not(key: str, until: datetime, rules: list[str]):
    assert weak(key, until=until) == rules


@pytest.mark.parametrize(
    ("signed", "rules"),
    [
        ("rsa-with-md5", ["key.signed_with_md5"]),
        ("rsa-with-sha1", ["key.signed_with_sha1"]),
        ("ecdsa-with-sha1", ["key.signed_with_sha1"]),
        ("ecdsa-with-sha256", []),
        ("1.2.3.4", []),
    ],
)
def test_a_signature_is_weak_or_not_and_on_a_root_nobody_relies_on_it(signed: str, rules: list[str]):
    assert weak("RSA-4096", signed) == rules
    assert weak("RSA-4096", signed, own=True) == []


def test_a_rule_holds_from_its_day_on():
    assert weak("DSA", day=date(2023, 1, 1)) == []
    assert weak("RSA-1024", day=date(2013, 12, 31)) == []


def test_every_rule_says_where_it_comes_from_and_none_pretends_to_be_read():
    rules = strength.rules()
    assert len({one.key for one in rules}) == len(rules)
    assert [one.key for one in rules if not one.source or not one.key.startswith("key.")] == []
    assert {one.certainty for one in rules} <= {Certainty.EXCERPT, Certainty.ASSUMED}


async def test_weak_keys_are_findings_of_the_inventory(examination):
    root = an_authority("Root")
    weak_one, short_curve, strong, _ = await examination.have(
        a_server(root, name="a.example.org", own_key=SHORT),
        a_server(root, name="b.example.org", own_key=ec.generate_private_key(ec.SECP192R1())),
        a_server(root, name="c.example.org"),
        root.certificate,
    )
    assert "key.rsa_too_short" in await examination.amiss(weak_one)
    assert "key.curve_too_short" in await examination.amiss(short_curve)
    assert await examination.amiss(strong) == set()
    (finding,) = [one for one in await examination.findings(weak_one) if one.rule.startswith("key.")]
    assert finding.facts == {"key": "RSA-1024", "signature_algorithm": "ecdsa-with-sha256"}
    assert finding.certainty is Certainty.EXCERPT
    assert finding.sentence.sv == "a.example.org: Dess RSA-nyckel är för kort: under 2048 bitar."
